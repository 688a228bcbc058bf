"""The parts of a statement while they are being collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.frames import Draft
from lineage.compile.names import offset_of
from lineage.compile.scripts.context import NOTHING_KNOWN, bring_into_view, under_conditions
from lineage.compile.unparsed import names_in
from lineage.objects import Declaration, Hole, Scope, Statement, Write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp
    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.context import Known
    from lineage.dialects import Naming
    from lineage.objects import Permission, Removal
    from lineage.words import GapReason


class Parts:
    """Everything a statement has been found to do so far."""

    def __init__(
        self, naming: Naming, text: str, tokens: Sequence[Token], known: Known = NOTHING_KNOWN
    ) -> None:
        self.naming = naming
        self.text = text
        self.tokens = tokens
        self.offset = tokens[0].start
        self.draft = Draft(naming, naming.dialect)
        self.writes: list[Write] = []
        self.declarations: list[Declaration] = []
        self.removals: list[Removal] = []
        self.permissions: list[Permission] = []
        if known is not NOTHING_KNOWN:
            bring_into_view(self.draft, known)

    def at(self, node: exp.Expr) -> int:
        """Where a node is written; the start of the statement where the parser kept no place."""
        return offset_of(node) or self.offset

    def hole(
        self, reason: GapReason, message: str, node: exp.Expr, relations: tuple[str, ...] = ()
    ) -> None:
        """Record that part of the statement could not be read."""
        self.draft.holes.append(Hole(reason, message, relations, self.at(node)))

    def _located(self) -> list[Hole]:
        """The holes; one that names no relation may touch any that the statement names."""
        holes = self.draft.holes
        if all(hole.relations for hole in holes):
            return holes
        names = names_in(self.tokens, self.naming)  # once: there may be as many holes as tokens
        return [hole if hole.relations else replace(hole, relations=names) for hole in holes]

    def _set_variables(self) -> None:
        """What expressions put into variables, which so come to be."""
        for relation, name, scope in self.draft.assigned.values():
            self.declarations.append(
                Declaration(relation, ((name, ""),), "variable", temporary=True, offset=self.offset)
            )
            self.writes.append(
                Write(relation, scope, "variable", (name,), temporary=True, offset=self.offset)
            )

    def statement(self) -> Statement:
        """The finished statement."""
        self._set_variables()
        around = self.draft.script.number if self.draft.script is not None else -1
        scopes = tuple(scope or Scope("", around) for scope in self.draft.scopes)
        found = Statement(
            offset=self.offset,
            scopes=scopes,
            order=tuple(self.draft.order),
            writes=tuple(self.writes),
            declarations=tuple(self.declarations),
            removals=tuple(self.removals),
            permissions=tuple(self.permissions),
            holes=tuple(self._located()),
            calls=tuple(self.draft.calls),
        )
        conditions = self.draft.conditions
        return under_conditions(found, conditions) if conditions else found
