"""Where dbt puts data beside its relations: exports of saved queries, and files of models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lineage.dialects import as_path, normalise_relation
from lineage.projects import Fact, Relation, RelationKind
from lineage.uris import is_doubtful, without_keys
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Manifest, Node, SavedQuery

# Settings of adapters that say in which file or folder the data of a model is put.
_LOCATIONS: Final = frozenset(
    """
    data_location external_location location location_root s3_data_dir storage_uri
    base_location_root
    """.split()
)
_ENGINE: Final = re.compile(r"['\"]([^'\"]+://[^'\"]+)")  # ClickHouse's `S3('https://…')`
_TEMPLATE: Final = re.compile(r"\{[{%#]")
_PUT: Final = frozenset({"model", "seed", "snapshot"})


def outlets(place: Place, manifest: Manifest, names: Names) -> Iterator[Relation]:
    """A relation for each export and for each place outside that a model is put into."""
    for query in manifest.saved_queries.values():
        for export in query.exports or ():
            yield _export(place, query, export, names)
    for node, _key, location in _located(manifest, names):
        yield Relation(
            name=as_path(without_keys(location)),
            kind=RelationKind.EXTERNAL,
            origin=Origin(place.path_of(node), 1, 1),
            reads=(names.of(node),),
        )


def check_locations(place: Place, manifest: Manifest, names: Names) -> tuple[Gap, ...]:
    """A gap for each location that dbt renders once more, and for one that is not what it seems."""
    found: list[Gap] = []
    for node, key, location in _located(manifest, names):
        at = (names.of(node),), Origin(place.path_of(node), 1, 1)
        if _TEMPLATE.search(location):
            message = f"where a model is put is a template: {key}"
            found.append(Gap(GapReason.TEMPLATE, message, *at))
        if is_doubtful(location):
            message = "an address that may lead elsewhere than it seems to"
            found.append(Gap(GapReason.MISLEADING, message, *at))
    return tuple(found)


def _export(place: Place, query: SavedQuery, export: dict[str, Any], names: Names) -> Relation:
    config = export.get("config")
    said = config if isinstance(config, dict) else {}
    last = said.get("alias") or export.get("name") or query.name
    parts = (said.get("database"), said.get("schema_name") or said.get("schema"), last)
    view = said.get("export_as") == "view"
    return Relation(
        name=normalise_relation([str(part or "") for part in parts], names.dialect),
        kind=RelationKind.VIEW if view else RelationKind.TABLE,
        origin=Origin(place.path_of(query), 1, 1),
        facts=(Fact("name", str(last)), Fact("package", query.package_name)),
        reads=names.behind(query.depends_on.nodes),
    )


def _located(manifest: Manifest, names: Names) -> Iterator[tuple[Node, str, str]]:
    """Each setting that puts a node into a place outside, and that place."""
    for node in manifest.nodes.values():
        if node.resource_type in _PUT and names.of(node):
            found = dict(_locations(node.config))
            if not found and node.materialized == "external" and names.dialect == "duckdb":
                found = {"location": _usual_file(node)}
            yield from ((node, key, location) for key, location in found.items())


def _locations(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The places that settings name, be they in a setting with settings of its own."""
    for key, value in config.items():
        if isinstance(value, dict) and key not in {"docs", "meta"}:
            yield from _locations(value)
        elif key == "engine" and isinstance(value, str) and (engine := _ENGINE.search(value)):
            yield key, engine[1]
        elif key in _LOCATIONS and isinstance(value, str):
            place = value.strip().strip("'\"").strip()  # of properties, as Trino has them
            if place:
                yield key, place


def _usual_file(node: Node) -> str:
    """Where DuckDB's adapter puts what has no location: below the folder it runs in."""
    options = node.config.get("options")
    name = node.alias or node.name
    if isinstance(options, dict) and options.get("partition_by") is not None:
        return name
    return f"{name}.{node.config.get('format') or 'parquet'}"
