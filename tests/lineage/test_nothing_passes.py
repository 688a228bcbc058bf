"""No statement takes a value to a target without an edge or a gap to show for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lineage import analyze_sql

if TYPE_CHECKING:
    from lineage import Analysis

# One statement a line: `target <- SQL`. Each takes `t.email` (or the file `t`) to the target.
_STATEMENTS = sorted((Path(__file__).parent / "statements").glob("*.txt"))
_CASES = [
    pytest.param(file.stem, *line.split(" <- ", 1), id=f"{file.stem}-{number}")
    for file in _STATEMENTS
    for number, line in enumerate(file.read_text().splitlines(), 1)
]


@pytest.mark.parametrize(("dialect", "target", "sql"), _CASES)
def test_a_value_that_reaches_a_target_is_an_edge_or_a_gap(
    dialect: str, target: str, sql: str
) -> None:
    """Whatever way a dialect has to move a value, the analysis knows it or says so."""
    analysis = analyze_sql(sql, dialect=dialect)

    assert analysis.gaps or _flows_into(analysis, target)


@pytest.mark.parametrize(("dialect", "target", "sql"), _CASES)
def test_what_is_known_of_the_columns_makes_no_hole(dialect: str, target: str, sql: str) -> None:
    """Knowing the columns of the source never makes a flow disappear."""
    schema = {"t": {"id": "int", "email": "text"}}
    analysis = analyze_sql(sql, dialect=dialect, schema=schema)

    assert analysis.gaps or _flows_into(analysis, target)


def _flows_into(analysis: Analysis, target: str) -> bool:
    """Whether a column that holds the value reaches a column of the target."""
    graph = analysis.graph
    waiting = [
        node
        for node, column in enumerate(graph.columns)
        if node not in graph.inner and _holds(column.relation, column.column, target)
    ]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        column = graph.columns[node]
        if node not in graph.inner and column.column != "*" and _is(column.relation, target):
            return True
        new = {graph.targets[edge] for edge in graph.outgoing(node)} - seen
        waiting += new
        seen |= new
    return False


def _holds(relation: str, column: str, target: str) -> bool:
    from_file = "://" in relation or relation.startswith(("@", "/")) or relation.endswith(".csv")
    return not _is(relation, target) and ("email" in column.lower() or from_file)


def _is(relation: str, target: str) -> bool:
    low, wanted = relation.lower().removeprefix("./"), target.lower()
    return low == wanted or low.endswith(f".{wanted}")
