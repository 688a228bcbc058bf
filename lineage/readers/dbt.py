"""A dbt project as dbt compiled it: manifest and catalog to relations, texts and gaps.

Nothing is rendered or run, and none of dbt's caches is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.collector import paused
from lineage.projects import Project
from lineage.readers.dbt_artifacts import read_catalog, read_manifest
from lineage.readers.dbt_branches import check_branches
from lineage.readers.dbt_freshness import (
    check_macros,
    check_nodes,
    check_project_file,
    read_node_files,
)
from lineage.readers.dbt_functions import read_functions
from lineage.readers.dbt_hooks import read_hooks
from lineage.readers.dbt_macros import Macros, check_overrides
from lineage.readers.dbt_names import Names, dialect_of
from lineage.readers.dbt_outlets import check_locations
from lineage.readers.dbt_packages import check_packages, with_homes
from lineage.readers.dbt_relations import read_relations
from lineage.readers.dbt_settings import check_settings
from lineage.readers.dbt_side_queries import check_side_queries
from lineage.readers.dbt_units import read_units
from lineage.readers.dbt_unknown_files import check_unknown_files
from lineage.readers.dbt_versions import as_dbt_1

if TYPE_CHECKING:
    from lineage.readers.dbt_freshness import Files, Findings
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Manifest
    from lineage.readers.folders import Tree


@paused()  # what a large manifest becomes is all kept
def read_dbt_project(
    place: Place, catalog_path: str, tree: Tree | None, dialect: str | None
) -> Project:
    """The project at `place`; its files are compared with the manifest when `tree` is given.

    `catalog_path` is empty where there is none; `dialect` goes before the one of the
    manifest's adapter. Raises `InputError` for a manifest or catalog that cannot be read.
    """
    manifest, manifest_input = read_manifest(place.root, place.manifest)
    manifest = as_dbt_1(manifest)
    catalog, inputs = None, [manifest_input]
    if catalog_path:
        catalog, catalog_input = read_catalog(place.root, catalog_path)
        inputs.append(catalog_input)
    if not place.package:
        package = manifest.metadata.project_name or ""
        place = msgspec.structs.replace(place, package=package)
    if tree is not None:
        place = with_homes(place, manifest, tree)
    if dialect is None:
        dialect = dialect_of(manifest, place.manifest)
    names = Names(manifest, dialect)
    files = read_node_files(place, manifest)
    relations = read_relations(place, manifest, catalog, names, files)
    units, gaps = read_units(place, manifest, names, files)
    functions, uncompiled = read_functions(place, manifest, names, files)
    scripts, unknown = read_hooks(place, manifest, names)
    macros = Macros(place, manifest)
    beside = (
        *check_branches(place, manifest, names, macros),
        *check_overrides(place, manifest, names, macros),
        *check_side_queries(place, manifest, names, macros),
        *check_settings(place, manifest, names),
        *check_locations(place, manifest, names),
    )
    found = (*gaps, *uncompiled, *unknown, *beside)
    checks = () if tree is None else _check_files(place, manifest, tree, names, files)
    return Project(
        dialect=dialect,
        relations=relations,
        units=units + functions + scripts,
        gaps=tuple(sorted({*found, *(gap for check in checks for gap in check.gaps)})),
        inputs=tuple(sorted((*inputs, *(entry for check in checks for entry in check.inputs)))),
    )


def _check_files(
    place: Place, manifest: Manifest, tree: Tree, names: Names, files: Files
) -> tuple[Findings, ...]:
    if place.settings is None:
        return (check_unknown_files(place, manifest, tree, ()),)
    nodes = check_nodes(place, manifest, names, files)
    macros = check_macros(place, manifest, names)
    known = set(files) | {entry.path for entry in macros.inputs}
    return (
        nodes,
        macros,
        check_project_file(place, manifest),
        check_unknown_files(place, manifest, tree, known),
        *check_packages(place, manifest, tree, known),
    )
