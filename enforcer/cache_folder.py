"""Where the cache of a project is: in the user's own folder, never in the project's."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def cache_folder(project: Path, environment: Mapping[str, str]) -> Path | None:
    """The folder for the cache of the project at a path (XDG base directories).

    None where the user has no home, and where the folder would lie in the project: whoever
    writes its texts could then write what is said of them.
    """
    home = environment.get("XDG_CACHE_HOME") or ""
    if not home and environment.get("HOME"):
        home = os.path.join(environment["HOME"], ".cache")  # noqa: PTH118 - may be no path at all
    if not os.path.isabs(home):  # noqa: PTH117 - likewise
        return None
    root = Path(os.path.realpath(project))
    base = Path(os.path.realpath(home))
    inside = root if root.is_dir() else root.parent
    if base.is_relative_to(inside):
        return None
    return base / "fieldgate" / hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
