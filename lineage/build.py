"""The one use case: a project in, its analysis out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from lineage.cache import Cache
from lineage.collector import Batches, paused
from lineage.deep import run_deep
from lineage.dialects import check_dialect, naming, written_relation
from lineage.link import Ahead, link_compiled
from lineage.link.compiled import Compiled
from lineage.projects import DeclaredColumn, Project, Relation, RelationKind, Unit
from lineage.readers import find_project
from lineage.readers.seen import Seen
from lineage.words import Origin
from lineage.workers import Workers, compile_units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from lineage.analysis import Analysis
    from lineage.objects import Object
    from lineage.workers import Each

    # Units to their objects, each of which is handed on as soon as it is there.
    Compiling = Callable[[Sequence[Unit], Each | None], list[Object]]


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
    with paused():  # whose end looks at what is left: nothing but the analysis
        kept = None if cache is None else Cache(cache)
        return run_deep(lambda: _analysis(project, kept, partial(_compile, jobs, workers)))


def analyze_path(
    path: str | Path, *, dialect: str | None = None, jobs: int = 1, cache: Path | None = None
) -> Analysis:
    """The analysis of the project at `path`, as `find_project` reads it.

    With a `cache`, SQL files too are read again only where they have changed: see
    `lineage.readers.seen` for what that trusts. Raises `InputError`.
    """
    with paused(), Workers(jobs) as workers:
        if cache is None:
            workers.start()
            return analyze(find_project(path, dialect=dialect), workers=workers)
        kept = Cache(cache)
        seen = Seen(kept.files(), workers.start)
        project = find_project(path, dialect=dialect, seen=seen)
        if seen.is_new():
            kept.keep_files(seen.files)
        return run_deep(lambda: _analysis(project, kept, partial(_compile, jobs, workers)))


def _analysis(project: Project, cache: Cache | None, compiling: Compiling) -> Analysis:
    found = cache.find(project) if cache is not None else None
    if found is None:
        texts = _texts(project, cache.texts(project) if cache is not None else [], compiling)
        found = link_compiled(project, texts)
        if cache is not None:
            cache.keep(texts, found)
    return found


def _texts(
    project: Project, known: Sequence[Compiled | None], compiling: Compiling
) -> list[Compiled]:
    """The texts of a project; where none is known, each is linked while the next is compiled."""
    if not any(known):
        ahead = Ahead(project)
        compiling(project.units, ahead.take)
        return ahead.texts()
    missing = [unit for unit, text in zip(project.units, known, strict=True) if text is None]
    compiled = iter(compiling(missing, None))
    return [text or Compiled(next(compiled)) for text in known]


def _compile(
    jobs: int, workers: Workers | None, units: Sequence[Unit], each: Each | None
) -> list[Object]:
    _check_dialects(units)
    if workers is not None:
        return workers.compile(units, each)
    return compile_units(units, jobs, each) if jobs else _compile_here(units, each)


def _check_dialects(units: Sequence[Unit]) -> None:
    for dialect in sorted({unit.dialect for unit in units}):
        check_dialect(dialect)


def _compile_here(units: Sequence[Unit], each: Each | None) -> list[Object]:
    from lineage.compile import compile_text  # noqa: PLC0415 - brings in the parser

    objects = []
    batches = Batches()
    for number, unit in enumerate(units):
        objects.append(compile_text(unit.text, unit.dialect))
        if each is not None:
            each(number, objects[-1])
        batches.add(len(unit.text))
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
