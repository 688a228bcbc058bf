"""Random queries: every clause that can bring a value, or whether there is one, into a result."""

# ruff: noqa: S608 - random SQL is what this makes

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .expressions import Maker, Seen
from .worlds import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_INTEGERS = ("k", "a", "b", "x", "y", "z")
_TEXTS = ("name", "city", "s", "t")
_TRUTHS = ("flag", "ok")
_POOL = (*_INTEGERS, *_TEXTS, *_TRUTHS)


class Query(NamedTuple):
    """A query and the names of its columns; a name gives a type."""

    sql: str
    columns: tuple[str, ...]


class Source(NamedTuple):
    """Something in FROM: its text, alias and columns."""

    sql: str
    alias: str
    columns: tuple[str, ...]


class Queries:
    """Makes queries over relations; remembers nothing but how many aliases it gave."""

    def __init__(self, random: Random, relations: dict[str, tuple[str, ...]]) -> None:
        self.random = random
        self.relations = dict(relations)
        self._aliases = 0

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def alias(self) -> str:
        self._aliases += 1
        return f"q{self._aliases}"

    # -- queries ------------------------------------------------------------------------------

    def make(self, depth: int, columns: tuple[str, ...] | None = None) -> Query:
        """A query; with `columns` it puts out exactly these."""
        if depth > 0 and self.chance(0.2):
            return self._with(depth, columns)
        if depth > 0 and self.chance(0.15):
            return self._set(depth, columns)
        if depth > 0 and self.chance(0.03):
            return self._recursive(columns or ("k", "name"))
        return self._select(depth, columns, [])

    def _with(self, depth: int, columns: tuple[str, ...] | None) -> Query:
        outer = dict(self.relations)
        parts = []
        for _ in range(self.random.randint(1, 2)):
            inner = self.make(depth - 1)
            # now and then a CTE takes the name of a table
            shadows = self.chance(0.15)
            name = self.random.choice(sorted(outer)) if shadows else self.alias()
            if name in {p[0] for p in parts} or f" {name}" in inner.sql:
                name = self.alias()
            listed, names = "", inner.columns
            if self.chance(0.2):
                names = self.renamed(inner.columns)
                listed = f"({', '.join(names)})"
            parts.append((name, f"{name}{listed} as ({inner.sql})"))
            self.relations[name] = names
        body = self.make(depth - 1, columns)
        self.relations = outer
        return Query(f"with {', '.join(p[1] for p in parts)} {body.sql}", body.columns)

    def renamed(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Other names of the same types."""
        taken: list[str] = []
        for column in columns:
            free = [n for n in _POOL if TYPES[n] == TYPES[column] and n not in taken]
            taken.append(self.random.choice(free) if free else column)
        return tuple(taken) if len(set(taken)) == len(taken) else columns

    def _set(self, depth: int, columns: tuple[str, ...] | None) -> Query:
        one = self.make(depth - 1, columns)
        two = self.make(depth - 1, one.columns)
        if self.chance(0.2):
            order = list(one.columns)
            self.random.shuffle(order)
            two = Query(f"select {', '.join(order)} from ({two.sql}) {self.alias()}", tuple(order))
            word = self.random.choice(["union all by name", "union by name"])
            return Query(f"({one.sql}) {word} ({two.sql})", one.columns)
        word = self.random.choice(
            ["union all", "union", "except", "intersect", "except all", "intersect all"]
        )
        sql = f"({one.sql}) {word} ({two.sql})"
        if self.chance(0.2):
            positions = ", ".join(str(n + 1) for n in range(len(one.columns)))
            sql += f" order by {positions} limit {self.random.randint(1, 4)}"
        return Query(sql, one.columns)

    def _recursive(self, columns: tuple[str, ...]) -> Query:
        name = self.alias()
        first = self._select(0, columns, [])
        number = next((c for c in columns if TYPES[c] == "INTEGER"), None)
        if number is None:
            return first
        step = ", ".join(f"r.{c} + 1" if c == number else f"r.{c}" for c in columns)
        table, have = self.random.choice(sorted(self.relations.items()))
        join = next((c for c in have if TYPES[c] == "INTEGER"), None)
        if join is None:
            return first
        sql = (
            f"with recursive {name} as ({first.sql} union select {step} from {name} r"
            f" join {table} j on r.{number} = j.{join} where r.{number} < 4)"
            f" select * from {name}"
        )
        return Query(sql, columns)

    # -- select -------------------------------------------------------------------------------

    def _select(self, depth: int, columns: tuple[str, ...] | None, outer: list[Seen]) -> Query:
        text, sources, merged = self._from(depth)
        seen = self._seen(sources, merged)
        maker = Maker(self.random, seen + outer, self._subquery(depth))
        where = f" where {maker.make('BOOLEAN')}" if self.chance(0.5) else ""
        shape = self.random.choice([self._plain, self._plain, self._grouped, self._starred])
        head, tail, names = shape(maker, columns, sources, merged)
        sql = f"{head} from {text}{where}{tail}"
        return Query(self._cut(sql, maker, names, grouped=shape == self._grouped), names)

    def _cut(self, sql: str, maker: Maker, names: tuple[str, ...], *, grouped: bool) -> str:
        if " qualify " in sql or "distinct on" in sql or not self.chance(0.1):
            return sql
        positions = ", ".join(str(n + 1) for n in range(len(names)))
        first = ""
        if not grouped and "select distinct" not in sql:
            first = maker.leaf("INTEGER") + " desc, "
            first = "" if first[0].isdigit() else first
        return f"{sql} order by {first}{positions} limit {self.random.randint(1, 4)}"

    def _names(self, columns: tuple[str, ...] | None) -> tuple[str, ...]:
        return columns or tuple(self.random.sample(_POOL, self.random.randint(1, 4)))

    def _plain(
        self, maker: Maker, columns: tuple[str, ...] | None, _s: list[Source], _m: set[str]
    ) -> tuple[str, str, tuple[str, ...]]:
        names = self._names(columns)
        windows = ["w1"] if self.chance(0.15) else []
        items, laterals = [], []
        for name in names:
            kind = TYPES[name]
            if self.chance(0.15):
                items.append(f"{maker.window(kind, windows)} as {name}")
                continue
            item = maker.make(kind)
            usable = [n for n in laterals if TYPES[n] == kind]
            if usable and self.chance(0.3):
                item = f"coalesce({self.random.choice(usable)}, {item})"
            items.append(f"{item} as {name}")
            if not any(s.sql == name or s.sql.endswith(f".{name}") for s in maker.seen):
                laterals.append(name)
        tail = ""
        if windows:
            keys = [maker.leaf(k) for k in ("INTEGER", "VARCHAR")]
            tail += f" window w1 as (partition by {keys[0]} order by {keys[1]})"
        if self.chance(0.12):
            tail += f" qualify {maker.window('INTEGER', windows)} <= {maker.leaf('INTEGER')}"
        word = "distinct " if self.chance(0.1) and not tail else ""
        if not word and not tail and self.chance(0.05):
            everything = ", ".join(s.sql for s in maker.seen)
            key = maker.leaf("INTEGER")
            word, tail = f"distinct on ({key}) ", f" order by {key}, {everything}"
        return f"select {word}{', '.join(items)}", tail, names

    def _grouped(
        self, maker: Maker, columns: tuple[str, ...] | None, _s: list[Source], _m: set[str]
    ) -> tuple[str, str, tuple[str, ...]]:
        names = self._names(columns)
        keys, items = [], []
        for position, name in enumerate(names):
            if self.chance(0.4) and maker.seen:
                key = maker.make(TYPES[name], 1) if self.chance(0.3) else maker.leaf(TYPES[name])
                keys.append(str(position + 1) if self.chance(0.3) else key)
                items.append(f"{key} as {name}")
            else:
                value = maker.aggregate(TYPES[name])
                if self.chance(0.1):
                    value = f"coalesce({value}, {maker.aggregate(TYPES[name])})"
                items.append(f"{value} as {name}")
        keys = [k for k in keys if k.isdigit() or not k.startswith(("'", "true", "false"))]
        # a number that was meant as a value would be taken for a position
        keys = [k for k in keys if not k.isdigit() or 1 <= int(k) <= len(names)]
        tail = f" group by {', '.join(keys)}" if keys else ""
        if keys and self.chance(0.15):
            tail = " group by all"
        elif keys and self.chance(0.1):
            tail = f" group by rollup ({', '.join(keys)})"
        if self.chance(0.3):
            word = self.random.choice([">", "<=", "="])
            value = self.random.randint(0, 3)
            tail += f" having {maker.aggregate('INTEGER')} {word} {value}"
        return f"select {', '.join(items)}", tail, names

    def _starred(
        self, maker: Maker, columns: tuple[str, ...] | None, sources: list[Source], merged: set[str]
    ) -> tuple[str, str, tuple[str, ...]]:
        every = [c for s in sources for c in s.columns]
        if columns is not None:
            return self._plain(maker, columns, sources, merged)
        if merged or len(set(every)) < len(every):
            source = self.random.choice(sources)
            if merged:
                return self._plain(maker, None, sources, merged)
            return self._star_of(f"{source.alias}.*", source.columns, maker)
        return self._star_of("*", tuple(every), maker)

    def _star_of(
        self, star: str, columns: tuple[str, ...], maker: Maker
    ) -> tuple[str, str, tuple[str, ...]]:
        left, tail = list(columns), ""
        if len(left) > 1 and self.chance(0.3):
            gone = self.random.choice(left)
            left.remove(gone)
            tail += f" exclude ({gone})"
        if self.chance(0.3):
            changed = self.random.choice(left)
            tail += f" replace ({maker.make(TYPES[changed])} as {changed})"
        elif self.chance(0.2):
            old = self.random.choice(left)
            free = [n for n in _POOL if TYPES[n] == TYPES[old] and n not in columns]
            if free:
                new = self.random.choice(free)
                tail += f" rename ({old} as {new})"
                left = [new if c == old else c for c in left]
        word = "distinct " if self.chance(0.1) else ""
        return f"select {word}{star}{tail}", "", tuple(left)

    # -- from ---------------------------------------------------------------------------------

    def _from(self, depth: int) -> tuple[str, list[Source], set[str]]:
        first = self._source(depth)
        text, sources, merged = first.sql, [first], set[str]()
        for _ in range(self.random.choice([0, 0, 1, 1, 2])):
            text = self._join(text, sources, merged, self._source(depth))
        return text, sources, merged

    def _join(self, text: str, sources: list[Source], merged: set[str], new: Source) -> str:
        """Join one more source; `sources` and `merged` are brought up to date."""
        everywhere = [c for s in sources for c in s.columns]
        shared = [
            c for c in new.columns if everywhere.count(c) == 1 or (c in merged and c in everywhere)
        ]
        way = self.random.choice(["on", "on", "on", "comma", "using", "natural", "semi", "lateral"])
        if way == "using" and shared:
            column = self.random.choice(shared)
            side = self.random.choice(["", "left ", "inner ", "right ", "full "])
            merged.add(column)
            sources.append(new)
            return f"{text} {side}join {new.sql} using ({column})"
        common = [c for c in new.columns if c in everywhere]
        if way == "natural" and common and sorted(common) == sorted(shared):
            merged.update(common)
            sources.append(new)
            return f"{text} natural join {new.sql}"
        seen = self._seen([*sources, new], merged)
        if way == "comma":
            sources.append(new)
            return f"{text} cross join {new.sql}"
        if way == "lateral":
            outer = self._seen(sources, merged)
            inner = self._select(0, None, outer)
            alias = self.alias()
            sources.append(Source("", alias, inner.columns))
            return f"{text}, lateral ({inner.sql}) {alias}"
        condition = Maker(self.random, seen, None).make("BOOLEAN", 1)
        if self.chance(0.6):
            earlier = {c.sql for c in self._seen([new], set())} | {
                f"{new.alias}.{c}" for c in new.columns
            }
            left = self.random.choice([c for c in seen if c.sql not in earlier] or seen)
            fitting = [c for c in new.columns if TYPES[c] == left.type]
            if fitting:
                condition = f"{left.sql} = {new.alias}.{self.random.choice(fitting)}"
                if self.chance(0.3):
                    condition += f" and {Maker(self.random, seen, None).make('BOOLEAN', 1)}"
        if way == "semi":
            word = self.random.choice(["semi", "anti"])
            return f"{text} {word} join {new.sql} on {condition}"
        side = self.random.choice(["", "", "left ", "right ", "full "])
        sources.append(new)
        return f"{text} {side}join {new.sql} on {condition}"

    def _source(self, depth: int) -> Source:
        alias = self.alias()
        if depth > 0 and self.chance(0.35):
            query = self.make(depth - 1)
            if self.chance(0.15):
                names = self.renamed(query.columns)
                return Source(f"({query.sql}) as {alias}({', '.join(names)})", alias, names)
            return Source(f"({query.sql}) {alias}", alias, query.columns)
        name, columns = self.random.choice(sorted(self.relations.items()))
        if self.chance(0.1):
            names = self.renamed(columns)
            return Source(f"{name} as {alias}({', '.join(names)})", alias, names)
        return Source(f"{name} {alias}", alias, columns)

    def _seen(self, sources: list[Source], merged: set[str]) -> list[Seen]:
        every = [c for s in sources for c in s.columns]
        seen = []
        for source in sources:
            for column in source.columns:
                plain = column in merged or (every.count(column) == 1 and self.chance(0.5))
                seen.append(Seen(column if plain else f"{source.alias}.{column}", TYPES[column]))
        return list(dict.fromkeys(seen))

    def _subquery(self, depth: int) -> Callable[[str, list[Seen]], str] | None:
        if depth <= 0:
            return None

        def make(kind: str, seen: list[Seen]) -> str:
            source = self._source(0)
            own = self._seen([source], set())
            # plain names inside mean the source's own, so outer ones must be qualified
            outer = [s for s in seen if "." in s.sql]
            own = [Seen(f"{source.alias}.{s.sql.rpartition('.')[2]}", s.type) for s in own]
            maker = Maker(self.random, own + outer, None)
            condition = maker.make("BOOLEAN", 1)
            if kind == "BOOLEAN" and self.chance(0.7):
                if self.chance(0.5):
                    return f"exists (select 1 from {source.sql} where {condition})"
                one = maker.leaf("INTEGER")
                wanted = Maker(self.random, outer, None).leaf("INTEGER")
                return f"({wanted} in (select {one} from {source.sql} where {condition}))"
            inner = Maker(self.random, own, None)
            return f"(select {inner.aggregate(kind)} from {source.sql} where {condition})"

        return make
