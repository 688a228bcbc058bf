"""Fields of structs while a statement is linked: reading one is not reading the others.

A column that a scope puts together from named parts can be asked for one of them. What copies
such a column unchanged can be asked too. Where the parts are not known, the whole is what is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.graph import EdgeKind
from lineage.objects import ASKED, ELEMENT, OUTPUT_OF, STAR, UNQUALIFIED
from lineage.words import IDENTITY, TransformSubtype, TransformType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.link.holders import View
    from lineage.link.linking import Linking
    from lineage.objects import Dep, Output

    # The fields of a column, each time it is put together: the scope, and what each is made of.
    Parts = tuple[tuple[int, tuple[Output, ...]], ...]

# Functions that put out one of the rows they are given, each field from the field of its name.
_KEEPS_FIELDS = frozenset({"coalesce", "any_value", "first_value", "last_value", "lag", "lead"})


class Fields:
    """The known fields of the columns of one statement, by node."""

    def __init__(self, linker: Linking) -> None:
        self._linker = linker
        self._known: dict[int, Parts] = {}
        self._made: dict[tuple[int, tuple[str, ...]], int] = {}

    @property
    def some(self) -> bool:
        """Whether there is a column whose fields are known."""
        return bool(self._known)

    def put_together(self, node: int, number: int, output: Output) -> None:
        """Scope `number` makes the column `node`, of parts or as a copy of such a column."""
        if output.fields:
            self._known[node] = ((number, output.fields),)
        elif self._known and len(output.deps) == 1:
            (dep,) = output.deps
            if dep.subtype is TransformSubtype.IDENTITY:
                meant = self._linker.meanings(dep)
                if len(meant) == 1:
                    self.copy(meant[0][0], node)

    def copy(self, source: int, target: int) -> None:
        """A column takes another's value unchanged, and no other one's."""
        found = self._known.get(source)
        if found is not None:
            self._known[target] = found

    def unite(self, sources: list[int], target: int) -> None:
        """A column takes the value of any of these; their fields must be the same."""
        if not self._known or any(source not in self._known for source in sources):
            return
        parts = [part for source in sources for part in self._known[source]]
        names = {tuple(field.name.lower() for field in fields) for _number, fields in parts}
        if len(names) == 1:
            self._known[target] = tuple(dict.fromkeys(parts))

    def names(self, node: int) -> tuple[str, ...]:
        """The names of a column's fields, one after another; none where they are not known."""
        found = self._known.get(node, ())
        names = tuple(field.name for field in found[0][1]) if found else ()
        return () if ASKED in names else names

    def part(self, node: int, path: tuple[str, ...]) -> int:
        """The node of a part of a column, or of the column where its parts are not known."""
        if not path or node not in self._known:
            return node
        found = self._made.get((node, path))
        if found is None:
            found = self._made[node, path] = self._make(node, path)
        return found

    def _make(self, node: int, path: tuple[str, ...]) -> int:
        if path[0] != ELEMENT and self.names(node) == (ELEMENT,):
            path = (ELEMENT, *path)  # a field of an array is that of its elements
        first, *rest = path
        fitting = [
            (number, field)
            for number, fields in self._known[node]
            for field in fields
            if field.name in {first, ASKED} or field.name.lower() == first.lower()
        ]
        if not fitting:
            return node
        builder = self._linker.builder
        label, column = builder.nodes[node]
        made = builder.inner_node(label, f"{column}.{first}")
        plain = builder.kind(EdgeKind(IDENTITY))
        for number, field in fitting:
            deeper = () if field.fields else tuple(rest)
            deps = asked(field.deps, first)
            self._linker.feed(number, _into(tuple(deps), deeper), made)
            self._linker.edge(self._linker.holder(number).rows, made, plain, field.offset)
        if all(field.fields for _number, field in fitting):
            self._known[made] = tuple((number, field.fields) for number, field in fitting)
        return self.part(made, tuple(rest))


def _into(deps: tuple[Dep, ...], path: tuple[str, ...]) -> Iterable[Dep]:
    """A part of a copy is that part of what is copied."""
    if path and len(deps) == 1 and deps[0].subtype is TransformSubtype.IDENTITY:
        return (replace(deps[0], path=(*deps[0].path, *path)),)
    return deps


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
