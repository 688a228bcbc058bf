"""Random scripts: statements that make, fill and change relations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import declared, layers, peculiar
from .expressions import PLAIN, Maker, Seen
from .queries import Queries, Query
from .routines import routines_of
from .spelling import respelled
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
        self.keyed: dict[str, str] = {}
        self._count = 0

    def make(self) -> list[str]:
        self.queries.calm = self.random.random() < 0.3
        changed = self.queries.calm and self.random.random() < 0.6
        statements = self._changed_copy() if changed else self._create()
        for _ in range(0 if changed else self.random.randint(0, 2)):
            ways = [self._create, self._insert, self._update, self._merge, self._delete]
            ways += [self._upsert, self._alter, self._truncate, self._layer]
            statements += self.random.choice(ways)() if self.tables else self._create()
        statements = [*routines_of(self.random, self.queries, statements), *statements]
        return respelled(self.random, statements)

    # -- definitions --------------------------------------------------------------------------

    def _create(self) -> list[str]:
        self._count += 1
        name = f"made{self._count}"
        ways = [self.plain] * 10 + [self._pivot, self._empty, self._keyed, self._view]
        ways += [self._again, self._defaulted, self._layer, self._rare]
        return self.random.choice(ways)(name)

    def _rare(self, name: str) -> list[str]:
        return self.random.choice([*declared.WAYS, *peculiar.WAYS])(self, name)

    def _layer(self, name: str = "") -> list[str]:
        """What concerns several relations at once."""
        self._count += not name
        ways = [layers.hidden, layers.elsewhere, layers.below, layers.recursive]
        if self.tables:
            ways += [layers.returned, layers.retyped, layers.prepared]
        return self.random.choice(ways)(self, name or f"made{self._count}")

    def _table(self) -> tuple[str, tuple[str, ...]]:
        """All of a table as a query."""
        name, columns = self.random.choice(sorted(self.queries.bases.items()))
        return f"from {name}", columns

    def _changed_copy(self) -> list[str]:
        """A table's copy, each of whose columns is of one column only, and one change of it."""
        whole, columns = self._table()
        self._count += 1
        name = f"made{self._count}"
        self.note(name, columns, is_table=True)
        self.queries.relations.pop(name)  # what changes it is of the others
        change = self.random.choice([self._update, self._merge, self._merge, self._delete])
        return [f"create table {name} as {whole}", *change()]

    def plain(self, name: str) -> list[str]:
        query = self.queries.make(2)
        kind = self.random.choice(["table", "table", "view", "temp table", "or replace table"])
        self.note(name, query.columns, is_table=kind != "view")
        return [f"create {kind} {name} as {query.sql}"]

    def _view(self, name: str) -> list[str]:
        query = self.queries.make(1)
        names = self.queries.renamed(query.columns)
        kind = self.random.choice(["view", "temp view", "or replace view", "table"])
        self.note(name, names, is_table=kind == "table")
        return [f"create {kind} {name} ({', '.join(names)}) as {query.sql}"]

    def _again(self, name: str) -> list[str]:
        """A relation that is made anew, of itself where it can be."""
        first = self.plain(name)
        if name not in self.tables:
            return first
        columns = self.made[name]
        query = self.queries.make(1, columns if self.random.random() < 0.5 else None)
        word = self.random.choice(["or replace table", "table if not exists", ""])
        if word == "table if not exists":
            return [*first, f"create {word} {name} as {query.sql}"]
        self.note(name, query.columns, is_table=True)
        if not word:
            return [*first, f"drop table {name}", f"create table {name} as {query.sql}"]
        return [*first, f"create {word} {name} as {query.sql}"]

    def _defaulted(self, name: str) -> list[str]:
        """A table whose columns are computed, or filled without being named."""
        listed = "k integer, a integer default (1 + 1), x integer generated always as (k + a)"
        self.made[name] = ("k", "a", "x")
        queries = self.queries
        rows = [
            f"insert into {name} (k) {queries.make(1, ('k',)).sql}",
            f"insert into {name} (a, k) {queries.make(1, ('a', 'k')).sql}",
        ]
        return [f"create table {name} ({listed})", self.random.choice(rows)]

    def _empty(self, name: str) -> list[str]:
        columns = self.queries.names(None)
        self.note(name, columns, is_table=True)
        listed = ", ".join(f"{c} {TYPES[c]}" for c in columns)
        return [f"create table {name} ({listed})", *self._insert()]

    def _keyed(self, name: str) -> list[str]:
        """A table whose rows can conflict."""
        columns = ("k", *self.random.sample(["a", "x", "name", "city"], 2))
        self.note(name, columns, is_table=True)
        self.keyed[name] = "k"
        listed = ", ".join(f"{c} {TYPES[c]}" for c in columns[1:])
        return [f"create table {name} (k integer primary key, {listed})", *self._upsert()]

    def _pivot(self, name: str) -> list[str]:
        inner = self.queries.make(1, ("k", "a", "city"))
        cte = ""
        source = f"({inner.sql})"
        if self.random.random() < 0.3:
            cte, source = f"with q as ({inner.sql}) ", "q"
        made = {
            "pivot (max(a) for city in ('u' as x, 'v' as y))": ("k", "x", "y"),
            "pivot (max(a) as m, sum(a) as n for city in ('u' as x))": ("k", "x_m", "x_n"),
            "unpivot (x for s in (k, a))": ("city", "s", "x"),
            "unpivot ((x, y) for s in ((k, a) as 'u', (a, k) as 'v'))": ("city", "s", "x", "y"),
            "pivot (max(a) for city in ('u', 'v') k in (1, 2))": (),
        }
        body, columns = self.random.choice(sorted(made.items()))
        text = f"{cte}select * from {source} {body}"
        if self.random.random() < 0.5:
            made = {
                f"pivot {source} on city in ('u', 'v') using sum(a) group by k": ("k",),
                f"pivot {source} on city in ('u', 'v') using sum(a), max(k)": (),
                f"pivot {source} on city using sum(a) group by k": ("k",),
                f"pivot {source} on k in (1, -1, null) using max(a) group by city": (
                    "city",
                    "1",
                    "-1",
                ),
                f"pivot {source} on (k > 1) in (true, false) using sum(a)": ("city", "true"),
                f"pivot {source} on city in ({self._texts()}) using sum(a) group by k": ("k",),
                f"pivot {source} on city || 'x' using sum(a) group by k": ("k",),
                f"pivot {source} on city, (a > 1) using count(*) group by k": ("k",),
                f"pivot {source} on city in ('u', 'v'), k in (1, 2) using sum(a)": (),
                f"unpivot {source} on (k, a), (a, k) into name s value x, y": (
                    "city",
                    "s",
                    "x",
                    "y",
                ),
                f"unpivot {source} on k, a into name s value x": ("city", "s", "x"),
                f"unpivot {source} on columns(* exclude (city)) into name s value x": ("s", "x"),
            }
            body, columns = self.random.choice(sorted(made.items()))
            text = f"{cte}from ({body})"
        if len(columns) > 2 and all(c in TYPES for c in columns):
            self.note(name, columns, is_table=True)
        else:
            self.made[name] = columns
        return [f"create table {name} as {text}"]

    def _texts(self) -> str:
        """A query for some texts."""
        found = [(t, c) for t, cs in sorted(self.queries.bases.items()) for c in cs]
        table, column = self.random.choice([f for f in found if TYPES[f[1]] == "VARCHAR"] or found)
        return f"select distinct {column}::varchar from {table}"

    def note(self, name: str, columns: tuple[str, ...], *, is_table: bool) -> None:
        self.made[name] = columns
        self.queries.relations[name] = columns
        if is_table:
            self.tables.add(name)

    # -- changes ------------------------------------------------------------------------------

    def target(self) -> tuple[str, tuple[str, ...]]:
        name = self.random.choice(sorted(self.tables))
        return name, self.made[name]

    def _insert(self) -> list[str]:
        name, columns = self.target()
        way = self.random.choice(["plain", "listed", "by name", "values", "star"])
        if way in {"plain", "star"}:
            return [self._insert_all(name, columns, plain=way == "plain")]
        if way == "values":
            maker = Maker(self.random, [], self.queries.subquery(2))
            if self.random.random() < 0.05:
                return [f"insert into {name} default values"]
            listed = [maker.make(TYPES[c]) for c in columns]
            values = ", ".join(v if self.random.random() < 0.95 else "default" for v in listed)
            return [f"insert into {name} values ({values})"]
        some = tuple(self.random.sample(columns, self.random.randint(1, len(columns))))
        query = self.queries.make(1, some)
        if self.random.random() < 0.1:
            cte = self.queries.alias()
            return [f"with {cte} as ({query.sql}) insert into {name} by name from {cte}"]
        if way == "by name":
            return [f"insert into {name} by name {query.sql}"]
        return [f"insert into {name} ({', '.join(some)}) {query.sql}"]

    def _insert_all(self, name: str, columns: tuple[str, ...], *, plain: bool) -> str:
        """INSERT by position."""
        query = self.queries.make(1, self._renamed(columns))
        # the parser takes what begins with `(from` for names of columns, and says so
        if plain and not query.sql.startswith("(from"):
            how = " by position" if self.random.random() < 0.1 else ""
            return f"insert into {name}{how} {query.sql}"
        return f"insert into {name} select * from ({query.sql}) {self.queries.alias()}"

    def _renamed(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return self.queries.renamed(columns) if self.random.random() < 0.3 else columns

    def _upsert(self) -> list[str]:
        """INSERT where rows may be there already."""
        if not self.keyed:
            return self._insert()
        name = self.random.choice(sorted(self.keyed))
        columns = self.made[name]
        query = self._query(1, columns)
        source = f"select distinct on (k) * from ({query.sql}) q where k is not null order by all"
        maker = Maker(
            self.random,
            [Seen(f"{side}.{c}", TYPES[c]) for side in ("excluded", name) for c in columns],
            None,
        )
        changed = self.random.sample(columns[1:], self.random.randint(1, 2))
        sets = ", ".join(f"{c} = {maker.make(TYPES[c], 1)}" for c in changed)
        where = f" where {maker.make('BOOLEAN', 1)}" if self.random.random() < 0.4 else ""
        action = self.random.choice([f"update set {sets}{where}", f"update set {sets}", "nothing"])
        return [
            self.random.choice(
                [
                    f"insert into {name} {source} on conflict (k) do {action}",
                    f"insert into {name} {source} on conflict do {action}",
                    f"insert or replace into {name} {source}",
                    f"insert or ignore into {name} {source}",
                    f"insert into {name} ({', '.join(columns)}) {source} on conflict do {action}",
                ]
            )
        ]

    def _query(self, depth: int, columns: tuple[str, ...] | None = None) -> Query:
        """A query that puts its rows out as they come; of several that match, one is taken."""
        for _ in range(9):
            query = self.queries.make(depth, columns)
            if " over " not in query.sql:
                break
        return query

    def _update(self) -> list[str]:
        name, columns = self.target()
        own, alias = (name, "") if self.random.random() < 0.8 else ("u", " as u")
        seen = [Seen(f"{own}.{c}", TYPES[c]) for c in columns]
        cte, source = "", ""
        if self.random.random() < 0.6:
            other = self.queries.alias()
            query = self._query(1)
            seen += [Seen(f"{other}.{c}", TYPES[c]) for c in query.columns]
            source = f" from ({query.sql}) {other}"
            if self.random.random() < 0.2:
                cte, source = f"with {other} as ({query.sql}) ", f" from {other}"
        elif self.random.random() < 0.5:
            seen = [Seen(c, TYPES[c]) for c in columns]
        maker = Maker(self.random, seen, self.queries.subquery(1))
        changed = self.random.sample(columns, self.random.randint(1, min(2, len(columns))))
        sets = ", ".join(f"{c} = {maker.make(TYPES[c])}" for c in changed)
        if self.random.random() < 0.1:
            values = ", ".join(maker.make(TYPES[c]) for c in changed)
            sets = f"({', '.join(changed)}) = ({values})"
        where = f" where {maker.make('BOOLEAN')}" if self.random.random() < 0.7 else ""
        return [f"{cte}update {name}{alias} set {sets}{source}{where}"]

    def _delete(self) -> list[str]:
        name, columns = self.target()
        seen = [Seen(f"{name}.{c}", TYPES[c]) for c in columns]
        cte, source = "", ""
        if self.random.random() < 0.5:
            alias = self.queries.alias()
            query = self._query(0)
            seen += [Seen(f"{alias}.{c}", TYPES[c]) for c in query.columns]
            source = f" using ({query.sql}) {alias}"
            if self.random.random() < 0.2:
                cte, source = f"with {alias} as ({query.sql}) ", f" using {alias}"
        maker = Maker(self.random, seen, self.queries.subquery(1))
        return [f"{cte}delete from {name}{source} where {maker.make('BOOLEAN')}"]

    def _truncate(self) -> list[str]:
        name, _columns = self.target()
        return [f"{self.random.choice(['truncate', 'delete from'])} {name}", *self._insert()]

    def _alter(self) -> list[str]:
        name, columns = self.target()
        new = self.queries.other_name("k", columns)
        if name in self.keyed or not new:
            return self._update()
        chosen = self.random.random()
        if chosen < 0.3:
            self.note(name, (*columns, new), is_table=True)
            changes = self._update() if chosen < 0.15 else self._insert()
            return [f"alter table {name} add column {new} integer", *changes]
        if chosen < 0.5 and len(columns) > 1:
            gone = self.random.choice(columns)
            self.note(name, tuple(c for c in columns if c != gone), is_table=True)
            return [f"alter table {name} drop column {gone}", *self._insert()]
        if chosen < 0.7:
            self._count += 1
            other = f"made{self._count}"
            self.note(other, columns, is_table=True)
            self.tables.discard(name)
            self.made.pop(name)
            self.queries.relations.pop(name, None)
            return [f"alter table {name} rename to {other}", *self._insert()]
        old = self.random.choice(columns)
        if TYPES[old] != "INTEGER":
            return self._insert()
        self.note(name, tuple(new if c == old else c for c in columns), is_table=True)
        return [f"alter table {name} rename column {old} to {new}", *self._insert()]

    def _merge(self) -> list[str]:
        name, columns = self.target()
        if self.queries.calm and self.random.random() < 0.5:
            query = Query(*self._table())
        else:
            query = self._query(1, columns if self.random.random() < 0.5 else None)
            if "order by" in query.sql:  # it decides which of several rows that match counts
                query = Query(*self._table())
        target = [Seen(f"t.{c}", TYPES[c]) for c in columns]
        source = [Seen(f"s.{c}", TYPES[c]) for c in query.columns]
        both, own = Maker(self.random, target + source, None), Maker(self.random, source, None)
        on = f"on {both.make('BOOLEAN', 1)}"
        if self.random.random() < 0.5 and set(columns) & set(query.columns):
            key = self.random.choice(sorted(set(columns) & set(query.columns)))
            on = self.random.choice([f"on t.{key} = s.{key}", f"using ({key})"])
        same = set(columns) == set(query.columns)
        whens = [self._matched(columns, both, same=same)]
        # all rows that match go no further, or the engine makes two of one with a list in it
        if " and " in whens[0].partition(" then ")[0] and {TYPES[c] for c in columns} <= {*PLAIN}:
            whens.append(self._matched(columns, both, same=same))
        if self.random.random() < 0.7:
            whens.append(self._unmatched(columns, own, same=same))
        if self.random.random() < 0.3:
            alone = Maker(self.random, target, None)
            column = self.random.choice(columns)
            act = f"update set {column} = {alone.make(TYPES[column], 1)}"
            act = self.random.choice(["delete", act])
            extra = self._extra(alone)
            whens.append(f"when not matched by source{extra} then {act}")
        if self.random.random() < 0.1:
            whens.append("returning merge_action, *")
        if self.random.random() < 0.2:
            return [f"with s as ({query.sql}) merge into {name} t using s {on} {' '.join(whens)}"]
        return [f"merge into {name} t using ({query.sql}) s {on} {' '.join(whens)}"]

    def _extra(self, maker: Maker) -> str:
        return f" and {maker.make('BOOLEAN', 1)}" if self.random.random() < 0.4 else ""

    def _matched(self, columns: tuple[str, ...], both: Maker, *, same: bool) -> str:
        column = self.random.choice(columns)
        change = self.random.choice(
            [f"update set {column} = {both.make(TYPES[column], 1)}", "delete", "do nothing"]
        )
        if same and self.random.random() < 0.4:
            change = self.random.choice(["update set *", "update"])
        return f"when matched{self._extra(both)} then {change}"

    def _unmatched(self, columns: tuple[str, ...], own: Maker, *, same: bool) -> str:
        values = ", ".join(own.make(TYPES[c], 1) for c in columns)
        new = f"insert ({', '.join(columns)}) values ({values})"
        if same and self.random.random() < 0.5:
            new = self.random.choice(["insert by name", "insert *", "insert"])
        word = self.random.choice(["", "", " by target"])
        return f"when not matched{word}{self._extra(own)} then {new}"
