"""Real projects: what lineage finds out without their catalog is what the catalog says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from lineage import Column, analyze
from lineage.graph import ROWS
from lineage.projects import RelationKind
from lineage.readers import find_project
from lineage.readers.dbt_artifacts import read_catalog, read_manifest
from lineage.readers.dbt_columns import CatalogIndex
from lineage.readers.dbt_names import Names

if TYPE_CHECKING:
    from pathlib import Path

    from lineage import Analysis
    from lineage.projects import Project

_COLIBRI = (
    "1.10 1.8 1.9 bigquery clickhouse databricks duckdb ephemeral_finance_core oracle postgres "
    "redshift sqlserver starrocks trino"
).split()
_PROJECTS = ["jaffle", "synthea", "tuva", *(f"colibri/{name}" for name in _COLIBRI)]


def _stored(folder: Path, project: Project) -> dict[str, set[str]]:
    """The columns that the warehouse has, in lower case, of each model that was built by SQL."""
    manifest, _ = read_manifest(folder, "manifest.json.gz")
    catalog, _ = read_catalog(folder, "catalog.json.gz")
    names, index = Names(manifest, project.dialect), CatalogIndex(catalog)
    built = {unit.target for unit in project.units}
    found = {}
    for node in manifest.nodes.values():
        table = index.table(node.unique_id) if node.resource_type == "model" else None
        if table is not None and names.of(node) in built:
            found[names.of(node)] = {c.name.lower() for c in table.columns.values()}
    return found


def _without_columns(project: Project) -> Project:
    """The project with nothing known of what it builds; sources and seeds stay declared."""
    kinds = {RelationKind.MODEL, RelationKind.SNAPSHOT}
    return replace(
        project,
        relations=tuple(
            replace(r, columns=(), complete=False) if r.kind in kinds else r
            for r in project.relations
        ),
    )


@pytest.mark.parametrize("name", _PROJECTS)
def test_a_models_columns_are_those_of_the_catalog(corpora: Path, name: str) -> None:
    """Without a catalog of the models, each comes out with the columns the warehouse has."""
    folder = corpora / "data" / name
    project = find_project(folder)
    analysis = analyze(_without_columns(project), jobs=0)
    found = {r.name: {c.name.lower() for c in r.columns} for r in analysis.relations}
    stored = _stored(folder, project)
    wrong = {
        model: (sorted(columns - found[model]), sorted(found[model] - columns))
        for model, columns in stored.items()
        if found[model] != columns
    }

    assert stored
    assert not wrong


@pytest.mark.parametrize("line", range(1, 12))
def test_what_was_seen_to_change_is_known_to_depend(corpora: Path, line: int) -> None:
    """Where a changed source column changed a model when it was run, there is a flow."""
    texts = (corpora / "cases" / "dynamic_jaffle.jsonl").read_text().splitlines()
    case = json.loads(texts[line])
    analysis = analyze(find_project(corpora / "data" / "jaffle"), jobs=0)
    relation, _, column = case["source"].rpartition(".")
    reached = _reached(analysis, _full_name(analysis, relation), column)
    wanted = {tuple(name.rsplit(".", 1)) for name in case["changed"]}
    wanted |= {(model, ROWS) for model in case["rowcount_changed"]}
    ends = {(c.relation.rpartition(".")[2], c.column) for c in reached}

    assert wanted <= ends


def _full_name(analysis: Analysis, name: str) -> str:
    (found,) = (r.name for r in analysis.relations if r.name.endswith(f".{name}"))
    return found


def _reached(analysis: Analysis, relation: str, column: str) -> set[Column]:
    graph = analysis.graph
    start = graph.find(Column(relation, column))
    assert start is not None
    seen, waiting = {start}, [start]
    while waiting:
        new = {graph.targets[edge] for edge in graph.outgoing(waiting.pop())} - seen
        seen |= new
        waiting += new
    return {graph.columns[node] for node in seen if node not in graph.inner}
