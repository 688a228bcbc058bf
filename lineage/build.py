"""The one use case: a project in, its analysis out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.cache import Cache
from lineage.collector import MANY, collect, paused
from lineage.deep import run_deep
from lineage.dialects import check_dialect, naming, written_relation
from lineage.link import Ahead, link_compiled
from lineage.link.compiled import Compiled
from lineage.link.joining import Joiner
from lineage.projects import DeclaredColumn, Project, Relation, RelationKind, Unit
from lineage.readers import find_project
from lineage.words import Origin
from lineage.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lineage.analysis import Analysis
    from lineage.objects import Object


def analyze(
    project: Project, *, jobs: int = 1, cache: Path | None = None, workers: Workers | None = None
) -> Analysis:
    """The analysis of a project, its texts parsed in at most `jobs` supervised processes.

    With no jobs they are parsed in this process, which is for texts that one trusts, and with
    `workers` by those, for whoever has many small projects. What is
    found in the folder `cache` is not done again, and what was done is put there; nobody who
    writes texts of the project may be able to write to it. Raises `InputError` for an
    unknown dialect. A text that cannot be read is a gap.
    """
    with paused(), Workers(jobs, once=True) as own:
        kept = None if cache is None else Cache(cache)
        return run_deep(lambda: _analysis(project, kept, workers or (own if jobs else None)))


def analyze_path(
    path: str | Path, *, dialect: str | None = None, jobs: int = 1, cache: Path | None = None
) -> Analysis:
    """The analysis of the project at `path`, as `find_project` reads it.

    With a `cache`, SQL files too are read again only where they have changed: see
    `lineage.readers.seen` for what that trusts. Raises `InputError`.
    """
    with paused(), Workers(jobs, once=True) as workers:
        kept = None if cache is None else Cache(cache)
        seen = None
        if kept is not None:
            seen = kept.seen(workers.start if jobs else None)
        elif jobs:
            workers.start()
        project = find_project(path, dialect=dialect, seen=seen)
        if kept is not None and seen is not None:
            kept.keep_seen(seen)
        return run_deep(lambda: _analysis(project, kept, workers if jobs else None))


def _analysis(project: Project, cache: Cache | None, workers: Workers | None) -> Analysis:
    found = cache.find(project) if cache is not None else None
    if found is None:
        if workers is not None and project.units:
            workers.start()
        known = cache.texts() if cache is not None else []
        begun = None
        if any(known):
            texts, begun = _texts(project, known, workers)
        else:
            texts = _new(project, workers)
        found = link_compiled(project, texts, begun)
        if cache is not None:
            cache.keep(texts, found)
    return found


def _new(project: Project, workers: Workers | None) -> list[Compiled]:
    """The texts of a project of which nothing is known; each is linked while a worker compiles."""
    _check_dialects(project.units)
    if workers is None:
        return [Compiled(found) for found in _compile_here(project.units)]
    workers.start(len(project.units))
    ahead = Ahead(project)
    workers.compile_each(project.units, ahead.take)
    return ahead.texts()


def _texts(
    project: Project, known: Sequence[Compiled | None], workers: Workers | None
) -> tuple[list[Compiled], Joiner]:
    """The texts of a project, and those joined already that stand before the first new one."""
    missing = [unit for unit, text in zip(project.units, known, strict=True) if text is None]
    _check_dialects(missing)
    begun: list[Joiner] = []

    def meanwhile() -> None:
        begun.append(Joiner.of_known(known))

    if workers is not None:
        objects = iter(workers.compile(missing, meanwhile=meanwhile))
    else:
        meanwhile()
        objects = iter(_compile_here(missing))
    return [text or Compiled(next(objects)) for text in known], begun[0]


def _check_dialects(units: Sequence[Unit]) -> None:
    for dialect in sorted({unit.dialect for unit in units}):
        check_dialect(dialect)


def _compile_here(units: Sequence[Unit]) -> list[Object]:
    from lineage.compile import compile_text  # noqa: PLC0415 - brings in the parser

    objects = []
    for unit in units:
        objects.append(compile_text(unit.text, unit.dialect))
        collect(MANY)
    collect()
    return objects


def analyze_sql(
    sql: str, *, dialect: str, schema: Mapping[str, Mapping[str, str]] | None = None
) -> Analysis:
    """The analysis of a script.

    `schema` maps relations to their columns and those to types, names as one writes them in
    the dialect; its relations are taken to be complete. The n-th bare SELECT of the script
    writes to the relation `result:n`.

    The script is parsed in this process: for texts from strangers, use `analyze`.

    >>> analysis = analyze_sql("create table b as select upper(x) as y from a", dialect="duckdb")
    >>> [f"{edge.source} -> {edge.target}" for edge in analysis.edges]
    ['a.x -> b.y']
    """
    relations = tuple(
        _declared(name, columns, dialect) for name, columns in sorted((schema or {}).items())
    )
    unit = Unit(file="<sql>", text=sql, dialect=dialect)
    project = Project(dialect=dialect, relations=relations, units=(unit,))
    return analyze(project, jobs=0)


def _declared(name: str, columns: Mapping[str, str], dialect: str) -> Relation:
    rule = naming(dialect)
    return Relation(
        name=written_relation(name, dialect),
        kind=RelationKind.TABLE,
        origin=Origin("<schema>", 1, 1),
        columns=tuple(DeclaredColumn(rule.column(c), t) for c, t in columns.items()),
        complete=True,
    )
