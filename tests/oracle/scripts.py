"""Random scripts: statements that make, fill and change relations."""

# ruff: noqa: S608 - random SQL is what this makes

from __future__ import annotations

from typing import TYPE_CHECKING

from .expressions import Maker, Seen
from .queries import Queries
from .worlds import TYPES

if TYPE_CHECKING:
    from random import Random

    from .worlds import Table


class Scripts:
    """Makes one script over a world; `made` are the relations that it leaves behind."""

    def __init__(self, random: Random, world: list[Table]) -> None:
        self.random = random
        self.queries = Queries(random, {t.name: t.columns for t in world})
        self.made: dict[str, tuple[str, ...]] = {}
        self.tables: set[str] = set()
        self._count = 0

    def make(self) -> list[str]:
        statements = [self._create()]
        for _ in range(self.random.randint(0, 2)):
            ways = [self._create, self._insert, self._update, self._merge, self._delete]
            if not self.tables:
                ways = [self._create]
            statements.append(self.random.choice(ways)())
        return statements

    def _create(self) -> str:
        self._count += 1
        name = f"made{self._count}"
        if self.random.random() < 0.08:
            return self._pivot(name)
        query = self.queries.make(2)
        kind = self.random.choice(["table", "table", "view", "temp table"])
        self._note(name, query.columns, is_table=kind != "view")
        return f"create {kind} {name} as {query.sql}"

    def _pivot(self, name: str) -> str:
        inner = self.queries.make(0, ("k", "a", "city"))
        if self.random.random() < 0.5:
            self._note(name, ("k", "x", "y"), is_table=True)
            body = "pivot (max(a) for city in ('u' as x, 'v' as y))"
        else:
            self._note(name, ("city", "s", "x"), is_table=True)
            body = "unpivot (x for s in (k, a))"
        return f"create table {name} as select * from ({inner.sql}) {body}"

    def _note(self, name: str, columns: tuple[str, ...], *, is_table: bool) -> None:
        self.made[name] = columns
        self.queries.relations[name] = columns
        if is_table:
            self.tables.add(name)

    def _target(self) -> tuple[str, tuple[str, ...]]:
        name = self.random.choice(sorted(self.tables))
        return name, self.made[name]

    def _insert(self) -> str:
        name, columns = self._target()
        way = self.random.choice(["plain", "listed", "by name"])
        if way == "plain":
            return f"insert into {name} {self.queries.make(1, columns).sql}"
        some = tuple(self.random.sample(columns, self.random.randint(1, len(columns))))
        query = self.queries.make(1, some)
        if way == "by name":
            return f"insert into {name} by name {query.sql}"
        return f"insert into {name} ({', '.join(some)}) {query.sql}"

    def _update(self) -> str:
        name, columns = self._target()
        seen = [Seen(f"{name}.{c}", TYPES[c]) for c in columns]
        source = ""
        if self.random.random() < 0.6:
            alias = self.queries.alias()
            query = self.queries.make(1)
            seen += [Seen(f"{alias}.{c}", TYPES[c]) for c in query.columns]
            source = f" from ({query.sql}) {alias}"
        maker = Maker(self.random, seen, None)
        changed = self.random.sample(columns, self.random.randint(1, min(2, len(columns))))
        sets = ", ".join(f"{c} = {maker.make(TYPES[c])}" for c in changed)
        where = f" where {maker.make('BOOLEAN')}" if self.random.random() < 0.7 else ""
        return f"update {name} set {sets}{source}{where}"

    def _delete(self) -> str:
        name, columns = self._target()
        seen = [Seen(f"{name}.{c}", TYPES[c]) for c in columns]
        source = ""
        if self.random.random() < 0.5:
            alias = self.queries.alias()
            query = self.queries.make(0)
            seen += [Seen(f"{alias}.{c}", TYPES[c]) for c in query.columns]
            source = f" using ({query.sql}) {alias}"
        return f"delete from {name}{source} where {Maker(self.random, seen, None).make('BOOLEAN')}"

    def _merge(self) -> str:
        name, columns = self._target()
        query = self.queries.make(1, columns) if self.random.random() < 0.5 else None
        query = query or self.queries.make(1)
        target = [Seen(f"t.{c}", TYPES[c]) for c in columns]
        source = [Seen(f"s.{c}", TYPES[c]) for c in query.columns]
        both, own = Maker(self.random, target + source, None), Maker(self.random, source, None)
        on = both.make("BOOLEAN", 1)
        whens = []
        extra = f" and {both.make('BOOLEAN', 1)}" if self.random.random() < 0.4 else ""
        column = self.random.choice(columns)
        change = self.random.choice(
            [f"update set {column} = {both.make(TYPES[column], 1)}", "delete"]
        )
        if set(columns) == set(query.columns) and self.random.random() < 0.4:
            change = "update set *"
        whens.append(f"when matched{extra} then {change}")
        if self.random.random() < 0.7:
            values = ", ".join(own.make(TYPES[c], 1) for c in columns)
            new = f"insert ({', '.join(columns)}) values ({values})"
            if set(columns) == set(query.columns) and self.random.random() < 0.5:
                new = "insert by name"
            extra = f" and {own.make('BOOLEAN', 1)}" if self.random.random() < 0.4 else ""
            whens.append(f"when not matched{extra} then {new}")
        if self.random.random() < 0.3:
            whens.append("when not matched by source then delete")
        return f"merge into {name} t using ({query.sql}) s on {on} {' '.join(whens)}"
