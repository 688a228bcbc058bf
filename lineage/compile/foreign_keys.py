"""Foreign keys that act: what happens to rows of one table changes those that refer to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.expressions import collect
from lineage.compile.names import column_name, relation_name
from lineage.compile.queries import top_frame
from lineage.objects import Output, Removal, Write
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lineage.compile.frames import Frame
    from lineage.compile.parts import Parts

_CASCADES = "ON UPDATE CASCADE"
_CHANGES = (_CASCADES, "ON UPDATE SET", "ON DELETE SET")
_REMOVES = "ON DELETE CASCADE"


def add_references(name: str, items: Iterable[exp.Expr], parts: Parts) -> None:
    """What the foreign keys among the columns and constraints of a table do to its rows."""
    for item in items:
        for reference in item.find_all(exp.Reference):
            said = [" ".join(str(o).upper().split()) for o in reference.args.get("options") or ()]
            if any(s.startswith((*_CHANGES, _REMOVES)) for s in said):
                _Acting(name, reference, parts).add(said)


class _Acting:
    """A foreign key of a table."""

    def __init__(self, name: str, reference: exp.Expr, parts: Parts) -> None:
        target = reference.this
        named = isinstance(target, exp.Schema)
        table = target.this if named else target
        self.name, self.parts = name, parts
        self.keys: Sequence[exp.Expr] = target.expressions if named else ()
        self.columns = [column_name(c, parts.naming) for c in _columns(reference)]
        self.other = relation_name(table, parts.naming) if isinstance(table, exp.Table) else ""
        self.at = parts.at(reference)

    def add(self, said: Sequence[str]) -> None:
        if not self.other:
            return
        if any(s.startswith(_CHANGES) for s in said):
            self._change(said)
        if _REMOVES in said:
            number = self._frame().finish("", self.at)
            gone = Removal(self.name, (), number, self.at, hides=True)
            self.parts.removals.append(gone)

    def _frame(self) -> Frame:
        frame = top_frame(self.parts.draft)
        frame.add_relation(self.other, self.at)
        return frame

    def _change(self, said: Sequence[str]) -> None:
        """The columns take the values of the keys, or the keys decide that they lose theirs."""
        frame, alias = self._frame(), self.parts.naming.alias_of(self.other)
        follows = _CASCADES in said
        whole = [exp.column(exp.to_identifier(alias))]  # of which keys it is made is not said
        keys = [exp.column(key.copy(), table=alias) for key in self.keys] or whole
        for place, column in enumerate(self.columns):
            made_of = keys[place : place + 1] if self.keys else keys
            deps = [d for k in made_of for d in collect(k, frame, Subtype.IDENTITY)]
            frame.outputs.append(Output(column, tuple(deps) if follows else (), self.at))
        if any(s.startswith("ON UPDATE SET") for s in said):
            for key in keys:
                frame.influences.extend(collect(key, frame, Subtype.FILTER))
        number = frame.finish("", self.at)
        self.parts.writes.append(
            Write(self.name, number, "update", by_name=True, appends=False, offset=self.at)
        )


def _columns(reference: exp.Expr) -> Sequence[exp.Expr]:
    """The columns that refer to others."""
    holder = reference.find_ancestor(exp.ForeignKey, exp.ColumnDef)
    if isinstance(holder, exp.ForeignKey):
        return holder.expressions
    return [holder] if holder is not None else []
