"""Summaries of functions: the ways from each parameter into what is returned.

They are read off the graph of the text that makes the function, once its body is linked.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from lineage.flatten import MAX_TRANSFORMS, compose
from lineage.graph import ROWS, EdgeKind
from lineage.link.segments import ANY
from lineage.link.ways import Parameter, Summary, Way
from lineage.objects import VARIABLE
from lineage.words import IDENTITY, Transform

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lineage.link.holders import RelationHolder
    from lineage.link.segments import SegmentBuilder
    from lineage.objects import Routine

# Relations of the script that a value passes on its way: variables, conditions, tables of rows.
_PASSED = (VARIABLE, "condition:", "@")
# A key that is an argument may be written out where the function is called.
_READ_KEY, _WRITTEN_KEY = ":read_key", ":literal_key"


class Summaries:
    """The functions of one text, as far as its graph has been made."""

    def __init__(self, builder: SegmentBuilder) -> None:
        self._builder = builder
        self._seen = 0
        self._wild = 0
        self._parts = 0
        self._fields: set[int] = set()  # nodes of fields, which stand for a part of another
        self._variables: dict[str, list[int]] = {}  # nodes of those that hold parameters
        self._nodes = 0
        self._inner: set[int] = set()
        self._forward: dict[int, list[tuple[int, int]]] = {}
        self._back: dict[int, list[int]] = {}

    def of(
        self,
        routine: Routine,
        held: RelationHolder | None,
        parameters: Sequence[tuple[str, str]],
        *,
        certain: bool,
    ) -> Summary:
        """The summary of a routine; `parameters` are names and relations, as linking has them.

        What a procedure is given always goes somewhere else, if only into what it gives back.
        """
        self._catch_up()
        if held is None:
            given = tuple(Parameter(*p, leaves=True) for p in parameters)
            return Summary(routine.name, routine.relation, given, certain=certain)
        columns = dict.fromkeys((*held.names, *held.demanded))
        return Summary(
            name=routine.name,
            relation=held.name,
            parameters=tuple(self._parameter(p, held.name) for p in parameters),
            reads=tuple(self._reading(held.name, columns)),
            columns=tuple(held.names) if held.complete and held.names else None,
            certain=certain,
            table=routine.table,
        )

    def _catch_up(self) -> None:
        self._inner.update(self._builder.inner[len(self._inner) :])
        for node, (relation, _column) in enumerate(self._builder.nodes[self._nodes :], self._nodes):
            if relation.startswith(VARIABLE):
                self._variables.setdefault(relation, []).append(node)
        self._nodes = len(self._builder.nodes)
        for source, target, kind in islice(self._builder.ends, self._seen, None):
            self._forward.setdefault(source, []).append((target, kind))
            self._back.setdefault(target, []).append(source)
        self._seen = len(self._builder.ends)
        for wild in self._builder.wildcards[self._wild :]:
            self._forward.setdefault(wild.source, []).append((wild.target, wild.kind))
            self._back.setdefault(wild.target, []).append(wild.source)
        self._wild = len(self._builder.wildcards)
        fields, plain = self._builder.parts.fields, self._builder.kind(EdgeKind(IDENTITY))
        for field, whole, _name in fields[self._parts :]:
            self._forward.setdefault(whole, []).append((field, plain))
            self._back.setdefault(field, []).append(whole)
            if self._passes(whole):
                self._fields.add(field)
        self._parts = len(fields)

    def _passes(self, node: int) -> bool:
        relation = self._builder.nodes[node][0]
        return node in self._inner or node in self._fields or relation.startswith(_PASSED)

    def _parameter(self, parameter: tuple[str, str], result: str) -> Parameter:
        name, relation = parameter
        kinds, nodes = self._builder.kinds, self._builder.nodes
        ways: set[Way] = set()
        leaves = False
        starts = self._variables.get(relation, ())
        seen: set[tuple[int, Transform]] = {(n, IDENTITY) for n in starts if nodes[n][1] != ROWS}
        stack = list(seen)
        while stack:
            node, before = stack.pop()
            for target, kind in self._forward.get(node, ()):
                after = compose(before, kinds[kind].transform)
                if len(seen) > MAX_TRANSFORMS:
                    after = Transform(after.subtype)
                own, column = nodes[target]
                returned = own == result and target not in self._inner
                if returned:
                    ways.add(Way(column, after.subtype, tuple(map(_with_key, after.functions))))
                onward = self._passes(target) or (returned and column == ROWS)
                leaves = leaves or not (returned or onward)
                if onward and (target, after) not in seen:
                    seen.add((target, after))
                    stack.append((target, after))
        found = sorted(ways, key=lambda way: (way.column, way.subtype, way.functions))
        return Parameter(name, relation, tuple(found), leaves)

    def _reading(self, result: str, columns: Iterable[str]) -> Iterable[str]:
        """The columns of what is returned into which a relation flows, `ANY` for unknown ones."""
        for column in (*columns, ANY):
            node = self._builder.find(result, column)
            if node is not None and self._is_fed(node, result):
                yield column

    def _is_fed(self, node: int, result: str) -> bool:
        seen, stack = {node}, [node]
        while stack:
            for source in self._back.get(stack.pop(), ()):
                if source in seen:
                    continue
                seen.add(source)
                if self._passes(source) or self._builder.nodes[source][0] == result:
                    stack.append(source)
                else:
                    return True
        return False


def _with_key(function: str) -> str:
    return function.removesuffix(_READ_KEY) + _WRITTEN_KEY if _READ_KEY in function else function
