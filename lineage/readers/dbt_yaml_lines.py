"""In which line of its properties file a node is declared; the manifest does not say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.readers.files import FileText, read_text
from lineage.words import Origin

if TYPE_CHECKING:
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Node

_MAX_BYTES = 1 << 20
_YAML = (".yml", ".yaml")


class YamlLines:
    """The properties files of a project, read when they are first asked for."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._texts: dict[str, str] = {}

    def origin(self, node: Node) -> Origin:
        """The line of `- name:` of a node, or line 1 where that is not to be found.

        A table of a source is looked for below the name of its source; a test that has none
        by the name of what it tests.
        """
        path = self._place.path_of(node)
        if not path.endswith(_YAML) or self._place.settings is None:
            return Origin(path, 1, 1)
        text = self._text(path)
        start = _find(text, node.source_name, 0) if node.source_name else 0
        tested = (node.attached_node or "").rpartition(".")[2]
        names = (node.identifier or node.name, node.name, tested)
        found = next((at for name in names if name and (at := _find(text, name, start))), 0)
        if not found:
            return Origin(path, 1, 1)
        column = found - text.rfind("\n", 0, found)
        return Origin(path, text.count("\n", 0, found) + 1, column)

    def _text(self, path: str) -> str:
        if path not in self._texts:
            read = read_text(self._place.root, path, _MAX_BYTES)
            self._texts[path] = read.text if isinstance(read, FileText) else ""
        return self._texts[path]


def _find(text: str, name: str, start: int) -> int:
    """The offset of a name where it is a `name` in a list or mapping, 0 where it is not."""
    key = r"^[ \t]*(?:-[ \t]+)?\{?[ \t]*name:[ \t]*[\"']?"
    end = r"[\"']?[ \t]*(?:$|[,}#])"
    found = re.compile(f"{key}({re.escape(name)}){end}", re.MULTILINE).search(text, start)
    return found.start(1) if found else 0
