"""Absences: that a row's subject is tested not to be in a list (NOT EXISTS, NOT IN, an anti-join).

The list must be read whole: of a part of it nobody knows whom it leaves out. Only rows whose
key is missing may be left out of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from lineage.compile.guards import conjuncts
from lineage.compile.names import column_name, offset_of
from lineage.graph import ABSENT
from lineage.objects import NOT_EXISTS, NOT_IN, OUTPUT_OF, UNQUALIFIED, Dep, Star, Test
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.compile.frames import Frame
    from lineage.compile.unions import Parts
    from lineage.objects import Scope

    # A column that is compared: the source it says it is of, empty where it says none; its name.
    Key = tuple[str, str]

_NO_SCOPE: Final = -1

# A key that is compared may go through anything but these.
_CHOOSES = (exp.Case, exp.If, exp.DecodeCase, exp.Nvl2, exp.Window, exp.AggFunc, exp.Query)
_BY_ROW = frozenset({Subtype.IDENTITY, Subtype.TRANSFORMATION})
# Clauses that take no key away from a list; WHERE may take those that are null.
_WHOLE = frozenset("with_ hint distinct expressions from_ where order locks settings group".split())
_IN_EXISTS = frozenset("hint expressions from_ where limit".split())
_ITEM = frozenset("this db catalog alias".split())


def absences_of(parts: Sequence[exp.Expr], frame: Frame) -> Iterator[Test]:
    """The conjuncts of WHERE that hold for nobody who is in some list."""
    for conjunct in parts:
        inner = conjunct.this.unnest() if isinstance(conjunct, exp.Not) else None
        if isinstance(inner, exp.In) and inner.args.get("query") is not None:
            yield from _not_in(inner.this, inner.args["query"], frame)
        elif isinstance(conjunct, exp.NEQ) and isinstance(conjunct.expression, exp.All):
            yield from _not_in(conjunct.this, conjunct.expression.this, frame)
        elif isinstance(inner, exp.Exists):
            yield from _not_exists(inner, frame)
        elif isinstance(conjunct, exp.Is) and isinstance(conjunct.expression, exp.Null):
            yield from _without_partner(conjunct.this, frame)


def _not_in(key: exp.Expr, query: exp.Expr, frame: Frame) -> Iterator[Test]:
    """`key NOT IN (SELECT key FROM list)`, or `key <> ALL (…)`."""
    number = frame.draft.queries.get(id(query), _NO_SCOPE)
    compared = _key(key, frame)
    if compared is None or number < 0 or not _is_whole(number, frame, 0):
        return
    alias, column = compared
    place = frame.find_alias(alias) if alias else (frame.number, UNQUALIFIED)
    if place is not None and place[0] == frame.number:
        subject = Dep(*place, column, Subtype.FILTER, (), offset_of(key))
        listed = Dep(number, OUTPUT_OF, "", Subtype.FILTER, (), offset_of(key))
        yield Test(subject, NOT_IN, "", ABSENT, listed)


def _not_exists(node: exp.Exists, frame: Frame) -> Iterator[Test]:
    """`NOT EXISTS (SELECT … FROM list WHERE list.key = key)`."""
    query = node.this
    number = frame.draft.queries.get(id(query), _NO_SCOPE)
    scope = frame.draft.scopes[number] if number >= 0 else None
    if scope is None or len(scope.sources) != 1 or not isinstance(query, exp.Select):
        return
    where = query.args.get("where")
    clauses = {key for key, value in query.args.items() if value}
    if where is None or not clauses <= _IN_EXISTS or not _is_plain_from(query):
        return
    for place, column in _compared(where.this, frame, scope.sources[0].alias).items():
        if _is_whole(scope.sources[0].scope, frame, column):
            yield _test(frame, place, (number, 0), column, offset_of(node))


def _without_partner(node: exp.Expr, frame: Frame) -> Iterator[Test]:
    """`WHERE list.key IS NULL` behind a LEFT JOIN by that key."""
    key = _key(node, frame) if isinstance(node, exp.Column) else None
    place = frame.find_alias(key[0]) if key is not None and key[0] else None
    if key is None or place is None or place[0] != frame.number:
        return
    for source, column in frame.lacking.get(place[1], {}).items():
        if column == key[1]:
            yield _test(frame, source, place, column, offset_of(node))


def without_partners(frame: Frame, join: exp.Expr, joined: int) -> Iterator[Test]:
    """ANTI JOIN: rows of the left side that have no partner in a list.

    Of a LEFT JOIN it is remembered which keys of a list it looks up: where one of them is null
    nobody was found. Where one of several keys will do that says nothing.
    """
    on, side = join.args.get("on"), join.args.get("side") or ""
    if join.args.get("kind") == "ANTI" and side in {"", "LEFT"}:
        for place, column in _looked_up(frame, join, joined).items():
            yield _test(frame, place, (frame.number, joined), column, offset_of(join.this))
    elif side == "LEFT" and (on is None or on.find(exp.Or) is None):
        frame.lacking = {**frame.lacking, joined: _looked_up(frame, join, joined)}


def _looked_up(frame: Frame, join: exp.Expr, joined: int) -> dict[int, str]:
    """By source on the left the key of the joined list that is compared with one of it."""
    on, using = join.args.get("on"), join.args.get("using") or ()
    if len(frame.sources) != joined + 1 or not _is_plain_item(join.this):
        return {}
    source = frame.sources[joined]
    found: dict[int, str] = {}
    if on is not None:
        found = _compared(on, frame, source.alias)
    elif joined == 1 and using:
        found = {0: column_name(using[0], frame.draft.naming)}
    return {p: c for p, c in found.items() if p < joined and _is_whole(source.scope, frame, c)}


def lacking_in(frame: Frame, parts: Parts, taken: Sequence[int]) -> Iterator[tuple[int, int]]:
    """EXCEPT: pairs of a branch's position and a list none of whose values is left in it.

    `taken` are the scopes of what is subtracted. EXCEPT ALL takes a value away only so often.
    """
    lists = [
        bool(node.args.get("distinct")) and _is_whole(number, frame, 0)
        for node, number in zip(parts.subtracted, taken, strict=True)
    ]
    for position, inside in enumerate(parts.inside):
        first = len(taken) - inside
        yield from ((position, taken[n]) for n in range(first, len(taken)) if lists[n])


def _test(frame: Frame, subject: int, place: tuple[int, int], column: str, at: int) -> Test:
    """That rows of a source have no partner in the list at `place`, looked up by a column of it."""
    listed = Dep(*place, column, Subtype.FILTER, (), at)
    whose = Dep(frame.number, subject, column, Subtype.FILTER, (), at)
    return Test(whose, NOT_EXISTS, "", ABSENT, listed)


def _compared(condition: exp.Expr, frame: Frame, own: str) -> dict[int, str]:
    """By source of this query the key of a list, called `own`, that is compared with one of it.

    Nothing where the condition asks for anything else than that keys be equal, or be there.
    """
    found: list[tuple[int, str]] = []
    present: set[str] = set()
    for conjunct in conjuncts(condition):
        named = _not_null(conjunct)
        sides = [_sides(part, frame, own) for part in _disjuncts(conjunct)]
        known = [side for side in sides if side is not None]
        if known:
            found += known
        elif named is not None:
            present.add(column_name(named.this, frame.draft.naming))
        else:
            return {}
    return {place: column for place, column in found if present <= {column}}


def _disjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    """The alternatives of a condition. Who is in no row that fits any is in none that fits one."""
    stack = [node]
    while stack:
        here = stack.pop().unnest()
        if isinstance(here, exp.Or):
            stack += (here.expression, here.this)
        else:
            yield here


def _sides(node: exp.Expr, frame: Frame, own: str) -> tuple[int, str] | None:
    """The source of this query and the key of the list that an equality compares.

    Where there is but one source a name on one side need not say whose it is: should it be
    the list's, then nobody is in the list at all once the test holds.
    """
    if not isinstance(node, (exp.EQ, exp.NullSafeEQ)):
        return None
    keys = [_key(side, frame) for side in (node.this, node.expression)]
    for inner, outer in (keys, keys[::-1]):
        if inner is None or outer is None or outer[0] == own or inner[0] not in {"", own}:
            continue
        alone = len(frame.sources) == 1 and bool(inner[0]) is not bool(outer[0])
        place = frame.find_alias(outer[0]) if outer[0] else (frame.number, 0) if alone else None
        if place is not None and place[0] == frame.number and (inner[0] == own or alone):
            return place[1], inner[1]
    return None


def _key(node: exp.Expr, frame: Frame) -> Key | None:
    """The one column that an expression is made of, whatever functions it goes through."""
    alone = type(node) is exp.Column and type(node.this) is exp.Identifier  # as most are
    columns = [node] if alone else list(node.find_all(exp.Column))
    if len(columns) != 1 or not (alone or node.find(*_CHOOSES) is None):
        return None
    column, naming = columns[0], frame.draft.naming
    if isinstance(column.this, exp.Star) or column.args.get("db") or column.args.get("join_mark"):
        return None
    table, name = column.args.get("table"), column_name(column.this, naming)
    if table is None and name in frame.named:
        return None
    return (column_name(table, naming) if table is not None else "", name)


def _not_null(node: exp.Expr) -> exp.Column | None:
    """The column of `c IS NOT NULL`."""
    tested = node.this.unnest() if isinstance(node, exp.Not) else None
    if not isinstance(tested, exp.Is) or not isinstance(tested.expression, exp.Null):
        return None
    return tested.this if isinstance(tested.this, exp.Column) else None


def note_whole(frame: Frame, node: exp.Select, clauses: set[str]) -> None:
    """Remember that a query leaves out none of its only source's rows but for missing keys."""
    distinct, where = node.args.get("distinct"), node.args.get("where")
    if not clauses <= _WHOLE or len(frame.sources) != 1 or not _is_plain_from(node):
        return
    if distinct is not None and distinct.args.get("on") is not None:
        return
    tested = [_not_null(c) for c in conjuncts(where)] if where is not None else []
    names = {column_name(c.this, frame.draft.naming) for c in tested if c is not None}
    if None not in tested:
        frame.draft.wholes[frame.number] = frozenset(names)


def _is_plain_from(node: exp.Select) -> bool:
    clause = node.args.get("from_")
    return clause is not None and _is_plain_item(clause.this)


def _is_plain_item(node: exp.Expr) -> bool:
    """A table or query as it is, of which no sample is taken and that nothing turns round."""
    present = {key for key, value in node.args.items() if value}
    return isinstance(node, (exp.Table, exp.Subquery)) and present <= _ITEM


def _is_whole(number: int, frame: Frame, key: str | int) -> bool:
    """Whether an output, by name or position, has all keys of a list, but those that are null.

    A scope's number below 0 is that of a relation.
    """
    draft = frame.draft
    while number != _NO_SCOPE:
        scope, missing = draft.scopes[number], draft.wholes.get(number)
        if scope is None or missing is None:
            return False
        if scope.branches:
            place = _position(frame, number, key)
            return place >= 0 and all(_is_whole(b, frame, place) for b in scope.branches)
        key = _behind(scope, key)
        if not key or not missing <= {key}:
            return False
        number = scope.sources[0].scope
    return True


def _position(frame: Frame, number: int, key: str | int) -> int:
    """Where a column of a set operation stands, -1 where that is not known."""
    if isinstance(key, int):
        return key
    scope = frame.draft.scopes[number]
    while scope is not None and scope.branches:
        scope = frame.draft.scopes[scope.branches[0]]
    names = [output.name for output in scope.outputs] if scope is not None else []
    stars = scope is None or any(output.star is not None for output in scope.outputs)
    return names.index(key) if key in names and not stars else -1


def _behind(scope: Scope, key: str | int) -> str:
    """The column of a scope's source that an output is made of, empty where it is no such."""
    place = key if isinstance(key, int) else -1
    for position, output in enumerate(scope.outputs):
        if output.star is not None:
            whole = output.star in (Star(UNQUALIFIED), Star(0))
            return key if whole and isinstance(key, str) else ""
        if position == place or output.name == key:
            plain = len(output.deps) == 1 and output.deps[0].subtype in _BY_ROW
            return output.deps[0].column if plain else ""
    return ""
