"""Readers: files of a checkout to a `Project`, which nobody else needs to open a file for."""

from lineage.readers.discover import find_project
from lineage.readers.openlineage import read_events

__all__ = ["find_project", "read_events"]
