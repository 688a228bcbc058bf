"""Random queries: every clause that can bring a value, or whether there is one, into a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import shapes
from .expressions import PICK, Maker, Seen
from .sources import From
from .subqueries import Subqueries
from .worlds import NESTED, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_POOL = tuple(c for c in TYPES if c not in {"id", *NESTED})
_RARE = ("l", "p", "o", "m", "j")
_ALIASES = ("p", "who", "k", "city", "a")  # names of columns as well


class Query(NamedTuple):
    """A query and the names of its columns; a name gives a type."""

    sql: str
    columns: tuple[str, ...]


class Queries:
    """Makes queries over relations; `bases` are those whose rows have an order.

    Calm ones join and filter little: a column that reaches a result one way does not hide that it
    would reach it another way too.
    """

    def __init__(self, random: Random, relations: dict[str, tuple[str, ...]]) -> None:
        self.random = random
        self.relations = dict(relations)
        self.bases = dict(relations)
        self.calm = False
        self._aliases = 0

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def alias(self) -> str:
        self._aliases += 1
        return f"q{self._aliases}"

    def alias_of(self, taken: list[str]) -> str:
        """The alias of something in FROM, now and then one that a column is called too."""
        free = [a for a in _ALIASES if a not in taken]
        return self.random.choice(free) if free and self.chance(0.03) else self.alias()

    def names(self, columns: tuple[str, ...] | None) -> tuple[str, ...]:
        if columns:
            return columns
        pool = [n for n in _POOL if n not in _RARE or self.chance(0.2)]
        return tuple(self.random.sample(pool, self.random.randint(1, 4)))

    def other_name(self, column: str, taken: tuple[str, ...]) -> str:
        free = [n for n in _POOL if TYPES[n] == TYPES[column] and n not in taken]
        return self.random.choice(free) if free else ""

    def renamed(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Other names of the same types."""
        taken: list[str] = []
        for column in columns:
            taken.append(self.other_name(column, tuple(taken)) or column)
        return tuple(taken) if len(set(taken)) == len(taken) else columns

    def outward(self, seen: list[Seen]) -> list[Seen]:
        """What a subquery may name of the queries around it."""
        return [s for s in seen if "." in s.sql] if self.chance(0.6) else seen

    def subquery(self, depth: int) -> Callable[[str, list[Seen]], str] | None:
        return Subqueries(self, depth).make if depth > 0 else None

    # -- queries ------------------------------------------------------------------------------

    def make(self, depth: int, columns: tuple[str, ...] | None = None) -> Query:
        """A query; with `columns` it puts out exactly these."""
        if depth > 0 and self.chance(0.2):
            return self._with(depth, columns)
        if depth > 0 and self.chance(0.15):
            return self._set(depth, columns)
        if depth > 0 and self.chance(0.05):
            return self._recursive(columns or ("k", "name"))
        if columns is None and self.chance(0.05):
            return self._whole()
        return self.select(depth, columns, [])

    def _whole(self) -> Query:
        name, columns = self.random.choice(sorted(self.relations.items()))
        texts = [f"from {name}", f"table {name}", f"from query_table('{name}')"]
        texts += [f"from {PICK}('{name}')"] * self.chance(0.1)
        return Query(self.random.choice(texts), columns)

    def _with(self, depth: int, columns: tuple[str, ...] | None) -> Query:
        outer = dict(self.relations), dict(self.bases)
        parts = []
        for _ in range(self.random.randint(1, 2)):
            inner = self.make(depth - 1)
            # now and then a CTE takes the name of a table
            shadows = self.chance(0.15)
            plain = sorted(r for r in self.relations if "." not in r)
            name = self.random.choice(plain) if shadows else self.alias()
            # what it reads under its own name is the table
            if name in {p[0] for p in parts} or (f" {name}" in inner.sql and self.chance(0.5)):
                name = self.alias()
            listed, names = "", inner.columns
            if self.chance(0.2):
                names = self.renamed(inner.columns)
                listed = f"({', '.join(names)})"
            how = self.random.choice(["", "", "materialized ", "not materialized "])
            parts.append((name, f"{name}{listed} as {how}({inner.sql})"))
            self.relations[name] = names
            self.bases.pop(name, None)
        body = self.make(depth - 1, columns)
        self.relations, self.bases = outer
        text = body.sql
        if text.startswith("with "):  # in plain brackets the engine forgets this WITH
            text = f"select * from ({text}) {self.alias()}"
        return Query(f"with {', '.join(p[1] for p in parts)} {text}", body.columns)

    def _set(self, depth: int, columns: tuple[str, ...] | None) -> Query:
        one = self.make(depth - 1, columns)
        if self.chance(0.2):
            return self._by_name(depth, one, columns)
        sql = self._branch(one.sql)
        for _ in range(self.random.choice([1, 1, 2])):
            word = self.random.choice(
                ["union all", "union", "except", "intersect", "except all", "intersect all"]
            )
            other = self.make(depth - 1, self.renamed(one.columns))
            sql += f" {word} {self._branch(other.sql)}"
        if self.chance(0.2):
            positions = ", ".join(str(n + 1) for n in range(len(one.columns)))
            keys = self.random.choice([positions, f"{one.columns[0]}, {positions}", "all"])
            sql += f" order by {keys} limit {self.random.randint(1, 4)}"
        return Query(sql, one.columns)

    def _branch(self, sql: str) -> str:
        """A branch without brackets, where nothing behind it could be taken for the whole's."""
        bare = sql.startswith("select ") and " order by " not in sql and " limit " not in sql
        return sql if bare and self.chance(0.3) else f"({sql})"

    def _by_name(self, depth: int, one: Query, columns: tuple[str, ...] | None) -> Query:
        two = self.make(depth - 1, None if columns is None else one.columns)
        order = list(two.columns)
        self.random.shuffle(order)
        sql = f"select {', '.join(order)} from ({two.sql}) {self.alias()}"
        word = self.random.choice(["union all by name", "union by name"])
        names = tuple(dict.fromkeys((*one.columns, *order)))
        return Query(f"({one.sql}) {word} ({sql})", names)

    def _recursive(self, columns: tuple[str, ...]) -> Query:
        name = self.alias()
        first = self.select(0, columns, [])
        number = next((c for c in columns if TYPES[c] == "INTEGER"), None)
        table, have = self.random.choice(sorted(self.relations.items()))
        join = next((c for c in have if TYPES[c] == "INTEGER"), None)
        if number is None or join is None:
            return first
        inner = self.renamed(columns) if self.chance(0.3) else columns
        listed = f"({', '.join(inner)})" if inner != columns else ""
        own = inner[columns.index(number)]
        seen = [Seen(f"r.{c}", TYPES[c]) for c in inner] + [Seen(f"j.{c}", TYPES[c]) for c in have]
        step = [
            f"r.{own} + 1" if c == own else Maker(self.random, seen, None).leaf(TYPES[c])
            for c in inner
        ]
        union, keyed = self.random.choice(["union", "union all"]), ""
        if union == "union" and self.chance(0.3):
            names = ", ".join(inner)
            keyed = names if self.chance(0.5) else own
            listed = f"({names}) using key ({keyed})"
        other = Maker(self.random, seen, None).leaf("INTEGER")
        found = f"exists (select 1 from {table} j where r.{own} = j.{join} and {other} > 0)"
        bodies = [f"from {name} r join {table} j on r.{own} = j.{join} where r.{own} < 4"]
        if not any("j." in part for part in step):
            bodies.append(f"from {name} r where r.{own} < 4 and {found}")
            bodies.append(f"from (select * from {name} where {own} < 4) r where {found}")
        steps = f"select {', '.join(step)} {self.random.choice(bodies)}"
        if not keyed and self.chance(0.4):  # the engine wants all that refer to it in brackets
            again = [
                f"r.{own} + 1" if c == own else Maker(self.random, seen, None).leaf(TYPES[c])
                for c in inner
            ]
            word = self.random.choice(["union", "union all"])
            steps = f"({steps} {word} select {', '.join(again)} {bodies[0]})"
        sql = (
            f"with recursive {name}{listed} as ({self._branch(first.sql)} {union} {steps})"
            f" select {', '.join(f'{i} as {c}' for i, c in zip(inner, columns, strict=True))}"
            f" from {name}"
        )
        return Query(sql, columns)

    # -- select -------------------------------------------------------------------------------

    def select(self, depth: int, columns: tuple[str, ...] | None, outer: list[Seen]) -> Query:
        """One SELECT, which may name columns of `outer` as well."""
        clause = From(self, depth, outer)
        maker = Maker(self.random, clause.seen() + outer, self.subquery(depth))
        maker.sparing = self.calm
        kind = self.random.choice(["plain", "plain", "grouped", "starred"])
        kind = "plain" if self.calm and self.chance(0.5) else kind
        if kind == "grouped":
            shape = shapes.grouped(self, maker, columns)
        elif kind == "starred" and columns is None and any(s.columns for s in clause.sources):
            shape = shapes.starred(self, maker, clause.sources, clause.merged)
        else:
            shape = shapes.plain(self, maker, columns)
        where = ""
        if self.chance(0.1 if self.calm else 0.5):
            where = f" where {self._where(maker, shape)}"
        sql = f"{shape.head} from {clause.text}{where}{shape.tail}"
        if self.chance(0.2) and "(" not in clause.text:
            sql = f"from {clause.text} {shape.head}{where}{shape.tail}"
        return Query(self._cut(sql, maker, shape), shape.names)

    def _where(self, maker: Maker, shape: shapes.Shape) -> str:
        condition = maker.make("BOOLEAN")
        if self.chance(0.03):
            return f"columns(*) is not null and {condition}"
        if self.chance(0.25):
            number, text = maker.leaf("INTEGER"), maker.leaf("VARCHAR")
            sign = self.random.choice(["=", "<>", ">", ">="])
            tests = [maker.leaf("BOOLEAN"), f"not {maker.leaf('BOOLEAN')}", f"{number} {sign} 1"]
            tests.append(f"{text} = 'u'")
            condition = f"{self.random.choice(tests)} and {condition}"
        if not shape.aliases or not self.chance(0.15):
            return condition
        alias = self.random.choice(shape.aliases)
        return f"{condition} and ({alias} = {maker.leaf(TYPES[alias])} or {alias} is null)"

    def _cut(self, sql: str, maker: Maker, shape: shapes.Shape) -> str:
        """ORDER BY and LIMIT: by positions so that ties do not matter, and by more before them."""
        taken = (" qualify ", "distinct on")
        if any(word in shape.head + shape.tail for word in taken) or not self.chance(0.12):
            return sql
        positions = ", ".join(str(n + 1) for n in range(len(shape.names)))
        firsts = ["", f"{shape.names[0]}, ", f"{shape.names[-1]} desc, ", f"#{len(shape.names)}, "]
        if not shape.grouped and "select distinct" not in sql:
            leaf = maker.leaf("INTEGER")
            firsts += [f"{maker.make('BOOLEAN', 1)}, "]
            firsts += [] if leaf[0].isdigit() else [f"{leaf} desc, ", f"{leaf} nulls first, "]
        keys = self.random.choice([*(f"{f}{positions}" for f in firsts), "all"])
        number = self.random.choice(["1", "2", "3", "4", "40%"])
        if self.chance(0.1):
            name, columns = self.random.choice(sorted(self.relations.items()))
            own = next((c for c in columns if TYPES[c] == "INTEGER"), None)
            number = f"(select abs(max({own})) from {name})" if own else number
        offset = " offset 1" if self.chance(0.2) else ""
        return f"{sql} order by {keys} limit {number}{offset}"
