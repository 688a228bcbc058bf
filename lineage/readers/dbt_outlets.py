"""Where dbt puts data beside its relations: exports of saved queries, and files of models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lineage.dialects import as_path, normalise_relation
from lineage.projects import Fact, Relation, RelationKind
from lineage.uris import without_keys
from lineage.words import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Manifest, Node, SavedQuery

# Settings of adapters that say in which file or folder the data of a model is put.
_LOCATIONS: Final = ("location", "location_root", "external_location", "s3_data_dir")


def outlets(place: Place, manifest: Manifest, names: Names) -> Iterator[Relation]:
    """A relation for each export and for each place outside that a model is put into."""
    for query in manifest.saved_queries.values():
        for export in query.exports or ():
            yield _export(place, query, export, names)
    for node in manifest.nodes.values():
        if node.resource_type in {"model", "seed", "snapshot"} and names.of(node):
            yield from _files(place, node, names)


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


def _files(place: Place, node: Node, names: Names) -> Iterator[Relation]:
    for key in _LOCATIONS:
        location = node.config.get(key)
        if isinstance(location, str) and location.strip():
            yield Relation(
                name=as_path(without_keys(location.strip())),
                kind=RelationKind.EXTERNAL,
                origin=Origin(place.path_of(node), 1, 1),
                reads=(names.of(node),),
            )
