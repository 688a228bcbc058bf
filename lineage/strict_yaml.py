"""YAML text to a tree of nodes, with limits and without surprises.

Parsed as events, never constructed: no text becomes anything but text (`no` stays `no`), no
tag makes anything, a key stands once, and aliases may repeat only so much. What is counted
is what aliases add, not how long a file is.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

import msgspec
import yaml

from lineage.words import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import NoReturn

    from lineage.words import InputError

MAX_DEPTH: Final = 64
MAX_ADDED: Final = 100_000  # values that aliases repeat
MAX_NODES: Final = 1_000_000  # values in all: some seconds of reading
_LONGEST: Final = 100  # of a quoted text
_MERGE: Final = "<<"
# What every loader reads as plain values; other tags may run code where somebody loads them.
_CORE: Final = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp", "merge")
)


class Node(msgspec.Struct, frozen=True):
    """A part of a document, and where it begins: 1-based line and column."""

    line: int
    column: int


class Scalar(Node, frozen=True):
    """A text as it is written; `plain` when it stands without quotes and is no block."""

    text: str
    plain: bool

    @property
    def is_null(self) -> bool:
        """True for what YAML 1.2 takes for nothing."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


class Sequence(Node, frozen=True):
    """A list."""

    items: tuple[Node, ...]


class Mapping(Node, frozen=True):
    """Keys with their values, in the order in which they are written; no key occurs twice."""

    entries: tuple[tuple[Scalar, Node], ...]


class NotYamlError(ValueError):
    """What is wrong with the syntax, and where: 1-based line and column."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


def events(text: str) -> Iterator[Any]:
    """PyYAML's events, one by one; raises `NotYamlError`, whatever the parser makes of a text."""
    # The parser in C is twenty times as fast; it gives the same events.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise NotYamlError(what, *place) from None
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: what the parser in C makes of an impossible escape or version number.
        raise NotYamlError(str(error)) from None


def compose(
    text: str,
    file: str,
    error: type[InputError],
    *,
    foreign: bool = False,
    check: Callable[[str, Origin], None] | None = None,
) -> Node:
    """The tree of a document; `check` is shown every scalar.

    Raises `error`, with the position of the offence, for everything that is not one
    well-formed document within the limits. A `foreign` one was written for another tool: it may
    have merge keys, which are resolved, and the tags that say what a value is anyway.
    """
    composer = _Composer(file, error, foreign, check)
    try:
        for event in events(text):
            composer.take(event)
    except NotYamlError as wrong:
        at = Origin(file, wrong.line, wrong.column)
        raise error(at, f"not YAML: {wrong}", "mend the syntax") from None
    if composer.root is None:
        raise error(Origin(file, 1, 1), "the file is empty", "write it, or remove it")
    return composer.root


class _Open:
    """A list or mapping whose end has not come yet."""

    __slots__ = ("anchor", "before", "deepest", "items", "keys", "mark")

    def __init__(self, event: yaml.CollectionStartEvent, before: int) -> None:
        self.mark: Any = event.start_mark
        self.anchor: str | None = event.anchor
        self.before = before
        self.deepest = 0
        self.items: list[Node] = []
        self.keys: dict[str, int] | None = {} if isinstance(event, yaml.MappingStartEvent) else None


class _Anchored:
    """A finished node that has a name: how many nodes it is made of, and how deep it goes."""

    __slots__ = ("depth", "node", "size")

    def __init__(self, node: Node, size: int, depth: int) -> None:
        self.node, self.size, self.depth = node, size, depth


class _Composer:
    """Takes one event after the other and keeps what is open on a stack, not in recursion."""

    def __init__(
        self,
        file: str,
        error: type[InputError],
        foreign: bool,  # noqa: FBT001 - as `compose` was told
        check: Callable[[str, Origin], None] | None,
    ) -> None:
        self.root: Node | None = None
        self._file = file
        self._error = error
        self._foreign = foreign
        self._check = check
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._nodes = 0
        self._added = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            else:
                self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self._refuse(event, "a second document in one file", "write one document a file")

    def _start(self, event: Any) -> None:  # noqa: ANN401 - the stubs do not say what has a tag
        self._count(event, 1)
        self._refuse_tag(event)
        if len(self._open) >= MAX_DEPTH:
            self._refuse(event, f"nested more than {MAX_DEPTH} deep", "flatten it")
        self._open.append(_Open(event, self._nodes - 1))

    def _scalar(self, event: Any) -> None:  # noqa: ANN401 - as above
        self._count(event, 1)
        self._refuse_tag(event)
        if self._check is not None:
            self._check(event.value, self._at(event))
        mark = event.start_mark
        node = Scalar(mark.line + 1, mark.column + 1, event.value, not event.style)
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(node, 1, 0)
        self._add(event, node, 0)

    def _alias(self, event: Any) -> None:  # noqa: ANN401 - as above
        found = self._anchors.get(event.anchor)
        if found is None:
            name = _quoted(event.anchor)
            self._refuse(event, f"alias {name} of nothing that ends before it", "write it out")
        self._count(event, found.size)
        self._added += found.size
        if self._added > MAX_ADDED:
            what = f"aliases that stand for more than {MAX_ADDED} values"
            self._refuse(event, what, "split the file, or write fewer aliases")
        if len(self._open) + found.depth > MAX_DEPTH:
            self._refuse(event, f"nested more than {MAX_DEPTH} deep", "flatten it")
        self._add(event, found.node, found.depth)

    def _end(self) -> None:
        closed = self._open.pop()
        line, column = closed.mark.line + 1, closed.mark.column + 1
        items = tuple(closed.items)
        node: Node
        if closed.keys is None:
            node = Sequence(line, column, items)
        else:
            keys = (key for key in items[::2] if isinstance(key, Scalar))
            entries = tuple(zip(keys, items[1::2], strict=True))
            node = Mapping(line, column, self._merged(entries))
        depth = closed.deepest + 1
        if closed.anchor:
            self._anchors[closed.anchor] = _Anchored(node, self._nodes - closed.before, depth)
        self._add(None, node, depth)

    def _merged(self, entries: tuple[tuple[Scalar, Node], ...]) -> tuple[tuple[Scalar, Node], ...]:
        """The entries with what a merge key stands for; a key that is written goes before it."""
        merged = next((value for key, value in entries if _is_merge(key)), None)
        if merged is None:
            return entries
        found = {key.text: (key, value) for key, value in entries if not _is_merge(key)}
        for part in merged.items if isinstance(merged, Sequence) else (merged,):
            if not isinstance(part, Mapping):
                at = Origin(self._file, part.line, part.column)
                raise self._error(at, "a merge key of no mapping", "write the keys out")
            for key, value in part.entries:
                found.setdefault(key.text, (key, value))
        return tuple(found.values())

    def _add(self, event: yaml.Event | None, node: Node, depth: int) -> None:
        """Put a node where it belongs; `depth` is how many levels it has below itself."""
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.deepest = max(parent.deepest, depth)
        if parent.keys is not None and len(parent.items) % 2 == 0:
            self._check_key(event, node, parent.keys)
        parent.items.append(node)

    def _check_key(self, event: yaml.Event | None, node: Node, keys: dict[str, int]) -> None:
        at = self._at(event) if event is not None else Origin(self._file, node.line, node.column)
        if not isinstance(node, Scalar):
            raise self._error(at, "a list or mapping as a key", "write a name before the colon")
        if node.text == _MERGE and not self._foreign:
            raise self._error(at, f"merge key `{_MERGE}`", "write the keys out")
        name = unicodedata.normalize("NFC", node.text)
        if name in keys:
            what = f"{_quoted(name)} is written twice, first in line {keys[name]}"
            raise self._error(at, what, "remove one of them")
        keys[name] = at.line

    def _count(self, event: yaml.Event, added: int) -> None:
        self._nodes += added
        if self._nodes > MAX_NODES:
            self._refuse(event, f"more than {MAX_NODES} values", "split the file")

    def _refuse_tag(self, event: Any) -> None:  # noqa: ANN401 - as above
        if event.tag is not None and not (self._foreign and event.tag in _CORE):
            self._refuse(event, f"tag {_quoted(event.tag)}", "remove it; keys say what a value is")

    def _at(self, event: yaml.Event) -> Origin:
        mark: Any = event.start_mark
        return Origin(self._file, mark.line + 1, mark.column + 1)

    def _refuse(self, event: yaml.Event, what: str, next_step: str) -> NoReturn:
        raise self._error(self._at(event), what, next_step)


def _is_merge(key: Scalar) -> bool:
    return key.plain and key.text == _MERGE


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"`{line[: _LONGEST - 1]}…`" if len(line) > _LONGEST else f"`{line}`"
