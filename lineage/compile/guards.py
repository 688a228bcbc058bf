"""Guards: the predicates in WHERE, HAVING and inner joins that hold for every row put out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import column_name, offset_of
from lineage.objects import EVERY, UNQUALIFIED, Dep, Test
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.compile.frames import Frame

_OPERATORS: dict[type[exp.Expr], tuple[str, str]] = {
    exp.EQ: ("=", "="),
    exp.NEQ: ("<>", "<>"),
    exp.GT: (">", "<"),
    exp.GTE: (">=", "<="),
    exp.LT: ("<", ">"),
    exp.LTE: ("<=", ">="),
    exp.Is: ("=", "="),
    exp.NullSafeEQ: ("=", "="),
}

COUNT_DISTINCT = "count_distinct"


def tests_of(condition: exp.Expr, frame: Frame) -> Iterator[Test]:
    """The conjuncts of a condition that compare one column with one literal."""
    for conjunct in conjuncts(condition):
        found = _test(conjunct, frame)
        if found is not None:
            yield found


def conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of a condition that all must hold."""
    stack = [condition]
    while stack:
        node = stack.pop()
        if isinstance(node, (exp.Paren, exp.Where, exp.Having, exp.Qualify)):
            stack.append(node.this)
        elif isinstance(node, exp.And):
            stack += (node.expression, node.this)
        else:
            yield node


def _test(node: exp.Expr, frame: Frame) -> Test | None:
    if isinstance(node, exp.Not):
        return _boolean(node.this, frame, "false")
    operators = _OPERATORS.get(type(node))
    if operators is None:
        return _boolean(node, frame, "true")
    for subject, literal, operator in (
        (node.this, node.expression, operators[0]),
        (node.expression, node.this, operators[1]),
    ):
        value = _literal(literal)
        tested = _subject(subject, frame)
        if value is not None and tested is not None:
            return Test(tested[0], operator, value, tested[1])
    return None


def _boolean(node: exp.Expr, frame: Frame, value: str) -> Test | None:
    while isinstance(node, exp.Paren):
        node = node.this
    if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
        return None
    return Test(_column_dep(node, frame), "=", value)


def _subject(node: exp.Expr, frame: Frame) -> tuple[Dep, str] | None:
    """What is tested: a column, `count(distinct column)`, or the alias of either."""
    while isinstance(node, (exp.Paren, exp.Cast)):
        node = node.this
    if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
        return _column_dep(node, frame), ""
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        counted = node.this.expressions
        if len(counted) == 1 and isinstance(counted[0], exp.Column):
            return _column_dep(counted[0], frame), COUNT_DISTINCT
    return None


def _column_dep(node: exp.Column, frame: Frame) -> Dep:
    naming = frame.draft.naming
    table = node.args.get("table")
    place = frame.find_alias(column_name(table, naming)) if table is not None else None
    scope, source = place or (frame.number, UNQUALIFIED)
    name = column_name(node.this, naming)
    return Dep(scope, source, name, Subtype.FILTER, (), offset_of(node), EVERY)


def _literal(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Boolean):
        return "true" if node.this else "false"
    if isinstance(node, exp.Null):
        return "null"
    return str(node.this) if isinstance(node, exp.Literal) else None


def equated_sources(condition: exp.Expr, frame: Frame, joined: int) -> Iterator[tuple[int, int]]:
    """Pairs of sources whose columns a condition equates, so that their rows belong together.

    Where a join of two tables equates two unqualified columns, they can only be one of each.
    """
    for conjunct in conjuncts(condition):
        if not isinstance(conjunct, (exp.EQ, exp.NullSafeEQ)):
            continue
        sides = [_source_of(side, frame) for side in (conjunct.this, conjunct.expression)]
        if None not in sides and sides[0] != sides[1]:
            yield sides[0] or 0, sides[1] or 0
        elif sides == [None, None] and joined == 1 == len(frame.sources) - 1:
            yield 0, 1


def _source_of(node: exp.Expr, frame: Frame) -> int | None:
    column = node if isinstance(node, exp.Column) else node.find(exp.Column)
    if column is None or not column.args.get("table"):
        return None
    place = frame.find_alias(column_name(column.args["table"], frame.draft.naming))
    return place[1] if place is not None and place[0] == frame.number else None
