"""A name in quotes may be anything, and decides nothing: a pull request calls things as it likes.

Each golden block is read twice, with one of its names put into quotes and replaced: by a plain
one, and by one that looks like something else.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from zlib import crc32

import pytest
from sqlglot.tokens import TokenType

from lineage.compile.tokenizing import tokens_of
from tests.lineage.test_analyze_sql import _BLOCKS, _analysed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage import Analysis

PLAIN = "zqw"
# Words of statements, blocks and parameters; signs that end a name, or stand before that of a
# stage, of a session's table, of a variable and of a result; capitals.
OTHERS = (
    *"from select values set as on into end case begin declare default out return null".split(),
    *("k7.l7", "k7 l7", "k7\n.l7", "k7-l7", "k7/l7", "@k7", "#k7", "Kk7"),
    *("variable:k7", "result:7", "function:k7"),
)
_BACKTICKS = frozenset(
    "bigquery clickhouse databricks doris hive mysql singlestore spark starrocks".split()
)
_NAMES = frozenset({TokenType.VAR, TokenType.IDENTIFIER})
_MARKS = frozenset("@:$#")  # before a name that cannot be in quotes
# What is not to be held against anybody: a path in one pair of quotes, and tables of a session.
_MEANT = {"bigquery": {"k7.l7", "k7\n.l7"}, "redshift": {"#k7"}, "tsql": {"#k7"}}


def _quoted(name: str, dialect: str) -> str:
    if dialect == "tsql":
        return f"[{name}]"
    return f"`{name}`" if dialect in _BACKTICKS else f'"{name}"'


def _renamed(sql: str, dialect: str, name: str, other: str) -> str:
    """The text in which a name is another one in quotes, wherever it stands."""
    written, end = [], 0
    for token in tokens_of(sql, dialect):
        if token.token_type in _NAMES and token.text == name:
            written += [sql[end : token.start], _quoted(other, dialect)]
            end = token.end + 1
    return "".join((*written, sql[end:]))


def _names_in(sql: str, dialect: str) -> list[str]:
    """Names of relations and columns, which stand in no text and are called by nobody."""
    tokens = tokens_of(sql, dialect)
    names = {t.text for t in tokens if t.token_type in _NAMES and t.text.isidentifier()}
    for before, token in pairwise(tokens):
        if token.text == "(" or before.text[-1:] in _MARKS:
            names -= {before.text, token.text}
    others = " ".join(t.text for t in tokens if t.token_type not in _NAMES)
    return sorted(names.difference(re.findall(r"\w+", others)))


def _flows(analysis: Analysis, name: str) -> set[tuple[str, str]]:
    """What flows into which relation, with the plain name in the place of another one.

    Parts of a name that are told by counting are left out.
    """
    whole = re.compile(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])|^chain:\d+")

    def plain(shown: str) -> str:
        return whole.sub(PLAIN, shown.lower().replace('"', ""))

    return {(plain(str(e.source)), plain(e.target.relation)) for e in analysis.edges}


def _cases() -> Iterator[object]:
    """Dialect and text of each block, a name in it, and another one for that."""
    for block in _BLOCKS:
        head, *lines = block.split("\n")
        dialect = head[2:].partition(":")[0]
        sql = "\n".join(line for line in lines if not line.startswith("= "))
        chance = crc32(head.encode())
        names = _names_in(sql, dialect)
        others = [o for o in OTHERS if o not in sql.lower() and o not in _MEANT.get(dialect, ())]
        if names:
            name, other = names[chance % len(names)], others[chance % len(others)]
            yield pytest.param(dialect, sql, name, other, id=head[2:])


@pytest.mark.parametrize(("dialect", "sql", "name", "other"), list(_cases()))
def test_whatever_a_name_is_its_flows_are_found(
    dialect: str, sql: str, name: str, other: str
) -> None:
    """What flows where a name is plain flows where it looks like something else, or is a gap."""
    plain = _analysed(_renamed(sql, dialect, name, PLAIN), dialect)
    odd = _analysed(_renamed(sql, dialect, name, other), dialect)

    missed = _flows(plain, PLAIN) - _flows(odd, other)
    assert not missed or len(odd.gaps) > len(plain.gaps)
