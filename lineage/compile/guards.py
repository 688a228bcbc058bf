"""Guards: the predicates in WHERE, HAVING and inner joins that hold for every row put out.

A guard that does not hold is a silent pass, so whatever is in doubt makes none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import column_name, offset_of
from lineage.objects import COUNT_DISTINCT, EVERY, UNQUALIFIED, Dep, Test
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.compile.frames import Frame

# What has another value for each value that it is made of, letter case and blanks aside.
_APART = (exp.Paren, exp.Cast, exp.Lower, exp.Upper, exp.Trim, exp.MD5, exp.SHA, exp.SHA2)
_KEYED = "hmac"
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
# What an aggregate may not contain, or it is one of a part of its group only.
_CHOOSES = (
    exp.Filter, exp.Case, exp.If, exp.Nullif, exp.Coalesce, exp.Anonymous, exp.Window, exp.CountIf,
    exp.DecodeCase, exp.Nvl2, exp.Elt, exp.CombinedAggFunc, exp.CombinedParameterizedAgg,
    exp.ArrayFilter, exp.Comprehension,
)  # fmt: skip


def tests_of(parts: Sequence[exp.Expr], frame: Frame) -> Iterator[Test]:
    """The conjuncts of a condition that compare one column with one literal."""
    for conjunct in parts:
        found = _test(conjunct, frame)
        if found is not None and not found.function:
            yield found


def tests_of_rows(node: exp.Select, condition: exp.Expr, frame: Frame) -> Iterator[Test]:
    """QUALIFY: rows are tested once windows have taken values from other rows, or groups."""
    plain = node.args.get("group") is None and not any(
        projection.find(exp.Window, exp.AggFunc) for projection in node.expressions
    )
    hidden = _aliased(node, frame)
    found = tests_of(conjuncts(condition), frame) if plain else ()
    yield from (test for test in found if test.subject.column not in hidden)


def tests_of_groups(node: exp.Select, condition: exp.Expr, frame: Frame) -> Iterator[Test]:
    """HAVING: what is tested of a key, or of the number of distinct values in a group.

    `n >= 20` may name the count by the alias of its projection. A count says nothing of an
    aggregate that looks at a part of its group only.
    """
    aliased = _aliased(node, frame)
    keys = _keys(node, frame)
    whole = not any(projection.find(*_CHOOSES) for projection in node.expressions)
    for conjunct in conjuncts(condition):
        found = _test(conjunct, frame)
        if found is None:
            continue
        subject = found.subject
        meant = aliased.get(subject.column) if subject.source == UNQUALIFIED else None
        if found.function:
            if whole:
                yield found
        elif subject.column in keys:
            if meant is None:
                yield found
        elif isinstance(meant, exp.Count) and whole:
            counted = _subject(meant, frame)
            if counted is not None:
                yield Test(counted[0], found.operator, found.value, counted[1])


def _aliased(node: exp.Select, frame: Frame) -> dict[str, exp.Expr]:
    """Projections by alias, but for columns that are put out under their own name."""
    naming = frame.draft.naming
    return {
        column_name(p.args["alias"], naming): p.this
        for p in node.expressions
        if isinstance(p, exp.Alias)
        and not (
            isinstance(p.this, exp.Column)
            and column_name(p.this.this, naming) == column_name(p.args["alias"], naming)
        )
    }


def _keys(node: exp.Select, frame: Frame) -> set[str]:
    """The columns that are keys of GROUP BY as they stand."""
    group = node.args.get("group")
    if group is None:
        return set()
    keys = list(group.expressions) + (node.expressions if group.args.get("all") else [])
    for key in group.expressions:
        position = int(key.this) if isinstance(key, exp.Literal) and key.is_int else 0
        keys += node.expressions[position - 1 : position] if position > 0 else []
    return {column_name(k.this, frame.draft.naming) for k in keys if isinstance(k, exp.Column)}


def conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    """The parts of a condition that all must hold."""
    stack, found = [condition], []
    while stack:
        node = stack.pop()
        if isinstance(node, (exp.Paren, exp.Where, exp.Having, exp.Qualify)):
            stack.append(node.this)
        elif isinstance(node, exp.And):
            stack += (node.expression, node.this)
        else:
            found.append(node)
    return found


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
        tested = _subject(subject, frame) if value is not None else None
        if value is not None and tested is not None:
            return Test(tested[0], operator, value, tested[1])
    return None


def _boolean(node: exp.Expr, frame: Frame, value: str) -> Test | None:
    dep = _column_dep(_bare(node), frame)
    return Test(dep, "=", value) if dep is not None else None


def _bare(node: exp.Expr) -> exp.Expr:
    """Without brackets, and without a cast to boolean, which keeps what is true true."""
    while isinstance(node, exp.Paren) or (
        isinstance(node, exp.Cast) and node.is_type(exp.DataType.Type.BOOLEAN)
    ):
        node = node.this
    return node


def _subject(node: exp.Expr, frame: Frame) -> tuple[Dep, str] | None:
    """What is tested: a column, or `count(distinct column)`."""
    node, function = _bare(node), ""
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        counted = node.this.expressions
        if len(counted) != 1:
            return None
        node, function = counted[0], COUNT_DISTINCT
    dep = _column_dep(node, frame)
    return (dep, function) if dep is not None else None


def _column_dep(node: exp.Expr, frame: Frame) -> Dep | None:
    """The column, unless it is a field of one, or marked (+) as one of an outer join."""
    if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
        return None
    if node.args.get("join_mark"):
        return None
    naming = frame.draft.naming
    table = node.args.get("table")
    if table is None and column_name(node.this, naming) in frame.named:
        return None  # it means an expression
    place = frame.find_alias(column_name(table, naming)) if table is not None else None
    if table is not None and place is None:
        return None
    scope, source = place or (frame.number, UNQUALIFIED)
    name = column_name(node.this, naming)
    return Dep(scope, source, name, Subtype.FILTER, (), offset_of(node), EVERY)


def _literal(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Boolean):
        return "true" if node.this else "false"
    if isinstance(node, exp.Null):
        return "null"
    return str(node.this) if isinstance(node, exp.Literal) else None


def equated_sources(parts: Sequence[exp.Expr], frame: Frame) -> Iterator[tuple[int, int]]:
    """Pairs of sources whose rows belong together, for a conjunct equates two columns of them.

    The columns must say of which source they are.
    """
    for conjunct in parts:
        if not isinstance(conjunct, (exp.EQ, exp.NullSafeEQ)):
            continue
        left, right = (_source_of(side, frame) for side in (conjunct.this, conjunct.expression))
        if left is not None and right is not None and left != right:
            yield left, right


def equated_columns(parts: Sequence[exp.Expr]) -> Iterator[tuple[int, int]]:
    """Where two columns are written that a conjunct asks to be equal, in pairs.

    They may be cast or hashed, but not cut: what many values are cut to says of none which it is.
    """
    for conjunct in parts:
        if isinstance(conjunct, (exp.EQ, exp.NullSafeEQ)):
            left, right = (_told_apart(s) for s in (conjunct.this, conjunct.expression))
            if isinstance(left, exp.Column) and isinstance(right, exp.Column):
                yield offset_of(left), offset_of(right)


def _told_apart(node: exp.Expr) -> object:
    """What is in an expression that has another value for each value of it."""
    while True:
        if isinstance(node, _APART):
            node = node.this
        elif isinstance(node, exp.Anonymous) and node.name.lower().startswith(_KEYED):
            node = node.expressions[0] if node.expressions else node.this
        else:
            return node


def _source_of(node: exp.Expr, frame: Frame) -> int | None:
    while isinstance(node, (exp.Paren, exp.Cast, exp.Lower, exp.Upper, exp.Trim)):
        node = node.this
    if not isinstance(node, exp.Column) or not node.args.get("table"):
        return None
    place = frame.find_alias(column_name(node.args["table"], frame.draft.naming))
    return place[1] if place is not None and place[0] == frame.number else None
