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
    # of each column: its relation or label, and its name, as positions in these
    relation_of: Numbers
    name_of: Numbers
    inner: Numbers
    kinds: tuple[EdgeKind, ...]
    ambiguous: Numbers
    sources: Numbers
    targets: Numbers
    kind_of: Numbers
    units: Numbers
    offsets: Numbers


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
    return _KeptGraph(
        relations,
        names,
        relation_of,
        name_of,
        memoryview(numbers(sorted(graph.inner))),
        graph.kinds,
        memoryview(numbers(sorted(graph.sites.ambiguous))),
        memoryview(graph.sources),
        memoryview(graph.targets),
        memoryview(graph.kind_of),
        memoryview(graph.sites.units),
        memoryview(graph.sites.offsets),
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
    columns = tuple(
        map(Column, _each(plain.relations, plain.relation_of), _each(plain.names, plain.name_of))
    )
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
        index=GraphIndex(columns, inner, sources, targets),
    )


def _each(names: list[str], positions: Numbers) -> Iterable[str]:
    return map(names.__getitem__, _numbers(positions))


def _numbers(plain: Numbers) -> array[int]:
    found = numbers(())
    found.frombytes(plain)
    return found
