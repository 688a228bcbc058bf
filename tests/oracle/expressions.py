"""Random expressions over the columns that are in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import functions, gathered, nested
from .worlds import DOCUMENT, LIST, MAP, STRUCT, STRUCTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_LITERALS = {
    "INTEGER": ("0", "1", "2", "3"),
    "VARCHAR": ("'u'", "'v'", "'w'", "''"),
    "BOOLEAN": ("true", "false"),
    LIST: ("[1, 2]", "[0]"),
    STRUCT: ("{'k': 1, 'city': 'u'}", "{'k': 2, 'city': 'v'}"),
    STRUCTS: ("[{'k': 1, 'city': 'u'}, {'k': 3, 'city': null}]",),
    MAP: ("map {'u': 1, 'v': 2}",),
    DOCUMENT: ("to_json({'k': 1, 'city': 'u'})",),
}
_NESTED = {
    "INTEGER": nested.integers,
    "VARCHAR": nested.texts,
    "BOOLEAN": nested.truths,
    LIST: nested.lists,
    STRUCT: nested.structs,
    STRUCTS: nested.lists_of_structs,
    MAP: nested.maps,
    DOCUMENT: nested.documents,
}
_CALLS = {
    "INTEGER": functions.integers,
    "VARCHAR": functions.texts,
    "BOOLEAN": functions.truths,
    LIST: functions.lists,
}
PLAIN = ("INTEGER", "VARCHAR", "BOOLEAN")
# A script that names these begins by making them (`tests.oracle.routines`).
MACROS = {"INTEGER": "number_of", "VARCHAR": "text_of"}
ROWS_OF = "rows_of"
PICK = "all_of"
VARIABLE = "limit_of"
MOOD = "mood_of"


class Seen(NamedTuple):
    """A column in view: how one may write it, and its type."""

    sql: str
    type: str


class Maker:
    """Makes expressions; `subquery(type, seen)` makes a subquery of that type.

    One that is `sparing` names no column again while there is another one.
    """

    sparing = False

    def __init__(
        self, random: Random, seen: list[Seen], subquery: Callable[[str, list[Seen]], str] | None
    ) -> None:
        self.random = random
        self.seen = seen
        self.subquery = subquery
        self._named: set[str] = set()

    def make(self, kind: str, depth: int = 2) -> str:
        """An expression of that type without aggregates or windows."""
        if depth <= 0 or self.random.random() < 0.3:
            return self.leaf(kind)
        if self.subquery is not None and self.random.random() < 0.08:
            return self.subquery(kind, self.seen)
        if self.random.random() < 0.3:
            return self._choice(kind, depth - 1)
        own = {
            "INTEGER": self._integer,
            "VARCHAR": self._text,
            "BOOLEAN": self._truth,
            LIST: self._list,
            STRUCT: self._struct,
        }
        if kind not in own or self.random.random() < 0.15:
            return self.random.choice(_NESTED[kind](self, depth - 1))
        if kind in _CALLS and self.random.random() < 0.3:
            return self.random.choice(_CALLS[kind](self, depth - 1))
        return own[kind](depth - 1)

    def leaf(self, kind: str) -> str:
        fitting = [s.sql for s in self.seen if s.type == kind]
        if self.sparing:
            fitting = [sql for sql in fitting if sql not in self._named] or fitting
        if fitting and self.random.random() < 0.9:
            chosen = self.random.choice(fitting)
            self._named.add(chosen)
            return chosen
        return self.random.choice(_LITERALS[kind])

    def any_kind(self) -> str:
        return self.random.choice(PLAIN)

    def _choice(self, kind: str, depth: int) -> str:
        one, two, three = (self.make(kind, depth) for _ in range(3))
        test, other = self.make("BOOLEAN", depth), self.any_kind()
        key, match = self.make(other, depth), self.make(other, depth)
        return self.random.choice(
            [
                f"case when {test} then {one} else {two} end",
                f"case when {test} then {one} when {self.make('BOOLEAN', 0)} then {three} end",
                f"case {key} when {match} then {one} else {two} end",
                f"coalesce({one}, {two})",
                f"coalesce({one}, {two}, {three})",
                f"ifnull({one}, {two})",
                f"nullif({one}, {two})",
                f"if({test}, {one}, {two})",
                f"greatest({one}, {two})",
                f"least({one}, {two})",
                f"{{'f': {one}, 'g': {two}}}.{self.random.choice('fg')}",
                f"struct_pack(f := {one}, g := {two}).{self.random.choice('fg')}",
                f"[{one}, {two}][{self.random.choice('12')}]",
                f"list_extract([{one}, {two}], {self.make('INTEGER', 0)})",
                f"map {{'m': {one}, 'n': {two}}}['{self.random.choice('mn')}']",
                f"list_filter([{one}, {two}], lambda e: {test})[1]",
                f"[e for e in [{one}, {two}] if e is distinct from {three}][1]",
                f"list_aggregate([{one}, {two}], 'max')",
                f"union_value(f := {one}).f",
                f"struct_extract_at(row({one}, {key}), {self.random.choice('11')})",
                f"array_value({one}, {two})[{self.random.choice('12')}]",
                f"flatten([[{one}], [{two}]])[{self.random.choice('12')}]",
                f"list_resize([{one}], 2, {two})[{self.random.choice('12')}]",
                f"list_any_value([{one}, {two}])",
                f"(select {one})",
                f"case when {test} then {one} when {key} = {match} then {two} else {three} end",
                f"row({one}, {key}, {two})[{self.random.choice('13')}]",
                f"struct_insert({{'f': {one}}}, g := {two}).{self.random.choice('fg')}",
                f"{{'f': {{'h': {one}, 'i': {three}}}, 'g': {two}}}.f.{self.random.choice('hi')}",
                f"list_transform([{one}, {two}], lambda e: coalesce(e, {three}))[1]",
                f"[{one}, {two}, {three}][2:][1]",
                f"try({one})",
                f"(values ({one}))",
                f"({one})",
            ]
        )

    def _integer(self, depth: int) -> str:
        one, two = self.make("INTEGER", depth), self.make("INTEGER", depth)
        return self.random.choice(
            [
                f"({one} + {two})",
                f"({one} - {two})",
                f"({one} * {two})",
                f"(- {one})",
                f"abs({one})",
                f"length({self.make('VARCHAR', depth)})",
                f"cast({self.make('BOOLEAN', depth)} as integer)",
                f"{self.make('BOOLEAN', depth)}::integer",
                f"try_cast({self.make('VARCHAR', depth)} as integer)",
                f"len(list_filter([{one}, {two}], lambda e: e > {self.make('INTEGER', depth)}))",
                f"len({self.make(LIST, depth)})",
                f"{self.make(LIST, depth)}[1]",
                f"list_sum({self.make(LIST, depth)})::integer",
                f"struct_extract({self.make(STRUCT, depth)}, 'k')",
                f"list_reduce([{one}, {two}], lambda m, n: m + n + {self.make('INTEGER', 0)})",
                f"{self.make(LIST, depth)}[{one}]",
                f"{self.make(LIST, depth)}[1:2][-1]",
                f"list_position({self.make(LIST, depth)}, {one})",
                f"list_aggregate({self.make(LIST, depth)}, 'max')",
                f"list_zip([{one}], [{two}])[1][{self.random.choice('12')}]",
                f"json_array_length(to_json({self.make(LIST, depth)}))::integer",
                f"json_extract(to_json({{'f': {one}, 'g': {two}}}), '$.f')::integer",
                f"greatest({one}, getvariable('{VARIABLE}'))",
                f"{MACROS['INTEGER']}({one}, {two})",
                f"{MACROS['INTEGER']}({one})",
                f"{MACROS['INTEGER']}(v := {one}, u := {two})",
                *self._fields("k"),
            ]
        )

    def _fields(self, field: str) -> list[str]:
        """A field of a column that is a struct."""
        structs = [s.sql for s in self.seen if s.type == STRUCT]
        return [f"{sql}.{field}" for sql in structs] + [f"{sql}['{field}']" for sql in structs]

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
                f"concat({one}, {number})",
                f"string_split({one}, {two})[1]",
                f"printf('%s', {one})",
                f"format('{{}}-{{}}', {one}, {number})",
                f"({one})[1:{self.random.choice('12')}]",
                f"({one}).upper().replace('U', {two})",
                f"regexp_replace({one}, 'u', {two})",
                f"regexp_extract({one}, '(u)(v?)', {self.random.choice('12')})",
                f"md5({one})",
                f"try_cast({one} as {MOOD})::varchar",
                f"enum_range_boundary(try_cast({one} as {MOOD}), null)::varchar",
                f"reverse({one}) || typeof({two})",
                f"translate({one}, {two}, 'w')",
                f"lpad({one}, {number} % 4, 'x')",
                f"substring({one} from {number} % 3 for 1)",
                f"trim(leading 'u' from {one})",
                f"json_object('f', {one}, 'g', {number}) ->> '{self.random.choice('fg')}'",
                f"to_json({self.make(STRUCT, depth)}) ->> 'city'",
                f"list_transform({self.make(LIST, depth)}, lambda e: e || {one})[1]",
                f"{MACROS['VARCHAR']}({one}, {number})",
                f"{self.make(STRUCT, depth)}::varchar",
                f"cast({self.make(LIST, depth)} as varchar)",
                *self._fields("city"),
            ]
        )

    def _list(self, depth: int) -> str:
        one, two = self.make("INTEGER", depth), self.make("INTEGER", depth)
        many = self.make(LIST, depth)
        return self.random.choice(
            [
                f"[{one}, {two}]",
                f"list_value({one}, {two})",
                f"list_transform({many}, lambda e: e + {one})",
                f"list_filter({many}, lambda e, i: e > {one} and i > 1)",
                f"[e + {one} for e in {many} if e <> {two}]",
                f"list_concat({many}, [{one}])",
                f"list_sort({many})",
                f"list_transform([{many}, [{one}]], lambda m: m[1])",
                f"list_transform({many}, lambda e: list_sum([n + e for n in [{one}]])::integer)",
                f"{many}[{self.random.choice('12')}:]",
                f"range(least({one}, 3))::{LIST}",
                f"list_distinct(list_sort({many}))",
            ]
        )

    def _struct(self, depth: int) -> str:
        one, two = self.make("INTEGER", depth), self.make("VARCHAR", depth)
        return self.random.choice(
            [f"{{'k': {one}, 'city': {two}}}", f"struct_pack(k := {one}, city := {two})"]
        )

    def _truth(self, depth: int) -> str:
        kind = self.any_kind()
        one, two = self.make(kind, depth), self.make(kind, depth)
        yes, no = self.make("BOOLEAN", depth), self.make("BOOLEAN", depth)
        text = self.make("VARCHAR", depth)
        return self.random.choice(
            [
                f"({one} {self.random.choice(['=', '<>', '<', '>='])} {two})",
                f"({one} = {two})",
                f"({yes} and {no})",
                f"({yes} or {no})",
                f"(not {yes})",
                f"({one} is null)",
                f"({one} is not null)",
                f"({one} is distinct from {two})",
                f"({one} is not distinct from {two})",
                f"({one} in ({two}, {self.make(kind, depth)}))",
                f"({one} not in ({two}, {self.make(kind, depth)}))",
                f"({one} between {two} and {self.make(kind, depth)})",
                f"({text} like '%' || {self.make('VARCHAR', depth)})",
                f"({text} ilike {self.make('VARCHAR', depth)})",
                f"starts_with({text}, {self.make('VARCHAR', depth)})",
                f"list_contains({self.make(LIST, depth)}, {self.make('INTEGER', depth)})",
                f"(({self.make('INTEGER', 0)}, {one}) = ({self.make('INTEGER', 0)}, {two}))",
                f"({yes} is true)",
                f"({text} glob 'u*' || {self.make('VARCHAR', depth)})",
                f"regexp_matches({text}, 'u|w')",
                f"(try_cast({text} as {MOOD}) is null)",
                f"(try_cast({text} as {MOOD}) < 'v')",
                f"({text} similar to 'u.*')",
                f"({self.make('INTEGER', depth)} in {self.make(LIST, 0)})",
                f"(({one} is null) = {no})",
            ]
        )

    # -- aggregates and windows ---------------------------------------------------------------

    def aggregate(self, kind: str) -> str:
        """An aggregate of that type; none whose result depends on the order of rows."""
        return gathered.aggregate(self, kind)

    def window(self, kind: str, names: list[str]) -> str:
        """A window function whose result does not depend on how ties fall."""
        return gathered.window(self, kind, names)
