"""Relations from a dbt manifest: models, seeds, snapshots, kept failures, sources and exposures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.projects import Fact, Relation, RelationKind
from lineage.readers.dbt_column_tests import column_tests, with_tests
from lineage.readers.dbt_columns import CatalogIndex, declared_columns, seed_header, united
from lineage.readers.dbt_facts import TooManyFactsError, exposure_facts, node_facts
from lineage.readers.dbt_outlets import outlets
from lineage.readers.dbt_units import is_without_text
from lineage.readers.dbt_yaml_lines import YamlLines
from lineage.readers.files import FileText
from lineage.words import InputError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lineage.readers.dbt_freshness import Files
    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Catalog, CatalogTable, Manifest, Node

_KINDS = {
    "model": RelationKind.MODEL,
    "snapshot": RelationKind.SNAPSHOT,
    "seed": RelationKind.SEED,
    "source": RelationKind.SOURCE,
    "test": RelationKind.TABLE,
}
# Where two nodes are the same relation, the first of these is what it is.
_RANK = {kind: rank for rank, kind in enumerate(_KINDS.values())}


def read_relations(
    place: Place, manifest: Manifest, catalog: Catalog | None, names: Names, files: Files
) -> tuple[Relation, ...]:
    """All relations, sorted by name, one for each name.

    Raises `InputError` for a node that declares more than anybody writes.
    """
    index, lines = CatalogIndex(catalog), YamlLines(place)
    tests = column_tests(manifest, names)
    found: list[Relation] = []
    for node in _declaring(manifest):
        try:
            if node.resource_type == "exposure":
                found.append(_exposure(lines, node, names))
            elif names.of(node):
                table = index.table(node.unique_id)
                relation = _relation(lines, node, names, table, _header(place, node, files))
                relation = _tested(relation, tests.get(node.unique_id))
                others = names.others_of(node)
                found += (relation, *(msgspec.structs.replace(relation, name=o) for o in others))
        except TooManyFactsError as error:
            origin = Origin(place.manifest, 1, 1)
            raise InputError(origin, f"{node.unique_id[:200]!r}: {error}", "shorten it") from error
    return merge_relations([*found, *outlets(place, manifest, names)])


def _declaring(manifest: Manifest) -> Iterator[Node]:
    for node in manifest.nodes.values():
        if node.resource_type in _KINDS and (node.resource_type != "test" or node.keeps_failures):
            yield node
    yield from manifest.sources.values()
    yield from manifest.exposures.values()


def _relation(
    lines: YamlLines, node: Node, names: Names, table: CatalogTable | None, header: tuple[str, ...]
) -> Relation:
    return Relation(
        name=names.of(node),
        kind=_kind(node),
        origin=lines.origin(node),
        columns=declared_columns(node, table, header, names.dialect),
        complete=table is not None or bool(header),
        facts=(*node_facts(node), *_dependencies(node, names)),
        reads=names.read_by(node)[0] if is_without_text(node) else (),
    )


def _dependencies(node: Node, names: Names) -> tuple[Fact, ...]:
    """What dbt says that a node is built from, whether its text reads it or not."""
    return tuple(Fact("depends_on", name) for name in names.read_by(node)[0])


def _tested(relation: Relation, tests: Mapping[str, tuple[Fact, ...]] | None) -> Relation:
    if not tests:
        return relation
    return msgspec.structs.replace(relation, columns=with_tests(relation.columns, tests))


def _kind(node: Node) -> RelationKind:
    as_view = node.keeps_failures and node.config.get("store_failures_as") == "view"
    return RelationKind.VIEW if as_view else _KINDS[node.resource_type]


def _exposure(lines: YamlLines, node: Node, names: Names) -> Relation:
    return Relation(
        name=names.of(node),
        kind=RelationKind.EXPOSURE,
        origin=lines.origin(node),
        facts=exposure_facts(node),
        reads=names.read_by(node)[0],
    )


def _header(place: Place, node: Node, files: Files) -> tuple[str, ...]:
    if node.resource_type != "seed":
        return ()
    read = files.get(place.path_of(node))
    return (
        seed_header(read.text, node.config.get("delimiter")) if isinstance(read, FileText) else ()
    )


def merge_relations(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """One relation for each name, sorted: a source may be what another model builds."""
    found: dict[str, Relation] = {}
    for relation in sorted(relations, key=lambda r: (r.name, _RANK.get(r.kind, 0), r.origin)):
        first = found.get(relation.name)
        found[relation.name] = relation if first is None else _merge(first, relation)
    return tuple(found.values())


def _merge(first: Relation, second: Relation) -> Relation:
    facts: set[Fact] = {*first.facts, *second.facts}
    return msgspec.structs.replace(
        first,
        columns=united((*first.columns, *second.columns)),
        complete=first.complete or second.complete,
        facts=tuple(sorted(facts)),
        reads=tuple(sorted({*first.reads, *second.reads})),
    )
