"""Random expressions over the columns that are in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .worlds import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_LITERALS = {
    "INTEGER": ("0", "1", "2", "3"),
    "VARCHAR": ("'u'", "'v'", "'w'", "''"),
    "BOOLEAN": ("true", "false"),
}


class Seen(NamedTuple):
    """A column in view: how one may write it, and its type."""

    sql: str
    type: str


class Maker:
    """Makes expressions; `subquery(type, seen)` makes a correlated scalar subquery or EXISTS."""

    def __init__(
        self, random: Random, seen: list[Seen], subquery: Callable[[str, list[Seen]], str] | None
    ) -> None:
        self.random = random
        self.seen = seen
        self.subquery = subquery

    def make(self, kind: str, depth: int = 2) -> str:
        """An expression of that type without aggregates or windows."""
        if depth <= 0 or self.random.random() < 0.3:
            return self.leaf(kind)
        if self.subquery is not None and self.random.random() < 0.06:
            return self.subquery(kind, self.seen)
        if self.random.random() < 0.3:
            return self._choice(kind, depth - 1)
        own = {"INTEGER": self._integer, "VARCHAR": self._text, "BOOLEAN": self._truth}
        return own[kind](depth - 1)

    def leaf(self, kind: str) -> str:
        fitting = [s.sql for s in self.seen if s.type == kind]
        if fitting and self.random.random() < 0.9:
            return self.random.choice(fitting)
        return self.random.choice(_LITERALS[kind])

    def _choice(self, kind: str, depth: int) -> str:
        one, two = self.make(kind, depth), self.make(kind, depth)
        test = self.make("BOOLEAN", depth)
        other = self.random.choice(list(_LITERALS))
        return self.random.choice(
            [
                f"case when {test} then {one} else {two} end",
                f"case when {test} then {one} end",
                (
                    f"case {self.make(other, depth)} when {self.make(other, depth)} then {one}"
                    f" else {two} end"
                ),
                f"coalesce({one}, {two})",
                f"nullif({one}, {two})",
                f"if({test}, {one}, {two})",
                f"greatest({one}, {two})",
                f"{{'f': {one}, 'g': {two}}}.{self.random.choice('fg')}",
                f"[{one}, {two}][{self.random.choice('12')}]",
            ]
        )

    def _integer(self, depth: int) -> str:
        one, two = self.make("INTEGER", depth), self.make("INTEGER", depth)
        return self.random.choice(
            [
                f"({one} + {two})",
                f"({one} - {two})",
                f"abs({one})",
                f"length({self.make('VARCHAR', depth)})",
                f"cast({self.make('BOOLEAN', depth)} as integer)",
                f"len(list_filter([{one}, {two}], lambda e: e > {self.make('INTEGER', depth)}))",
            ]
        )

    def _text(self, depth: int) -> str:
        one, two = self.make("VARCHAR", depth), self.make("VARCHAR", depth)
        number = self.make("INTEGER", depth)
        return self.random.choice(
            [
                f"({one} || {two})",
                f"upper({one})",
                f"replace({one}, {two}, 'q')",
                f"cast({number} as varchar)",
                f"left({one}, {number})",
                f"concat_ws('-', {one}, {two})",
            ]
        )

    def _truth(self, depth: int) -> str:
        kind = self.random.choice(list(_LITERALS))
        one, two = self.make(kind, depth), self.make(kind, depth)
        yes, no = self.make("BOOLEAN", depth), self.make("BOOLEAN", depth)
        return self.random.choice(
            [
                f"({one} {self.random.choice(['=', '<>', '<', '>='])} {two})",
                f"({one} = {two})",
                f"({yes} and {no})",
                f"({yes} or {no})",
                f"(not {yes})",
                f"({one} is null)",
                f"({one} is distinct from {two})",
                f"({one} in ({two}, {self.make(kind, depth)}))",
                f"({one} between {two} and {self.make(kind, depth)})",
                f"({self.make('VARCHAR', depth)} like '%' || {self.make('VARCHAR', depth)})",
            ]
        )

    def aggregate(self, kind: str) -> str:
        """An aggregate of that type; none that depends on the order of rows."""
        one = self.make(kind, 1)
        any_type = self.make(self.random.choice(list(_LITERALS)), 1)
        made = {
            "INTEGER": [
                f"sum({one})",
                f"count({any_type})",
                f"count(distinct {any_type})",
                "count(*)",
                f"max({one})",
                f"count_if({self.make('BOOLEAN', 1)})",
                f"length(string_agg({self.make('VARCHAR', 1)}))",
            ],
            "VARCHAR": [
                f"min({one})",
                f"max({one})",
                f"string_agg({one}, '-' order by {one})",
                f"cast(list_sort(list({one})) as varchar)",
            ],
            "BOOLEAN": [f"bool_or({one})", f"bool_and({one})", f"max({one})"],
        }[kind]
        chosen = self.random.choice(made)
        if chosen.endswith("(*)") or self.random.random() < 0.8:
            return chosen
        if not chosen.startswith(("sum", "count", "max", "min", "bool")):
            return chosen
        return f"{chosen} filter (where {self.make('BOOLEAN', 1)})"

    def window(self, kind: str, names: list[str]) -> str:
        """A window function whose result does not depend on how ties fall."""
        keys = ", ".join(self.leaf(self.random.choice(list(_LITERALS))) for _ in range(2))
        part = self.leaf(self.random.choice(list(_LITERALS)))
        everything = ", ".join(s.sql for s in self.seen)
        named = f"over {self.random.choice(names)}" if names else ""
        shapes = [f"over (partition by {part} order by {keys})", f"over (partition by {part})"]
        over = self.random.choice([*shapes, "over ()", *([named] if named else [])])
        one = self.leaf(kind)
        ordered = f"over (partition by {part} order by {keys}, {everything})"
        choices = [
            f"max({one}) {over}",
            f"min({one}) {over}",
            f"lag({one}) {ordered}",
            f"first_value({one}) {ordered}",
        ]
        if kind == "INTEGER":
            choices += [
                f"sum({one}) {over}",
                f"rank() {shapes[0].replace('over', 'over', 1)}",
                f"count(*) {over}",
                f"row_number() over (partition by {part} order by {keys}, {everything})",
                f"sum({one}) filter (where {self.leaf('BOOLEAN')}) {over}",
            ]
        return self.random.choice(choices)


def type_of(column: str) -> str:
    return TYPES[column]
