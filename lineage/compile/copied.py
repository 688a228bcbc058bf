"""Scopes of branches that are as another one but for their tables: its scope with other names.

What `lineage.compile.alike` found to be written alike may still mean something else. So a scope
is copied only where it is nothing but plain columns of one table, where compiling it has left
no trace but itself, and where none of the tables is anything else to this statement. All else
raises `NotAlikeError`, and the statement is read branch by branch.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.described import is_as_named
from lineage.compile.names import offset_of
from lineage.compile.unions import has_own_clauses, union_mode
from lineage.dialects import join_name, last_part
from lineage.objects import UNQUALIFIED, Dep, Output, Scope, Source
from lineage.words import TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lineage.compile.alike import Run
    from lineage.compile.frames import Draft, Frame
    from lineage.compile.unions import Mode, Parts

_IDENTITY = TransformSubtype.IDENTITY
_BY_POSITION = (False, "", ())  # as a mode
# What of a statement grows with each branch, by one at most.
_GROWS = frozenset({"scopes", "order", "compiled", "wholes", "last_parts"})


class NotAlikeError(Exception):
    """Branches that are written alike are not."""


def compiled_branches(
    frame: Frame, parts: Parts, mode: Mode, compile_query: Callable[[exp.Expr, Frame], int]
) -> tuple[Parts, list[int]]:
    """The scopes of a set operation's branches, with those that were left out behind their like.

    The parts say of these too from which of them rows are taken.
    """
    alike = frame.draft.alike
    if alike is None:
        return parts, [compile_query(branch, frame) for branch in parts.branches]
    numbers: list[int] = []
    inside: list[int] = []
    for branch, taken in zip(parts.branches, parts.inside, strict=True):
        run = alike.run_at(_table_place(branch))
        before = _sizes(frame.draft) if run is not None else {}
        numbers.append(compile_query(branch, frame))
        if run is not None:
            _expect_united(branch, mode)
            _expect_one_scope(before, frame.draft)
            numbers += _copies(frame, numbers[-1], run)
        inside += [taken] * (len(numbers) - len(inside))
    return parts._replace(inside=tuple(inside)), numbers


def _table_place(branch: exp.Expr) -> int:
    """Where the table is written that a query reads, -1 where it reads none, or no table."""
    clause = branch.args.get("from_") if type(branch) is exp.Select else None
    table = clause.this if clause is not None else None
    return offset_of(table.this) if type(table) is exp.Table else -1


def _expect_united(branch: exp.Expr, mode: Mode) -> None:
    """Its operator is a plain one like those behind it, which would stand around it."""
    operator = branch.parent
    if type(operator) is not exp.Union or operator.expression is not branch:
        raise NotAlikeError
    if mode != _BY_POSITION or union_mode(operator) != mode or has_own_clauses(operator):
        raise NotAlikeError


def _sizes(draft: Draft) -> dict[str, int]:
    """How much of everything there is in a statement so far."""
    return {what: len(held) for what, held in vars(draft).items() if isinstance(held, Sized)}


def _expect_one_scope(before: dict[str, int], draft: Draft) -> None:
    """That a branch came to one scope and to nothing else."""
    grown = {what: size - before[what] for what, size in _sizes(draft).items()}
    more = {what for what, by in grown.items() if by}
    if not more <= _GROWS or grown["scopes"] != 1 or grown["order"] != 1:
        raise NotAlikeError


def _copies(frame: Frame, number: int, run: Run) -> Iterator[int]:
    """The scopes of the branches that are like one that has been compiled."""
    draft = frame.draft
    scope, whole = draft.scopes[number], draft.wholes.get(number)
    own, *others = _relations(frame, run.tables)
    if scope is None or not _is_plain(scope, number, run.start):
        raise NotAlikeError
    schema = scope.sources[0].relation.removesuffix(own[1])
    if _copy(scope, number, own[0], f"{schema}{own[1]}", 0) != scope:
        raise NotAlikeError
    for (alias, table), behind in zip(others, run.behind, strict=True):
        relation = f"{schema}{table}"
        if not is_as_named(relation, draft.dialect):
            raise NotAlikeError
        copy = draft.reserve()
        draft.last_parts.add(last_part(relation))
        if whole is not None:
            draft.wholes[copy] = whole
        yield draft.finish(copy, _copy(scope, copy, alias, relation, behind))


def _relations(frame: Frame, tables: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Tables by their aliases and by the last parts of their names; none is in view otherwise."""
    naming, otherwise = frame.draft.naming, frame.ctes.keys() | frame.draft.rows.keys()
    for table in tables:
        alias = naming.plain_columns[table]
        if alias in otherwise:
            raise NotAlikeError
        yield alias, join_name((naming.plain_parts[table],))


def _is_plain(scope: Scope, number: int, start: int) -> bool:
    """Whether a scope may be one of plain columns, each of which says where it is written."""
    if len(scope.sources) != 1 or any(len(output.deps) != 1 for output in scope.outputs):
        return False
    deps = [output.deps[0] for output in scope.outputs]
    offsets = [scope.offset, scope.sources[0].offset]
    offsets += [output.offset for output in scope.outputs]
    offsets += [dep.offset for dep in deps]
    return min(offsets) > start and all(dep.scope == number for dep in deps)


def _copy(scope: Scope, number: int, alias: str, relation: str, behind: int) -> Scope:
    """A scope of plain columns as it is for another table, so much further behind."""
    columns = [
        Output(
            output.name,
            (
                Dep(
                    number,
                    UNQUALIFIED,
                    dep.column,
                    _IDENTITY,
                    (),
                    dep.offset + behind,
                    dep.aliases,
                ),
            ),
            output.offset + behind,
        )
        for output in scope.outputs
        for dep in output.deps
    ]
    return Scope(
        scope.label,
        scope.parent,
        (Source(alias, relation, -1, offset=scope.sources[0].offset + behind),),
        tuple(columns),
        offset=scope.offset + behind,
        rows_first=scope.rows_first,
        aliases=scope.aliases,
    )
