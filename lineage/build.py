"""The one use case: a project in, its analysis out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.cache import Cache
from lineage.collector import Batches, paused
from lineage.deep import run_deep
from lineage.dialects import check_dialect, naming, written_relation
from lineage.link import Ahead, link_compiled
from lineage.link.compiled import Compiled
from lineage.projects import DeclaredColumn, Project, Relation, RelationKind, Unit
from lineage.words import Origin
from lineage.workers import Worker, compile_units, compiled_one_by_one

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lineage.analysis import Analysis
    from lineage.objects import Object


def analyze(
    project: Project, *, jobs: int = 1, cache: Path | None = None, worker: Worker | None = None
) -> Analysis:
    """The analysis of a project, its texts parsed in at most `jobs` supervised processes.

    With no jobs they are parsed in this process, which is for texts that one trusts, and with
    a `worker` by that one, for whoever has many small projects. What is
    found in the folder `cache` is not done again, and what was done is put there; nobody who
    writes texts of the project may be able to write to it. Raises `InputError` for an
    unknown dialect. A text that cannot be read is a gap.
    """
    with paused():  # whose end looks at what is left: nothing but the analysis
        if cache is None:
            return _linked(project, jobs, worker)
        kept = Cache(cache)
        found = kept.find(project)
        if found is None:
            texts = _completed(project, kept.texts(), jobs)
            found = run_deep(lambda: link_compiled(project, texts))
            kept.keep(texts, found)
        return found


def _linked(project: Project, jobs: int, worker: Worker | None) -> Analysis:
    if worker is None and jobs:
        return run_deep(lambda: link_compiled(project, _linked_ahead(project, jobs)))
    texts = _compile(project.units, jobs, worker)
    return run_deep(lambda: link_compiled(project, texts))


def _linked_ahead(project: Project, jobs: int) -> list[Compiled]:
    """The texts of a project, linked as they come, while the workers go on with the next."""
    _check_dialects(project.units)
    ahead = Ahead(project)
    for number, compiled in compiled_one_by_one(project.units, jobs):
        ahead.take(number, compiled)
    return ahead.texts()


def _completed(project: Project, known: list[Compiled | None], jobs: int) -> list[Compiled]:
    """The texts of a project, those compiled that are not known."""
    missing = [project.units[number] for number, text in enumerate(known) if text is None]
    compiled = iter(_compile(missing, jobs))
    return [text or next(compiled) for text in known]


def _compile(units: Sequence[Unit], jobs: int, worker: Worker | None = None) -> list[Compiled]:
    _check_dialects(units)
    if worker is not None:
        return [Compiled(found) for found in worker.compile(units)]
    objects = compile_units(units, jobs) if jobs else run_deep(lambda: _compile_here(units))
    return [Compiled(found) for found in objects]


def _check_dialects(units: Sequence[Unit]) -> None:
    for dialect in sorted({unit.dialect for unit in units}):
        check_dialect(dialect)


def _compile_here(units: Sequence[Unit]) -> list[Object]:
    from lineage.compile import compile_text  # noqa: PLC0415 - brings in the parser

    objects = []
    batches = Batches()
    for unit in units:
        objects.append(compile_text(unit.text, unit.dialect))
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
