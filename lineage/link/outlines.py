"""Outlines: what of an object the linking of other texts depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.dialects import first_part
from lineage.link.star_names import may_give
from lineage.objects import MADE, POLICY, STAR, TAG, UNQUALIFIED, Behind, enclosed_scopes
from lineage.struct_types import Struct, structs_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.objects import Declaration, Object, Output, Scope, Statement, Write

_ALTERED = frozenset({"drop", "replace", "place", "repeat", "rename", "kept", "gone", "last"})
_NOT_CREATED = frozenset({"add", "aside", "generated"})
_MOVES_COLUMNS = frozenset({"drop", "replace", "place", "repeat"})


class Outline(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a text reads, writes and declares, by the names that it uses.

    `writes` and `declares` are (name, kind, temporary); `columns` those of CREATE, of which
    `partitions` are the last; what ALTER does comes in its turn, as places depend on it.
    `apart` are a shorter and a longer name that are written like one relation's, of which one is
    made of the other, or both are created: both are there, unless the third, a schema, is the one
    that a name without one means in the text's dialect. `aside` are columns that have no place
    among the others, `generated` those that the engine fills. `evidence` is, by relation, which
    columns the text says that it has: by naming them as its own, or where they can be nobody
    else's. Of what is `moved` it alters which columns are where. `structs` are the
    fields that DDL gives to columns, by relation and column, `added` the columns that it puts
    behind those of a relation, `functions` (name, relation,
    temporary, opaque) of those that it makes, `calls` the names of those that it calls.
    """

    reads: tuple[str, ...]
    writes: tuple[tuple[str, str, bool], ...]
    declares: tuple[tuple[str, str, bool], ...]
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    partitions: tuple[tuple[str, tuple[str, ...]], ...]
    apart: tuple[tuple[str, str, str], ...]
    evidence: dict[str, tuple[str, ...]]
    results: int
    structs: tuple[tuple[str, str, tuple[Struct, ...]], ...] = ()
    functions: tuple[tuple[str, str, bool, bool], ...] = ()
    calls: tuple[str, ...] = ()
    aside: tuple[tuple[str, tuple[str, ...]], ...] = ()
    generated: tuple[tuple[str, tuple[str, ...]], ...] = ()
    behind: tuple[Behind, ...] = ()
    doubted: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    added: tuple[tuple[str, tuple[str, ...]], ...] = ()


def outline(compiled: Object) -> Outline:
    """The outline of an object."""
    statements = compiled.statements
    evidence: dict[str, dict[str, None]] = {}
    for statement in statements:
        _note_evidence(statement, evidence)
    writes = [w for s in statements for w in s.writes]
    made = [d for s in statements for d in s.declarations if d.kind not in _ALTERED]
    return Outline(
        reads=tuple(dict.fromkeys(_read(statements))),
        writes=tuple(
            dict.fromkeys(
                (
                    *((w.relation, w.kind, w.temporary) for w in writes if w.relation),
                    *((relation, "update", False) for relation in _emptied(statements)),
                )
            )
        ),
        declares=tuple(
            dict.fromkeys(
                (
                    *((d.relation, d.kind, d.temporary) for d in made),
                    *((relation, "add", False) for relation in _remarked(statements)),
                )
            )
        ),
        columns=tuple(_named(d) for d in made if d.kind not in _NOT_CREATED),
        partitions=tuple(_named(d) for d in made if d.kind == "partition"),
        apart=tuple(_apart(statements, writes, made)),
        evidence={relation: tuple(columns) for relation, columns in evidence.items()},
        results=sum(not w.relation for w in writes),
        structs=tuple(
            (d.relation, name, found)
            for d in made
            for name, written in d.columns
            if (found := structs_in(written))
        ),
        functions=tuple(
            (r.name, r.relation, r.temporary, r.opaque) for s in statements for r in s.routines
        ),
        calls=tuple(dict.fromkeys(name for s in statements for name in s.calls)),
        aside=tuple(_named(d) for d in made if d.kind == "aside"),
        generated=tuple(_named(d) for d in made if d.kind == "generated"),
        doubted=compiled.doubted,
        moved=tuple(
            dict.fromkeys(
                d.relation for s in statements for d in s.declarations if d.kind in _MOVES_COLUMNS
            )
        ),
        behind=tuple(dict.fromkeys(b for s in statements for b in s.behind)),
        added=tuple(_named(d) for d in made if d.kind == "add" and d.columns),
    )


def names_in(statement: Statement) -> Iterator[tuple[str, int]]:
    """Every relation that a statement names, with the offset where it does."""
    for scope in statement.scopes:
        for source in scope.sources:
            if source.relation:
                yield source.relation, source.offset
    for write in statement.writes:
        if write.relation:
            yield write.relation, write.offset
    yield from ((d.relation, d.offset) for d in statement.declarations if d.kind != "gone")
    for permission in statement.permissions:
        yield permission.relation, permission.offset
    for remark in statement.remarks:
        if not remark.relation.startswith((TAG, POLICY)):
            yield remark.relation, remark.offset


def _named(declared: Declaration) -> tuple[str, tuple[str, ...]]:
    return declared.relation, tuple(name for name, _type in declared.columns)


def _emptied(statements: tuple[Statement, ...]) -> Iterator[str]:
    """The relations of which rows are deleted."""
    for statement in statements:
        for removal in statement.removals:
            if not removal.hides:
                yield removal.relation


def _remarked(statements: tuple[Statement, ...]) -> Iterator[str]:
    """The relations of which something is said, so that they exist."""
    for statement in statements:
        for remark in statement.remarks:
            if not remark.relation.startswith((TAG, POLICY)):
                yield remark.relation


def _read(statements: tuple[Statement, ...]) -> Iterator[str]:
    for statement in statements:
        for scope in statement.scopes:
            yield from (source.relation for source in scope.sources if source.relation)


def _apart(
    statements: tuple[Statement, ...], writes: Sequence[Write], declared: Sequence[Declaration]
) -> Iterator[tuple[str, str, str]]:
    """Pairs of names that are one relation's in no engine, as far as the statements show.

    A schema that a name without one means anyway keeps none apart, but from a session's own: it
    is told too. In a database that is named it is another one.
    """
    of_sessions = {write.relation for write in writes if write.temporary}
    of_sessions |= {made.relation for made in declared if made.temporary}
    pairs = (*_made_apart(writes, declared), *_read_apart(statements))
    for short, long in dict.fromkeys(pairs):
        yield short, long, "" if short in of_sessions else long[: -len(short) - 1]


def _made_apart(
    writes: Sequence[Write], declared: Sequence[Declaration]
) -> Iterator[tuple[str, str]]:
    """`CREATE TABLE mart.orders`, and in the same text `CREATE TABLE orders`."""
    made = {w.relation for w in writes if w.kind in MADE and w.relation}
    made |= {d.relation for d in declared if d.kind in MADE}
    yield from _ending_alike(made, made)


def _read_apart(statements: tuple[Statement, ...]) -> Iterator[tuple[str, str]]:
    """`INSERT INTO mart.orders … FROM orders`: hardly anybody means one and the same."""
    for statement in statements:
        written = {write.relation for write in statement.writes if write.relation}
        if written:
            read = {s.relation for scope in statement.scopes for s in scope.sources if s.relation}
            yield from _ending_alike(written, read)


def _ending_alike(names: set[str], others: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs, of one each, of which the shorter name is the end of the longer one."""
    for long in sorted(names | others):
        short = long
        while "." in short:
            short = short[len(first_part(short)) + 1 :]
            if (short in names and long in others) or (short in others and long in names):
                yield short, long


def _note_evidence(statement: Statement, evidence: dict[str, dict[str, None]]) -> None:
    """Add the columns that a statement says relations have."""
    for remark in statement.remarks:
        if remark.column:
            evidence.setdefault(remark.relation, {})[remark.column] = None
    enclosed = enclosed_scopes(statement)
    for number, scope in enumerate(statement.scopes):
        if scope.sources:
            _note_named(number, scope, "" if enclosed[number] else _only_source(scope), evidence)


def _note_named(
    number: int, scope: Scope, alone: str, evidence: dict[str, dict[str, None]]
) -> None:
    """Add the columns that a scope names; `alone` is the relation of which any plain name is."""
    sources, outputs = scope.sources, scope.outputs
    hidden = {o.name for o in outputs if not _is_copy(o)} if alone else set()
    hidden.add(sources[0].alias)
    stars = [o.star for o in outputs if o.star is not None] if alone else []
    for deps in (scope.influences, *[output.deps for output in outputs]):
        for dep in deps:
            column, position = dep.column, dep.source
            if dep.scope != number or column == STAR or column[:1] == "$":
                continue
            if position >= 0:
                source = sources[position]
                if source.relation and column not in source.columns:
                    evidence.setdefault(source.relation, {})[column] = None
            elif alone and position == UNQUALIFIED and column not in hidden:
                given = dep.aliases and stars and any(may_give(star, column) for star in stars)
                if not given:
                    evidence.setdefault(alone, {})[column] = None


def _is_copy(output: Output) -> bool:
    """Whether an output is a column under its own name, which so can mean nothing else."""
    deps = output.deps
    return len(deps) == 1 and deps[0].column == output.name


def _only_source(scope: Scope) -> str:
    """The relation of which every plain name in the scope must be a column, if there is one."""
    only, *others = scope.sources
    return "" if others or only.columns else only.relation
