"""Writes: the outputs of a scope become columns of a relation."""

from __future__ import annotations

from collections import Counter
from itertools import count, islice
from typing import TYPE_CHECKING

from lineage.link.holders import Holder, Tail
from lineage.link.names import may_be_assigned
from lineage.link.segments import ANY
from lineage.objects import FUNCTION, MADE, OUTPUT_OF, ROWS_OF, STAR, UNNAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from lineage.link.holders import RelationHolder
    from lineage.link.scopes import StatementLinker
    from lineage.objects import Statement, Write

_WHOLES = MADE | {"result", "external", "variable"}


def counts(linker: StatementLinker, write: Write) -> bool:
    """Whether a write says something; one by position does not where the positions are unknown."""
    return not write.if_known or linker.holder(write.scope).complete


def link_write(
    linker: StatementLinker, write: Write, target: RelationHolder, *, shared: bool
) -> set[str]:
    """Link a write's scope, which others of the statement use where it is shared, into its target.

    Returns the relations whose columns would have to be known to know all of the target's.
    """
    before = tuple(target.names)
    guesses = _goes_by_guess(write) and (target.several or not target.complete)
    wanted = _wanted(write, target)
    outputs = _Outputs(linker, write, target)
    made, own = outputs.holder, outputs.columns
    begun = len(linker.builder.ends), len(linker.builder.wildcards)
    if shared:
        _copy(linker, write, made)
    else:
        linker.link(write.scope, made)
    linker.spread_rows(made, write.offset)
    if _goes_by_guess(write) and not guesses and len(own) > wanted:
        guesses, target.complete = True, False  # it has columns of which no text tells
        target.unknown = {*target.unknown, target.name}
    if guesses:
        values = list(own.values()) if target.filled else _alone(linker, begun, own, write.offset)
        target.guessed = target.guessed or tuple(own)[: made.sure]
        made.tails.append(_any_position(linker, values, write.offset))
    target.filled = tuple(own)
    spread = made.fallback is not None
    if wanted > len(own) and (spread or not (made.complete or made.unknown)):
        linker.note_unknown(write.offset, ())  # a struct is spread over columns that have new names
    if guesses or spread or not made.complete:
        named = {} if guesses and target.several else own
        _pass_the_rest(linker, made, target.name, (named, write.offset))
    if made.complete and not guesses and write.kind == "insert":
        _fill_with_nothing(linker, own, target, write.offset)
    return _complete(write, made, target, before)


class _Outputs:
    """The outputs of a write's scope, and the columns of its target that they go to, by name."""

    def __init__(self, linker: StatementLinker, write: Write, target: RelationHolder) -> None:
        self.columns: dict[str, int] = {}
        self._linker, self._write, self._target = linker, write, target
        self._name_of = _target_names(write, target)
        self._gives_names = write.kind in MADE and not target.name.startswith(FUNCTION)
        rows = target.rows if write.appends else linker.builder.inner_node("", STAR)
        self.holder = Holder(self._make, rows)

    def _make(self, position: int, name: str) -> int:
        builder, target, write = self._linker.builder, self._target, self._write
        if name == ANY:
            return builder.node(target.name, ANY)
        if _is_of_another(self._linker, write, name):
            return builder.inner_node("", name)
        name = _engines_name(name, self.holder, self.columns) if self._gives_names else name
        named = self._name_of(position, name)
        if named in self.columns and write.kind in MADE and not write.by_name:
            # what nobody named may be called here as somebody calls another one
            named = named if named.startswith(UNNAMED) else _numbered(named, self.columns)
        self.columns[named] = target.named(named)
        return self.columns[named]


def _alone(
    linker: StatementLinker, begun: tuple[int, int], columns: dict[str, int], offset: int
) -> list[int]:
    """Nodes for what alone has come into some columns since so many edges and wildcards.

    The columns themselves where that cannot be told apart from what else is in them.
    """
    builder = linker.builder
    edges, wildcards = begun
    if len(builder.wildcards) > wildcards:
        return list(columns.values())
    nodes = {column: builder.inner_node("", name) for name, column in columns.items()}
    for source, column, kind in list(islice(builder.ends, edges, None)):
        if column in nodes:
            linker.edge(source, nodes[column], kind, offset)
    return list(nodes.values())


def _is_of_another(linker: StatementLinker, write: Write, name: str) -> bool:
    """Whether a column that is assigned is one of another table in FROM."""
    return write.place is not None and not may_be_assigned(linker, write.place, name)


def _wanted(write: Write, target: RelationHolder) -> int:
    """How many columns a write has to put out, as far as that is known."""
    if _goes_by_guess(write) and target.complete:
        return len(_filled_by_position(write, target.names, target))
    return len(write.columns)


def _engines_name(name: str, made: Holder, taken: Collection[str]) -> str:
    """What the engine calls a column that nobody named and that nothing else is called."""
    if not name.startswith(UNNAMED):
        return name
    known = (e for e, ours in made.called.items() if ours == name and e not in taken)
    return next(known, name)


def _numbered(name: str, taken: dict[str, int]) -> str:
    """DuckDB's name for a further column of a name."""
    return next(new for n in count(1) if (new := f"{name}_{n}") not in taken)


def _target_names(write: Write, target: RelationHolder) -> Callable[[int, str], str]:
    """Which column of the target an output goes to, by its position and its own name."""
    positions = write.columns
    if not positions and _goes_by_guess(write):
        known = target.complete or target.several
        positions = tuple(target.names) if known else target.guessed
        positions = _filled_by_position(write, positions, target)

    def name_of(position: int, name: str) -> str:
        return positions[position] if position < len(positions) else name

    return (lambda _position, name: name) if write.by_name else name_of


def _filled_by_position(
    write: Write, names: Iterable[str], target: RelationHolder
) -> tuple[str, ...]:
    """The columns that an INSERT without a list of them fills, in order."""
    left_out = target.generated.union(write.fixed)
    return tuple(name for name in names if name not in left_out)


def shared_scopes(statement: Statement) -> set[int]:
    """The scopes that others of the statement use, so that they need nodes of their own."""
    if len(statement.writes) == 1 and statement.order[-1:] == (statement.writes[0].scope,):
        return set()  # what uses a scope is finished after it
    shared: set[int] = set()
    for scope in statement.scopes:
        shared.update(source.scope for source in scope.sources)
        shared.update(scope.branches, scope.subtracted)
        for deps in (scope.influences, *(output.deps for output in scope.outputs)):
            shared.update(dep.scope for dep in deps if dep.source in (OUTPUT_OF, ROWS_OF))
    written = Counter(write.scope for write in statement.writes)
    return shared.union(number for number, times in written.items() if times > 1)


def _copy(linker: StatementLinker, write: Write, made: Holder) -> None:
    inner = linker.holder(write.scope)
    made.call(inner.called.items())
    linker.builder.unions[write.offset] = None
    for name, node in inner.items():
        linker.edge(node, made.add(name), linker.plain, write.offset)
    linker.edge(inner.rows, made.rows, linker.plain, write.offset)
    made.exported = inner.exported
    if not inner.complete:
        made.open(_by_name(linker, inner, write.offset), inner.unknown)


def _by_name(linker: StatementLinker, inner: Holder, offset: int) -> Tail:
    def feed(name: str, node: int) -> None:
        found = inner.find(name)
        if found is not None:
            linker.edge(found, node, linker.plain, offset)

    return Tail(feed)


def _pass_the_rest(
    linker: StatementLinker, made: Holder, target: str, written: tuple[dict[str, int], int]
) -> None:
    """Whatever else the target is known to have comes out of the stars, or at some position.

    `written` are the columns that the write names itself, and its offset.
    """
    own, offset = written
    builder = linker.builder
    node, first = builder.node(target, ANY), len(builder.wildcards)
    rest = made.tails if made.fallback is None else [*made.tails, made.fallback]
    for tail in tuple(rest):
        tail.feed(ANY, node)
    linker.edge(made.rows, node, linker.plain, offset)
    builder.block(first, node, own)


def _fill_with_nothing(
    linker: StatementLinker, own: dict[str, int], target: RelationHolder, offset: int
) -> None:
    """Columns that an INSERT leaves out take a value for each of its rows as well."""
    for name in (*target.names, *target.aside):
        if name not in own:
            node = linker.builder.node(target.name, name)
            linker.edge(target.rows, node, linker.plain, offset)


def _goes_by_guess(write: Write) -> bool:
    """INSERT without a column list, where only the target's own columns would tell."""
    return write.kind == "insert" and not write.columns and not write.by_name


def _complete(
    write: Write, made: Holder, target: RelationHolder, before: tuple[str, ...]
) -> set[str]:
    """What is known of the target's columns after the write; it had those of `before`."""
    if write.kind in _WHOLES and made.complete:
        target.complete = target.written = True
        target.unknown = set()
    elif not made.complete and (not target.complete or _is_made_anew(write, target)):
        target.complete = False
        target.unknown |= made.unknown
    otherwise = made.complete and before not in {(), target.filled}
    if otherwise and target.several and write.kind in MADE:
        target.complete = False  # another text makes it otherwise
        target.unknown = {*target.unknown, target.name}
    by_position = write.kind == "insert" and not write.by_name
    return set() if target.complete and not by_position else made.unknown


def _is_made_anew(write: Write, target: RelationHolder) -> bool:
    """Whether what was known of a relation is known of one that this text has dropped since."""
    return target.written and write.kind in _WHOLES


def _any_position(linker: StatementLinker, outputs: list[int], offset: int) -> Tail:
    """INSERT by position into a table of unknown columns: a name may mean any position."""

    def feed(_name: str, node: int) -> None:
        for output in outputs:
            linker.edge(output, node, linker.plain, offset, ambiguous=True)

    return Tail(feed)
