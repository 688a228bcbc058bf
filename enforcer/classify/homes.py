"""Where a project keeps the label of a column: in dbt's properties beside it, or a labels file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.classify.properties import Entry, Properties
from enforcer.classify.yaml_places import NotEditableError
from lineage.readers.files import FileText, read_text
from lineage.readers.folders import SKIPPED_FOLDERS, join_path

if TYPE_CHECKING:
    from pathlib import Path

    from lineage.projects import Relation

_YAML: Final = (".yml", ".yaml")
_MAX_BYTES: Final = 1 << 20


class Home(msgspec.Struct, frozen=True):
    """A properties file, relative to the project's root, and the relation's entry in it."""

    path: str
    entry: Entry


class PropertiesFiles:
    """The properties files of a project, each read when it is first asked for."""

    def __init__(self, root: Path) -> None:
        """`root` must be the real path that the project was read from."""
        self.root = root
        self.marked: set[str] = set()  # files that begin with a byte order mark
        self._files: dict[str, Properties | None] = {}

    def home(self, relation: Relation) -> Home | None:
        """Where a relation has its properties, None where it has none that can be changed."""
        facts = {fact.key: fact.value for fact in relation.facts}
        name, source = facts.get("name", ""), facts.get("source", "")
        if not name:
            return None
        entry = Entry(name, source)
        for path in _candidates(relation, facts.get("documented_in", "")):
            found = self.at(path)
            if found is not None and found.has(entry):
                return Home(path, entry)
        return None

    def at(self, path: str) -> Properties | None:
        """The file at a path, None where there is none that could be edited."""
        if path not in self._files:
            self._files[path] = self._read(path)
        return self._files[path]

    def _read(self, path: str) -> Properties | None:
        read = read_text(self.root, path, _MAX_BYTES)
        if not isinstance(read, FileText) or SKIPPED_FOLDERS & set(path.split("/")):
            return None
        if read.marked:
            self.marked.add(path)
        try:
            return Properties(read.text)
        except NotEditableError:
            return None


def _candidates(relation: Relation, documented_in: str) -> list[str]:
    """Where the file may lie: the manifest's paths are relative to the dbt project's folder."""
    file = relation.origin.file
    if file.endswith(_YAML):
        return [file]
    if not documented_in:
        return []
    folders = file.split("/")[:-1]
    above = ["/".join(folders[:depth]) for depth in range(len(folders) + 1)]
    return [join_path(folder, documented_in) for folder in above]
