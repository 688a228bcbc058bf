"""Readers: files of a checkout to a `Project`, which nobody else needs to open a file for."""

from lineage.readers.discover import find_project, root_of
from lineage.readers.openlineage import read_events
from lineage.readers.openlineage_events import holds_events

__all__ = ["find_project", "holds_events", "read_events", "root_of"]
