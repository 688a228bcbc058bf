"""Packages of a dbt project that are a part of the checkout: their files can be looked at, too.

`dbt deps` puts a link to such a folder beside the packages that it fetches.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.readers.dbt_places import Place, leaves_folder
from lineage.readers.dbt_project_file import Settings, read_settings
from lineage.readers.dbt_unknown_files import check_unknown_files
from lineage.readers.folders import is_below, join_path, links_in
from lineage.words import InputError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from lineage.readers.dbt_freshness import Findings
    from lineage.readers.dbt_words import Manifest
    from lineage.readers.folders import Tree


def with_homes(place: Place, manifest: Manifest, tree: Tree) -> Place:
    """The place with the folders of those packages that the checkout holds."""
    if place.settings is None or leaves_folder(place.settings.packages):
        return place
    packages = join_path(place.folder, place.settings.packages)
    used = {node.package_name for node in manifest.nodes.values()}
    used |= {macro.package_name for macro in manifest.macros.values()}
    used.discard(place.package)
    links = {link.path.rpartition("/")[2]: link for link in links_in(place.root, packages)}
    homes = {name: links[name].leads_to for name in used & set(links) if links[name].folder}
    fetched = {name for name in used if os.path.lexists(place.root / packages / name)}
    named = _projects_by_name(place, tree) if used - fetched else {}
    homes |= {name: named[name][0] for name in used - fetched if len(named.get(name, ())) == 1}
    inner = {name: home for name, home in homes.items() if home and not _holds(home, place.folder)}
    return replace(place, homes=inner)


def _holds(home: str, folder: str) -> bool:
    return home in {".", folder} or is_below(folder, home)


def _projects_by_name(place: Place, tree: Tree) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for folder in tree.projects:
        settings = _settings(place, folder)
        if settings is not None and settings.name:
            found.setdefault(settings.name, []).append(folder)
    return found


def _settings(place: Place, folder: str) -> Settings | None:
    """The settings of a project in the checkout, None where its file cannot be read."""
    try:
        return read_settings(place.root, folder)[0]
    except InputError:
        return None


def check_packages(
    place: Place, manifest: Manifest, tree: Tree, known: Container[str]
) -> Iterator[Findings]:
    """What the manifest does not know of the packages that are a part of the checkout."""
    for package, home in sorted(place.homes.items()):
        settings = _settings(place, home) or Settings()
        inner = Place(
            root=place.root,
            manifest=place.manifest,
            folder=home,
            settings=settings,
            package=package,
        )
        yield check_unknown_files(inner, manifest, tree, known)
