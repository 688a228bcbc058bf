"""Random FROM clauses: tables, subqueries, computed rows, and every way to join them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .expressions import PICK, ROWS_OF, Maker, Seen
from .worlds import DOCUMENT, LIST, MAP, STRUCTS, TYPES

if TYPE_CHECKING:
    from .queries import Queries

_SIDES = ("", "inner ", "left ", "right ", "full ")


class Source(NamedTuple):
    """Something in FROM: its text, alias and columns; `base` is a table as it was filled."""

    sql: str
    alias: str
    columns: tuple[str, ...]
    base: bool = False


def seen_of(queries: Queries, sources: list[Source], merged: set[str]) -> list[Seen]:
    """The columns of sources as one may write them; what a join merged is written plain."""
    every = [c for s in sources for c in s.columns]
    seen = []
    for source in sources:
        for column in source.columns:
            plain = column in merged or (every.count(column) == 1 and queries.chance(0.5))
            seen.append(Seen(column if plain else f"{source.alias}.{column}", TYPES[column]))
    return list(dict.fromkeys(seen))


class From:
    """One FROM clause in the making; `outer` are the columns that lateral items may name."""

    def __init__(self, queries: Queries, depth: int, outer: list[Seen]) -> None:
        self.queries = queries
        self.random = queries.random
        self.depth = depth
        self.outer = outer
        self.sources: list[Source] = []
        self.merged: set[str] = set()
        first = self._source()
        self.text = first.sql
        self.sources.append(first)
        for _ in range(self.random.choice([0, 0, 0, 0, 1] if queries.calm else [0, 0, 1, 1, 2])):
            self._join()

    def seen(self) -> list[Seen]:
        return seen_of(self.queries, self.sources, self.merged)

    # -- joins --------------------------------------------------------------------------------

    def _join(self) -> None:
        ways = [self._on, self._on, self._on, self._cross, self._using, self._natural]
        ways += [self._semi, self._lateral, self._computed, self._ordered, self._grouped]
        self.random.choice(ways)()

    def _shared(self, new: Source) -> list[str]:
        everywhere = [c for s in self.sources for c in s.columns]
        return [
            c
            for c in new.columns
            if everywhere.count(c) == 1 or (c in self.merged and c in everywhere)
        ]

    def _using(self) -> None:
        new = self._source()
        shared = self._shared(new)
        if not shared:
            self._on(new)
            return
        columns = self.random.sample(shared, min(len(shared), self.random.choice([1, 1, 2])))
        side = self.random.choice([*_SIDES, "semi ", "anti "])
        self.text += f" {side}join {new.sql} using ({', '.join(columns)})"
        if side not in {"semi ", "anti "}:
            self.merged.update(columns)
            self.sources.append(new)

    def _natural(self) -> None:
        new = self._source()
        everywhere = {c for s in self.sources for c in s.columns}
        common = [c for c in new.columns if c in everywhere]
        if not common or sorted(common) != sorted(self._shared(new)):
            self._on(new)
            return
        self.merged.update(common)
        self.sources.append(new)
        self.text += f" natural {self.random.choice(_SIDES)}join {new.sql}"

    def _cross(self) -> None:
        new = self._source()
        self.text += f" {self.random.choice(['cross join', ','])} {new.sql}"
        self._add(new)

    def _add(self, new: Source) -> None:
        """A further source; a name that it has too is no longer one that joins have merged."""
        self.merged -= set(new.columns)
        self.sources.append(new)

    def _condition(self, new: Source) -> str:
        seen = seen_of(self.queries, [*self.sources, new], self.merged)
        maker = Maker(self.random, seen, self.queries.subquery(self.depth - 1))
        condition = maker.make("BOOLEAN", 1)
        if self.queries.chance(0.4):
            return condition
        own = {f"{new.alias}.{c}" for c in new.columns} | set(new.columns)
        left = self.random.choice([c for c in seen if c.sql not in own] or seen)
        fitting = [c for c in new.columns if TYPES[c] == left.type]
        if not fitting:
            return condition
        equal = f"{left.sql} = {new.alias}.{self.random.choice(fitting)}"
        return f"{equal} and {condition}" if self.queries.chance(0.3) else equal

    def _on(self, new: Source | None = None) -> None:
        new = new or self._source()
        condition = self._condition(new)
        side = self.random.choice([*_SIDES, ""])
        self._add(new)
        self.text += f" {side}join {new.sql} on {condition}"

    def _semi(self) -> None:
        new = self._source()
        word = self.random.choice(["semi", "anti"])
        self.text += f" {word} join {new.sql} on {self._condition(new)}"

    def _lateral(self) -> None:
        alias = self.queries.alias()
        inner = self.queries.select(max(self.depth - 1, 0), None, self._outward())
        if self.queries.chance(0.4):
            side = self.random.choice(["left ", "", "inner "])
            self.text += f" {side}join lateral ({inner.sql}) {alias} on true"
        else:
            self.text += f", {self.random.choice(['lateral ', ''])}({inner.sql}) {alias}"
        self._add(Source("", alias, inner.columns))

    def _outward(self) -> list[Seen]:
        return self.queries.outward(self.seen() + self.outer)

    def _computed(self) -> None:
        """Rows made of columns to the left: VALUES, UNNEST, RANGE."""
        alias = self.queries.alias()
        maker = Maker(self.random, self._outward(), None)
        column = self.random.choice(["x", "y", "z"])
        one, two = maker.make("INTEGER", 1), maker.make("INTEGER", 1)
        text = self.random.choice(
            [
                f"(values ({one}), ({two})) {alias}({column})",
                f"unnest([{one}, {two}]) {alias}({column})",
                f"unnest(list_value({one}, {two}, {one})) {alias}({column})",
                f"{ROWS_OF}({one}) {alias}",
                f"{ROWS_OF}({one}) {alias}",
                f"unnest({maker.make(LIST, 1)}) {alias}({column})",
                f"range({one}) {alias}({column})",
                f"generate_series(1, {one}) {alias}({column})",
            ]
        )
        columns = ("x", "s") if text.startswith(ROWS_OF) else (column,)
        if text.startswith("unnest") and self.queries.chance(0.3):
            number = "y" if column == "x" else "x"
            text = text.replace(f" {alias}(", f" with ordinality {alias}(")[:-1] + f", {number})"
            columns = (column, number)
        if self.queries.chance(0.25):
            text, columns = self._unpacked(maker, alias)
        if text.startswith(ROWS_OF):
            text = f"lateral (from {text})" if self.queries.chance(0.3) else text
            text += "" if text.endswith(alias) else f" {alias}"
        self.text += self.random.choice([f", {text}", f" cross join {text}"])
        self._add(Source("", alias, columns))

    def _unpacked(self, maker: Maker, alias: str) -> tuple[str, tuple[str, ...]]:
        """The fields and elements of what holds several values, as rows."""
        fields = {
            f"(select unnest({maker.make(STRUCTS, 1)}, recursive := true)) {alias}(k, city)",
            f"(select e.k, e.city from (select unnest({maker.make(STRUCTS, 1)}) as e)) {alias}",
            f"(select unnest({maker.make(STRUCTS, 1)}, max_depth := 2)) {alias}",
        }
        entries = {
            f"unnest(map_keys({maker.make(MAP, 1)})) {alias}(s)": ("s",),
            f"(select e.key as s, e.value as x from (select unnest(map_entries("
            f"{maker.make(MAP, 1)})) as e)) {alias}": ("s", "x"),
            f"(select key as s, value::varchar as t from json_each("
            f"{maker.make(DOCUMENT, 1)})) {alias}": ("s", "t"),
            f"json_each({maker.make(DOCUMENT, 1)}) {alias}": (),
        }
        entries |= dict.fromkeys(fields, ("k", "city"))
        text, columns = self.random.choice(sorted(entries.items()))
        return text, columns

    def _ordered(self) -> None:
        """POSITIONAL and ASOF joins, between tables whose rows have an order."""
        tables = sorted(self.queries.bases.items())
        if len(self.sources) > 1 or not self.sources[0].base or not tables:
            self._cross()
            return
        old, alias = self.sources[0], self.queries.alias()
        name, columns = self.random.choice(tables)
        new = Source(f"{name} {alias}", alias, columns, base=True)
        self.sources.append(new)
        if self.queries.chance(0.3):
            self.text += f" positional join {new.sql}"
            return
        left = self.random.choice([c for c in old.columns if TYPES[c] == "INTEGER"])
        right = self.random.choice([c for c in new.columns if TYPES[c] == "INTEGER"])
        word = self.random.choice(["asof join", "asof left join"])
        sign = self.random.choice([">=", ">", "<="])
        common = [c for c in old.columns if c in new.columns and TYPES[c] == "INTEGER"]
        if common and self.queries.chance(0.3):
            key = self.random.choice(common)
            self.merged.add(key)
            self.text += f" {word} {new.sql} using ({key})"
            return
        self.text += f" {word} {new.sql} on {old.alias}.{left} {sign} {new.alias}.{right}"
        equal = [c for c in common if c not in {left, right}]
        if equal and self.queries.chance(0.5):
            key = self.random.choice(equal)
            self.text += f" and {old.alias}.{key} = {new.alias}.{key}"

    def _grouped(self) -> None:
        """`JOIN (a JOIN b ON …)`."""
        one, two = self._source(), self._source()
        seen = seen_of(self.queries, [one, two], set())
        condition = Maker(self.random, seen, None).make("BOOLEAN", 1)
        group = f"({one.sql} {self.random.choice(_SIDES)}join {two.sql} on {condition})"
        self._add(one)
        self._add(two)
        if self.queries.chance(0.5):
            self.text += f" cross join {group}"
        else:
            maker = Maker(self.random, seen_of(self.queries, self.sources, self.merged), None)
            side = self.random.choice(_SIDES)
            self.text += f" {side}join {group} on {maker.make('BOOLEAN', 1)}"

    # -- items --------------------------------------------------------------------------------

    def _source(self) -> Source:  # noqa: PLR0911 - a form a line
        queries = self.queries
        alias = queries.alias_of([s.alias for s in self.sources])
        if self.depth > 0 and queries.chance(0.35):
            return self._query(alias)
        if queries.chance(0.05):
            return self._values(alias)
        name, columns = self.random.choice(sorted(queries.relations.items()))
        if queries.chance(0.06):
            return self._pivoted(name, columns, alias)
        if queries.chance(0.1):
            names = queries.renamed(columns)
            return Source(f"{name} as {alias}({', '.join(names)})", alias, names)
        if queries.chance(0.03) and name in queries.bases:
            way = self.random.choice(["reservoir(3 rows)", "bernoulli(50%)", "system(100%)"])
            return Source(f"{name} {alias} tablesample {way} repeatable (7)", alias, columns)
        plain = "." not in name
        if plain and queries.chance(0.1) and name not in {s.alias for s in self.sources}:
            return Source(name, name, columns, base=name in queries.bases)
        text = f"{name} {alias}"
        if queries.chance(0.1):
            ways = [f"{alias}: {name}", f"query_table('{name}') {alias}"]
            ways += [f"{PICK}('{name}') {alias}"] * queries.chance(0.05)
            text = self.random.choice(ways)
        return Source(text, alias, columns, base=name in queries.bases)

    def _query(self, alias: str) -> Source:
        query = self.queries.make(self.depth - 1)
        if self.queries.chance(0.15):
            names = self.queries.renamed(query.columns)
            return Source(f"({query.sql}) as {alias}({', '.join(names)})", alias, names)
        return Source(f"({query.sql}) {alias}", alias, query.columns)

    def _values(self, alias: str) -> Source:
        names = ("x", "s")
        maker = Maker(self.random, [], self.queries.subquery(self.depth))
        rows = ", ".join(f"({maker.make('INTEGER')}, {maker.make('VARCHAR')})" for _ in range(2))
        return Source(f"(values {rows}) {alias}({', '.join(names)})", alias, names)

    def _pivoted(self, name: str, columns: tuple[str, ...], alias: str) -> Source:
        numbers = [c for c in columns if TYPES[c] == "INTEGER"]
        texts = [c for c in columns if TYPES[c] == "VARCHAR"]
        if len(numbers) > 1 and self.queries.chance(0.5):
            one, two = self.random.sample(numbers, 2)
            new = [n for n in ("x", "y", "z") if n not in columns][0:2] or ["x"]
            label = next((n for n in ("s", "t") if n not in columns), "s")
            kept = tuple(c for c in columns if c not in {one, two})
            word = self.random.choice(["", "include nulls "])
            others = [c for c in numbers if c not in {one, two}]
            if others and len(new) > 1 and self.queries.chance(0.4):
                listed = f"({one}, {others[0]}) as 'u', ({two}, {others[0]})"
                body = f"unpivot {word}(({', '.join(new)}) for {label} in ({listed}))"
                kept = tuple(c for c in kept if c != others[0])
                return Source(f"(from {name} {body}) {alias}", alias, (*kept, label, *new))
            body = f"unpivot {word}({new[0]} for {label} in ({one}, {two}))"
            return Source(f"(from {name} {body}) {alias}", alias, (*kept, label, new[0]))
        if not numbers or not texts:
            return Source(f"{name} {alias}", alias, columns)
        value, spread = self.random.choice(numbers), self.random.choice(texts)
        kept = tuple(c for c in columns if c not in {value, spread})
        names = [n for n in ("x", "y", "z") if n not in kept][:2]
        if len(names) < 2 or not kept:
            return Source(f"{name} {alias}", alias, columns)
        wanted = f"'u' as {names[0]}, 'v' as {names[1]}"
        function = self.random.choice(["max", "sum", "count"])
        body = f"pivot ({function}({value}) for {spread} in ({wanted})"
        if self.queries.chance(0.3):
            kept = (self.random.choice(kept),)
            body += f" group by {kept[0]}"
        return Source(f"(from {name} {body})) {alias}", alias, (*kept, *names))
