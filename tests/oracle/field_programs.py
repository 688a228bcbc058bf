"""Random programs that take structs and documents apart, hand them on and put them together.

The base table `raw` has a column `p` whose fields lie one in another, an array of such structs
and a scalar; every leaf is text. What a program makes is `t1`, `t2` and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from random import Random

# A type: a struct's fields by name, or None for text. A document is a struct with `json` true.
Fields = dict[str, "Type"]


class Type(NamedTuple):
    """A struct, a document or an array of structs with fields; text where there are none."""

    fields: Fields
    form: str = ""  # "json" or "array"


TEXT = Type({})
_INNER = Type({"x": TEXT, "y": TEXT})
_OUTER = Type({"a": TEXT, "b": TEXT, "s": _INNER})
BASE = {"id": TEXT, "p": _OUTER, "q": Type(_OUTER.fields), "r": Type(_INNER.fields, "array")}
_STRUCT = "struct(a varchar, b varchar, s struct(x varchar, y varchar))"
_DDL = f"create table raw (id varchar, p {_STRUCT}, q {_STRUCT}, r struct(x varchar, y varchar)[])"
LEAVES = (*(f"{c}.{f}" for c in "pq" for f in ("a", "b", "s.x", "s.y")), "r.x", "r.y")


def filled(changed: str, value: str) -> list[str]:
    """The base table with two rows; the leaf `changed` has another value in both."""

    def leaf(name: str, row: int) -> str:
        return f"'{value if name == changed else name}{row}'"

    def struct(column: str, row: int) -> str:
        a, b, x, y = (leaf(f"{column}.{name}", row) for name in ("a", "b", "s.x", "s.y"))
        return f"{{'a': {a}, 'b': {b}, 's': {{'x': {x}, 'y': {y}}}}}"

    rows = (
        f"('{row}', {struct('p', row)}, {struct('q', row)}, "
        f"[{{'x': {leaf('r.x', row)}, 'y': {leaf('r.y', row)}}}])"
        for row in (1, 2)
    )
    return [_DDL, f"insert into raw values {', '.join(rows)}"]


class Programs:
    """Makes statements, each over what was made before."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.tables: dict[str, Fields] = {"raw": dict(BASE)}

    def script(self) -> list[str]:
        """A few statements, each of which makes a table."""
        return [self._statement(f"t{n}") for n in range(1, self._random.randint(3, 5))]

    def _statement(self, name: str) -> str:
        source = self._random.choice(list(self.tables))
        columns = self.tables[source]
        before, alias = "", source
        if self._random.random() < 0.3:
            inner, columns = self._select(source, columns)
            before, alias = f"with c as ({inner}) ", "c"
        body, made = self._select(alias, columns)
        if self._random.random() < 0.2:
            body = f"{body} union all {body}"
        self.tables[name] = made
        return f"create table {name} as {before}{body}"

    def _select(self, source: str, columns: Fields) -> tuple[str, Fields]:
        way = self._random.random()
        if way < 0.15:
            return f"select * from {source}", columns
        arrays = [name for name, of in columns.items() if of.form == "array"]
        if way < 0.3 and arrays:
            name = self._random.choice(arrays)
            field = self._random.choice(list(columns[name].fields))
            of = columns[name].fields[field]
            return f"select u.e.{field} as v from {source}, unnest({name}) as u(e)", {"v": of}
        made: Fields = {}
        parts = []
        for number in range(self._random.randint(1, 4)):
            text, of = self._value(columns, 2)
            parts.append(f"{text} as c{number}")
            made[f"c{number}"] = of
        return f"select {', '.join(parts)} from {source}", made

    def _value(self, columns: Fields, depth: int) -> tuple[str, Type]:
        way = self._random.random()
        if way < 0.25 and depth:
            named = [(f"f{n}", self._value(columns, depth - 1)) for n in range(2)]
            text = ", ".join(f"'{name}': {value}" for name, (value, _) in named)
            return f"{{{text}}}", Type({name: of for name, (_, of) in named})
        text, of = self._read(columns)
        if of.fields and of.form == "" and way < 0.4 and not _has_arrays(of):
            return f"to_json({text})", Type(of.fields, "json")
        if not of.fields and way < 0.5:
            other, another = self._read(columns)
            return (f"{text} || {other}", TEXT) if not another.fields else (f"upper({text})", TEXT)
        if of.form == "" and way < 0.6:
            return f"coalesce({text}, {text})", of
        return text, of

    def _read(self, columns: Fields) -> tuple[str, Type]:
        """A column, or a field of one however deep."""
        text, of = self._random.choice(list(columns.items()))
        json = False
        while of.fields and self._random.random() < 0.7:
            field = self._random.choice(list(of.fields))
            inside = of.fields[field]
            if of.form == "array":
                text = f"{text}[1]"
            if of.form == "json" or json:
                json = True
                arrow = "->" if inside.fields else "->>"
                text, of = (
                    f"({text}{arrow}'{field}')",
                    Type(inside.fields, "json" if inside.fields else ""),
                )
                continue
            text = self._random.choice(
                (f"({text}).{field}", f"{text}['{field}']", f"struct_extract({text}, '{field}')")
            )
            of = inside
        return text, of


def _has_arrays(of: Type) -> bool:
    return of.form == "array" or any(_has_arrays(inside) for inside in of.fields.values())
