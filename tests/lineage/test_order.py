"""The order in which texts are linked."""

from __future__ import annotations

from itertools import permutations

import pytest

from lineage.build import analyze
from lineage.projects import Project, Unit

_TEXTS = (
    "select * from late",
    "create view late as select t.a, w.c from t join w on t.i = w.i",
    "update w set c = d",
    "update w set d = c",
)


@pytest.mark.parametrize("texts", list(permutations(_TEXTS)))
def test_who_reads_what_comes_behind_a_cycle_is_linked_behind_it(texts: tuple[str, ...]) -> None:
    """A cycle of texts decides nothing about the order of those that are in none."""
    units = [Unit(file=f"{n}.sql", text=text, dialect="duckdb") for n, text in enumerate(texts)]

    assert analyze(Project(dialect="duckdb", units=tuple(units)), jobs=0).gaps == ()
