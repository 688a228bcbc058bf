"""Flows from relation to relation, node by node: the graph without its inner steps."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from lineage.flatten import ways_into
from lineage.graph import ROWS
from lineage.openlineage import DIALECT, job_of, said_at
from lineage.words import IDENTITY, Column, Edge, Origin, TransformType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lineage.analysis import Analysis


class Flow(msgspec.Struct, frozen=True, order=True):
    """An edge between relations, and what OpenLineage has about it besides.

    `job` is what makes it happen: the file of an SQL text, else the name in an event.
    `job_namespace` and `description` are empty unless an event said so.
    """

    edge: Edge
    job: str
    job_namespace: str = ""
    description: str = ""


class Flows:
    """The flows of an analysis node by node, each made once."""

    def __init__(self, analysis: Analysis, *, direct: bool = False) -> None:
        self._analysis = analysis
        self._graph = analysis.graph
        self._direct = direct
        self._into: dict[int, list[Flow]] = {}
        self._places: dict[tuple[int, int] | str, tuple[Origin, str, str, str]] = {}

    def into(self, node: int) -> Sequence[Flow]:
        """Flows into a node from those that are not inner; rows that stay are no flow."""
        found = self._into.get(node)
        if found is None:
            graph = self._graph
            target = graph.columns[node]
            found = self._into[node] = [
                Flow(Edge(graph.columns[source], target, transform, place[0], doubt), *place[1:])
                for edge, transform, doubt in ways_into(graph, node)
                for source in (graph.sources[edge],)
                for place in (self._place(edge),)
                if source != node or target.column != ROWS or transform != IDENTITY
                if not self._direct or self._carries(source, node, transform.type)
            ]
        return found

    def _carries(self, source: int, target: int, how: TransformType) -> bool:
        rows = ROWS in {self._graph.columns[source].column, self._graph.columns[target].column}
        return how is TransformType.DIRECT and not rows

    def _place(self, edge: int) -> tuple[Origin, str, str, str]:
        """Where an edge is written, its job and the job's namespace, and its description."""
        site = self._graph.site(edge)
        key: tuple[int, int] | str = (site.unit, site.offset)
        if site.unit < 0:  # its target's declaration, whichever column it goes to
            key = self._graph.columns[self._graph.targets[edge]].relation
        found = self._places.get(key)
        if found is None:
            origin = self._analysis.origin_of(edge)
            found = (origin, origin.file, "", "")
            unit = self._analysis.units[site.unit] if site.unit >= 0 else None
            if unit is not None and unit.dialect == DIALECT:
                job = job_of(unit)
                found = (origin, job.name, job.namespace, said_at(unit, site.offset))
            self._places[key] = found
        return found

    def out_of(self, node: int) -> list[Flow]:
        """Flows out of a node into others that are not inner."""
        graph = self._graph
        seen = {node}
        waiting = [node]
        targets: set[int] = set()
        while waiting:
            for edge in graph.outgoing(waiting.pop()):
                target = graph.targets[edge]
                if target not in graph.inner:
                    targets.add(target)
                elif target not in seen:
                    seen.add(target)
                    waiting.append(target)
        source = graph.columns[node]
        return [f for t in sorted(targets) for f in self.into(t) if f.edge.source == source]

    def reached(self, starts: Iterable[int], depth: int | None, *, backwards: bool) -> set[Flow]:
        """Every flow on the way from or to the starts, breadth first.

        From a relation's rows to its own columns is no step further.
        """
        graph = self._graph
        hops = dict.fromkeys(starts, 0)
        waiting = deque(hops)
        found: set[Flow] = set()
        while waiting:
            node = waiting.popleft()
            for flow in self.into(node) if backwards else self.out_of(node):
                there = graph.find_sink(flow.edge.source if backwards else flow.edge.target)
                assert there is not None, "no flow starts or ends at an inner node"
                inside = flow.edge.source == Column(flow.edge.target.relation, ROWS)
                far = hops[node] + (not inside)
                if depth is not None and far > depth:
                    continue
                found.add(flow)
                if there not in hops or far < hops[there]:
                    hops[there] = far
                    (waiting.appendleft if inside else waiting.append)(there)
        return found
