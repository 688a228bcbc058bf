"""`value.function(…)`: a call written after what it is applied to.

In front of such a call the parser takes columns for plain names, in all of the expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import column_name
from lineage.compile.node_kinds import function_name, plain_name
from lineage.dialects import LIKE_TRINO, LIKE_TSQL

if TYPE_CHECKING:
    from lineage.compile.frames import Frame

# Where a plain name before a call is a value; elsewhere it is a schema or a package.
_CHAINS_VALUES = frozenset({"duckdb"})
# What only a value has: SQL Server's of XML, places and hierarchies, Oracle's of XML.
_OF_VALUES = {
    "tsql": frozenset(
        """
        value query exist nodes modify write tostring getancestor getdescendant getlevel
        isdescendantof getreparentedvalue astextzm asgml asbinaryzm bufferwithtolerance instanceof
        makevalid reduce
        """.split()
    ),
    "oracle": frozenset("extract existsnode getstringval getclobval getnumberval".split()),
}
# What Trino takes a part of a document for: `j.price.decimal(10, 2)`.
_ITEMS = frozenset(
    """
    bigint boolean date decimal double integer number string time time_tz timestamp timestamp_tz
    """.split()
)
_PLACES = "st"  # STAsText(), STDistance(…)
# Their plain names are no columns, or not those under some of their keys.
_NAMED = (exp.Column, exp.Dot, exp.Table, exp.TableAlias, exp.DataType, exp.ForClause)
_NAMES: dict[type | None, str] = {exp.Alias: "alias", exp.PropertyEQ: "this"}
_SCHEMAS = frozenset({"main", "system", "pg_catalog", "temp", "information_schema"})


def receiver_of(node: exp.Dot, frame: Frame) -> exp.Expr | None:
    """What a call is applied to, with its columns restored; None for a schema or package."""
    value = node.this
    if isinstance(value, exp.Identifier):
        called_on_value = frame.draft.dialect in _CHAINS_VALUES or _is_of_values(node, frame)
        named = called_on_value and value.name not in _SCHEMAS
        return exp.Column(this=value) if named else None
    if not isinstance(value, exp.Dot) or not isinstance(value.expression, exp.Identifier):
        return _restored(value)
    first: exp.Expr = value
    while isinstance(first, exp.Dot):
        first = first.args["this"]
    if not isinstance(first, exp.Identifier):
        return _restored(value)
    known = frame.find_alias(column_name(first, frame.draft.naming)) is not None
    known = known or frame.draft.dialect in _CHAINS_VALUES or _is_of_item(node, frame)
    return column_spelt(value) if known else None


def _is_of_values(node: exp.Dot, frame: Frame) -> bool:
    """Whether a call has the name of something that a value does, and no schema's function."""
    called, dialect = node.expression.name.lower(), frame.draft.dialect
    if _is_of_item(node, frame):
        return True
    if dialect not in LIKE_TSQL:
        return called in _OF_VALUES.get(dialect, ())
    of_schema = node.this.name.lower() == "dbo"
    return not of_schema and (called in _OF_VALUES["tsql"] or called.startswith(_PLACES))


def _is_of_item(node: exp.Dot, frame: Frame) -> bool:
    """Whether a call says what type a part of a document is taken for."""
    call = node.expression
    if frame.draft.dialect not in LIKE_TRINO or function_name(call) not in _ITEMS:
        return False
    return all(isinstance(argument, exp.Literal) for argument in call.iter_expressions())


def qualified_name(node: exp.Dot, name: str) -> str:
    """The name of a call with the schema or package in front of it, but for those of the engine.

    Anybody may call a function of their own `sha256`, so whose it is belongs to its name.
    """
    parts: list[str] = []
    here = node.this
    while isinstance(here, exp.Dot) and isinstance(here.expression, exp.Identifier):
        parts.insert(0, plain_name(here.expression.name))
        here = here.this
    if not isinstance(here, exp.Identifier):
        return name
    parts.insert(0, plain_name(here.name))
    return name if parts[-1] in _SCHEMAS else ".".join((*parts, name))


def column_spelt(node: exp.Expr) -> exp.Column | None:
    """The column that a chain of plain names spells, None where it is something else."""
    parts: list[exp.Expr] = []
    here = node
    while isinstance(here, exp.Dot) and isinstance(here.expression, exp.Identifier):
        parts.insert(0, here.expression)
        here = here.this
    if not isinstance(here, exp.Identifier):
        return None
    keys = ("this", "table", "db", "catalog")
    names = [here, *parts][: len(keys)]  # further ones lead into the value
    return exp.Column(**dict(zip(keys, reversed(names), strict=False)))


def _restored(value: exp.Expr) -> exp.Expr:
    """The expression with its plain names made columns again."""
    nodes = list(value.walk())
    has_lambdas = any(isinstance(node, exp.Lambda) for node in nodes)
    for node in nodes:
        parent = node.parent
        if has_lambdas and _is_parameter(node):
            continue
        if isinstance(node, exp.Dot) and not isinstance(parent, exp.Dot):
            column = column_spelt(node)
            if column is not None and node is not value:
                node.replace(column)
        elif (
            isinstance(node, exp.Identifier)
            and not isinstance(parent, _NAMED)
            and node.arg_key != _NAMES.get(type(parent))
        ):
            node.replace(exp.Column(this=node.copy()))
    return value


def _is_parameter(node: exp.Expr) -> bool:
    """Whether a plain name, or that with which a chain begins, is one of a lambda around it."""
    first = node
    while isinstance(first, exp.Dot):
        first = first.this
    around = node.find_ancestor(exp.Lambda) if isinstance(first, exp.Identifier) else None
    while around is not None:
        if first.name in {parameter.name for parameter in around.expressions}:
            return True
        around = around.find_ancestor(exp.Lambda)
    return False
