"""UPDATE, MERGE, DELETE and TRUNCATE: rows that are there are changed or taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.absences import absences_of
from lineage.compile.assigned import assignments, column_of, is_default
from lineage.compile.behind import behind, column_behind, filled_behind, hidden_by_target
from lineage.compile.expressions import collect
from lineage.compile.federated import remote_target
from lineage.compile.frames import Frame
from lineage.compile.guards import conjuncts, equated_columns, equated_sources, tests_of
from lineage.compile.leftovers import note_leftovers
from lineage.compile.merging import merge_columns
from lineage.compile.names import alias_name, column_name, offset_of, relation_name
from lineage.compile.projections import fields_made
from lineage.compile.queries import add_ctes, top_frame
from lineage.compile.returning import add_returning
from lineage.compile.sources import add_from, add_item, add_joins
from lineage.dialects import LIKE_MYSQL
from lineage.objects import (
    OUTPUT_OF,
    ROWS_OF,
    STAR,
    UNQUALIFIED,
    Dep,
    Output,
    Removal,
    Source,
    Star,
    Write,
)
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.compile.parts import Parts


# Where UPDATE SET * and INSERT * of a MERGE do not go by name.
_STARS_GO_BY_POSITION = frozenset({"duckdb"})
_UNSAID = -1  # in the place of a source's number, where a name that is assigned says none


def add_update(node: exp.Expr, parts: Parts) -> None:
    """UPDATE, with FROM or joins; T-SQL's target may be an alias of the FROM clause."""
    frame = top_frame(parts.draft)
    add_ctes(frame, node)
    add_from(frame, node)
    target = _target(node, frame, parts)
    if target is None:
        return
    _filtered(frame, node)
    own = _own_number(frame, node, parts)
    changed = _by_source(assignments(node.expressions, frame))
    outputs = changed.pop(own, [])
    unsaid = changed.pop(_UNSAID, [])
    several = _changeable(frame) if unsaid else []
    if len(several) < 2:  # noqa: PLR2004
        outputs, unsaid = [*outputs, *unsaid], []
    if frame.sources[own].scope >= 0:
        target, outputs = _through(frame.sources[own], outputs, parts, node)
    frame.outputs.extend(outputs)
    _write_changes(frame, target, parts, node)
    for number, outputs in changed.items():
        _write_others(frame, (number, outputs), parts, node)
    for number in several if unsaid else ():
        _write_others(frame, (number, unsaid), parts, node, place=(frame.number, number))
    add_returning(node, frame, _own_number(frame, node, parts), parts)
    note_leftovers(node, parts)


def _target(node: exp.Expr, frame: Frame, parts: Parts) -> str | None:
    """The relation that is changed, brought into view unless it is there already."""
    remote = remote_target(node.this, parts.naming)
    if remote is not None:
        node.set("this", remote[0])
    table = node.this
    if not isinstance(table, exp.Table):
        parts.hole(GapReason.UNSUPPORTED, "the target of the statement is computed", node)
        return None
    name = relation_name(table, parts.naming)
    if not table.args.get("db"):
        place = frame.by_alias.get(column_name(table.this, parts.naming))
        if place is not None:
            return frame.sources[place].relation or name
    _add_target(frame, table)
    return name


def _add_target(frame: Frame, node: exp.Expr) -> None:
    """Bring the target into view: a CTE where one can be changed, and elsewhere never one."""
    ctes = frame.ctes
    hidden = hidden_by_target(frame, node) if ctes else ""
    if hidden:
        frame.ctes = {name: cte for name, cte in ctes.items() if name != hidden}
    add_item(frame, node)
    frame.ctes = ctes


def _through(
    source: Source, outputs: list[Output], parts: Parts, node: exp.Expr
) -> tuple[str, list[Output]]:
    """The table behind a CTE or an inline view, and what is assigned to its own columns."""
    if source.scope < 0:
        return source.relation, outputs
    found = behind(source, [output.name for output in outputs], parts.draft)
    if found is None:
        parts.hole(GapReason.UNSUPPORTED, "the table behind a CTE or query is not known", node)
        return source.alias, outputs
    relation, names = found
    return relation, [replace(o, name=name) for o, name in zip(outputs, names, strict=False)]


def _filtered(frame: Frame, node: exp.Expr) -> None:
    where = node.args.get("where")
    if where is not None:
        frame.influences.extend(collect(where.this, frame, Subtype.FILTER))
        parts = conjuncts(where.this)
        frame.tests.extend((*tests_of(parts, frame), *absences_of(parts, frame)))
        frame.linked.extend(equated_sources(parts, frame))
        frame.equated.extend(equated_columns(parts))
    order = node.args.get("order")
    if order is not None and node.args.get("limit") is not None:  # the first rows only
        frame.influences.extend(collect(order, frame, Subtype.SORT))


def _by_source(assigned: Iterator[tuple[int, Output]]) -> dict[int, list[Output]]:
    """MySQL's UPDATE may assign columns of any source; by its number, or `_UNSAID`."""
    found: dict[int, list[Output]] = {}
    for source, output in assigned:
        found.setdefault(max(source, _UNSAID), []).append(output)
    return found


def _changeable(frame: Frame) -> list[int]:
    """The sources of which a plain name that is assigned may be a column: in MySQL, any table."""
    if frame.draft.dialect not in LIKE_MYSQL:
        return []
    return [number for number, source in enumerate(frame.sources) if source.relation]


def _write_others(
    frame: Frame,
    changed: tuple[int, list[Output]],
    parts: Parts,
    node: exp.Expr,
    *,
    place: tuple[int, int] | None = None,
) -> None:
    number, outputs = changed
    inner = Frame(frame.draft, frame, frame.ctes)
    at = parts.at(node)
    inner.outputs.extend(outputs)
    inner.influences.append(Dep(frame.number, ROWS_OF, STAR, Subtype.FILTER, (), at))
    relation = frame.sources[number].relation
    if relation:
        _write_changes(inner, relation, parts, node, place=place)
    else:
        parts.hole(GapReason.UNSUPPORTED, "what is changed is not a table", node)


def _write_changes(
    frame: Frame,
    relation: str,
    parts: Parts,
    node: exp.Expr,
    *,
    by_position: bool = False,
    place: tuple[int, int] | None = None,
) -> int:
    at = parts.at(node)
    kind = "insert" if by_position else "update"
    number = frame.finish("", at)
    by_name = not by_position
    write = Write(relation, number, kind, by_name=by_name, appends=False, offset=at, place=place)
    parts.writes.append(write)
    return number


def add_merge(node: exp.Expr, parts: Parts) -> None:
    """MERGE: one scope joins target and source; each branch is a scope inside it."""
    base = top_frame(parts.draft)
    add_ctes(base, node)
    _add_target(base, node.this)
    add_item(base, node.args["using"])
    condition = node.args.get("on")
    if node.args.get("using_cond"):
        merge_columns(base, (0, 1), node.args["using_cond"])
    elif condition:
        base.influences.extend(collect(condition, base, Subtype.JOIN))
        base.equated.extend(equated_columns(conjuncts(condition)))
    whens = node.args.get("whens")
    branches = [_branch(when, base) for when in whens.expressions] if whens is not None else []
    number = base.finish("", offset_of(node))
    add_returning(node, base, 0, parts)
    before: dict[tuple[bool, bool], int] = {}
    for frame, when in branches:
        frame.influences.append(Dep(number, ROWS_OF, STAR, Subtype.JOIN, (), offset_of(node)))
        # a row goes to the first branch of its kind that takes it, and so past those before
        kind = bool(when.args.get("matched")), bool(when.args.get("source"))
        if kind in before:
            taken = Dep(before[kind], ROWS_OF, STAR, Subtype.CONDITIONAL, (), offset_of(when))
            frame.influences.append(taken)
        scope = _write_branch(frame, when, base.sources[0], parts)
        if when.args.get("condition") is not None:
            before[kind] = scope
    note_leftovers(node, parts)


def _branch(when: exp.Expr, base: Frame) -> tuple[Frame, exp.Expr]:
    """A branch sees both sides; of the one that has no row here, plain names mean nothing.

    So those of INSERT are the source's, and those of NOT MATCHED BY SOURCE the target's.
    """
    frame = Frame(base.draft, base, base.ctes)
    then = when.args.get("then")
    if isinstance(then, exp.Insert):
        _tell_values_from_columns(then)
    if isinstance(then, exp.Insert) or when.args.get("source"):
        seen = base.sources[0 if when.args.get("source") else 1]
        frame.sources.append(seen)
        frame.by_alias = {seen.alias: 0}
    condition = when.args.get("condition")
    if condition is not None:
        frame.influences.extend(collect(condition, frame, Subtype.CONDITIONAL))
    return frame, when


def _tell_values_from_columns(then: exp.Expr) -> None:
    """INSERT VALUES (…) and INSERT DEFAULT VALUES, which the parser takes for columns."""
    listed = then.this.expressions if isinstance(then.this, exp.Tuple) else ()
    if len(listed) != 1 or then.args.get("expression"):
        return
    if isinstance(listed[0], exp.Anonymous) and listed[0].name.upper() == "VALUES":
        then.set("expression", exp.Tuple(expressions=listed[0].expressions))
        then.set("this", None)
    elif is_default(listed[0]):
        then.set("expression", exp.Tuple(expressions=[]))
        then.set("this", None)


def _write_branch(frame: Frame, when: exp.Expr, target: Source, parts: Parts) -> int:
    then = when.args.get("then")
    at = offset_of(when)
    if isinstance(then, exp.Update):
        listed = then.args.get("expressions")
        changes = assignments(listed if isinstance(listed, list) else [], frame)
        outputs = [output for _place, output in changes]
        by_position = _takes_all(then) and parts.naming.dialect in _STARS_GO_BY_POSITION
        if _takes_all(then):
            outputs.append(_all_of_source(frame, at))
        relation, outputs = _through(target, outputs, parts, then)
        frame.outputs.extend(outputs)
        return _write_changes(frame, relation, parts, then, by_position=by_position)
    if isinstance(then, exp.Insert):
        columns = _insert_values(then, frame, parts, at)
        relation, columns = _filled(target, columns, parts, then)
        number = frame.finish("", at)
        by_name = _takes_all(then) and not _goes_by_position(then, parts)
        parts.writes.append(Write(relation, number, "insert", columns, by_name=by_name, offset=at))
        return number
    number = frame.finish("", at)
    if then is None or "NOTHING" not in then.name.upper():
        relation, _none = _through(target, [], parts, when)
        parts.removals.append(Removal(relation, (), number, at))
    return number


def _filled(
    target: Source, columns: tuple[str, ...], parts: Parts, node: exp.Expr
) -> tuple[str, tuple[str, ...]]:
    """The table that a new row goes into, and the columns that it gives."""
    found = filled_behind(target, columns, parts.draft)
    if found is None:
        parts.hole(GapReason.UNSUPPORTED, "the table behind a CTE or query is not known", node)
        return target.alias, columns
    return found


def _goes_by_position(then: exp.Expr, parts: Parts) -> bool:
    """DuckDB's INSERT and INSERT *, but not its INSERT BY NAME."""
    return parts.naming.dialect in _STARS_GO_BY_POSITION and not isinstance(then.this, exp.Tuple)


def _takes_all(then: exp.Expr) -> bool:
    this = then.this if isinstance(then, exp.Insert) else then.args.get("expressions")
    if this is None and isinstance(then.args.get("expression"), exp.Expr):
        return False  # INSERT VALUES (…), by position
    if isinstance(this, exp.Tuple) and not then.args.get("expression"):
        return True  # DuckDB's INSERT BY NAME
    values = this if isinstance(this, list) else [this]
    return not values or any(not v or isinstance(v, (exp.Star, exp.Var)) for v in values)


def _all_of_source(frame: Frame, at: int) -> Output:
    """`UPDATE SET *`: every column of the source, found through the enclosing scope."""
    assert frame.parent is not None
    dep = Dep(frame.parent.number, 1, STAR, Subtype.IDENTITY, (), at)
    return Output("", (dep,), at, Star(OUTPUT_OF))


def _insert_values(then: exp.Expr, frame: Frame, parts: Parts, at: int) -> tuple[str, ...]:
    if _takes_all(then):
        frame.outputs.append(Output("", (), at, Star(UNQUALIFIED)))
        return ()
    listed = then.this.expressions if isinstance(then.this, (exp.Tuple, exp.Schema)) else ()
    columns = tuple(column_name(column_of(c), parts.naming) for c in listed)
    body = then.args.get("expression")
    values = body.expressions if isinstance(body, exp.Tuple) else [body] if body else []
    for position, value in enumerate(values):
        name = columns[position] if position < len(columns) else f"_col_{position}"
        deps = () if is_default(value) else tuple(collect(value, frame))
        made = fields_made(value, frame, deps)
        frame.outputs.append(Output(name, deps, offset_of(value), fields=made))
    return columns


def add_delete(node: exp.Expr, parts: Parts) -> None:
    """DELETE: which of the relation's own columns decide, and what else is consulted."""
    frame = top_frame(parts.draft)
    add_ctes(frame, node)
    for other in node.args.get("using") or ():
        add_item(frame, other)
    tables = node.args.get("tables")
    if not node.this and tables:
        node.set("this", tables[0])  # BigQuery leaves FROM away
    elif tables:
        add_item(frame, node.this)
        add_joins(frame, node)
    relation = _target(node, frame, parts)
    if relation is None:
        return
    add_joins(frame, node)
    own = _own_number(frame, node, parts)
    _filtered(frame, node)
    at = parts.at(node)
    number = frame.finish("", at)
    for changed in _emptied(frame, node, own) or [own]:
        name = frame.sources[changed].relation or relation
        columns = {d.column for d in _deps(parts) if _is_own(d, number, changed)}
        if frame.sources[changed].scope >= 0:
            name, _none = _through(frame.sources[changed], [], parts, node)
            copied = (column_behind(frame.sources[changed], c, parts.draft) for c in columns)
            columns = {place[1] for place in copied if place is not None}
        parts.removals.append(Removal(name, tuple(sorted(columns)), number, at))
    add_returning(node, frame, own, parts)
    note_leftovers(node, parts)


def _emptied(frame: Frame, node: exp.Expr, own: int) -> list[int]:
    """MySQL's `DELETE a, b FROM …` takes rows of several sources."""
    tables = node.args.get("tables") or ()
    if not tables and node.args.get("using"):  # MySQL's `DELETE FROM a, b USING …`
        others = [join.this for join in node.this.args.get("joins") or ()]
        tables = [node.this, *others] if others else ()
    names = [column_name(t.this, frame.draft.naming) for t in tables if isinstance(t, exp.Table)]
    return list(dict.fromkeys(frame.by_alias.get(name, own) for name in names))


def _own_number(frame: Frame, node: exp.Expr, parts: Parts) -> int:
    own = alias_name(node.this, parts.naming) or column_name(node.this.this, parts.naming)
    return frame.by_alias.get(own, len(frame.sources) - 1)


def _deps(parts: Parts) -> Iterator[Dep]:
    for scope in parts.draft.scopes:
        if scope is not None:
            yield from scope.influences
            for output in scope.outputs:
                yield from output.deps


def _is_own(dep: Dep, scope: int, source: int) -> bool:
    return dep.scope == scope and dep.source in {source, UNQUALIFIED} and dep.column != STAR


def add_truncate(node: exp.Expr, parts: Parts) -> None:
    """TRUNCATE takes all rows of each table it names."""
    for table in node.expressions:
        if isinstance(table, exp.Table):
            name = relation_name(table, parts.naming)
            parts.removals.append(Removal(name, (), -1, offset_of(table)))
