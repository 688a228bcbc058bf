"""Computed sources: VALUES, UNNEST, table functions and array joins, whose rows are expressions."""

from __future__ import annotations

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.calls import placed, rows_called
from lineage.compile.declared_rows import Made, Rows
from lineage.compile.expressions import collect
from lineage.compile.federated import remote_query
from lineage.compile.frames import Frame
from lineage.compile.generators import (
    ELEMENTS,
    TRANSPARENT,
    UNNESTS_FIELDS,
    called_in,
    function_of,
    rows_of,
)
from lineage.compile.named_tables import table_named
from lineage.compile.names import alias_columns, alias_name, column_name, offset_of, relation_name
from lineage.compile.node_kinds import function_name
from lineage.compile.projections import fields_of
from lineage.compile.semantic_views import semantic_view
from lineage.compile.special import GENERATORS
from lineage.compile.subtypes import DIRECT, after, into
from lineage.compile.table_arguments import read_tables, without_some
from lineage.compile.values import listed, values_of
from lineage.objects import (
    ASKED,
    ELEMENT,
    OUTPUT_OF,
    ROWS_OF,
    STAR,
    UNQUALIFIED,
    Dep,
    Hole,
    Output,
    Scope,
    Source,
    Star,
    known_as,
)
from lineage.uris import FILE_FUNCTIONS
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

_SAYS_WHERE = frozenset({"path", "uri"})  # of the settings in such a function
# ClickHouse's, whose first argument may be the name of a collection of settings.
_OF_COLLECTIONS = frozenset("s3 gcs file files hdfs url".split())
# What the place of a file is where it is computed.
_COMPUTED = (exp.Func, exp.DPipe, exp.Add, exp.Placeholder, exp.Parameter, exp.Subquery)
_OF_QUERY = ("array",)  # `ARRAY(SELECT …)` is as long as the query has rows
_VARIABLES = (exp.Column, exp.Placeholder)


def computed(frame: Frame, node: exp.Expr) -> Source:
    """The source that something other than a table or a subquery is."""
    naming = frame.draft.naming
    alias, columns = alias_name(node, naming), alias_columns(node, naming)
    inner = node
    while isinstance(inner, (exp.Table, exp.Lateral, exp.TableFromRows, exp.Pivot)) and inner.this:
        inner = inner.this
    if isinstance(inner, (exp.Subquery, exp.Query)):
        return Source(alias, "", frame.compile_query(inner, frame), columns)
    if isinstance(inner, exp.SemanticView):
        return Source(alias, "", semantic_view(frame, inner), columns)
    if isinstance(inner, exp.Values):
        if naming.dialect == "clickhouse":
            inner, told = listed(inner)
            columns = columns or told
        return Source(alias, "", values_of(frame, inner, columns), columns)
    if isinstance(inner, (exp.Literal, exp.DynamicIdentifier, exp.Parameter)):
        return _by_text(frame, inner, alias, columns)
    if isinstance(node, exp.Table) and node.args.get("rows_from"):
        return Source(alias, "", _side_by_side(frame, node, alias, columns), columns)
    return _function(frame, node, inner, (alias, columns))


def _by_text(frame: Frame, node: exp.Expr, alias: str, columns: tuple[str, ...]) -> Source:
    """IDENTIFIER('a.b') and TABLE('a.b') are the relation of that name, unless it is computed."""
    name = ""
    if not isinstance(node, exp.Parameter):
        identifier = node if isinstance(node, exp.DynamicIdentifier) else None
        identifier = identifier or exp.DynamicIdentifier(this=node)
        name = relation_name(exp.Table(this=identifier), frame.draft.naming)
    if name:
        return Source(alias or frame.draft.naming.alias_of(name), name, -1, columns)
    message = "the name of a relation is computed"
    frame.draft.holes.append(Hole(GapReason.DYNAMIC_SQL, message, (), offset_of(node)))
    return Source(alias, "", unknown_rows(frame, node), columns)


def unknown_rows(frame: Frame, node: exp.Expr) -> int:
    """A scope of which nothing is known, for what is a gap anyway."""
    return finish_rows(frame, Rows((), open=True), "", (exp.Tuple(), ""), offset_of(node))


def _function(
    frame: Frame, node: exp.Expr, inner: exp.Expr, called: tuple[str, tuple[str, ...]]
) -> Source:
    alias, columns = called
    name = function_of(inner)
    told = inner.expressions if name == "table" else ()
    if len(told) == 1 and isinstance(called_in(told[0]), exp.Func):
        inner = told[0]  # TABLE(f(…)), TABLE(package.f(…))
        name = function_of(inner)
    known = _known_rows(frame, inner, name)
    if known is not None:
        return Source(alias or frame.draft.naming.alias_of(known[0]), *known, columns)
    opaque = name not in TRANSPARENT
    if opaque and isinstance(called_in(inner), exp.Anonymous):
        read_tables(called_in(inner))
    whole, inner = rows_called(frame.draft, node, inner) if opaque else ("", inner)
    if opaque:
        message = f"the body of table function `{name}` is not known"
        hole = Hole(GapReason.OPAQUE_CODE, message, (), offset_of(node), unless=whole)
        frame.draft.holes.append(hole)
        _expect_names_of_tables(frame, inner, name, offset_of(node))
    rows, alias = _rows(frame, node, inner, called)
    if opaque:
        rows = Rows(rows.columns, open=True)
    if not alias and name != "unnest" and not isinstance(inner, (exp.Column, exp.AtIndex)):
        alias = frame.draft.naming.column(name)
    names = tuple(c.name for c in rows.columns) if columns else ()
    at = offset_of(node)
    return Source(alias, "", finish_rows(frame, rows, alias, (inner, whole), at), names)


def _expect_names_of_tables(frame: Frame, node: exp.Expr, name: str, at: int) -> None:
    """DuckDB puts an argument into a table macro as it is written, and looks its names up there.

    So `f(email)` is `users.email` where the macro reads `users`, whatever stands to its left, and
    `f(t.email)` where it calls that table `t`.
    """
    if frame.draft.dialect != "duckdb":
        return
    first = (column.parts[0] for column in node.find_all(exp.Column))
    if {column_name(part, frame.draft.naming) for part in first}.difference(frame.draft.variables):
        message = f"a name that `{name}` is given may be one of a table in its body"
        frame.draft.holes.append(Hole(GapReason.OPAQUE_CODE, message, (), at))


def _known_rows(frame: Frame, node: exp.Expr, name: str) -> tuple[str, int] | None:
    """The relation or scope that a function puts out as it is: a file, a query, a variable."""
    files = _files(node, name) if name in FILE_FUNCTIONS else []
    if len(files) == 1:
        return files[0], -1
    if files:
        return "", _side_of_each(frame, files, offset_of(node))
    named = table_named(node, name, frame.draft.naming)
    if named:
        return named, -1
    if name == "view" and isinstance(node.expressions[0], exp.Query):  # ClickHouse
        return "", frame.compile_apart(node.expressions[0], frame)
    apart = remote_query(frame, node)
    apart = without_some(frame, node, name) if apart is None else apart
    if apart is not None:
        return "", apart
    held = _held(frame, node, name)
    return None if held is None else (held, -1)


def _files(node: exp.Expr, name: str) -> list[str]:
    """The files that a function opens: its first argument, or each of a list.

    StarRocks and Doris say what each is: `files('path' = '…', 'format' = '…')`.
    """
    settings = [a for a in node.expressions if isinstance(a, exp.EQ) and _is_text(a.this)]
    if settings:
        pairs = [(a.this.name.lower(), a.expression) for a in settings]
        return [value.name for key, value in pairs if key in _SAYS_WHERE]
    first = node.this if isinstance(node.this, exp.Expr) else next(iter(node.expressions), None)
    named = isinstance(first, exp.Column) and name not in _OF_COLLECTIONS
    if named or (isinstance(first, _COMPUTED) and not isinstance(first, exp.Array)):
        return []
    first = next(node.find_all(exp.Literal, exp.Array, bfs=False), None)
    listed = first.expressions if isinstance(first, exp.Array) else [first]
    return [f.name for f in listed if f is not None] if all(map(_is_text, listed)) else []


def _is_text(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Literal) and node.is_string


def _side_of_each(frame: Frame, names: list[str], at: int) -> int:
    """The rows of several files, one after another."""
    branches = []
    for name in names:
        inner = Frame(frame.draft, None, {})
        inner.add_source(Source("", name, -1, offset=at))
        inner.outputs.append(Output("", (), at, Star(UNQUALIFIED)))
        branches.append(inner.finish("", at))
    number = frame.draft.reserve()
    return frame.draft.finish(
        number, Scope("", -1, branches=tuple(branches), by_name=True, offset=at)
    )


def _held(frame: Frame, node: exp.Expr, name: str) -> str | None:
    """The relation of the rows that a variable holds, as in `TABLE(:rows)`."""
    draft = frame.draft
    if draft.rows and name in {"table", "tablefromrows", "column", "placeholder"}:
        named = (column_name(n.name, draft.naming) for n in node.find_all(*_VARIABLES))
        return next((draft.rows[n] for n in named if n in draft.rows), None)
    return None


def _rows(
    frame: Frame, node: exp.Expr, inner: exp.Expr, called: tuple[str, tuple[str, ...]]
) -> tuple[Rows, str]:
    """What a function makes, and its alias."""
    alias, columns = called
    naming = frame.draft.naming
    if isinstance(inner, exp.AtIndex):
        element = inner.this
        name = column_name(element, naming) if isinstance(element, exp.Alias) else alias
        value = element.this if isinstance(element, exp.Alias) else element
        keys = (value,) if isinstance(node, exp.Pivot) else ()
        made = (Made(name, (value,)), Made(column_name(inner.expression, naming), keys))
        return Rows(made, open=False), ""
    if not node.args.get("ordinality"):
        return rows_of(inner, alias, columns, frame), alias
    number = columns[-1] if columns else "ordinality"
    rows = rows_of(inner, alias, columns[:-1], frame)
    return Rows((*rows.columns, Made(number, ())), open=rows.open), alias


def finish_rows(frame: Frame, rows: Rows, label: str, call: tuple[exp.Expr, str], at: int) -> int:
    """The scope of computed rows. How many there are depends on what they are made of.

    `call` is what makes them, and its name where some text may have made that function. Its
    names are looked up from inside, so that they mean what stands to its left.
    """
    node, called = call
    inner = Frame(frame.draft, frame, frame.ctes)
    own = function_name(node)
    parts = _Parts(inner, (own,) if own else ())
    found = parts.of_each(node, called) if called else parts.of_all(node)
    deps = tuple(dict.fromkeys(found))
    outputs = tuple(_output(column, parts, at) for column in rows.columns)
    there = Dep(inner.number, ROWS_OF, STAR, Subtype.FILTER, (), at)
    element = (ELEMENT, ASKED) if function_of(node) in ELEMENTS else ()
    asked = tuple(into(dep, element) for dep in deps) or (there,)
    scope = Scope(
        label,
        frame.number,
        outputs=outputs,
        influences=tuple(
            dict.fromkeys(_deciding(d, called or own) for d in deps if own != "stack")
        ),
        anything=asked if rows.open else (),
        offset=at,
        function=called,
        elements=function_of(node) == "unnest" and frame.draft.dialect in UNNESTS_FIELDS,
    )
    return frame.draft.finish(inner.number, scope)


def _deciding(dep: Dep, own: str) -> Dep:
    """How many rows there are says nothing of what the function itself makes of a value."""
    if dep.source == OUTPUT_OF and dep.functions[:1] == _OF_QUERY and dep.subtype in DIRECT:
        return Dep(dep.scope, ROWS_OF, STAR, Subtype.FILTER, (), dep.offset)
    last = known_as(dep.functions[-1]) if dep.functions else ""
    inner = dep.functions[:-1] if own and last == own else dep.functions
    return replace(dep, subtype=Subtype.FILTER, functions=inner)


class _Parts:
    """What the parts of a call depend on, each looked at once, and then go through the call."""

    def __init__(self, inner: Frame, functions: tuple[str, ...]) -> None:
        self._inner = inner
        self._functions = functions
        self._known: dict[int, list[Dep]] = {}
        self._plain: dict[int, list[Dep]] = {}

    def of(self, part: exp.Expr) -> list[Dep]:
        """What a part depends on, with what the call does to it."""
        found = self._known.get(id(part))
        if found is None:
            kind, functions = Subtype.TRANSFORMATION, self._functions
            plain = self._plain[id(part)] = collect(part, self._inner, kind)
            found = [after(dep, kind, functions) for dep in plain]
            self._known[id(part)] = found
        return found

    def fields_of(self, part: exp.Expr) -> tuple[Output, ...]:
        """The fields of the elements of an array that is put together, through the call."""
        if not isinstance(part, exp.Array):
            return ()
        self.of(part)
        made = fields_of(part, self._inner, tuple(self._plain[id(part)]), 0)
        elements = [f for field in made if field.name == ELEMENT for f in field.fields]
        return tuple(self._through(field) for field in elements)

    def _through(self, field: Output) -> Output:
        deps = tuple(after(d, Subtype.TRANSFORMATION, self._functions) for d in field.deps)
        return replace(field, deps=deps, fields=tuple(map(self._through, field.fields)))

    def of_all(self, call: exp.Expr) -> list[Dep]:
        """What the call as a whole depends on."""
        if type(call) not in GENERATORS:
            return collect(call, self._inner, Subtype.TRANSFORMATION)
        return [dep for part in call.iter_expressions() for dep in self.of(part)]

    def of_each(self, call: exp.Expr, name: str) -> list[Dep]:
        """What each argument of a call depends on, through the function and its own place."""
        places = placed(name, call, call.expressions)
        kind = Subtype.TRANSFORMATION
        return [
            after(dep, kind, (place,))
            for argument, place in zip(call.expressions, places, strict=True)
            for dep in collect(argument, self._inner, kind)
        ]


def _output(column: Made, parts: _Parts, at: int) -> Output:
    """A column of computed rows; a field of it is a field of what it is an element of."""
    made_of = (dep for part in column.made_of for dep in parts.of(part))
    if not column.path:
        fields = parts.fields_of(column.made_of[0]) if len(column.made_of) == 1 else ()
        return Output(column.name, tuple(made_of), at, fields=fields)
    deps = tuple(into(dep, column.path) for dep in made_of)
    deeper = tuple(into(dep, (ASKED,)) for dep in deps)
    return Output(column.name, deps, at, fields=(Output(ASKED, deeper, at),))


def _side_by_side(frame: Frame, node: exp.Expr, alias: str, columns: tuple[str, ...]) -> int:
    """ROWS FROM (f(…), g(…)): the columns of each function, one after another."""
    made: list[Made] = []
    for part in node.args["rows_from"]:
        inner = part.this if isinstance(part, exp.Table) else part
        left = columns[len(made) : len(made) + 1]
        made += rows_of(inner, alias, left, frame).columns
    parts = exp.Tuple(expressions=[c for m in made for c in m.made_of])
    return finish_rows(
        frame, Rows(tuple(made), open=not columns), alias, (parts, ""), offset_of(node)
    )


def add_array_join(frame: Frame, join: exp.Expr) -> None:
    """ClickHouse's ARRAY JOIN: an element of each array beside the row, under the array's name."""
    for item in (join.this, *join.expressions):
        array = item.this if isinstance(item, exp.Alias) else item
        name = column_name(item, frame.draft.naming)
        rows = Rows((Made(name, (array,), (ELEMENT,)),), open=False)
        at = offset_of(item)
        number = finish_rows(frame, rows, name, (exp.Explode(this=array), ""), at)
        aside = isinstance(item, exp.Alias)  # in the place of the array only under its own name
        merged = () if aside else (name,)
        frame.add_source(Source("", "", number, merged=merged, offset=at, aside=aside))
