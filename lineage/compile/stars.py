"""Stars: `*`, `t.*`, `* LIKE 'a%'`, COLUMNS('…') and APPLY, with what they leave out and rename."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile import patterns
from lineage.compile.frames import Frame
from lineage.compile.names import column_name, offset_of, part_name
from lineage.compile.node_kinds import plain_name
from lineage.dialects import HIVE_AND_SPARK, join_name
from lineage.objects import FIELDS, OUTPUT_OF, STAR, UNQUALIFIED, Dep, Hole, Output, Star
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # Compiles an expression to what it depends on, as `lineage.compile.expressions.collect`.
    Collect = Callable[[exp.Expr, Frame], list[Dep]]

_MATCHES = (exp.Like, exp.ILike, exp.SimilarTo, exp.Glob, exp.RegexpLike, exp.RegexpILike)
STAR_FORMS = frozenset(
    {exp.Star, exp.Column, exp.Columns, exp.Apply, exp.Not, exp.Paren, *_MATCHES}
)
_AGGREGATES = frozenset({"max", "min", "sum", "avg", "any", "count", "uniq", "anylast"})


def star_of(node: exp.Expr, frame: Frame, collect: Collect) -> Star | None:
    """The star that a projection is, None where it is another expression."""
    if type(node) not in STAR_FORMS:
        return None
    if isinstance(node, exp.Paren) and isinstance(node.unnest(), exp.Star):
        node = node.unnest()  # `(*)` is `*`, but Postgres' `(t.*)` is a row
    if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
        return _spelt(node, frame)
    if isinstance(node, (exp.Column, exp.Star)):
        return _plain(node, frame, collect)
    if isinstance(node, exp.Apply):
        return _applied(node, frame, collect)
    predicate = node.this if isinstance(node, exp.Not) else node
    if isinstance(predicate, _MATCHES):
        inner = star_of(predicate.this, frame, collect)
        return inner and replace(inner, pattern=_filter(patterns.tested(node), node, frame))
    return None


def is_spelt(name: exp.Expr, dialect: str) -> bool:
    """Whether a name is one of Hive's and Spark's "`(a|b)?+.+`", a regular expression."""
    wild = dialect in HIVE_AND_SPARK and patterns.is_wild(name.name)
    return wild and bool(name.args.get("quoted"))


def _spelt(node: exp.Column, frame: Frame) -> Star | None:
    name = node.this
    if not is_spelt(name, frame.draft.dialect):
        return None
    source, table = UNQUALIFIED, node.args.get("table")
    if table is not None:
        place = frame.find_qualifier(column_name(table, frame.draft.naming))
        if place is None or place[0] != frame.number:
            return None
        source = place[1]
    return Star(source, pattern=_filter(patterns.fitting(name.name), node, frame))


def _filter(pattern: str, node: exp.Expr, frame: Frame) -> str:
    """The pattern of a star that has a filter.

    Where the filter cannot be told from the text, every column may be meant, and nobody knows
    which position the columns after it have.
    """
    if _ignoring_case(pattern, frame) != pattern and "[^" in pattern and pattern != pattern.lower():
        pattern = patterns.EVERYTHING  # `[^E]` leaves in what begins with a small one
    if not pattern:
        message = "which columns an expression stands for is computed"
        frame.draft.holes.append(Hole(GapReason.DYNAMIC_SQL, message, (), offset_of(node)))
    return _ignoring_case(pattern, frame)


def _ignoring_case(pattern: str, frame: Frame) -> str:
    """Names have been folded, so their case tells nothing where the dialect folds them."""
    folds = frame.draft.dialect != "clickhouse"
    return f"(?i){pattern}" if pattern and folds else pattern


def _plain(node: exp.Expr, frame: Frame, collect: Collect) -> Star | None:
    """`*` and `alias.*`; None for the fields of a column, or another query's source."""
    naming = frame.draft.naming
    star, source = node, UNQUALIFIED
    if isinstance(node, exp.Column):
        star = node.this
        table = node.args.get("table")
        place = frame.find_qualifier(column_name(table, naming)) if table is not None else None
        if place is None or place[0] != frame.number or _is_field(node, frame):
            return None
        source = place[1]
    return _shaped(star, source, frame, collect)


def _is_field(node: exp.Column, frame: Frame) -> bool:
    """Whether `t.s.*` is of a column of a source, although some source is called `s` too."""
    first = node.args.get("db")
    if first is None or frame.find_alias(column_name(first, frame.draft.naming)) is None:
        return False
    parts = [node.args[key] for key in ("catalog", "db", "table") if node.args.get(key)]
    name = join_name(part_name(part, frame.draft.naming) for part in parts)
    return frame.find_relation(name) is None


def star_of_fields(node: exp.Expr, frame: Frame, collect: Collect) -> Star | None:
    """`column.*`, `untuple(…)`: all fields of a struct, or columns of an enclosing query's source.

    None for another expression.
    """
    if isinstance(node, exp.Anonymous):
        return Star(FIELDS) if node.name.lower() == "untuple" else None
    last = node.this if isinstance(node, exp.Column) else node
    if isinstance(last, exp.Dot):
        last = last.expression
    if not isinstance(last, exp.Star):
        return None
    return _shaped(last, OUTPUT_OF if _is_outer(node, frame) else FIELDS, frame, collect)


def _is_outer(node: exp.Expr, frame: Frame) -> bool:
    """Whether `t.*` is of a source of an enclosing query, as in `FROM t, LATERAL (SELECT t.*)`."""
    table = node.args.get("table")
    if not isinstance(node, exp.Column) or table is None or node.args.get("db") is not None:
        return False
    return frame.find_qualifier(column_name(table, frame.draft.naming)) is not None


def _shaped(star: exp.Expr, source: int, frame: Frame, collect: Collect) -> Star:
    """What a star leaves out, renames and replaces."""
    naming = frame.draft.naming
    replaced = [
        Output(column_name(r.args["alias"], naming), tuple(collect(r, frame)), offset_of(r))
        for r in star.args.get("replace") or ()
    ]
    left_out = star.args.get("except_") or ()
    excepted, renamed = _names(star, source, frame)
    pattern = patterns.EVERYTHING
    if star.args.get("ilike") is not None:
        pattern = patterns.like(star.args["ilike"].name)
    for literal in left_out:
        if isinstance(literal, exp.Literal):  # ClickHouse's EXCEPT('…')
            pattern = patterns.none_of(patterns.searched(literal.name))
    pattern = _ignoring_case(pattern, frame)
    return Star(source, excepted, renamed, tuple(replaced), pattern)


def _names(
    star: exp.Expr, source: int, frame: Frame
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The columns of a source that a star leaves out, and those that it renames."""
    naming = frame.draft.naming
    excepted = (
        column_name(e, naming)
        for e in star.args.get("except_") or ()
        if not isinstance(e, exp.Literal) and _is_of(e, source, frame)
    )
    renamed = (
        (column_name(r.this, naming), column_name(r.args["alias"], naming))
        for r in star.args.get("rename") or ()
        if source == UNQUALIFIED or _is_of(r.this, source, frame)
    )
    return tuple(excepted), tuple(renamed)


def _is_of(column: exp.Expr, source: int, frame: Frame) -> bool:
    """Whether a column that a star leaves out or renames may be one of a source.

    One of another source, or one of several that bear the name, stays.
    """
    table = column.args.get("table")
    if table is None or source < UNQUALIFIED:
        return True
    return frame.find_alias(column_name(table, frame.draft.naming)) == (frame.number, source)


def apart(star: Star, node: exp.Expr, frame: Frame, collect: Collect) -> Iterator[Star]:
    """A star over all sources; one for each where it says of which source it leaves out what.

    What a join has merged is of two sources, so there it stays one star.
    """
    shaped = [*(node.args.get("except_") or ()), *(node.args.get("rename") or ())]
    merges = any(source.merged or source.natural for source in frame.sources)
    named = (part.this if isinstance(part, exp.Alias) else part for part in shaped)
    if star.source != UNQUALIFIED or not any(n.args.get("table") for n in named):
        yield star
        return
    places = [place for place, source in enumerate(frame.sources) if not source.hidden]
    if merges:
        yield replace(star, apart=tuple((p, *_names(node, p, frame)) for p in places))
        return
    for position in places:
        yield _shaped(node, position, frame, collect)


def columns_of(node: exp.Expr, frame: Frame, collect: Collect) -> Star:
    """The star that COLUMNS(…) stands for: a pattern, a list, a star or a lambda."""
    inside = node.this
    if isinstance(inside, (exp.Star, exp.Column)):
        found = _plain(inside, frame, collect)
        if found is not None:
            return found
    if isinstance(inside, exp.Literal):
        pattern = patterns.searched(inside.name)
    elif isinstance(inside, exp.Array) and all(
        isinstance(e, exp.Literal) for e in inside.expressions
    ):
        pattern = patterns.one_of([e.name for e in inside.expressions])
    elif isinstance(inside, exp.Lambda):
        pattern = patterns.tested_of(inside)
    else:
        pattern = patterns.tested(inside)
    return Star(UNQUALIFIED, pattern=_filter(pattern, node, frame))


def _applied(node: exp.Apply, frame: Frame, collect: Collect) -> Star | None:
    """ClickHouse's `* APPLY(f)`: each column goes through a function and is called after it."""
    inner = node.this
    found = (
        columns_of(inner, frame, collect)
        if isinstance(inner, exp.Columns)
        else star_of(inner, frame, collect)
    )
    if found is None:
        return None
    name = node.expression.name if isinstance(node.expression, (exp.Var, exp.Column)) else ""
    if not name:
        return replace(found, subtype=Subtype.TRANSFORMATION, functions=("apply",))
    aggregates = name.lower() in _AGGREGATES
    return replace(
        found,
        called=f"{name}({found.called or chr(92) + '0'})",
        subtype=Subtype.AGGREGATION if aggregates else Subtype.TRANSFORMATION,
        functions=(*found.functions, plain_name(name)),
    )


def gathered(
    frame: Frame, star: Star, subtype: Subtype, functions: tuple[str, ...], at: int
) -> Dep:
    """All columns of a star as one value, through a scope that looks at the same sources."""
    if not (star.excepted or star.replaced or star.pattern):
        return Dep(frame.number, star.source, STAR, subtype, functions, at)
    inner = Frame(frame.draft, frame.parent, frame.ctes)
    inner.sources = list(frame.sources)
    inner.by_alias = dict(frame.by_alias)
    inner.outputs = [Output("", (), at, star)]
    number = inner.finish("", at)
    return Dep(number, OUTPUT_OF, STAR, subtype, functions, at)
