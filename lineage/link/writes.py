"""Writes: the outputs of a scope become columns of a relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import EdgeKind
from lineage.link.holders import Holder
from lineage.objects import OUTPUT_OF, STAR
from lineage.words import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.link.scopes import StatementLinker
    from lineage.objects import Statement, Write

_WHOLES = frozenset({"table", "view", "result", "external"})


def link_write(linker: StatementLinker, write: Write, target: Holder) -> set[str]:
    """Link a write's scope into its target.

    Returns the relations whose columns would have to be known to know all of the target's.
    """
    name_of = _target_names(write, target)
    before = set(target.by_name)
    made = Holder(lambda position, name: target.named(name_of(position, name)), target.rows)
    if not write.appends:
        made.rows = linker.builder.inner_node("", STAR)
    if _is_shared(linker.statement, write.scope):
        _copy(linker, write, made)
    else:
        linker.link(write.scope, made)
    if not made.complete:
        _fill_known_columns(made, target)
    _complete(write, made, target)
    if _goes_by_guess(write) and not before and not target.complete:
        target.tails.append(_any_position(linker, made, write.offset))
    return set() if target.complete else made.unknown


def _target_names(write: Write, target: Holder) -> Callable[[int, str], str]:
    """Which column of the target an output goes to, by its position and its own name."""
    positions = write.columns
    if not positions and write.kind == "insert" and not write.by_name:
        positions = tuple(name for name, _node in target.ordered)

    def name_of(position: int, name: str) -> str:
        return positions[position] if position < len(positions) else name

    return (lambda _position, name: name) if write.by_name else name_of


def _is_shared(statement: Statement, number: int) -> bool:
    """Whether other scopes of the statement use this one, so that it needs nodes of its own."""
    for scope in statement.scopes:
        if any(source.scope == number for source in scope.sources):
            return True
        if number in scope.branches or number in scope.subtracted:
            return True
        deps = (*scope.influences, *(d for o in scope.outputs for d in o.deps))
        if any(d.source == OUTPUT_OF and d.scope == number for d in deps):
            return True
    return sum(write.scope == number for write in statement.writes) > 1


def _copy(linker: StatementLinker, write: Write, made: Holder) -> None:
    inner = linker.holder(write.scope)
    kind = linker.builder.kind(EdgeKind(IDENTITY))
    for name, node in tuple(inner.ordered):
        linker.edge(node, made.add(name), kind, write.offset)
    linker.edge(inner.rows, made.rows, kind, write.offset)
    if not inner.complete:
        made.open(_by_name(linker, inner, kind, write.offset), inner.unknown)


def _by_name(
    linker: StatementLinker, inner: Holder, kind: int, offset: int
) -> Callable[[str, int], None]:
    def tail(name: str, node: int) -> None:
        found = inner.find(name)
        if found is not None:
            linker.edge(found, node, kind, offset)

    return tail


def _fill_known_columns(made: Holder, target: Holder) -> None:
    """A star over something unknown fills those columns that the target is known to have."""
    linked = {node for _name, node in made.ordered}
    for name, node in tuple(target.ordered):
        if node not in linked:
            for tail in tuple(made.tails):
                tail(name, node)


def _goes_by_guess(write: Write) -> bool:
    """INSERT without a column list, where only the target's own columns would tell."""
    return write.kind == "insert" and not write.columns and not write.by_name


def _complete(write: Write, made: Holder, target: Holder) -> None:
    """What is known of the target's columns after the write."""
    target.tails.extend(made.tails)
    if write.kind in _WHOLES and made.complete:
        target.complete = True
        target.unknown = set()
    elif not made.complete and not target.complete:
        target.unknown |= made.unknown


def _any_position(linker: StatementLinker, made: Holder, offset: int) -> Callable[[str, int], None]:
    """INSERT by position into a table of unknown columns: a name may mean any position."""
    outputs = tuple(node for _name, node in made.ordered)
    kind = linker.builder.kind(EdgeKind(IDENTITY))

    def tail(_name: str, node: int) -> None:
        for output in outputs:
            linker.edge(output, node, kind, offset, ambiguous=True)

    return tail
