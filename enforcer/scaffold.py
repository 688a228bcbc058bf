"""A configuration to start from, made of what a project already says about itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from enforcer.atomic_files import write_text_atomically
from enforcer.classify.labels_files import CONFIG, refused
from enforcer.config import FILE_NAME
from enforcer.labels import Described, label
from enforcer.taxonomy import NONE, load_taxonomy
from enforcer.words import PolicyError
from lineage import Column, InputError, Origin, TransformType, analyze
from lineage.dialects import last_name, split_name
from lineage.projects import RelationKind
from lineage.readers import find_project
from lineage.shown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lineage import Analysis
    from lineage.projects import Relation

_LABELS = """\
# Which columns hold what, as their names suggest. Correct this: a name is only a hint, `none`
# says that a column is not personal, and what is missing here is not protected.
# Categories: fideslang keys, such as user.contact.email; a parent covers its children.
"""
_PLACES = """\
# Where data may rest or go. A relation lies in every place that matches it. Say more of each:
#   region: eu-west-1
#   purposes: [analytics.reporting]
#   audience: [analyst]
#   retention: P24M
#   partner: {name: …, contract: …, expires: 2030-12-31, permits: [user.unique_id], deletion: …}
"""
LABELS_FILE = "labels.yml"
PLACES_FILE = "places.yml"


def write_scaffold(path: Path, dialect: str | None) -> list[str]:
    """Write the files into the folder `path`; returns what to tell the person who asked.

    Raises `PolicyError` when one of them is there already, and `InputError` when there is
    nothing in the folder that could be checked.
    """
    for name in (FILE_NAME, LABELS_FILE, PLACES_FILE):
        if os.path.lexists(path / name):
            at = Origin(name, 1, 1)
            raise PolicyError(at, "is there already", "edit it, or remove it and run init again")
    project = find_project(path, dialect=dialect)
    analysis = analyze(project)
    if not analysis.statements:
        at = Origin(plain(str(path)), 1, 1)
        raise InputError(at, "there is no dbt project and no SQL here", "name another folder")
    files = _files(analysis, dialect)
    for name, text in files.items():
        write_text_atomically(path / name, text)
    labelled = sum(len(entry["columns"]) for entry in _labels(analysis))
    return [
        f"wrote {', '.join(files)}",
        f"{labelled} columns are labelled by their names, {len(_places(analysis))} places named",
        "read and correct them, then run: fieldgate check",
    ]


def _files(analysis: Analysis, dialect: str | None) -> dict[str, str]:
    labels, places = _labels(analysis), _places(analysis)
    config: dict[str, Any] = {"dialect": dialect} if dialect else {}
    config |= {"packs": ["baseline"]}
    config |= {"labels": [LABELS_FILE]} if labels else {}
    config |= {"places": PLACES_FILE} if places else {}
    config |= {"min_coverage": 1.0, "fail_on": "error"}
    files = {FILE_NAME: CONFIG + _yaml(config)}
    if labels:
        files[LABELS_FILE] = _LABELS + _yaml({"labels": labels})
    if places:
        files[PLACES_FILE] = _PLACES + _yaml(places)
    return files


def _yaml(value: Any) -> str:  # noqa: ANN401 - plain lists and mappings
    import yaml  # noqa: PLC0415 - start-up time

    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)


def _labels(analysis: Analysis) -> list[dict[str, Any]]:
    """Proposed labels of the relations that data comes in by."""
    taxonomy = load_taxonomy()
    outside = {r.name for r in analysis.relations if r.kind is RelationKind.EXTERNAL}
    inputs = tuple(r for r in analysis.relations if _is_input(analysis, r, outside))
    proposed = label(Described(inputs), taxonomy, propose=True).labels
    entries: dict[str, dict[str, str]] = {}
    for column, labels in proposed.items():
        if labels[0].by == "name" and _can_be_said(column.relation, column.column):
            found = entries.setdefault(column.relation, {})
            found[column.column] = labels[0].category
    return [{"relation": name, "columns": columns} for name, columns in sorted(entries.items())]


def _can_be_said(*names: str) -> bool:
    """True for names that mean nothing else in a file, and that such a file may hold."""
    said = [{"relation": name, "columns": {name: NONE}} for name in names]
    return not refused(_yaml({"labels": said}), *names)


def _is_input(analysis: Analysis, relation: Relation, outside: set[str]) -> bool:
    """Whether nothing but files and stages flows into a relation of the warehouse."""
    sources = {
        edge.source.relation
        for column in relation.columns
        for edge in analysis.edges_into(Column(relation.name, column.name))
        if edge.transform.type is TransformType.DIRECT
    }
    return relation.name not in outside and sources <= outside | {relation.name}


def _places(analysis: Analysis) -> dict[str, dict[str, Any]]:
    """A place for each schema, each exposure, and each stage or bucket that data leaves to."""
    found: dict[str, dict[str, Any]] = {}
    for relation in analysis.relations:
        for name, match in _place(relation):
            if _can_be_said(name, relation.name):
                found.setdefault(name, {"match": match})
    return dict(sorted(found.items()))


def _place(relation: Relation) -> Iterator[tuple[str, dict[str, list[str]]]]:
    name = relation.name
    if relation.kind is RelationKind.RESULT:
        return
    if relation.kind is RelationKind.EXPOSURE:
        exposure = name.removeprefix("exposure:")
        yield exposure, {"exposures": [exposure]}
    elif relation.kind is RelationKind.EXTERNAL:
        key = "stages" if name.startswith("@") else "uris"
        yield name, {key: [name]}
    elif schema := ".".join(split_name(name)[:-1]):
        yield last_name(schema).lower(), {"relations": [f"{schema}.*"]}
