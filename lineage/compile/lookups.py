"""What an expression takes from elsewhere by name: variables, dictionaries, tables."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.fields import members, parts_at, row_query, value_query
from lineage.compile.frames import DOTTED_FIELDS, Frame
from lineage.compile.handed_on import hands_on
from lineage.compile.names import column_name, offset_of, part_name
from lineage.compile.subtypes import after, condition, into, passed
from lineage.dialects import LIKE_MYSQL, join_name, join_written
from lineage.objects import (
    ELEMENT,
    OUTPUT_OF,
    ROWS_OF,
    STAR,
    UNQUALIFIED,
    Dep,
    Hole,
    Output,
    Source,
    Star,
)
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.compile.walk import Entry, Functions, Walk

    Found = tuple[Subtype, Functions, int]  # kind, functions so far, offset

# ClickHouse's functions that look a value up in a relation: its name, the column's, a key.
LOOK_UPS = ("dictget", "joinget", "dicthas", "dictisin")


_CHOOSES = (exp.If, exp.Case, exp.And, exp.Or, exp.Coalesce)

# Functions whose first argument names a file, or a service over a table, that they read.
_READS: dict[str, frozenset[str]] = {
    "to_file": frozenset({"snowflake"}),
    "search_preview": frozenset({"snowflake"}),
    "pg_read_file": frozenset({"postgres"}),
    "pg_read_binary_file": frozenset({"postgres"}),
    "load_file": LIKE_MYSQL,
    "readfile": frozenset({"sqlite"}),
    "file": frozenset({"clickhouse"}),
}


def relation_of_four(node: exp.Expr, frame: Frame) -> tuple[int, int] | None:
    """T-SQL's `server.database.schema.table`, of which what follows is a column."""
    naming = frame.draft.naming
    last = part_name(node.args["this"], naming)
    linked = naming.dialect == "oracle"  # where what stands last may be a server
    if last and not linked and join_name((last,)) not in frame.draft.last_parts:
        return None  # as most are, and as `find_relation` would say
    parts = [node.args.get(key) for key in ("catalog", "db", "table", "this")]
    if not all(isinstance(part, exp.Identifier) for part in parts):
        return None
    names = [(part_name(p, naming), False) for p in parts if p]
    return frame.find_relation(join_written(names, frame.draft.dialect))


def look_into_place(walk: Walk, name: str, node: exp.Expr, found: Found) -> None:
    """What a function reads of a place that a text names; any of it may be what it gives."""
    if walk.frame.draft.dialect not in _READS.get(name, ()):
        return
    at = offset_of(node)
    call = node.expression if isinstance(node, exp.Dot) else node
    given = [part for part in call.iter_expressions() if isinstance(part, exp.Expr)]
    texts = [a.name for a in given if isinstance(a, exp.Literal) and a.is_string]
    if not texts or not isinstance(given[0], exp.Literal):
        message = f"which file `{name}` reads is computed"
        walk.frame.draft.holes.append(Hole(GapReason.DYNAMIC_SQL, message, (), at))
        return
    is_stage = name == "to_file" and len(texts) > 1
    place = f"{texts[0].rstrip('/')}/{texts[1]}" if is_stage else texts[0]
    naming = walk.frame.draft.naming
    if name == "search_preview":
        place = join_name(naming.relation_part(part) for part in place.split("."))
    inner = Frame(walk.frame.draft, None, {})
    inner.add_source(Source("", place, -1, offset=at))
    inner.outputs.append(Output("", (), at, Star(UNQUALIFIED)))
    walk.depend((inner.finish("", at), OUTPUT_OF), STAR, found)


def look_up_variable(walk: Walk, written: str, found: Found, path: tuple[str, ...] = ()) -> None:
    """What the script has put into a variable."""
    variables = walk.frame.draft.variables
    if not variables:
        return
    name = column_name(written, walk.frame.draft.naming)
    if name in variables:
        walk.depend(variables[name], name, found, path)


def set_variable(walk: Walk, node: exp.Expr) -> bool:
    """`@x := value` in a query puts the value of each of its rows into a variable of the script.

    False where the script does not know the variable. An expression may be gone through again.
    """
    frame, draft = walk.frame, walk.frame.draft
    name = column_name(node.this.this, draft.naming)
    if name not in draft.variables or draft.script is None:
        return False
    if id(node) not in draft.assigned:
        relation = draft.script.sources[draft.variables[name][1]].relation
        inner, at = Frame(draft, frame, frame.ctes), offset_of(node)
        draft.assigned[id(node)] = relation, name, inner.number
        inner.outputs.append(Output(name, tuple(walk.collect(node.expression, frame)), at))
        inner.influences.append(Dep(frame.number, ROWS_OF, STAR, Subtype.FILTER, (), at))
        choice = _choice_around(walk, node)
        if choice >= 0:
            inner.influences.append(Dep(choice, ROWS_OF, STAR, Subtype.CONDITIONAL, (), at))
        inner.finish("", at)
    return True


def _choice_around(walk: Walk, node: exp.Expr) -> int:
    """The scope of all that the outermost choice holds in which a node stands; -1 for none.

    What lies between has the same, so that each node is passed once.
    """
    choices = walk.frame.draft.choices
    passed_by: list[int] = []
    outermost, around = None, node.parent
    while isinstance(around, exp.Expr) and not isinstance(around, exp.Query):
        if id(around) in choices:
            break
        passed_by.append(id(around))
        outermost = around if isinstance(around, _CHOOSES) else outermost
        around = around.parent
    else:
        around = None
    known = choices[id(around)] if around is not None else -1
    if known < 0 and outermost is not None:
        frame = Frame(walk.frame.draft, walk.frame, walk.frame.ctes)
        choices.update(dict.fromkeys(passed_by, frame.number))
        frame.influences += walk.collect(outermost, walk.frame, Subtype.CONDITIONAL)
        return frame.finish("", offset_of(node))
    choices.update(dict.fromkeys(passed_by, known))
    return known


def look_up_in_block(walk: Walk, node: exp.Expr, found: Found, further: tuple[str, ...]) -> bool:
    """`routine.parameter`, `label.variable` and Databricks' `session.variable`.

    True where it can be nothing else: a dot may lead into a field of a column as well.
    """
    draft = walk.frame.draft
    parts = [node.args[k] for k in ("catalog", "db", "table", "this") if node.args.get(k)]
    names = [column_name(part, draft.naming) for part in parts]
    for position, (block, name) in enumerate(pairwise(names)):
        if block in draft.blocks and name in draft.variables:
            path = (*names[position + 2 :], *further)
            look_up_variable(walk, name, found, path)
            for hidden in draft.hidden.get(name, ()):
                walk.depend(hidden, name, found, path)
            around: Frame | None = walk.frame
            while around is not None and not around.sources:
                around = around.parent
            return around is draft.script or draft.dialect not in DOTTED_FIELDS
    return False


def look_up_element(walk: Walk, called: str, found: Found) -> None:
    """`rows(i)` is an element of a variable that holds several, not a call."""
    look_up_variable(walk, called, found)
    name = column_name(called, walk.frame.draft.naming)
    place = walk.frame.find_alias(name) if name in walk.frame.draft.rows else None
    if place is not None:
        walk.depend(place, STAR, found)


def is_lambda(named: exp.Expr | None) -> bool:
    """Whether what ClickHouse's query gives a name to is called by it."""
    inner = named.unnest() if named is not None else None
    return isinstance(inner, exp.Anonymous) and inner.name.lower() == "lambda"


def look_up_field(
    walk: Walk,
    rows: tuple[exp.Expr, exp.Expr],
    path: tuple[str, ...],
    way: tuple[Subtype, Functions],
) -> bool:
    """A field of the rows of a query, `(SELECT AS STRUCT …).x`; false where it has none such.

    `rows` are the expression that the field is read of, and the query in it.
    """
    base, query = rows
    steps = [step for step in path if step != ELEMENT]
    inner = base if isinstance(base, exp.Subquery) else query
    number = walk.frame.compile_query(inner, walk.frame)
    scope = walk.frame.draft.scopes[number]
    name = column_name(steps[0], walk.frame.draft.naming) if steps else ""
    outputs = scope.outputs if scope is not None else ()
    if any(o.star for o in outputs) or name not in {output.name for output in outputs}:
        return False
    entry = (*way, offset_of(query))
    walk.depend((number, OUTPUT_OF), name, entry, tuple(steps[1:]))
    return True


def look_beside_parameter(walk: Walk, node: exp.Expr, way: tuple[Subtype, Functions]) -> None:
    """`a.b` in a lambda with a parameter `a` may be a column of a table `a`: it is in DuckDB."""
    naming = walk.frame.draft.naming
    place = walk.frame.find_alias(column_name(node.this, naming))
    if place is not None:
        name = column_name(node.expression, naming)
        walk.depend(place, name, (*way, offset_of(node.this)))


def part_of_made(
    walk: Walk, base: exp.Expr, path: tuple[str, ...], way: tuple[Subtype, Functions]
) -> list[Entry]:
    """A part of a value that is put together where it is read, by an expression or a query."""
    known = members(base)
    query = row_query(base) if known is None else None
    if query is not None and look_up_field(walk, (base, query), path, way):
        return []
    asked = value_query(base) if known is None else None
    if asked is not None:
        number = walk.frame.compile_query(asked, walk.frame)
        walk.depend((number, OUTPUT_OF), "", (*way, offset_of(asked)), path)
        return []
    if hands_on(base):
        found = walk.collect(base, walk.frame, Subtype.IDENTITY, walk.aliases)
        walk.deps.extend(into(after(dep, *way), path) for dep in found)
        return []
    return [(value, *way) for value in parts_at(base, path)]


def look_up_in_dictionary(
    walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions
) -> list[Entry] | None:
    """`dictGet('dictionary', 'attribute', key)` takes a value out of a dictionary or table.

    Returns the keys, which only decide which value it is, and a default, which is one itself;
    None where the dictionary is not written as text or name.
    """
    at = offset_of(node)
    told = [_told(walk, argument) for argument in node.expressions]
    relation = _relation_of(walk, told[0] if told else None)
    if not relation:
        message = "which dictionary a value is taken from is computed"
        walk.frame.draft.holes.append(Hole(GapReason.DYNAMIC_SQL, message, (), at))
        return None
    inner = Frame(walk.frame.draft, None, {})
    inner.add_source(Source("", relation, -1))
    attributes, keys = _attributes(told)
    inner.outputs += [
        Output(a.name, tuple(walk.collect(exp.column(exp.to_identifier(a.name)), inner)), at)
        for a in attributes
    ] or [Output("", (), at, Star(UNQUALIFIED))]
    walk.depend((inner.finish("", at), OUTPUT_OF), STAR, (passed(subtype), functions, at))
    default = [keys.pop()] if keys and functions[0].endswith("ordefault") else []
    return [
        *((key, condition(subtype), ()) for key in keys),
        *((value, passed(subtype), functions) for value in default),
    ]


def _told(walk: Walk, argument: exp.Expr) -> exp.Expr:
    """An argument, or the text that the query gives its name to."""
    is_name = isinstance(argument, exp.Column) and not argument.table
    named = walk.frame.named.get(argument.name) if is_name else None
    return named if isinstance(named, exp.Literal) else argument


def _relation_of(walk: Walk, written: exp.Expr | None) -> str:
    """The dotted name of the relation that a value is looked up in; empty where it is computed."""
    naming = walk.frame.draft.naming
    if isinstance(written, exp.Literal):
        parts = written.name.split(".")
    elif isinstance(written, exp.Column):
        parts = [part.name for part in written.parts]
    else:
        parts = []
    return join_name(naming.relation_part(part) for part in parts)


def _attributes(told: list[exp.Expr]) -> tuple[list[exp.Expr], list[exp.Expr]]:
    """The names of what is looked up, none where they are computed, and the other arguments."""
    wanted = told[1] if len(told) > 1 else exp.Tuple()
    each = wanted.expressions if isinstance(wanted, exp.Tuple) else [wanted]
    if each and all(isinstance(a, exp.Literal) and a.is_string for a in each):
        return each, told[2:]
    return [], told[1:]
