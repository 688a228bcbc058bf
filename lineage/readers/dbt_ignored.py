"""What `.dbtignore` takes out of a dbt project; its patterns are those of `.gitignore`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lineage.limits import MAX_BYTES
from lineage.readers.files import FileText, read_text
from lineage.readers.folders import join_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.readers.dbt_places import Place

_MAX_PATTERNS: Final = 200
# Names with `*` and `?`, and `**` before or behind them all. Others ignore nothing here, for what
# matches patterns differs in how it reads them.
_NAMED: Final = r"(?!\.\.?(?:/|\Z))(?:[\w\-.?+=@~,]|\*(?!\*))+"
_PATTERN: Final = re.compile(rf"(/?)(\*\*/)?({_NAMED}(?:/{_NAMED})*)(/\*\*|/)?")
# What lies in a folder that is named is ignored with it.
_BELOW: Final = {None: "(?:/.+)?", "/": "/.+", "/**": "/.+"}


def ignored_by_dbt(place: Place) -> Callable[[str], bool]:
    """Whether a file is ignored; where a pattern is taken back, none is."""
    read = read_text(place.root, join_path(place.folder, ".dbtignore"), MAX_BYTES)
    lines = read.text.splitlines() if isinstance(read, FileText) else []
    patterns = [line.rstrip() for line in lines if line.strip() and not line.startswith("#")]
    if any(pattern.startswith("!") for pattern in patterns) or len(patterns) > _MAX_PATTERNS:
        patterns = []
    ignored = [one for one in map(_compiled, patterns) if one is not None]

    def is_ignored(path: str) -> bool:
        inner = path.removeprefix(f"{place.folder}/") if place.folder else path
        return any(pattern.fullmatch(inner) for pattern in ignored)

    return is_ignored


def _compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern for whole paths: one with a slash within begins at the project's folder."""
    found = _PATTERN.fullmatch(pattern)
    if found is None:
        return None
    rooted, anywhere, names, behind = found.groups()
    begins = rooted or "/" in names or behind == "/**"
    before = "(?:.+/)?" if anywhere or not begins else ""
    return re.compile(before + "/".join(map(_name, names.split("/"))) + _BELOW[behind])


def _name(written: str) -> str:
    """One name of a pattern, which never looks for a text again that it has found."""
    first, *others = ("[^/]".join(map(re.escape, text.split("?"))) for text in written.split("*"))
    if not others:
        return first
    *middle, last = others
    return first + "".join(f"(?>[^/]*?{text})" for text in middle) + f"[^/]*{last}"
