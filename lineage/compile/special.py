"""What kinds of expression do that treat their parts unlike each other, beside CASE and its kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile import conditions
from lineage.compile.acts import note_act
from lineage.compile.arguments import DETAILS, ORDERS, arguments_of, detailed
from lineage.compile.calls import arguments_through, returned
from lineage.compile.keys import TAKES_KEY, with_key
from lineage.compile.lookups import (
    LOOK_UPS,
    look_into_place,
    look_up_in_dictionary,
    look_up_variable,
    set_variable,
)
from lineage.compile.methods import qualified_name, receiver_of
from lineage.compile.names import column_name, offset_of
from lineage.compile.node_kinds import CALLED_BARE, KINDS, function_name
from lineage.compile.stars import columns_of, gathered, star_of
from lineage.compile.subtypes import DIRECT, passed, sorting
from lineage.compile.walk import generic, parts_through
from lineage.objects import IF_KNOWN, UNQUALIFIED, Hole, known_as
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lineage.compile.walk import Entry, Functions, Walk
    from lineage.objects import Star

# Functions that make rows wherever they stand, and that the parser does not know.
_SETS = frozenset(
    """
    regexp_split_to_table string_to_table jsonb_array_elements json_array_elements
    jsonb_array_elements_text json_array_elements_text jsonb_each json_each jsonb_each_text
    json_each_text jsonb_object_keys json_object_keys generate_subscripts regexp_matches
    inline_outer json_tuple
    """.split()
)

# Engines that look for a column before they call a function without brackets.
_ASKS_COLUMNS = frozenset({"duckdb", "clickhouse", "spark", "databricks"})

_APPLYING = (exp.ArrayFilter, exp.ArraySort, exp.Transform, exp.Reduce, exp.ArrayAny, exp.ArrayAll)


def columns(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """DuckDB's COLUMNS('…'): each column by itself, or all of them at once as arguments."""
    star = columns_of(node, walk.frame, walk.collect)
    return _each(walk, node, star, (subtype, functions))


def document(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """`json_object('k': v RETURNING varchar)`: the parser takes the type for a column."""
    node.set("return_type", None)
    return generic(walk, node, subtype, functions)


def _each(
    walk: Walk, node: exp.Expr, star: Star, through: tuple[Subtype, Functions]
) -> list[Entry]:
    subtype, functions = through
    frame, at = walk.frame, offset_of(node)
    if frame.stars is None or node.args.get("unpack"):
        walk.deps.append(gathered(frame, star, passed(subtype), functions, at))
        return []
    frame.stars.append((star, subtype, tuple(map(known_as, functions))))
    return []


def all_of_star(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """A star as a value: `to_json(*)`, `{* EXCLUDE x}`; COUNT(*) looks at none of them.

    COUNT(DISTINCT *) looks at all of them, and COUNT(* EXCEPT (x)) at those that are left.
    """
    whole = type(node.parent) is not exp.Distinct and not any(node.args.values())
    if functions[:1] == ("count",) and whole:
        return []
    star = star_of(node, walk.frame, walk.collect)
    if star is not None:
        walk.deps.append(gathered(walk.frame, star, passed(subtype), functions, offset_of(node)))
    return []


def called_on(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """`value.function(…)`; a schema's or a package's function has that in its name.

    Where the dialect allows both, the arguments go through the schema's.
    """
    assert isinstance(node, exp.Dot)
    call = node.expression
    star = _columns_of_source(walk, node)
    if star is not None:
        return _each(walk, node, star, (subtype, functions))
    receiver = receiver_of(node, walk.frame)
    arguments = list(call.iter_expressions())
    below = Subtype.AGGREGATION if KINDS[type(call)].aggregates and subtype in DIRECT else subtype
    whole = (qualified_name(node, function_name(call)), call)
    *before, name = whole[0].split(".")
    note_act(walk.frame, name, node, before)
    look_into_place(walk, name, node, (passed(subtype), (whole[0], *functions), offset_of(node)))
    schemas = _applied(walk, whole, arguments, (below, functions))
    if receiver is None:
        return schemas
    given = [receiver, *arguments]
    on_value = _applied(walk, (function_name(call), call), given, (below, functions))
    return [*on_value[:1], *schemas]


def _columns_of_source(walk: Walk, node: exp.Dot) -> Star | None:
    """ClickHouse's `alias.COLUMNS('…')`; None for any other call."""
    call, frame = node.expression, walk.frame
    if frame.draft.dialect != "clickhouse" or call.name.lower() != "columns":
        return None
    source = node.this.expression if isinstance(node.this, exp.Dot) else node.this  # `d.t`
    place = frame.find_alias(source.name) if isinstance(source, exp.Identifier) else None
    if place is None or place[0] != frame.number or len(call.expressions) != 1:
        return None
    pattern = exp.Columns(this=call.expressions[0])
    return replace(columns_of(pattern, frame, walk.collect), source=place[1])


def _applied(
    walk: Walk,
    call: tuple[str, exp.Expr],
    arguments: Sequence[exp.Expr],
    way: tuple[Subtype, Functions],
) -> list[Entry]:
    """The parts of a call of the function of that name, which some text may have made."""
    name, node = call
    told = name if name in TAKES_KEY else detailed(name, arguments)
    if name not in TAKES_KEY and told == name:
        return arguments_through(walk, call, arguments, *way)
    returned(walk, name, node, *way)
    if name in TAKES_KEY:
        return with_key(name, arguments, (*way, walk.frame.draft.dialect))
    return parts_through(told, arguments, *way)


def argued(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """A function of which an argument decides how much it leaves of a value."""
    name = detailed(function_name(node), arguments_of(node))
    return parts_through(name, node.iter_expressions(), subtype, functions)


def keyed(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """A function that encrypts or hashes with a key."""
    way = (subtype, functions, walk.frame.draft.dialect)
    return with_key(function_name(node), list(node.iter_expressions()), way)


def networks(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """BigQuery's NET.HOST(…), which the parser takes for a function of a function."""
    call = node.this
    arguments = list(call.iter_expressions())
    name = detailed(f"net.{function_name(call)}", arguments)
    return parts_through(name, arguments, subtype, functions)


def generator(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """A function that makes rows also decides how many there are."""
    walk.makes_rows.append(node)
    return generic(walk, node, subtype, functions)


def best(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """ARG_MAX and ARG_MIN."""
    return conditions.best(node, subtype, functions, function_name(node))


def having_max(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """`ANY_VALUE(x HAVING MAX y)`."""
    return [(node.this, subtype, functions), (node.expression, sorting(subtype), ())]


def combined(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """An aggregate of ClickHouse with combinators: sumIf, quantileIf."""
    name = str(node.this).lower()
    found = conditions.combined(node, subtype, functions, name)
    return generic(walk, node, subtype, functions) if found is None else found


def filtered(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """FILTER(array, lambda)."""
    return conditions.filtered(node, subtype, functions, function_name(node))


def ordered(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """ARRAY_SORT(array, lambda)."""
    return conditions.ordered(node, subtype, functions, function_name(node))


def chosen(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """ELT(n, a, b, …)."""
    return conditions.choice(node, subtype, functions)


def comprehension(
    _walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions
) -> list[Entry]:
    """`[f(x) for x in xs]`."""
    return conditions.comprehension(node, subtype, functions)


def named(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """`name := value` in a call or a struct; a key that is a column is a value too.

    So is a variable that is set on the way, where the script knows it.
    """
    if isinstance(node.this, exp.Parameter) and not set_variable(walk, node):
        message = "what becomes of a variable that a query sets is not known"
        walk.frame.draft.holes.append(Hole(GapReason.DYNAMIC_SQL, message, (), offset_of(node)))
    key: list[Entry] = []
    if isinstance(node, exp.PropertyEQ) and not isinstance(
        node.this, (exp.Identifier, exp.Literal, exp.Parameter)
    ):
        key = [(node.this, passed(subtype), functions)]
    return [*key, (node.expression, passed(subtype), functions)]


def arrow(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """A lambda; `f(doc -> 'key')`, which the parser takes for one, reads a part of a column."""
    if _applies(node) or walk.frame.draft.dialect == "clickhouse":
        return generic(walk, node, subtype, functions)
    left = node.this
    while not isinstance(left, exp.Literal) and isinstance(left.args.get("this"), exp.Expr):
        left = left.this
    if isinstance(left, exp.Literal) and len(node.expressions) == 1:
        column = exp.Column(this=node.expressions[0])
        return [(column, passed(subtype), ("json_extract", *functions))]
    return generic(walk, node, subtype, functions)


def _applies(node: exp.Expr) -> bool:
    """Whether a function applies a lambda to the elements of what stands before it."""
    call = node.parent
    if isinstance(call, _APPLYING):
        return call.this is not node
    if not isinstance(call, exp.Anonymous) or call.expressions[0] is node:
        return False
    return call.name.lower().startswith(("list_", "array_"))


def script(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """Hive's TRANSFORM (…) USING 'script': it makes what rows it likes of its input."""
    walk.makes_rows.append(node)
    return [(e, passed(subtype), ("transform", *functions)) for e in node.expressions]


def by_name(
    walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions
) -> list[Entry] | None:
    """A function that the parser does not know, by its name; None where it is like any other."""
    name = function_name(node)
    choice = conditions.CHOICES.get(name)
    if choice is not None:
        return choice(node, subtype, functions)
    if name in conditions.FILTERS:
        return conditions.filtered(node, subtype, functions, name)
    if name in conditions.SORTS:
        return conditions.ordered(node, subtype, functions, name)
    if name in TAKES_KEY or name in DETAILS:
        return _applied(walk, (name, node), node.expressions, (subtype, functions))
    if name in _SETS:
        walk.makes_rows.append(node)
    note_act(walk.frame, name, node)
    if name == "getvariable" and isinstance(node.expressions[0], exp.Literal):
        look_up_variable(walk, node.expressions[0].name, (subtype, functions, offset_of(node)))
    if name.startswith(LOOK_UPS) and walk.frame.draft.dialect == "clickhouse":
        return look_up_in_dictionary(walk, node, subtype, (name, *functions))
    look_into_place(walk, name, node, (passed(subtype), (name, *functions), offset_of(node)))
    return None


def ranged(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """Teradata's RANGE_N: of the column that it tests the parser keeps no more than the name."""
    tested = exp.Column(this=node.this) if type(node.this) is exp.Identifier else node.this
    parts = (tested, *node.expressions, node.args.get("each"))
    return [(part, passed(subtype), ("range_n", *functions)) for part in parts if part is not None]


def file(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """Snowflake's TO_FILE(stage, path) is what is in the file."""
    way = (passed(subtype), ("to_file", *functions))
    look_into_place(walk, "to_file", node, (*way, offset_of(node)))
    return [(argument, *way) for argument in node.iter_expressions()]


def position(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """DuckDB's `#1`: a column by its position."""
    entry = (subtype, functions, offset_of(node))
    walk.depend((walk.frame.number, UNQUALIFIED), f"${node.this.name}", entry)
    return []


def called_bare(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """CURRENT_DATE and its like, which some engines call only where no column is called so."""
    if walk.frame.draft.dialect in _ASKS_COLUMNS and not any(node.args.values()):
        name = column_name(node, walk.frame.draft.naming)
        entry = (subtype, functions, offset_of(node))
        walk.depend((walk.frame.number, IF_KNOWN), name, entry)
    return generic(walk, node, subtype, functions)


SPECIAL: dict[type[exp.Expr], Callable[..., list[Entry]]] = {
    exp.Columns: columns,
    exp.Star: all_of_star,
    exp.Explode: generator,
    exp.Posexplode: generator,
    exp.Inline: generator,
    exp.Unnest: generator,
    exp.ExplodingGenerateSeries: generator,
    exp.PosexplodeOuter: generator,
    exp.FUNCTION_BY_NAME["EXPLODE_OUTER"]: generator,
    exp.QueryTransform: script,
    exp.ArgMax: best,
    exp.ArgMin: best,
    exp.HavingMax: having_max,
    exp.CombinedAggFunc: combined,
    exp.CombinedParameterizedAgg: combined,
    exp.ArrayFilter: filtered,
    exp.ArraySort: ordered,
    exp.Elt: chosen,
    exp.Comprehension: comprehension,
    exp.JSONObject: document,
    exp.Lambda: arrow,
    exp.Kwarg: named,
    exp.PropertyEQ: named,
    exp.PositionalColumn: position,
    exp.NetFunc: networks,
    exp.RangeN: ranged,
    exp.ToFile: file,
    **dict.fromkeys(CALLED_BARE, called_bare),
    **dict.fromkeys((*ORDERS, exp.Least), argued),
    **dict.fromkeys((exp.Encrypt, exp.EncryptRaw, exp.Decrypt, exp.DecryptRaw), keyed),
}

# Their parts are what their rows are made of, and nothing is done to these but the call.
GENERATORS = frozenset(kind for kind, handler in SPECIAL.items() if handler is generator)
