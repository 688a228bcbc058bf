"""Fields of structs, maps and documents while a statement is linked.

A field that is read has a node of its own, and so has each part of what a scope puts together.
What flows into the field of a copy is found out when all texts are joined: see
`lineage.link.parts`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.dialects import LONGEST_NAME
from lineage.graph import ROWS, EdgeKind
from lineage.link.holders import Tail
from lineage.link.segments import ANY
from lineage.objects import ASKED, ELEMENT, OUTPUT_OF, STAR, UNQUALIFIED, WHOLE
from lineage.words import IDENTITY, Transform, TransformType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.link.holders import Holder, View
    from lineage.link.linking import Linking
    from lineage.objects import Dep, Output

# Functions that put out one of the rows they are given, each field from the field of its name.
_KEEPS_FIELDS = frozenset({"coalesce", "any_value", "first_value", "last_value", "lag", "lead"})
MAX_DEPTH = 16  # of fields in fields; what is deeper counts as all of what it is in
_NO_NAMES = frozenset({WHOLE, ASKED, ANY, STAR})
_NO_COLUMNS = frozenset({ANY, ROWS})


class Fields:
    """The fields of the columns of one statement, by node."""

    def __init__(self, linker: Linking) -> None:
        self._linker = linker
        self._called: dict[int, tuple[str, ...]] = {}  # the fields of a node, as they are written
        self._into: dict[int, list[int]] = {}  # by node, what its value is made of
        self._changed: set[int] = set()  # nodes into which something flows that is no copy
        self._edges_seen = len(linker.builder.ends)  # those before are of other statements
        self._parts: dict[tuple[int, tuple[str, ...]], int] = {}

    def put_together(self, number: int, output: Output, target: int) -> None:
        """Scope `number` makes a column of known parts.

        A relation's column may be written in other ways as well: it is a copy of a node that
        is not.
        """
        linker, builder = self._linker, self._linker.builder
        label = linker.statement.scopes[number].label
        made = builder.inner_node(label, output.name)
        linker.feed(number, output.deps, made)
        linker.edge(made, target, builder.kind(EdgeKind(IDENTITY)), output.offset)
        self._make(number, made, output.fields)

    def _make(self, number: int, whole: int, fields: tuple[Output, ...]) -> None:
        """Feed each field; those of the elements of an array are those of the array."""
        linker, builder = self._linker, self._linker.builder
        inside = [f for field in fields for f in (field.fields if _is_element(field) else (field,))]
        if any(_is_element(field) for field in inside):
            self._make(number, whole, tuple(inside))
            return
        if any(field.name == ASKED for field in inside) or not inside:
            builder.parts.kept.add(whole)
            return
        plain = builder.kind(EdgeKind(IDENTITY))
        deeper: dict[int, list[Output]] = {}
        for field in inside:
            ends = field.name == STAR and not field.deps  # the mark that there are no others
            if not ends and (field.name in _NO_NAMES or len(field.name) > LONGEST_NAME):
                return
        for field in inside:
            if field.name == STAR:
                continue
            node = builder.field(whole, field.name)
            linker.feed(number, field.deps, node)
            linker.edge(linker.holder(number).rows, node, plain, field.offset)
            deeper.setdefault(node, []).append(field)
        builder.parts.made[whole] = tuple(field.name.lower() for field in inside)
        self._called[whole] = tuple(field.name for field in inside if field.name != STAR)
        for node, several in deeper.items():
            if all(field.fields for field in several):
                self._make(number, node, tuple(f for one in several for f in one.fields))

    def part(self, node: int, path: tuple[str, ...]) -> int:
        """The node of a part of a column; any element of an array counts as all of them.

        So does what has a number, for a field that has one has a name as well.
        """
        key = (node, path)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = self._find_part(node, path)
        return found

    def _find_part(self, node: int, path: tuple[str, ...]) -> int:
        if self._linker.builder.nodes[node][1] in _NO_COLUMNS:
            return node
        names = [name for name in path if name != ELEMENT]
        for name in names[:MAX_DEPTH]:
            if name in _NO_NAMES or name.isdigit() or len(name) > LONGEST_NAME:
                break
            node = self._linker.builder.field(node, name)
        return node

    def names(self, node: int) -> tuple[str, ...]:
        """The names of a column's fields, one after another; none where they are not known."""
        self._look_at_edges()
        seen, waiting = {node}, [node]
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        while waiting:
            here = waiting.pop()
            called = self._called.get(here) or self._linker.fields_declared(here)
            if here in self._linker.builder.parts.rows:
                return ()
            if called:
                found.setdefault(tuple(name.lower() for name in called), called)
            elif here not in self._into or (
                here in self._changed and here not in self._linker.builder.parts.kept
            ):
                return ()
            else:
                new = [source for source in self._into[here] if source not in seen]
                seen.update(new)
                waiting += new
        return next(iter(found.values())) if len(found) == 1 else ()

    def named(self, columns: Iterable[tuple[str, int]]) -> dict[str, tuple[str, ...]]:
        """The names of the fields of columns, by the column's own name, where they are known."""
        found = ((name, self.names(node)) for name, node in columns)
        return {name: names for name, names in found if names}

    def _look_at_edges(self) -> None:
        """Tell copies from what is made, among the edges that are new."""
        builder = self._linker.builder
        ends, nodes = builder.ends, builder.nodes
        if len(ends) == self._edges_seen:
            return
        transforms = [kind.transform for kind in builder.kinds]
        direct = [transform.type is TransformType.DIRECT for transform in transforms]
        changes = [transform != IDENTITY for transform in transforms]
        for source, target, kind in islice(ends, self._edges_seen, None):
            if nodes[source][1] == ROWS:
                continue
            if direct[kind]:
                self._into.setdefault(target, []).append(source)
            if changes[kind]:
                self._changed.add(target)
        self._edges_seen = len(ends)


def _is_element(field: Output) -> bool:
    return field.name == ELEMENT and bool(field.fields)


def asked(deps: tuple[Dep, ...], name: str) -> Iterable[Dep]:
    """What a name that is asked for is made of: the field of that name, where it is one."""
    for dep in deps:
        if dep.source == OUTPUT_OF and dep.column == STAR and ASKED in dep.path:
            yield replace(dep, column=name, path=())  # of the rows of a query
        elif ASKED in dep.path:
            path = tuple(name if part == ASKED else part for part in dep.path)
            yield replace(dep, path=path)
        else:
            yield dep


def feed_by_name(
    linker: Linking, number: int, made_of: tuple[Dep, View | None], asked_for: tuple[str, int]
) -> None:
    """Feed a node with what a name means that is asked for: a column of a row, or a field.

    `made_of` is a dependency with its `row_of`, `asked_for` the name and the node.
    """
    dep, row = made_of
    name, node = asked_for
    if row is None:
        linker.feed(number, asked((dep,), name), node)
        return
    kind = linker.builder.kind(EdgeKind(Transform(dep.subtype, dep.functions)))
    for found in row.find(name):
        linker.edge(found, node, kind, dep.offset)


def accept_anything(linker: Linking, number: int, holder: Holder) -> None:
    """A name that a scope does not put out is made of what feeds any name."""
    scope = linker.statement.scopes[number]
    rows = {dep: row_of(linker, dep) for dep in scope.anything}

    def feed(name: str, node: int) -> None:
        for dep, row in rows.items():
            feed_by_name(linker, number, (dep, row), (name, node))

    tail = Tail(feed)
    if scope.closed:
        holder.fallback = tail
    else:
        holder.open(tail, ())


def row_of(linker: Linking, dep: Dep) -> View | None:
    """The source whose row is put out field by field: `if(a.id is null, b, a).*`."""
    direct = dep.subtype.type is TransformType.DIRECT
    if dep.source != UNQUALIFIED or not direct or not _KEEPS_FIELDS.issuperset(dep.functions):
        return None
    sources = linker.statement.scopes[dep.scope].sources
    views = {s.alias: linker.view(dep.scope, p) for p, s in enumerate(sources)}
    row = views.get(dep.column)
    if row is None or any(view.has(dep.column) for view in views.values()):
        return None
    return row
