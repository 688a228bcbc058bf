"""Paths that a configuration names by pattern, of files in a checkout that is not trusted."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from enforcer.documents.nearest import quoted
from enforcer.globs import is_glob
from enforcer.words import PolicyError
from lineage.readers.folders import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.config import Configuration
    from lineage import Origin
    from lineage.readers.folders import Tree


def paths_named(configuration: Configuration, key: str) -> tuple[str, ...]:
    """The files that the globs and paths of a key name, each once, in the order of the key.

    `*` is any text, slashes too, and `**/` may be no folder at all; hidden files and folders
    that tools write are passed over. Raises `PolicyError` for a pattern that names no file, or
    that may mean one behind a link.
    """
    tree: Tree | None = None
    found: dict[str, None] = {}
    for number, written in enumerate(getattr(configuration.settings, key)):
        if not is_glob(written):
            found[Path(written).as_posix()] = None
            continue
        tree = tree or walk(configuration.root)
        found |= dict.fromkeys(_matching(tree, written, configuration.origin(key, number)))
    return tuple(found)


def _matching(tree: Tree, pattern: str, at: Origin) -> Iterator[str]:
    patterns = {pattern.removeprefix("./"), pattern.removeprefix("./").replace("**/", "")}
    start = pattern[: min(pattern.find(sign) for sign in "*?[" if sign in pattern)]
    folder = start.rpartition("/")[0]
    for link in tree.links:
        behind = link.folder and f"{link.path}/".startswith(folder)
        if behind or any(fnmatchcase(link.path, one) for one in patterns):
            what = f"{quoted(link.path)} is a symbolic link, and {quoted(pattern)} may mean it"
            raise PolicyError(at, what, "name the files themselves")
    found = [path for path in tree.files if any(fnmatchcase(path, one) for one in patterns)]
    if not found:
        raise PolicyError(at, f"{quoted(pattern)} matches no file", "mend it, or remove it")
    yield from found
