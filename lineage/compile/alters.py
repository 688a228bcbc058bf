"""ALTER, and columns that are computed from others of their table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.changes import add_delete
from lineage.compile.expressions import collect
from lineage.compile.foreign_keys import add_references
from lineage.compile.kept_rows import add_expiry
from lineage.compile.located import places_said
from lineage.compile.names import column_name, offset_of, relation_name
from lineage.compile.queries import compile_query, top_frame
from lineage.dialects import HIVE_AND_SPARK, LIKE_MYSQL, LIKE_TSQL
from lineage.objects import UNQUALIFIED, Declaration, Output, Source, Star, Write
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.compile.parts import Parts

_READS = (exp.Column, exp.Query, exp.Anonymous)  # also a function that somebody may make
_COMPUTED = (
    exp.ComputedColumnConstraint,
    exp.DefaultColumnConstraint,
    exp.EphemeralColumnConstraint,
    exp.GeneratedAsIdentityColumnConstraint,
)
_ASIDE_OF_CLICKHOUSE = (exp.ComputedColumnConstraint, exp.EphemeralColumnConstraint)

_GIVEN = (exp.ComputedColumnConstraint, exp.GeneratedAsIdentityColumnConstraint)
# An INSERT that names no columns passes over generated ones; elsewhere they have to be DEFAULT.
_GENERATED: dict[str, tuple[type[exp.Expr], ...]] = {
    **dict.fromkeys(("duckdb", "sqlite"), _GIVEN),
    **dict.fromkeys(LIKE_TSQL, (*_GIVEN, exp.AutoIncrementColumnConstraint)),
}
SAYS_WHERE = ("connection", "file_name")  # that a table of MySQL or MariaDB is elsewhere
_HOLD_NOTHING = frozenset({"INDEX", "SESSION"})
# What DROP takes off a table that holds no column.
_NO_RELATIONS = frozenset({"CONSTRAINT", "INDEX", "FOREIGN KEY", "CHECK"})


def add_alter(node: exp.Expr, parts: Parts) -> None:
    """ALTER: renames and swaps carry over, columns come to be or are computed anew."""
    kind = str(node.args.get("kind")).upper()
    if kind in _HOLD_NOTHING:
        return
    table = node.this.this if isinstance(node.this, exp.Schema) else node.this
    if not isinstance(table, exp.Table):
        parts.hole(GapReason.UNSUPPORTED, "this form of ALTER is not analysed", node)
        return
    name = relation_name(table, parts.naming)
    if not name:
        parts.hole(GapReason.DYNAMIC_SQL, "the name of a relation is computed", node)
        return
    for place in _elsewhere(node, parts):
        be_at(place, name, parts, parts.at(node))
    renamed = [o for o in node.args.get("options") or () if isinstance(o, exp.ToTableProperty)]
    for action in node.args.get("actions") or ():
        if isinstance(action, exp.AlterRename) and renamed:
            _rename_column(name, (action.this, renamed[0].this), parts, node)
        else:
            listed = action.expressions if isinstance(action, exp.Schema) else [action]
            for each in listed:  # Oracle's ADD (a …, b …)
                _add_action(each, name, parts, node)
    add_references(name, node.args.get("actions") or (), parts)


def _elsewhere(node: exp.Expr, parts: Parts) -> list[str]:
    """Where a table of MySQL is from here on that is one of another server, or a file."""
    if parts.naming.dialect not in LIKE_MYSQL:
        return []
    said = (o for o in node.args.get("options") or () if type(o) is exp.Property)
    return [o.args["value"].name for o in said if o.name.lower() in SAYS_WHERE]


def _add_action(action: exp.Expr, name: str, parts: Parts, node: exp.Expr) -> None:
    at = parts.at(node)
    if isinstance(action, exp.AlterRename) and isinstance(action.this, exp.Table):
        carry_over(name, relation_name(action.this, parts.naming), parts, at)
    elif isinstance(action, exp.SwapTable):
        other = relation_name(action.this, parts.naming)
        carry_over(name, other, parts, at)
        carry_over(other, name, parts, at)
    elif isinstance(action, exp.RenameColumn):
        _rename_column(name, (action.this, action.args["to"]), parts, node)
    elif isinstance(action, (exp.ColumnDef, exp.ModifyColumn, exp.AlterColumn)):
        _add_column(action, name, parts, node)
    elif isinstance(action, exp.Query):
        scope = compile_query(action, top_frame(parts.draft))
        named = node.this.expressions if isinstance(node.this, exp.Schema) else []
        columns = tuple(column_name(column, parts.naming) for column in named)
        parts.writes.append(Write(name, scope, "view", columns, offset=at))
    elif isinstance(action, exp.ReplacePartition):
        carry_over(relation_name(action.args["source"], parts.naming), name, parts, at, "insert")
    elif isinstance(action.args.get("location"), exp.Expr):
        be_at(action.args["location"].name, name, parts, at)
    elif isinstance(action, (exp.Drop, exp.ReplaceColumns)):
        _drop(action, name, parts, node)
    elif isinstance(action, exp.Delete):
        action.set("this", node.this)
        add_delete(action, parts)
    else:
        _note_unread(action, parts, node)


def _drop(action: exp.Expr, name: str, parts: Parts, node: exp.Expr) -> None:
    """DROP COLUMN, and all others in their stead: REPLACE COLUMNS (a INT, b INT)."""
    kind = "REPLACE" if isinstance(action, exp.ReplaceColumns) else str(action.args.get("kind"))
    columns = action.expressions if kind == "REPLACE" else action.args.get("tables") or ()
    if kind.upper() in {"REPLACE", "COLUMN"}:
        named = tuple((column_name(c, parts.naming), "") for c in columns)
        kind = "replace" if kind == "REPLACE" else "drop"
        parts.declarations.append(Declaration(name, named, kind, offset=parts.at(node)))
    elif kind.upper() not in _NO_RELATIONS:  # the parser takes their names for those of tables
        _note_unread(action, parts, node)


def _note_unread(action: exp.Expr, parts: Parts, node: exp.Expr) -> None:
    """Most of what can be altered moves nothing; what names a relation or query may.

    A table that keeps its versions hands them to another.
    """
    name = relation_name(node.this, parts.naming)
    for rule in action.find_all(exp.MergeTreeTTL):
        add_expiry(name, rule, parts)
    if isinstance(action, exp.AlterSet) and parts.naming.dialect in HIVE_AND_SPARK:
        for place in places_said(action):
            carry_over(name, place, parts, parts.at(node), "external")
    versions = action.find(exp.WithSystemVersioningProperty)
    if versions is not None and isinstance(versions.this, exp.Table):
        old, new = (relation_name(t, parts.naming) for t in (node.this, versions.this))
        carry_over(old, new, parts, parts.at(node), "insert")
        return
    named = [
        relation_name(t, parts.naming)
        for t in action.find_all(exp.Table)
        if t.find_ancestor(exp.Reference, exp.ForeignKey) is None
    ]
    if named or action.find(exp.Query) is not None:
        parts.hole(GapReason.UNSUPPORTED, "this form of ALTER is not analysed", node)


def _add_column(action: exp.Expr, name: str, parts: Parts, node: exp.Expr) -> None:
    """ADD COLUMN declares; a change of type may compute the column from others."""
    column = action.this if isinstance(action, exp.ModifyColumn) else action
    old = action.args.get("rename_from")
    if old is not None:
        _rename_column(name, (old, column), parts, node)
    if _is_renamed(action, parts):
        _rename_column(name, (action.this, action.args["rename_to"]), parts, node)
    if isinstance(action, exp.ColumnDef):
        of = action.args.get("kind")
        added = (
            column_name(action, parts.naming),
            of.sql(comments=False).lower() if of is not None else "",
        )
        kind = "aside" if is_aside(action, parts.naming.dialect) else "add"
        parts.declarations.append(Declaration(name, (added,), kind, offset=parts.at(node)))
        if is_generated(action, parts.naming.dialect):
            given = Declaration(name, (added,), "generated", offset=parts.at(node))
            parts.declarations.append(given)
        _fill(name, added[0], parts, parts.at(node))
    add_computed(name, [column], parts)
    position = column.args.get("position")
    if isinstance(position, exp.ColumnPosition):  # FIRST, AFTER another
        before = column_name(position.this, parts.naming) if position.this else ""
        both = ((column_name(column, parts.naming), ""), (before, ""))
        parts.declarations.append(Declaration(name, both, "place", offset=parts.at(node)))
    again = places_of(action.args.get("kind")) - 1 if isinstance(action, exp.ColumnDef) else 0
    if again:
        more = ((column_name(action, parts.naming), ""),) * again
        parts.declarations.append(Declaration(name, more, "repeat", offset=parts.at(node)))


def places_of(kind: exp.Expr | None) -> int:
    """How many columns a column is: each field of ClickHouse's NESTED is one."""
    if isinstance(kind, exp.DataType) and kind.this is exp.DataType.Type.NESTED:
        return max(len(kind.expressions), 1)
    return 1


def _is_renamed(action: exp.Expr, parts: Parts) -> bool:
    """Hive's CHANGE COLUMN a a DOUBLE says the name again."""
    new = action.args.get("rename_to")
    naming = parts.naming
    return new is not None and column_name(new, naming) != column_name(action.this, naming)


def _fill(relation: str, column: str, parts: Parts, at: int) -> None:
    """A new column has a value in each row that there is."""
    frame = top_frame(parts.draft)
    frame.add_source(Source("", relation, -1))
    frame.outputs.append(Output(column, (), at))
    number = frame.finish("", at)
    parts.writes.append(Write(relation, number, "update", by_name=True, appends=False, offset=at))


def _rename_column(
    relation: str, change: tuple[exp.Expr, exp.Expr], parts: Parts, node: exp.Expr
) -> None:
    """One column under two names: what is written to either, before or after, is in both."""
    old, new = (exp.column(c.this) if isinstance(c, exp.Table) else c for c in change)
    if isinstance(old, exp.Dot) or old.args.get("table") is not None:
        parts.hole(GapReason.UNSUPPORTED, "this form of ALTER is not analysed", node)
        return  # a field of a column
    frame = top_frame(parts.draft)
    frame.add_source(Source("", relation, -1))
    column = old if isinstance(old, exp.Column) else exp.column(old)
    at = parts.at(node)
    added = new if isinstance(new, exp.Column) else exp.column(new.this or new)
    for one, other in ((added, column), (column, added)):  # and what is written to either later
        name = column_name(one, parts.naming)
        frame.outputs.append(Output(name, tuple(collect(other, frame)), at))
    number = frame.finish("", at)
    both = tuple((column_name(c, parts.naming), "") for c in (column, added))
    parts.declarations.append(Declaration(relation, both[1:], "add", offset=at))
    parts.declarations.append(Declaration(relation, both, "rename", offset=at))
    parts.writes.append(Write(relation, number, "update", by_name=True, appends=False, offset=at))


def add_computed(relation: str, columns: list[exp.Expr], parts: Parts) -> None:
    """GENERATED ALWAYS AS, AS (…), DEFAULT and USING: what columns are computed from."""
    computed = [(c, e) for c in columns for e in _expressions_of(c)]
    computed = [(c, e) for c, e in computed if e.find(*_READS) is not None]
    if not computed:
        return
    frame = top_frame(parts.draft)
    frame.add_relation(relation)
    for column, expression in computed:
        deps = tuple(collect(expression, frame, Subtype.TRANSFORMATION))
        frame.outputs.append(Output(column_name(column, parts.naming), deps, offset_of(column)))
    at = parts.offset
    number = frame.finish("", at)
    parts.writes.append(Write(relation, number, "update", by_name=True, appends=False, offset=at))


def is_generated(column: exp.Expr, dialect: str) -> bool:
    """Whether no INSERT without a list of columns fills a column, for the engine does."""
    return any(isinstance(kind, _GENERATED.get(dialect, ())) for kind in _constraints(column))


def is_aside(column: exp.Expr, dialect: str) -> bool:
    """Whether a column is in no star: INVISIBLE, HIDDEN, ClickHouse's MATERIALIZED and its kin."""
    kinds = _ASIDE_OF_CLICKHOUSE if dialect == "clickhouse" else exp.InvisibleColumnConstraint
    found = _constraints(column)
    return any(isinstance(k, kinds) or (k is not None and k.args.get("hidden")) for k in found)


def _constraints(column: exp.Expr) -> list[exp.Expr | None]:
    """What is said of a column behind its type, by kind."""
    return [constraint.args.get("kind") for constraint in column.args.get("constraints") or ()]


def _expressions_of(column: exp.Expr) -> Iterator[exp.Expr]:
    for kind in _constraints(column):
        if isinstance(kind, _COMPUTED):
            yield from kind.iter_expressions()
    for given in ("using", "default"):
        if isinstance(column.args.get(given), exp.Expr):
            yield column.args[given]


def carry_over(old: str, new: str, parts: Parts, at: int, kind: str = "table") -> None:
    """Every column of one relation goes to another under its own name."""
    frame = top_frame(parts.draft)
    frame.add_source(Source(old, old, -1, offset=at))
    frame.outputs.append(Output("", (), at, Star(UNQUALIFIED, whole=True)))
    by_name = kind != "table"
    parts.writes.append(Write(new, frame.finish("", at), kind, by_name=by_name, offset=at))


def be_at(place: str, name: str, parts: Parts, at: int) -> None:
    """From here on a table, or a partition of it, is where these files are, and written there."""
    carry_over(place, name, parts, at, "insert")
    if parts.naming.dialect != "snowflake":  # whose external tables nobody writes
        carry_over(name, place, parts, at, "external")
