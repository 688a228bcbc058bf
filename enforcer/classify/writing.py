"""Writing accepted proposals where the project keeps its labels."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.atomic_files import write_text_below
from enforcer.classify.labels_files import with_label, with_labels_file
from enforcer.classify.yaml_places import NotEditableError
from enforcer.config import FILE_NAME
from enforcer.words import PolicyError
from lineage import Column, Origin
from lineage.dialects import naming
from lineage.readers.files import FileText, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enforcer.classify.homes import PropertiesFiles
    from enforcer.classify.proposal import Proposal
    from enforcer.config import Configuration
    from lineage.projects import Relation

LABELS_FILE: Final = "labels.yml"
_BOM: Final = "\ufeff"
_MAX_BYTES: Final = 1 << 20


class Wrote(msgspec.Struct, frozen=True):
    """Which labels were written into which file, and which nowhere, with the reason."""

    files: tuple[tuple[str, int], ...]
    refused: tuple[tuple[Column, str], ...] = ()


class Writer:
    """Collects changed texts, and puts them into their files at the end."""

    def __init__(
        self,
        properties: PropertiesFiles,
        configuration: Configuration,
        relations: Mapping[str, Relation],
        dialect: str,
    ) -> None:
        self._properties = properties
        self._configuration = configuration
        self._relations = relations
        self._dialect = dialect
        self._counts: dict[str, int] = {}
        self._left: list[tuple[Proposal, str]] = []

    def write(self, proposals: Iterable[Proposal]) -> Wrote:
        """Write the proposals.

        A file that cannot be changed by inserting alone is left as it is, and its labels go to
        the labels file. Raises `InputError` for a file that cannot be written.
        """
        for proposal in proposals:
            self._add(proposal)
        labels, refused = self._labels_file()
        for path in self._counts:
            found = self._properties.at(path)
            assert found is not None
            mark = _BOM if path in self._properties.marked else ""
            write_text_below(self._properties.root, path, mark + found.text)
        files = dict(self._counts)
        for path, text, count in labels:
            write_text_below(self._configuration.root, path, text)
            files[path] = files.get(path, 0) + count
        return Wrote(tuple((p, n) for p, n in sorted(files.items()) if n), tuple(refused))

    def _add(self, proposal: Proposal) -> None:
        """Put a label into its properties file, or note that the labels file is to have it."""
        column = proposal.column
        relation = self._relations[column.relation]
        home = self._properties.home(relation)
        spelt = self._spelt(column.column)
        if home is None or not spelt:
            self._left.append((proposal, ""))
            return
        found = self._properties.at(home.path)
        assert found is not None
        try:
            found.label(home.entry, spelt, proposal.categories)
        except NotEditableError as error:
            self._left.append((proposal, f"{home.path}: {error}"))
        else:
            self._counts[home.path] = self._counts.get(home.path, 0) + 1

    def _spelt(self, column: str) -> str:
        """A column's name as dbt reads it without quotes, empty where it needs some."""
        rule = naming(self._dialect)
        if rule.column(column.lower()) == column:
            return column.lower()
        return column if rule.column(column) == column else ""

    def _labels_file(self) -> tuple[list[tuple[str, str, int]], list[tuple[Column, str]]]:
        """The texts of the labels file, and of the configuration if it has to name it."""
        if not self._left:
            return [], []
        named = self._configuration.settings.labels
        path = named[0] if named else LABELS_FILE
        if not named and os.path.lexists(self._configuration.root / path):
            at = Origin(path, 1, 1)
            raise PolicyError(at, f"is there, and {FILE_NAME} does not name it", "name it there")
        text, count, refused = self._read(path) if named else "", 0, []
        for proposal, why in self._left:
            try:
                text = with_label(text, proposal.column, proposal.categories)
                count += 1
            except NotEditableError as error:
                refused.append((proposal.column, why or f"{path}: {error}"))
        files = [(path, text, count)] if count else []
        if count and not named:
            document = self._configuration.document
            files.append((FILE_NAME, _named(document.text if document else "", path), 0))
        return files, refused

    def _read(self, path: str) -> str:
        read = read_text(self._configuration.root, path, _MAX_BYTES)
        assert isinstance(read, FileText)  # it was read as a labels file before
        return read.text


def _named(config: str, path: str) -> str:
    try:
        return with_labels_file(config, path)
    except NotEditableError as error:
        step = f"name {path} under `labels` yourself"
        raise PolicyError(Origin(FILE_NAME, 1, 1), f"cannot be changed: {error}", step) from error
