"""Functions that make rows: the columns of these rows, and what each is made of.

`explode(xs)` makes one column of its argument, `posexplode` also a number that says nothing of
the values, `stack(2, a, b, c, d)` two columns, of a and c, and of b and d.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.declared_rows import Made, Rows, declared_in
from lineage.compile.handed_on import hands_on
from lineage.compile.names import column_name
from lineage.dialects import HIVE_AND_SPARK, LIKE_POSTGRES
from lineage.objects import ELEMENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.compile.frames import Frame

# Functions in FROM whose rows are made of their arguments and of nothing else.
TRANSPARENT = frozenset(
    """
    unnest explode posexplode inline stack flatten generate_series generate_date_array range
    generate_timestamp_array split_to_table string_split sequence json_each json_each_text
    json_array_elements json_array_elements_text jsonb_each jsonb_each_text
    jsonb_array_elements jsonb_array_elements_text jsonb_to_recordset json_to_recordset
    jsonb_to_record json_to_record json_populate_record json_populate_recordset
    jsonb_populate_record jsonb_populate_recordset jsonb_object_keys json_object_keys
    regexp_split_to_table string_to_table json_tuple json_table openjson xmltable values
    generator arrayjoin numbers explode_outer posexplode_outer inline_outer rowgenerator
    exploding_generate_series generate_subscripts regexp_matches json_tree jsonb_path_query
    variant_explode variant_explode_outer
    strtok_split_to_table string_split_to_table column atindex nodes table glob
    duckdb_columns duckdb_constraints duckdb_databases duckdb_extensions duckdb_functions
    duckdb_indexes duckdb_keywords duckdb_schemas duckdb_sequences duckdb_settings duckdb_tables
    duckdb_types duckdb_views pragma_database_list pragma_table_info
    """.split()
)

_KEY_VALUE = ("key", "value")
# What a dialect calls the columns where no alias does; numbers that say nothing in brackets.
_NAMES: dict[str, tuple[str, ...]] = {
    "posexplode": ("(pos)", "col"),
    "explode": ("col",),
    "variant_explode": ("(pos)", *_KEY_VALUE),
    "json_each": _KEY_VALUE,
    "json_each_text": _KEY_VALUE,
    "jsonb_each": _KEY_VALUE,
    "jsonb_each_text": _KEY_VALUE,
    "json_array_elements": ("value",),
    "json_array_elements_text": ("value",),
    "jsonb_array_elements": ("value",),
    "jsonb_array_elements_text": ("value",),
    "string_split": ("value", "(ordinal)"),
    "split_to_table": ("(seq)", "(index)", "value"),
    "openjson": ("key", "value", "type"),
    "table": ("column_value",),
    "flatten": ("(seq)", "key", "path", "(index)", "value", "this"),
}
# Rows whose columns are those of a record, known to nobody here.
_RECORDS = frozenset(
    """
    inline unnest jsonb_to_record json_to_record jsonb_to_recordset json_to_recordset
    json_populate_record json_populate_recordset jsonb_populate_record jsonb_populate_recordset
    explode posexplode json_each json_tree table nodes column
    """.split()
)
# Where a star over what UNNEST makes of structs is their fields.
UNNESTS_FIELDS = frozenset({"bigquery"})
# Each makes one value of each element of an array, where it makes one value; of a map it makes two.
ELEMENTS = frozenset(
    """
    unnest explode posexplode json_array_elements jsonb_array_elements explode_outer
    posexplode_outer json_array_elements_text jsonb_array_elements_text arrayjoin nodes table
    """.split()
)
_MAPS = (exp.VarMap, exp.Map, exp.StrToMap)  # of which EXPLODE makes two columns
# Each makes a column for every argument but the first.
TUPLES = frozenset({"json_tuple", "parse_url_tuple"})
_POSITIONAL = frozenset({"posexplode", "posexplode_outer"})
_DOCUMENTS = frozenset({"json_each", "json_tree"})
# What DuckDB tells of each part of a document, and nothing else.
_NODES = ("key", "value", "type", "atom", "(id)", "(parent)", "fullkey", "path")


def called_in(node: exp.Expr) -> exp.Expr:
    """A call without the schema or package that stands before it."""
    while isinstance(node, exp.Dot):
        node = node.expression
    return node


def function_of(node: exp.Expr) -> str:
    """The name of a function in FROM, as `TRANSPARENT` spells it."""
    if isinstance(node, exp.Anonymous):
        return str(node.this if isinstance(node.this, str) else node.name).lower()
    if isinstance(node, (exp.JSONTable, exp.XMLTable, exp.OpenJSON)):
        return type(node).__name__.lower().replace("jsontable", "json_table")
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Anonymous):
        return function_of(node.expression)
    return _NAMES_OF[type(node)]


class _NamesOf(dict[type[exp.Expr], str]):
    """Names by class of node; the parser spells each letter by letter, whenever it is asked."""

    def __missing__(self, of: type[exp.Expr]) -> str:
        spelt = of.sql_name() if issubclass(of, exp.Func) else of.__name__
        name = self[of] = spelt.lower()
        return name


_NAMES_OF = _NamesOf()


def rows_of(node: exp.Expr, alias: str, columns: tuple[str, ...], frame: Frame) -> Rows:
    """What a function makes, under the names that its alias gives."""
    declared = declared_in(node, frame)
    if declared:
        return Rows(_renamed(declared, columns), open=False)
    name = function_of(node)
    if isinstance(node, exp.Stack):
        return Rows(_stacked(node, columns), open=False)
    arguments = tuple(_arguments(node))
    if isinstance(node, exp.Unnest) and node.args.get("offset"):
        return _unnested(node, arguments, columns, alias, frame)
    known = _default_names(name, node, frame)
    if known and known[0] == "(SEQ)" and len(columns) == len(known):  # as the parser calls them
        columns = ()
    if columns:
        return Rows(_called(name, arguments, columns), open=frame.draft.dialect == "bigquery")
    if known:
        records = name.removesuffix("_outer") in _RECORDS
        counted = known[0] == "(SEQ)" or known == _NODES or isinstance(node.this, _MAPS)
        return Rows(_called(name, arguments, known), open=records and not counted)
    plain = alias if isinstance(node, exp.Unnest) else ""
    if frame.draft.dialect in _TAKE_ALIAS:
        plain = alias or name
    return Rows(_called(name, arguments, (plain or "value",)), open=True)


def _renamed(declared: Sequence[Made], columns: tuple[str, ...]) -> tuple[Made, ...]:
    """The columns that are declared, under the names that an alias gives to the first of them."""
    given = [made._replace(name=name) for made, name in zip(declared, columns, strict=False)]
    return (*given, *declared[len(given) :])


def _default_names(name: str, node: exp.Expr, frame: Frame) -> tuple[str, ...]:
    dialect = frame.draft.dialect
    if isinstance(node, exp.Explode) and dialect == "snowflake":
        return tuple(name.upper() for name in _NAMES["flatten"])
    if name in {"explode", "posexplode", "stack"} and dialect not in HIVE_AND_SPARK:
        return ()
    if name in _DOCUMENTS and dialect == "duckdb":
        return _NODES
    names = _names_in_spark(name, node) if dialect in HIVE_AND_SPARK else ()
    names = names or _NAMES.get(name.removesuffix("_outer"), ())
    return tuple(frame.draft.naming.column(n) for n in names)


def _names_in_spark(name: str, node: exp.Expr) -> tuple[str, ...]:
    """What the text of a call tells of its columns, empty where it tells nothing."""
    if name in TUPLES:
        return tuple(f"c{position}" for position in range(len(node.expressions) - 1))
    if name.startswith(("explode", "posexplode")) and isinstance(node.this, _MAPS):
        return _KEY_VALUE if name.startswith("explode") else ("(pos)", *_KEY_VALUE)
    return ("id",) if name == "range" else ()


# Where a function's only column is called as the function, or as its alias.
_TAKE_ALIAS = LIKE_POSTGRES | {"duckdb"}


def _called(
    name: str, arguments: tuple[exp.Expr, ...], columns: tuple[str, ...]
) -> tuple[Made, ...]:
    """Each column is made of all arguments, but for positions and what goes one by one."""
    if name == "unnest" and len(columns) == len(arguments):
        pairs = zip(columns, arguments, strict=True)
        return tuple(Made(column, (argument,), _element(argument)) for column, argument in pairs)
    numbers = {
        p
        for p, column in enumerate(columns)
        if column.startswith("(") or (p == 0 and name in _POSITIONAL)
    }
    alone = name in ELEMENTS and len(columns) - len(numbers) == 1
    path = _element(*arguments) if alone else ()
    made = []
    for position, column in enumerate(columns):
        made.append(Made(column.strip("()"), () if position in numbers else arguments, path))
    return tuple(made)


def _element(*arguments: exp.Expr) -> tuple[str, ...]:
    """The path to an element of arrays; of what is made otherwise an element is made of all."""
    return (ELEMENT,) if all(map(hands_on, arguments)) else ()


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Unnest):
        return list(node.expressions)
    if isinstance(node, (exp.Column, exp.AtIndex, exp.Alias, exp.Dot)):
        return [node]
    found: list[exp.Expr] = []
    for key, value in node.args.items():
        if key in {"alias", "offset", "expressions" if isinstance(node, exp.Explode) else ""}:
            continue
        values = value if isinstance(value, list) else [value]
        found += [v for v in values if isinstance(v, exp.Expr)]
    return found


def _unnested(
    node: exp.Unnest,
    arguments: tuple[exp.Expr, ...],
    columns: tuple[str, ...],
    alias: str,
    frame: Frame,
) -> Rows:
    """UNNEST … WITH ORDINALITY or WITH OFFSET: the number says nothing of the values."""
    offset = node.args["offset"]
    bigquery = frame.draft.dialect == "bigquery"
    number = "offset" if bigquery else "ordinality"
    if isinstance(offset, exp.Identifier):
        number = column_name(offset, frame.draft.naming)
    made = _called("unnest", arguments, columns or (alias or "value",))
    return Rows((*made, Made(number, ())), open=bigquery or not columns)


def _stacked(node: exp.Stack, columns: tuple[str, ...]) -> tuple[Made, ...]:
    """STACK(n, v1, v2, …): n rows of as many values as there are columns."""
    values = list(node.expressions)
    rows = int(node.this.name) if isinstance(node.this, exp.Literal) and node.this.is_int else 0
    width = -(-len(values) // rows) if rows else len(columns) or 1
    names = [columns[p] if p < len(columns) else f"col{p}" for p in range(width)]
    if not rows:
        return tuple(Made(name, tuple(values)) for name in names)
    return tuple(Made(name, tuple(values[p::width])) for p, name in enumerate(names))
