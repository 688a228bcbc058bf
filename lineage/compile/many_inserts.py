"""INSERT of many tables at once: Snowflake's and Oracle's INSERT ALL, Hive's FROM … INSERT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.assigned import is_default
from lineage.compile.expressions import collect
from lineage.compile.inserts import add_insert, target_of
from lineage.compile.leftovers import note_leftovers
from lineage.compile.names import offset_of, relation_name
from lineage.compile.projections import fields_made
from lineage.compile.queries import add_ctes, compile_query, top_frame
from lineage.objects import UNQUALIFIED, Output, Source, Star, Write
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.compile.parts import Parts


def add_many_inserts(node: exp.Expr, parts: Parts) -> None:
    """INSERT ALL and FIRST (Snowflake, Oracle), and Hive's FROM … INSERT … INSERT …."""
    if all(isinstance(insert, exp.Insert) for insert in node.expressions):
        for insert in node.expressions:
            insert.set("with_", node.args.get("with_"))
            _add_hive_insert(insert, node.args["source"], parts)
        return
    outer = top_frame(parts.draft)
    add_ctes(outer, node)
    scope = compile_query(node.args["source"], outer)
    first = str(node.args.get("kind") or "").upper() == "FIRST"
    conditions: list[exp.Expr] = []
    tested: list[exp.Expr] = []
    for branch in node.expressions:
        if branch.expression is not None:
            tested = [*conditions, branch.expression] if first else [branch.expression]
            conditions.append(branch.expression)
        elif branch.args.get("else_"):
            tested = conditions
        _add_branch(branch.this, scope, tested, parts)
    note_leftovers(node, parts)


def _add_branch(insert: exp.Expr, scope: int, tested: list[exp.Expr], parts: Parts) -> None:
    """One INTO with what its values are made of, and the conditions that choose it."""
    target, columns = target_of(insert, parts)
    if target is None:
        parts.hole(GapReason.DYNAMIC_SQL, "the target of an INSERT is computed", insert)
        return
    frame = top_frame(parts.draft)
    frame.add_source(Source("", "", scope))
    for condition in tested:
        frame.influences.extend(collect(condition, frame, Subtype.CONDITIONAL))
    values = insert.args.get("expression")
    at = parts.at(insert)
    if values is None:
        frame.outputs.append(Output("", (), at, Star(UNQUALIFIED)))
    for row in values.expressions if values is not None else ():
        for position, value in enumerate(row.expressions if isinstance(row, exp.Tuple) else [row]):
            name = columns[position] if position < len(columns) else f"_col_{position}"
            deps = () if is_default(value) else tuple(collect(value, frame))
            made = fields_made(value, frame, deps)
            frame.outputs.append(Output(name, deps, offset_of(value), fields=made))
    relation = relation_name(target, parts.naming)
    parts.writes.append(Write(relation, frame.finish("", at), "insert", columns, offset=at))


def _add_hive_insert(insert: exp.Expr, source: exp.Expr, parts: Parts) -> None:
    """Each INSERT of FROM t INSERT … SELECT … reads the source as if it were its own."""
    query = insert.args.get("expression")
    if not isinstance(query, exp.Select) or query.args.get("from_") is not None:
        parts.hole(GapReason.UNSUPPORTED, "this form of FROM … INSERT is not analysed", insert)
        return
    query.set("from_", exp.From(this=source))
    for clause in ("joins", "laterals"):
        if isinstance(source, exp.Subquery) and source.args.get(clause):
            query.set(clause, source.args[clause])
    add_insert(insert, parts)
