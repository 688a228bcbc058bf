"""Tracing: the lineage of a project, or of a column or relation in it, as one text.

The use case behind `fieldgate lineage`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from enforcer.config import load_config
from enforcer.lookup import columns_named
from lineage.build import analyze_path
from lineage.notations import render, render_openlineage
from lineage.openlineage import NAMESPACE
from lineage.readers import holds_events, read_events
from lineage.subgraph import around, whole

if TYPE_CHECKING:
    from lineage import Analysis
    from lineage.subgraph import Subgraph


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: `name` of a column or relation, empty for the whole project at `path`.

    `upstream` is true for upstream only, false for downstream only, None for both; `depth`
    is in relations. With `direct`, only flows that carry the value. `cache` is the folder in
    which to look for what was found out before.
    """

    path: Path = Path()
    name: str = ""
    dialect: str | None = None
    upstream: bool | None = None
    depth: int | None = None
    direct: bool = False
    jobs: int = 1
    cache: Path | None = None


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
    return analyze_path(
        question.path,
        dialect=question.dialect or settings.dialect or None,
        jobs=question.jobs,
        cache=question.cache,
    )


def _subgraph(analysis: Analysis, question: Question) -> Subgraph:
    if not question.name:
        return whole(analysis, direct=question.direct)
    return around(
        analysis,
        columns_named(analysis, question.name, rows=not question.direct),
        upstream=question.upstream is not False,
        downstream=question.upstream is not True,
        depth=question.depth,
        direct=question.direct,
    )
