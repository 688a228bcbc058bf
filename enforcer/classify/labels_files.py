"""The labels file, and naming it in the configuration, as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from unicodedata import is_normalized

from enforcer.classify.yaml_edits import inserted, written
from enforcer.classify.yaml_places import NotEditableError, Places
from enforcer.documents import parse_document
from enforcer.globs import is_glob
from enforcer.labels import LabelsFile
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage import Column

HEADER: Final = """\
# Which columns hold what. Correct this: a proposal is only a proposal, and `none` says that a
# column is not personal. Categories: fideslang keys, such as user.contact.email.
labels:
"""
CONFIG: Final = "# What this project is held to. Paths are relative to this file.\nversion: 1\n"


def refused(text: str, *names: str) -> str:
    """Why no labels file can hold some names as `text` does, empty where one can."""
    if any(map(is_glob, names)):
        return "its name would be a pattern"
    try:
        parse_document(text, "", LabelsFile)
    except PolicyError as error:
        return f"no labels file could hold its name: {error.message}"
    if not all(is_normalized("NFC", name) for name in names):
        return "no labels file could hold its name: it has another spelling"
    return ""


def with_label(text: str, column: Column, categories: Sequence[str]) -> str:
    """A labels file with one more label; an empty text becomes one.

    Raises `NotEditableError` where that cannot be done by inserting alone.
    """
    stated = categories[0] if len(categories) == 1 else list(categories)
    lines = (f"  - relation: {written(column.relation)}", "    columns:")
    label = f"      {written(column.column)}: {written(stated)}"
    alone = HEADER + "\n".join((*lines, label)) + "\n"
    why = refused(alone, column.relation, column.column)
    if why:
        raise NotEditableError(why)
    if not text:
        return alone
    document = Places(text).value()
    listed = document.get("labels") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise NotEditableError("it has no list of `labels`")
    for number, entry in enumerate(listed):
        if isinstance(entry, dict) and entry.get("relation") == column.relation:
            if isinstance(entry.get("columns"), dict):
                return inserted(text, ("labels", number, "columns", column.column), stated)
            return inserted(text, ("labels", number, "columns"), {column.column: stated})
    entry = {"relation": column.relation, "columns": {column.column: stated}}
    return inserted(text, ("labels", len(listed)), entry)


def with_labels_file(config: str, path: str) -> str:
    """A configuration that names a labels file; an empty text becomes one."""
    text = config or CONFIG
    document = Places(text).value()
    if isinstance(document, dict) and isinstance(document.get("labels"), list):
        return inserted(text, ("labels", len(document["labels"])), path)
    return inserted(text, ("labels",), [path])
