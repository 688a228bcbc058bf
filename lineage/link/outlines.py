"""Outlines: what of an object the linking of other texts depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.objects import STAR, TAG, UNQUALIFIED, enclosed_scopes
from lineage.struct_types import Struct, structs_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.objects import Dep, Object, Output, Scope, Statement


class Outline(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a text reads, writes and declares, by the names that it uses.

    `writes` and `declares` are (name, kind, temporary); `columns` those of CREATE; what ALTER
    adds and drops comes in its turn, as places depend on it. `evidence` is, by relation, which
    columns the text says that it has: by naming them as its own, or where they can be nobody
    else's. `structs` are the fields that DDL gives to columns, by relation and column.
    """

    reads: tuple[str, ...]
    writes: tuple[tuple[str, str, bool], ...]
    declares: tuple[tuple[str, str, bool], ...]
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    evidence: dict[str, tuple[str, ...]]
    results: int
    structs: tuple[tuple[str, str, tuple[Struct, ...]], ...] = ()


def outline(compiled: Object) -> Outline:
    """The outline of an object."""
    statements = compiled.statements
    evidence: dict[str, dict[str, None]] = {}
    for statement in statements:
        for relation, column in _evidence(statement):
            evidence.setdefault(relation, {})[column] = None
    writes = [w for s in statements for w in s.writes]
    declared = [d for s in statements for d in s.declarations]
    return Outline(
        reads=tuple(dict.fromkeys(_read(statements))),
        writes=tuple(
            dict.fromkeys((w.relation, w.kind, w.temporary) for w in writes if w.relation)
        ),
        declares=tuple(
            dict.fromkeys(
                (
                    *((d.relation, d.kind, d.temporary) for d in declared if d.kind != "drop"),
                    *((relation, "add", False) for relation in _remarked(statements)),
                )
            )
        ),
        columns=tuple(
            (d.relation, tuple(name for name, _type in d.columns))
            for d in declared
            if d.kind not in {"add", "drop"}
        ),
        evidence={relation: tuple(columns) for relation, columns in evidence.items()},
        results=sum(not w.relation for w in writes),
        structs=tuple(
            (d.relation, name, found)
            for d in declared
            if d.kind != "drop"
            for name, written in d.columns
            if (found := structs_in(written))
        ),
    )


def _remarked(statements: tuple[Statement, ...]) -> Iterator[str]:
    """The relations of which something is said, so that they exist."""
    for statement in statements:
        for remark in statement.remarks:
            if not remark.relation.startswith(TAG):
                yield remark.relation


def _read(statements: tuple[Statement, ...]) -> Iterator[str]:
    for statement in statements:
        for scope in statement.scopes:
            yield from (source.relation for source in scope.sources if source.relation)


def _evidence(statement: Statement) -> Iterator[tuple[str, str]]:
    yield from ((r.relation, r.column) for r in statement.remarks if r.column)
    enclosed = enclosed_scopes(statement)
    for number, scope in enumerate(statement.scopes):
        sources = scope.sources
        if not any(source.relation for source in sources):
            continue
        alone = "" if enclosed[number] else _only_source(scope)
        hidden = {sources[0].alias, *(o.name for o in scope.outputs if not _is_copy(o))}
        for dep in _deps(scope):
            column = dep.column
            if dep.scope != number or column == STAR or column[:1] == "$":
                continue
            if dep.source >= 0:
                source = sources[dep.source]
                if source.relation and column not in source.columns:
                    yield source.relation, column
            elif alone and dep.source == UNQUALIFIED and column not in hidden:
                yield alone, column


def _is_copy(output: Output) -> bool:
    """Whether an output is a column under its own name, which so can mean nothing else."""
    deps = output.deps
    return len(deps) == 1 and deps[0].column == output.name


def _only_source(scope: Scope) -> str:
    """The relation of which every plain name in the scope must be a column, if there is one."""
    only, *others = scope.sources
    return "" if others or only.columns else only.relation


def _deps(scope: Scope) -> Iterator[Dep]:
    yield from scope.influences
    for output in scope.outputs:
        yield from output.deps
