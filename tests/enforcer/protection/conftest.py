"""What becomes of a label in a few lines of SQL."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from enforcer.estate import Estate, Parameters, protected
from enforcer.labels import Label
from enforcer.protection.arrivals import Way
from enforcer.protection.states import DIRECT, variants_in
from enforcer.taxonomy import load_taxonomy
from lineage import Column, Origin, analyze_sql
from lineage.projects import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.analysis import Analysis

    Arriving = Callable[..., set[str]]
    Analysed = Callable[..., Analysis]

TAXONOMY = load_taxonomy()


def estate_of(analysis: Analysis, labels: dict[str, str], **parameters: object) -> Estate:
    origin = Origin("labels.yml", 1, 1)
    return Estate(
        analysis=protected(analysis),
        labels={
            Column(*name.rsplit(".", 1)): (Label(category, "labels file", origin),)
            for name, category in labels.items()
        },
        taxonomy=TAXONOMY,
        today=date(2026, 1, 1),
        parameters=Parameters(**parameters),
    )


def with_facts(analysis: Analysis, facts: dict[str, dict[str, str]]) -> Analysis:
    """The analysis where relations state these facts of `meta.fieldgate`."""
    relations = tuple(
        replace(
            relation,
            facts=tuple(
                Fact(f"meta.fieldgate.{key}", value)
                for key, value in facts.get(relation.name, {}).items()
            ),
        )
        for relation in analysis.relations
    )
    return replace(analysis, relations=relations)


@pytest.fixture
def analysed() -> Callable[..., Analysis]:
    """Some SQL as the checks see it, where relations state some facts."""

    def analyse(sql: str, facts: dict[str, dict[str, str]]) -> Analysis:
        return protected(with_facts(analyze_sql(sql, dialect="duckdb"), facts))

    return analyse


def arrive(
    sql: str,
    category: str = "user.account",
    dialect: str = "duckdb",
    facts: dict[str, dict[str, str]] | None = None,
    flows: tuple[str, ...] = (DIRECT,),
    **parameters: object,
) -> set[str]:
    """The variants in which the value of `r.u.x` arrives in `m.y`."""
    analysis = with_facts(analyze_sql(sql, dialect=dialect), facts or {})
    estate = estate_of(analysis, {"r.u.x": category}, **parameters)
    graph = estate.analysis.graph
    by_name = {str(column).lower(): node for node, column in enumerate(graph.columns)}
    node, there = by_name.get("r.u.x"), by_name.get("m.y")
    if node is None or there is None:
        return set()
    way = Way(
        flows=flows,
        enumerable=TAXONOMY.is_enumerable(category),
        form=TAXONOMY.form_of(category),
    )
    return {str(v) for v in variants_in(estate.arrivals.of(node, way).get(there, 0))}


@pytest.fixture
def arriving() -> Arriving:
    """What arrives, as a fixture."""
    return arrive
