"""Keys that lie beside what they protect, where only the whole graph can tell.

`hmac(email, k)` is no keyed hash where `k` is a column of the same relation as `email`, or
is stored in the relation that the hash goes to, or is a constant that some query made up.
Edges with such a key say so (`hmac:key_beside`) in the graph that is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.protection.reach import next_in_relations
from enforcer.protection.variants import KEY_BESIDE
from lineage import TransformType
from lineage.graph import ROWS, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.graph import EdgeKind, Graph

_READ: Final = ":read_key"
_AS_KEY: Final = ":as_key"
_VARIABLE: Final = "variable:"


def with_keys_beside(graph: Graph) -> Graph:
    """The same graph, where functions whose key lies beside the data are named so."""
    reading = {
        number
        for number, kind in enumerate(graph.kinds)
        if any(function.endswith(_READ) for function in kind.transform.functions)
    }
    if not reading:
        return graph
    keys = _Keys(graph)
    changed = {}
    for edge, number in enumerate(graph.kind_of):
        if number in reading:
            kind = keys.kind_of(edge)
            if kind != graph.kinds[number]:
                changed[edge] = kind
    return _with_kinds(graph, changed)


def _with_kinds(graph: Graph, changed: dict[int, EdgeKind]) -> Graph:
    kinds = {kind: number for number, kind in enumerate(graph.kinds)}
    kind_of = numbers(graph.kind_of)
    for edge, kind in changed.items():
        kind_of[edge] = kinds.setdefault(kind, len(kinds))
    return msgspec.structs.replace(graph, kinds=tuple(kinds), kind_of=kind_of)


class _Keys:
    """Answers where keys lie; remembers what is a copy of what."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._copied: dict[int, frozenset[int]] = {}

    def kind_of(self, edge: int) -> EdgeKind:
        """The kind of an edge when it is known whose keys lie beside the data."""
        graph = self._graph
        kind = graph.kind(edge)
        functions = tuple(
            f"{function.removesuffix(_READ)}:{KEY_BESIDE}"
            if function.endswith(_READ) and self._is_beside(function.removesuffix(_READ), edge)
            else function
            for function in kind.transform.functions
        )
        transform = msgspec.structs.replace(kind.transform, functions=functions)
        return msgspec.structs.replace(kind, transform=transform)

    def _is_beside(self, name: str, edge: int) -> bool:
        """True when one of the keys that the function is given at this place lies beside."""
        value, target = self._graph.sources[edge], self._graph.targets[edge]
        near = self._homes(value) | self._landings(target)
        return any(
            self._homes(key) & near or self._kept(key) & near or self._is_written_out(key)
            for key in self._keys_at(target, f"{name}{_AS_KEY}")
        )

    def _keys_at(self, target: int, role: str) -> Iterator[int]:
        for edge in self._graph.incoming(target):
            if role in self._graph.kind(edge).transform.functions:
                yield self._graph.sources[edge]

    def _homes(self, node: int) -> set[str]:
        """The relations that a value lies in, or was copied out of."""
        return {
            self._graph.columns[copy].relation
            for copy in self._copies_of(node)
            if copy not in self._graph.inner
        }

    def _kept(self, node: int) -> set[str]:
        """The relations that a value is copied on to."""
        graph = self._graph
        found, waiting = {node}, [node]
        while waiting:
            for edge in graph.outgoing(waiting.pop()):
                target = graph.targets[edge]
                if target not in found and self._is_copy(edge):
                    found.add(target)
                    waiting.append(target)
        return {graph.columns[copy].relation for copy in found if copy not in graph.inner}

    def _landings(self, target: int) -> set[str]:
        """The relations that a computed value is put into first."""
        graph = self._graph
        inner = target in graph.inner
        nodes = next_in_relations(graph, [target]) if inner else {target}
        return {graph.columns[node].relation for node in nodes}

    def _is_written_out(self, key: int) -> bool:
        """True when nothing flows into a key and a query of ours made it."""
        graph = self._graph
        for node in self._copies_of(key):
            relation = graph.columns[node].relation
            made = node in graph.inner or relation.startswith(_VARIABLE) or self._is_made(relation)
            if made and not self._sources(node):
                return True
        return False

    def _is_made(self, relation: str) -> bool:
        nodes = self._graph.nodes_of(relation)
        return any(self._graph.incoming(node) for node in nodes)

    def _sources(self, node: int) -> list[int]:
        graph = self._graph
        edges = graph.incoming(node)
        return [e for e in edges if graph.columns[graph.sources[e]].column != ROWS]

    def _copies_of(self, node: int) -> frozenset[int]:
        """The node and all nodes whose value may have come to it as it is."""
        found = self._copied.get(node)
        if found is None:
            seen, waiting = {node}, [node]
            while waiting:
                for edge in self._sources(waiting.pop()):
                    source = self._graph.sources[edge]
                    if source not in seen and self._is_copy(edge):
                        seen.add(source)
                        waiting.append(source)
            found = self._copied[node] = frozenset(seen)
        return found

    def _is_copy(self, edge: int) -> bool:
        transform = self._graph.kind(edge).transform
        return transform.type is TransformType.DIRECT and set(transform.functions) <= {"cast"}
