"""Set operations that match columns by name, and what SEARCH and CYCLE add to a recursion."""

from __future__ import annotations

from typing import NamedTuple

from sqlglot import exp

from lineage.compile.frames import Frame
from lineage.compile.names import column_name, offset_of
from lineage.objects import UNQUALIFIED, Dep, Output, Source, Star
from lineage.words import TransformSubtype as Subtype


class Mode(NamedTuple):
    """How a set operation matches the columns of its branches."""

    by_name: bool
    keeps: str
    on: tuple[exp.Expr, ...]


_BY_POSITION = Mode(by_name=False, keeps="", on=())


def union_mode(node: exp.Expr) -> Mode:
    """`BY NAME`, `CORRESPONDING` and which columns are left: LEFT, INNER, FULL, or those listed."""
    args = node.args
    if not (args.get("side") or args.get("kind") or args.get("by_name") or args.get("on")):
        return _BY_POSITION
    keeps = f"{args.get('side') or ''}{args.get('kind') or ''}".upper()
    return Mode(bool(args.get("by_name")), keeps, tuple(args.get("on") or ()))


class Parts(NamedTuple):
    """The queries that a set operation is made of, in the order they are written.

    `inside` says of each branch how many of the subtracted, from the right, take rows from it.
    It `compares` rows where equal ones become one, and `unites` where all that is in a branch
    is in the whole.
    """

    branches: tuple[exp.Expr, ...]
    subtracted: tuple[exp.Except, ...]
    inside: tuple[int, ...]
    compares: bool
    unites: bool


def parts_of(node: exp.SetOperation, mode: Mode) -> Parts:
    """The parts of a chain of set operations that match columns in the same way."""
    branches: list[tuple[exp.Expr, int]] = []
    subtracted: list[exp.Except] = []
    here: exp.Expr = node
    compares, unites = False, not has_own_clauses(node)
    while isinstance(here, exp.SetOperation) and (here is node or not has_own_clauses(here)):
        if union_mode(here) != mode:
            break
        compares = compares or bool(here.args.get("distinct")) or not isinstance(here, exp.Union)
        unites = unites and isinstance(here, exp.Union)
        if isinstance(here, exp.Except):
            subtracted.append(here)
        else:
            branches.append((here.expression, len(subtracted)))
        here = here.this
    branches.append((here, len(subtracted)))
    written, inside = zip(*reversed(branches), strict=True)
    return Parts(written, tuple(reversed(subtracted)), inside, compares, unites)


def has_own_clauses(node: exp.Expr) -> bool:
    """Whether something stands beside a query that orders, cuts, joins or names."""
    args = node.args
    return bool(
        args.get("with_")
        or args.get("order")
        or args.get("limit")
        or args.get("offset")
        or args.get("joins")
    )


def united(frame: Frame, mode: Mode, branches: list[int]) -> list[int]:
    """The branches, each with only those columns that the set operation keeps."""
    wanted = _wanted(frame, mode, branches) if mode.by_name else None
    if wanted is None:
        return branches
    return [_only(frame, number, wanted) for number in branches]


def _wanted(frame: Frame, mode: Mode, branches: list[int]) -> list[str] | None:
    """The names that are kept; None for all, or where they are not known."""
    if mode.on:
        return [column_name(column, frame.draft.naming) for column in mode.on]
    known = [_names(frame, number) for number in branches]
    if mode.keeps.startswith("LEFT"):
        return known[0]
    if mode.keeps.startswith("INNER"):
        first, *others = known
        if first is not None and None not in others:
            return [name for name in first if all(name in (o or ()) for o in others)]
    return None


def _names(frame: Frame, number: int) -> list[str] | None:
    scope = frame.draft.scopes[number]
    if scope is None or scope.branches or any(o.star is not None for o in scope.outputs):
        return None
    return [output.name for output in scope.outputs]


def _only(frame: Frame, number: int, wanted: list[str]) -> int:
    has = _names(frame, number)
    inner = Frame(frame.draft, frame, frame.ctes)
    inner.add_source(Source("", "", number))
    inner.outputs = [
        Output(name, (Dep(inner.number, 0, name, Subtype.IDENTITY, (), 0),), 0)
        for name in wanted
        if has is None or name in has
    ]
    return inner.finish("", 0)


def searched(frame: Frame, clause: exp.Expr, recursion: Source) -> int:
    """A recursive CTE with the columns that SEARCH and CYCLE set: an order, a mark, a path."""
    naming = frame.draft.naming
    inner = Frame(frame.draft, frame.parent, frame.ctes)
    inner.add_source(recursion)
    inner.outputs.append(Output("", (), offset_of(clause), Star(UNQUALIFIED)))
    for key in ("search", "cycle"):
        part = clause.args.get(key)
        if part is None:
            continue
        at = offset_of(part.this)
        by = Dep(inner.number, 0, column_name(part.this, naming), Subtype.TRANSFORMATION, (), at)
        mark = Dep(inner.number, 0, by.column, Subtype.CONDITIONAL, (), at)
        made = {"expression": by if key == "search" else mark, "using": by}
        for place, dep in made.items():
            if part.args.get(place):
                inner.outputs.append(Output(column_name(part.args[place], naming), (dep,), at))
    return inner.finish(recursion.alias, offset_of(clause))


def keyed(frame: Frame, cte: exp.Expr, recursion: Source) -> int:
    """A recursive CTE of which a later row takes the place of an earlier one with the same key."""
    inner = Frame(frame.draft, frame.parent, frame.ctes)
    inner.add_source(recursion)
    inner.outputs.append(Output("", (), offset_of(cte), Star(UNQUALIFIED)))
    for key in cte.args["key_expressions"]:
        name = column_name(key, frame.draft.naming)
        inner.influences.append(Dep(inner.number, 0, name, Subtype.GROUP_BY, (), offset_of(key)))
    return inner.finish(recursion.alias, offset_of(cte))
