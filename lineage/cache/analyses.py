"""A whole analysis as it is kept: each name once, numbers in flat arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.analysis import Analysis
from lineage.cache.stored import Store
from lineage.graph import EdgeKind, Graph, GraphIndex, Sites, numbers
from lineage.guarded import Guarded
from lineage.projects import Relation
from lineage.words import Column, Delete, Gap, Grant, Remark

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable
    from pathlib import Path

    from lineage.projects import Project

# Four bytes a number, in the byte order of the machine.
Numbers = memoryview


class _KeptGraph(msgspec.Struct, frozen=True, array_like=True, gc=False):
    relations: list[str]
    names: list[str]
    paths: list[str]
    # of each column: its relation or label, its name and its path, as positions in these
    relation_of: Numbers
    name_of: Numbers
    path_of: Numbers  # empty where no column has one
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
    relations, relation_of = _once([column.relation for column in graph.columns])
    names, name_of = _once([column.column for column in graph.columns])
    paths, path_of = _once([column.path for column in graph.columns] if graph.begins else [])
    return _KeptGraph(
        relations,
        names,
        paths,
        relation_of,
        name_of,
        path_of,
        memoryview(numbers(sorted(graph.inner))),
        graph.kinds,
        memoryview(numbers(sorted(graph.sites.ambiguous))),
        memoryview(graph.sources),
        memoryview(graph.targets),
        memoryview(graph.kind_of),
        memoryview(graph.sites.units),
        memoryview(graph.sites.offsets),
        memoryview(numbers(sorted(graph.begins, key=graph.begins.__getitem__))),
        graph.parts,
    )


def _once(names: list[str]) -> tuple[list[str], Numbers]:
    """Each name once, and the position of each among these."""
    different = list(dict.fromkeys(names))
    position = {name: number for number, name in enumerate(different)}
    return different, memoryview(numbers(list(map(position.__getitem__, names))))


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
    parts = [_each(plain.relations, plain.relation_of), _each(plain.names, plain.name_of)]
    if plain.paths:
        parts.append(_each(plain.paths, plain.path_of))
    columns = tuple(map(Column, *parts))
    begins = _numbers(plain.begins)
    inner = frozenset(_numbers(plain.inner))
    sources, targets = _numbers(plain.sources), _numbers(plain.targets)
    sites = Sites(
        _numbers(plain.units), _numbers(plain.offsets), frozenset(_numbers(plain.ambiguous))
    )
    return Graph(
        columns=columns,
        inner=inner,
        sources=sources,
        targets=targets,
        kind_of=_numbers(plain.kind_of),
        kinds=plain.kinds,
        sites=sites,
        index=GraphIndex(columns, inner, sources, targets, plain.parts),
        begins={whole: n for n, whole in enumerate(begins, len(columns) - len(begins))},
        parts=plain.parts,
    )


def _each(names: list[str], positions: Numbers) -> Iterable[str]:
    return map(names.__getitem__, _numbers(positions))


def _numbers(plain: Numbers) -> array[int]:
    found = numbers(())
    found.frombytes(plain)
    return found
