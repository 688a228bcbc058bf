"""Tracing: the lineage of a project, or of a column or relation in it, as one text.

The use case behind `fieldgate lineage`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from enforcer.config import load_config
from enforcer.documents.nearest import nearest, quoted
from enforcer.words import UnknownNameError
from lineage import Column, Origin, analyze
from lineage.dialects import last_part
from lineage.graph import ROWS
from lineage.notations import render, render_openlineage
from lineage.openlineage import NAMESPACE
from lineage.readers import find_project, holds_events, read_events
from lineage.subgraph import around, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage import Analysis
    from lineage.subgraph import Subgraph

_PATH_MARKS = ("/", "\\", ".sql", ".json", ".ndjson")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: `name` of a column or relation, empty for the whole project at `path`.

    `upstream` is true for upstream only, false for downstream only, None for both; `depth`
    is in relations. With `direct`, only flows that carry the value.
    """

    path: Path = Path()
    name: str = ""
    dialect: str | None = None
    upstream: bool | None = None
    depth: int | None = None
    direct: bool = False
    jobs: int = 1
    use_cache: bool = True


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How the answer is written; the last two are for OpenLineage alone."""

    notation: str = "text"
    namespace: str = NAMESPACE
    event_time: str = ""


def question_of(what: str | None, project: Path | None) -> tuple[Path, str]:
    """Which path and name a person means by `what`.

    What exists on disk is a path, anything else a name; with a project it is always a name.
    """
    if project is None and what is not None and not os.path.lexists(what):
        return Path(), what
    if project is None:
        return Path(what or "."), ""
    return project, what or ""


def trace(question: Question, look: Look) -> str:
    """The answer, ready to be shown; empty where there is nothing to analyse.

    Raises `UnknownNameError` where nothing in the project has the name, `InputError` where
    the project cannot be read.
    """
    analysis = _analysis(question)
    if not analysis.statements and not analysis.relations:
        return ""
    subgraph = _subgraph(analysis, question)
    if look.notation == "openlineage":
        time = {"event_time": look.event_time} if look.event_time else {}
        return render_openlineage(subgraph, namespace=look.namespace, **time)
    return render(subgraph, look.notation)


def _analysis(question: Question) -> Analysis:
    """The one place where a project's lineage is made or looked up."""
    if holds_events(question.path):
        return read_events(question.path)
    settings = load_config(question.path).settings
    project = find_project(question.path, dialect=question.dialect or settings.dialect or None)
    return analyze(project, jobs=question.jobs)


def _subgraph(analysis: Analysis, question: Question) -> Subgraph:
    if not question.name:
        return whole(analysis, direct=question.direct)
    return around(
        analysis,
        _columns_named(analysis, question),
        upstream=question.upstream is not False,
        downstream=question.upstream is not True,
        depth=question.depth,
        direct=question.direct,
    )


def _columns_named(analysis: Analysis, question: Question) -> list[Column]:
    """The columns a person means: the whole dotted name, or any tail of it, in any case."""
    wanted = question.name.lower()
    known = [Column(r.name, c.name) for r in analysis.relations for c in r.columns]
    columns = [c for c in known if _ends_with(str(c).lower(), wanted)]
    if columns:
        return columns
    relations = {r.name for r in analysis.relations if _ends_with(r.name.lower(), wanted)}
    if not relations:
        raise _unknown(analysis, question.name)
    found = [c for c in known if c.relation in relations]
    # Who counts a relation's rows learns from it, and reads no column.
    return found + ([] if question.direct else [Column(name, ROWS) for name in relations])


def _ends_with(full: str, wanted: str) -> bool:
    return full == wanted or full.endswith((f".{wanted}", f"/{wanted}"))


def _unknown(analysis: Analysis, name: str) -> UnknownNameError:
    what = f"no column or relation of the project is called {quoted(name)}"
    if any(mark in name for mark in _PATH_MARKS):
        what += ", and there is no such path"
    meant = _meant(analysis, name)
    step = "name it as relation.column, or name a path; without either all flows are shown"
    return UnknownNameError(
        Origin("", 0, 0), what, f"did you mean {quoted(meant)}?" if meant else step
    )


def _meant(analysis: Analysis, name: str) -> str | None:
    """The name that is most like one that is unknown: its relation first, then the column."""
    columns = {r.name: [c.name for c in r.columns] for r in analysis.relations}
    before, dot, column = name.rpartition(".")
    relation = _nearest_relation(before, columns) if dot else None
    if relation is not None:
        return f"{relation}.{nearest(column, columns[relation]) or '…'}".removesuffix(".…")
    return _nearest_relation(name, columns)


def _nearest_relation(name: str, relations: Iterable[str]) -> str | None:
    """The relation whose name, or else whose last part, is most like the one that is asked for."""
    by_last = {last_part(relation).lower(): relation for relation in sorted(relations)}
    exact = by_last.get(last_part(name).lower())
    near = nearest(name, relations) if exact is None else exact
    if near is not None:
        return near
    last = nearest(last_part(name), by_last)
    return by_last[last] if last else None
