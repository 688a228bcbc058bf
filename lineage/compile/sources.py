"""FROM clauses: tables, subqueries, joins, and the things that stand where a table could."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.absences import without_partners
from lineage.compile.computed import add_array_join, computed
from lineage.compile.described import (
    changes_kept,
    described_by,
    note_statistics,
    rows_describing,
)
from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.generators import UNNESTS_FIELDS
from lineage.compile.guards import conjuncts, equated_columns, equated_sources, tests_of
from lineage.compile.merging import merge_columns
from lineage.compile.names import (
    alias_columns,
    alias_name,
    column_name,
    is_variable,
    offset_of,
    relation_name,
)
from lineage.compile.pipe_aliases import is_piped, keep_aliases
from lineage.compile.pivots import add_pivots
from lineage.dialects import LIKE_MYSQL, join_name
from lineage.objects import (
    ASKED,
    ELEMENT,
    EVERY,
    UNQUALIFIED,
    Dep,
    Hole,
    Output,
    Scope,
    Source,
    Star,
)
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.dialects import Naming

# Where an array of a table to the left may stand as if it were a table itself:
# https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#implicit_unnest and
# https://docs.aws.amazon.com/redshift/latest/dg/query-super.html#unnest
_UNNESTS_PATHS = frozenset({"bigquery", "redshift"})

# Where a comma binds as tightly as JOIN.
_COMMA_IS_JOIN = frozenset({"bigquery", "clickhouse"})
# By the server's settings: https://dev.mysql.com/doc/refman/8.4/en/identifier-case-sensitivity.html
_CASE_MATTERS = LIKE_MYSQL
# Of the name of a table.
_PARTS = 3


# Clauses that are read, or that neither read nor shape anything.
_TABLE = frozenset(
    """
    this db catalog alias pivots joins laterals hints sample only ordinality format rows_from
    """.split()
)
_JOIN = frozenset(
    "this on using side kind method global_ hint match_condition nearest directed".split()
)

# Where a query in FROM sees what stands to its left without the word LATERAL.
_LATERAL_BY_NATURE = frozenset({"duckdb"})

# By the side of a join: whose rows are kept that have no partner.
_SEMI = frozenset({"SEMI", "ANTI"})
_KEEPS_NONE = frozenset({"", "INNER", "CROSS"})
_KEEPS_LEFT = frozenset({"LEFT", "FULL"})
_KEEPS_RIGHT = frozenset({"RIGHT", "FULL"})


def add_from(frame: Frame, node: exp.Expr) -> None:
    """Bring everything that a query or DML statement reads from into view."""
    clause = node.args.get("from_")
    if clause is not None:
        add_item(frame, clause.this)
    add_joins(frame, node)
    if frame.draft.dialect in _CASE_MATTERS:
        first = [clause.this] if clause is not None else []
        first += [node.this] if isinstance(node, exp.Update) else []
        joins = [join for part in (node, *first) for join in part.args.get("joins") or ()]
        _expect_apart(frame, [*first, *(join.this for join in joins)])


def _expect_apart(frame: Frame, items: list[exp.Expr]) -> None:
    """Sources whose names differ in their case alone are two, which nobody here keeps apart."""
    naming = frame.draft.naming
    spelt: dict[str, str] = {}
    for item in items:
        name = item.alias_or_name
        if name and spelt.setdefault(naming.column(name), name) != name:
            message = f"which source `{name}` is depends on its case"
            tables = tuple(relation_name(t, naming) for t in items if isinstance(t, exp.Table))
            hole = Hole(GapReason.UNRESOLVED_NAME, message, tables, offset_of(item))
            frame.draft.holes.append(hole)
            return  # one says it of all, whose names it lists


def add_joins(frame: Frame, node: exp.Expr, first: int = 0) -> None:
    """The joins and lateral views of a query, or of a parenthesised table.

    `first` numbers the first source that is joined: what stands before it is out of sight.
    """
    for lateral in node.args.get("laterals") or ():
        add_item(frame, lateral)
    start = first  # of what the next join joins: in most dialects a comma binds less
    for join in node.args.get("joins") or ():
        comma = join.args.keys() == {"this"}  # what else there is may be empty, as of a bare JOIN
        if comma and frame.draft.dialect not in _COMMA_IS_JOIN:
            start = len(frame.sources)
        _add_join(frame, join, first, start)


def _add_join(frame: Frame, join: exp.Expr, first: int, start: int) -> None:
    if join.args.get("kind") == "ARRAY":
        add_array_join(frame, join)
        return
    frame.expect(join, _JOIN)
    before = len(frame.sources)
    side = join.args.get("side") or ""
    semi = (join.args.get("kind") or "") in _SEMI or side in _SEMI
    tested = list(frame.tests)
    add_item(frame, join.this, natural=_is_natural(join))
    found = frame.draft.dialect == "clickhouse" and join.args.get("kind") == "SEMI"
    if semi and not found:  # ClickHouse's semi join puts out the row that it found
        _hide(frame, range(before, len(frame.sources)))
    if side in _KEEPS_LEFT:
        frame.tests = tested
        _make_optional(frame, range(before, len(frame.sources)))
    if side in _KEEPS_RIGHT:
        frame.tests = []  # rows of the right side come even where the left has none
        _make_optional(frame, range(before))
    using = join.args.get("using") or ()
    if using or _is_natural(join):
        # DuckDB's ASOF finds the nearest row by the last of these; it is not equal.
        asof = str(join.args.get("method") or "").upper() == "ASOF"
        merge_columns(frame, (start, before), using, nearest=asof)
    condition = join.args.get("on")
    if condition is not None:
        seen = (first, len(frame.sources))
        deps = collect(condition, frame, Subtype.JOIN, EVERY)
        frame.influences.extend(_within(seen, dep, frame) for dep in deps)
        parts = conjuncts(condition)
        frame.linked.extend(equated_sources(parts, frame))
        frame.equated.extend(equated_columns(parts))
        if side in _KEEPS_NONE and not semi:
            tests = tests_of(parts, frame)
            frame.tests += [replace(t, subject=_within(seen, t.subject, frame)) for t in tests]
    frame.tests += without_partners(frame, join, before)
    for how in ("match_condition", "nearest"):  # DuckDB's joins with what is most like
        chosen = join.args.get(how)
        if chosen is not None:
            frame.influences.extend(collect(chosen, frame, Subtype.JOIN))


def _within(seen: tuple[int, int], dep: Dep, frame: Frame) -> Dep:
    """A name in ON means nothing that is joined later, or outside of its brackets."""
    plain = dep.source == UNQUALIFIED and dep.scope == frame.number
    return replace(dep, seen=seen) if plain else dep


def _is_natural(join: exp.Expr) -> bool:
    return str(join.args.get("method") or "").upper() == "NATURAL"


def _make_optional(frame: Frame, numbers: range) -> None:
    for number in numbers:
        frame.sources[number] = replace(frame.sources[number], optional=True)


def _hide(frame: Frame, numbers: range) -> None:
    for number in numbers:
        frame.sources[number] = replace(frame.sources[number], hidden=True)


def add_item(frame: Frame, node: exp.Expr, *, natural: bool = False) -> None:
    """One item of a FROM clause."""
    if isinstance(node, exp.Table):
        source = _table(frame, node)
    elif isinstance(node, exp.Subquery) and _is_joined_table(node.this):
        if not alias_name(node, frame.draft.naming) and not node.args.get("pivots"):
            first = len(frame.sources)
            joined = bool(node.args.get("joins") or node.this.args.get("joins"))
            if natural and joined:
                _note_natural(frame, node)
            add_item(frame, node.this, natural=natural and not joined)
            add_joins(frame, node, first)
            return
        source = _renamed_join(frame, node)
    elif isinstance(node, exp.Query):
        source = _subquery(frame, node)
    elif isinstance(node, exp.Stream) and isinstance(node.this, (exp.Subquery, exp.Table)):
        add_item(frame, node.this)  # Databricks: the table as it grows
        return
    elif isinstance(node, exp.Final):  # ClickHouse's FROM t FINAL
        add_item(frame, node.this)
        return
    else:
        table = _applied(node)
        source = computed(frame, node) if table is None else _table(frame, table)
    added = replace(source, natural=natural, offset=offset_of(node))
    number = frame.add_source(added)
    _sampled(frame, node, number)
    if not isinstance(node, (exp.Select, exp.SetOperation)):  # whose joins are their own
        add_joins(frame, node, number)


def _note_natural(frame: Frame, node: exp.Expr) -> None:
    message = "which columns a NATURAL JOIN with a join in brackets merges is not known"
    names = tuple(relation_name(t, frame.draft.naming) for t in node.find_all(exp.Table))
    frame.draft.holes.append(Hole(GapReason.UNRESOLVED_NAME, message, names, offset_of(node)))


def _sampled(frame: Frame, node: exp.Expr, number: int) -> None:
    """Hive's `TABLESAMPLE (BUCKET 1 OUT OF 2 ON column)`: the column decides which rows."""
    sample = node.args.get("sample")
    field = sample.args.get("bucket_field") if sample is not None else None
    if isinstance(field, exp.Identifier):
        name = column_name(field, frame.draft.naming)
        dep = Dep(frame.number, number, name, Subtype.FILTER, (), offset_of(field))
        frame.influences.append(dep)
    elif field is not None:
        frame.influences.extend(collect(field, frame, Subtype.FILTER))


def _applied(node: exp.Expr) -> exp.Table | None:
    """T-SQL's and Oracle's `CROSS APPLY table`, which the parser takes for a function."""
    if not isinstance(node, exp.Lateral):
        return None
    name = node.this
    parts = list(name.flatten()) if isinstance(name, exp.Dot) else [name]
    if len(parts) > _PARTS or not all(isinstance(part, exp.Identifier) for part in parts):
        return None
    named = dict(zip(("this", "db", "catalog"), reversed(parts), strict=False))
    return exp.Table(**named, alias=node.args.get("alias"))


def _is_joined_table(node: exp.Expr) -> bool:
    """Whether what stands in parentheses is a table, a join or a query with an alias.

    Parentheses around those hide no name.
    """
    if isinstance(node, exp.Subquery):
        args = node.args
        return bool(args.get("alias") or args.get("joins")) or _is_joined_table(node.this)
    return isinstance(node, (exp.Table, exp.TableFromRows))


def _renamed_join(frame: Frame, node: exp.Expr) -> Source:
    """`(t1 JOIN t2 ON …) AS t`: its columns are in view under the new alias only."""
    naming = frame.draft.naming
    alias = alias_name(node, naming)
    wrapped = Frame(frame.draft, frame, frame.ctes)
    add_item(wrapped, node.this)
    wrapped.outputs.append(Output("", (), offset_of(node), star_of_all()))
    number = wrapped.finish(alias, offset_of(node))
    source = Source(alias, "", number, alias_columns(node, naming))
    return add_pivots(frame, node, source) if node.args.get("pivots") else source


def _table(frame: Frame, node: exp.Table) -> Source:
    frame.expect(node, _TABLE)
    naming = frame.draft.naming
    alias = alias_name(node, naming)
    columns = alias_columns(node, naming)
    if naming.dialect == "duckdb" and (told := _told(node.this, naming)):
        cte = frame.ctes.get(told)
        number, names = cte if cte is not None else (-1, ())
        alias = alias or naming.alias_of(told)
        source = Source(alias, told * (number < 0), number, columns or names)
    elif isinstance(node.this, exp.Dot) and not isinstance(node.this.expression, exp.Func):
        source = _of_four_parts(frame, node, alias, columns)
    elif not isinstance(node.this, (exp.Identifier, exp.Literal, exp.Var)) and not is_variable(
        node, naming
    ):
        _give_receiver(node)
        source = computed(frame, node)
    elif node.args.get("db") and (place := _array_of(frame, node)) is not None:
        source = _unnested(frame, node, place, alias)
    else:
        source = _named(frame, node, alias, columns)
    return add_pivots(frame, node, source) if node.args.get("pivots") else source


def _of_four_parts(frame: Frame, node: exp.Table, alias: str, columns: tuple[str, ...]) -> Source:
    """An array deep inside of a row, or a table on another server."""
    place = _array_of(frame, node)
    if place is None:
        return _named(frame, node, alias, columns)
    return _unnested(frame, node, place, alias)


def _give_receiver(node: exp.Table) -> None:
    """T-SQL's `FROM @x.nodes(…)`: the variable is what the function is applied to."""
    variable = node.args.get("db")
    if isinstance(variable, exp.Parameter) and isinstance(node.this, exp.Anonymous):
        node.this.set("expressions", [variable, *node.this.expressions])


def _told(node: exp.Expr, naming: Naming) -> str:
    """The relation that DuckDB's `query_table('t')` means, empty for another node."""
    if not isinstance(node, exp.Anonymous) or node.name.lower() != "query_table":
        return ""
    told = node.expressions[0] if node.expressions else None
    parts = told.name.split(".") if isinstance(told, exp.Literal) else []
    return join_name(naming.relation_part(part) for part in parts)


def _named(frame: Frame, node: exp.Table, alias: str, columns: tuple[str, ...]) -> Source:
    naming = frame.draft.naming
    name = relation_name(node, naming)
    if _may_be_in_with(node, naming):
        cte = frame.ctes.get(column_name(node.this, naming))
        if cte is not None:
            own = column_name(node.this, naming)
            _expect_spelling(frame, node.this, own)
            if is_piped(own):
                keep_aliases(frame, cte[0])
            columns = (*columns, *cte[1][len(columns) :])  # a short list names the first ones
            return Source(alias or own, "", cte[0], columns)
    own = column_name(node.this, naming) if isinstance(node.this, exp.Identifier) else ""
    if "@" in own and naming.dialect == "oracle":
        own = naming.alias_of(name.rpartition("/")[2])  # `t@link` is `t` in its query
    if frame.draft.rows and own in frame.draft.rows and not node.args.get("db"):
        name = frame.draft.rows[own]
    name = changes_kept(name, naming.dialect)
    note_statistics(frame, node, name)
    described = described_by(node, naming)
    if described:
        return Source(alias or own, "", rows_describing(frame, node, name, described), columns)
    return Source(alias or own or naming.alias_of(name), name, -1, columns)


def _may_be_in_with(node: exp.Table, naming: Naming) -> bool:
    """A query in WITH has no schema, but for all rows that DuckDB's recursion has found so far."""
    schema = node.args.get("db")
    return not schema or (naming.dialect == "duckdb" and schema.name.lower() == "recurring")


def _expect_spelling(frame: Frame, written: exp.Expr, name: str) -> None:
    """Where names of tables keep their case, one in another case may be that of a table."""
    if frame.draft.dialect in _CASE_MATTERS and frame.draft.cte_spellings[name] != {written.name}:
        message = f"whether `{written.name}` is a table or stands in WITH depends on its case"
        frame.draft.holes.append(Hole(GapReason.UNRESOLVED_NAME, message, (), offset_of(written)))


def _array_of(frame: Frame, node: exp.Table) -> tuple[int, int] | None:
    """The source whose array stands where a table could: `FROM t, t.items`."""
    if frame.draft.dialect not in _UNNESTS_PATHS:
        return None
    return frame.find_alias(column_name(node.parts[0], frame.draft.naming))


def _unnested(frame: Frame, node: exp.Table, place: tuple[int, int], alias: str) -> Source:
    """The rows of an array of a source, under an alias or the array's own name."""
    column = column_name(node.parts[1], frame.draft.naming)
    at = offset_of(node.parts[1])
    path = (*(part.name for part in node.parts[2:]), ELEMENT)
    name = alias or column_name(node.this, frame.draft.naming)
    number = Frame(frame.draft, frame, frame.ctes).number
    dep = Dep(*place, column, Subtype.TRANSFORMATION, ("unnest",), at, path=path)
    scope = Scope(
        name,
        frame.number,
        outputs=(Output(name, (dep,), at, fields=(Output(ASKED, (), at),)),),
        influences=(replace(dep, subtype=Subtype.FILTER),),
        anything=(replace(dep, path=(*path, ASKED)),),
        offset=at,
        elements=frame.draft.dialect in UNNESTS_FIELDS,
    )
    return Source(name, "", frame.draft.finish(number, scope))


def _subquery(frame: Frame, node: exp.Expr) -> Source:
    naming = frame.draft.naming
    lateral = frame.draft.dialect in _LATERAL_BY_NATURE
    number = (frame.compile_query if lateral else frame.compile_apart)(node, frame)
    alias = alias_name(node, naming)
    if is_piped(alias):
        keep_aliases(frame, number)
    source = Source(alias, "", number, alias_columns(node, naming))
    return add_pivots(frame, node, source) if node.args.get("pivots") else source


def star_of_all() -> Star:
    """Every column of every source."""
    return Star(UNQUALIFIED)
