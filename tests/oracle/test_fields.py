"""DuckDB as the judge of fields: what changes with one field is reached from that field."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import duckdb
import pytest

from lineage import Column, analyze_sql
from lineage.graph import ROWS

from .field_programs import LEAVES, Programs, filled

if TYPE_CHECKING:
    from lineage.graph import Graph

Values = dict[tuple[str, str], str]
_ENGINE = duckdb.connect(config={"threads": 1})


def _run(statements: list[str], tables: list[str]) -> Values | None:
    """What each column of the tables holds in the end; None where a statement fails."""
    found: Values = {}
    _ENGINE.execute("begin")
    try:
        _ENGINE.execute(";".join(statements))
        for table in tables:
            cursor = _ENGINE.execute(f"select * from {table}")
            names = [column[0] for column in cursor.description or ()]
            rows = cursor.fetchall()
            found |= {(table, n): str([row[i] for row in rows]) for i, n in enumerate(names)}
    except duckdb.Error:
        return None
    finally:
        _ENGINE.execute("rollback")
    return found


def _reached(graph: Graph, start: int | None, *, direct: bool = False) -> set[tuple[str, str]]:
    """The columns that a value which begins in a node gets to, or influences if not `direct`."""
    waiting = [] if start is None else [start]
    seen = set(waiting)
    while waiting:
        edges = graph.outgoing(waiting.pop())
        ways = [e for e in edges if not direct or graph.kind(e).transform.type == "DIRECT"]
        new = {graph.targets[edge] for edge in ways} - seen
        seen |= new
        waiting += new
    return {(graph.columns[n].relation, graph.columns[n].column) for n in seen - graph.inner}


@pytest.mark.parametrize("first", range(0, 90, 30))
def test_what_changes_with_a_field_is_reached_from_it_and_nothing_else_is(first: int) -> None:
    """Changing one field of a struct shows only where it is said to flow; siblings stay apart.

    The fields are named by nobody but the statements that read them, and a label on a field
    that none of them reads is followed in what the field is in.
    """
    missed, shown, said, ran = [], 0, 0, 0
    for seed in range(first, first + 30):
        programs = Programs(Random(seed))  # noqa: S311 - the same programs each time
        script = programs.script()
        made = [name for name in programs.tables if name != "raw"]
        before = _run([*filled("", ""), *script], made)
        if before is None:
            continue
        ran += 1
        graph = analyze_sql(";".join((filled("", "")[0], *script)), dialect="duckdb").graph
        for leaf in LEAVES:
            after = _run([*filled(leaf, "new"), *script], made)
            assert after is not None
            changed = {key for key, value in before.items() if after[key] != value}
            start = graph.find(Column("raw", leaf))
            whole = graph.find(Column("raw", leaf.partition(".")[0]))
            missed += [(seed, leaf, end, script) for end in changed - _reached(graph, start)]
            missed += [(seed, "whole", end, script) for end in changed - _reached(graph, whole)]
            told = {
                e for e in _reached(graph, start, direct=True) if e[0] != "raw" and e[1] != ROWS
            }
            shown += len(changed & told)
            said += len(told)

    assert not missed
    assert ran > 20
    assert shown == said
