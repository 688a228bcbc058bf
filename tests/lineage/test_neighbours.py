"""A statement is read whatever stands beside it: what another one takes along would be lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lineage import analyze_sql
from lineage.dialects import last_part
from tests.lineage.test_analyze_sql import _BLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAK = "insert into leaked select secret from held"
# Where statements need nothing between them.
_SEPARATES_NOTHING = frozenset({"tsql"})
# Where a block may stand for itself, or be the body of a procedure.
_HAS_BLOCKS = frozenset({"bigquery", "mysql", "oracle", "snowflake", "tsql"})


def _placed(sql: str, dialect: str) -> Iterator[str]:
    bare = sql.rstrip().rstrip(";")
    yield f"{_LEAK};\n{sql}"
    yield f"{bare};\n{_LEAK};"
    if dialect in _SEPARATES_NOTHING:
        if "merge into" not in bare.lower():  # the one that has to end with a semicolon
            yield f"{bare}\n{_LEAK}"
            if "\ngo\n" not in bare.lower():
                yield _run(f"{bare}\n{_LEAK}")
        yield f"{bare}\nGO\n{_LEAK}"
    if dialect in _HAS_BLOCKS:
        yield f"begin\n{bare};\n{_LEAK};\nend;"


def _run(sql: str) -> str:
    """The statement that runs a text."""
    quoted = sql.replace("'", "''")
    return f"exec(N'{quoted}')"


def _is_found(sql: str, dialect: str) -> bool:
    """Whether the leak is an edge, or a gap names what it is about; USE says in which schema."""
    analysis = analyze_sql(sql, dialect=dialect)
    edges = (
        (last_part(e.source.relation), e.source.column, last_part(e.target.relation))
        for e in analysis.edges
    )
    named = {last_part(name).lower() for gap in analysis.gaps for name in gap.relations}
    leaks = {tuple(map(str.lower, edge)) for edge in edges}
    return ("held", "secret", "leaked") in leaks or bool(named & {"held", "leaked"})


def _statements() -> Iterator[tuple[str, str]]:
    for block in _BLOCKS:
        head, *lines = block.split("\n")
        if "---" not in lines:
            sql = "\n".join(line for line in lines if not line.startswith("= "))
            yield head[2:], sql


_STATEMENTS = dict(_statements())


@pytest.mark.parametrize("head", _STATEMENTS)
def test_what_stands_beside_a_statement_is_read(head: str) -> None:
    """A leak before or behind any statement, in a block or a text with it, is an edge or a gap."""
    dialect = head.partition(":")[0]
    placed = _placed(_STATEMENTS[head], dialect)

    assert [text for text in placed if not _is_found(text, dialect)] == []


_ALONE = (Path(__file__).parent / "tsql_alone.txt").read_text().splitlines()


@pytest.mark.parametrize("sql", _ALONE)
def test_what_stands_behind_a_statement_of_tsql_is_read(sql: str) -> None:
    """A leak behind a statement of T-SQL is found with nothing between them, wherever they are."""
    both = f"{sql}\n{_LEAK}"
    placed = (
        both,
        f"begin {both} end",
        f"if 1 = 1 {both}",
        f"if 1 = 1 begin {sql} end else {_LEAK}",
        f"while 1 = 1 begin {both} end",
        f"create procedure p as\nif 1 = 2 begin {sql} end\n{_LEAK}",
    )

    assert [text for text in placed if not _is_found(text, "tsql")] == []
