"""Readers: files of a checkout to a `Project`, which nobody else needs to open a file for."""

from lineage.readers.discover import find_project

__all__ = ["find_project"]
