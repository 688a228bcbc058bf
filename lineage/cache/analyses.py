"""A whole analysis as it is kept: each name once, numbers in flat arrays."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from lineage.analysis import Analysis
from lineage.cache.flat import Numbers, flat, numbers_in, once
from lineage.cache.stored import Store
from lineage.graph import EdgeKind, Graph, GraphIndex, Sites
from lineage.guarded import Guarded
from lineage.projects import Relation
from lineage.words import Column, Delete, Gap, Grant, Remark

if TYPE_CHECKING:
    from pathlib import Path

    from lineage.projects import Project


class _KeptGraph(msgspec.Struct, frozen=True, array_like=True, gc=False):
    relations: list[str]
    names: list[str]
    paths: list[str]
    # of each column: its relation or label and its name, as positions in these
    relation_of: Numbers
    name_of: Numbers
    # the columns that have a path, and its position
    with_path: Numbers
    path_of: Numbers
    inner: Numbers
    kinds: tuple[EdgeKind, ...]
    ambiguous: Numbers
    sources: Numbers
    targets: Numbers
    kind_of: Numbers
    units: Numbers
    offsets: Numbers
    begins: Numbers  # the columns with fields, in the order of the nodes where they begin
    parts: int


class _KeptAnalysis(msgspec.Struct, frozen=True, array_like=True, gc=False):
    graph: _KeptGraph
    relations: tuple[Relation, ...]
    grants: tuple[Grant, ...]
    deletes: tuple[Delete, ...]
    guarded: tuple[Guarded, ...]
    gaps: tuple[Gap, ...]
    statements: int
    opaque: int
    remarks: tuple[Remark, ...]
    stars: frozenset[tuple[int, int]]
    unions: frozenset[tuple[int, int]]
    equated: frozenset[tuple[int, int]]


class Analyses:
    """The one analysis that is kept, under the key of all that went into it."""

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder / "analysis.bin", _KeptAnalysis)

    def find(self, key: bytes, project: Project) -> Analysis | None:
        """The analysis of a project, None where it is not known."""
        kept = self._store.read(key)
        try:
            return _restored(project, kept) if kept is not None else None
        except (IndexError, ValueError):  # numbers that no analysis has
            return None

    def keep(self, key: bytes, analysis: Analysis) -> None:
        """Put an analysis in the place of the one that is there."""
        self._store.write(key, _plain(analysis))


def _plain(analysis: Analysis) -> _KeptAnalysis:
    return _KeptAnalysis(
        _plain_graph(analysis.graph),
        analysis.relations,
        analysis.grants,
        analysis.deletes,
        analysis.guarded,
        analysis.gaps,
        analysis.statements,
        analysis.opaque,
        analysis.remarks,
        analysis.stars,
        analysis.unions,
        analysis.equated,
    )


def _plain_graph(graph: Graph) -> _KeptGraph:
    relations, relation_of = once(map(attrgetter("relation"), graph.columns))
    names, name_of = once(map(attrgetter("column"), graph.columns))
    every_path = list(map(attrgetter("path"), graph.columns))
    fields = [node for node, path in enumerate(every_path) if path]
    paths, path_of = once(filter(None, every_path))
    return _KeptGraph(
        relations,
        names,
        paths,
        relation_of,
        name_of,
        flat(fields),
        path_of,
        flat(sorted(graph.inner)),
        graph.kinds,
        flat(sorted(graph.sites.ambiguous)),
        memoryview(graph.sources),
        memoryview(graph.targets),
        memoryview(graph.kind_of),
        memoryview(graph.sites.units),
        memoryview(graph.sites.offsets),
        flat(sorted(graph.begins, key=graph.begins.__getitem__)),
        graph.parts,
    )


def _restored(project: Project, kept: _KeptAnalysis) -> Analysis:
    return Analysis(
        graph=_restored_graph(kept.graph),
        units=project.units,
        relations=kept.relations,
        grants=kept.grants,
        deletes=kept.deletes,
        guarded=kept.guarded,
        gaps=kept.gaps,
        statements=kept.statements,
        opaque=kept.opaque,
        remarks=kept.remarks,
        stars=kept.stars,
        unions=kept.unions,
        equated=kept.equated,
    )


def _restored_graph(plain: _KeptGraph) -> Graph:
    columns = _columns(plain)
    begins = numbers_in(plain.begins)
    inner = frozenset(numbers_in(plain.inner))
    sources, targets = numbers_in(plain.sources), numbers_in(plain.targets)
    ambiguous = frozenset(numbers_in(plain.ambiguous))
    return Graph(
        columns=columns,
        inner=inner,
        sources=sources,
        targets=targets,
        kind_of=numbers_in(plain.kind_of),
        kinds=plain.kinds,
        sites=Sites(numbers_in(plain.units), numbers_in(plain.offsets), ambiguous),
        index=GraphIndex(columns, inner, sources, targets, plain.parts),
        begins={whole: n for n, whole in enumerate(begins, len(columns) - len(begins))},
        parts=plain.parts,
    )


def _columns(plain: _KeptGraph) -> tuple[Column, ...]:
    relations = map(plain.relations.__getitem__, numbers_in(plain.relation_of))
    names = map(plain.names.__getitem__, numbers_in(plain.name_of))
    columns = list(map(Column, relations, names))
    for node, path in zip(numbers_in(plain.with_path), numbers_in(plain.path_of), strict=True):
        columns[node] = Column(columns[node].relation, columns[node].column, plain.paths[path])
    return tuple(columns)
