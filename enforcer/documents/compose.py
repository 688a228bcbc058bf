"""YAML text to a tree of nodes, with limits and without surprises.

Parsed as events, never constructed: tags, merge keys and duplicate keys are errors, aliases
may repeat only so much, and no text becomes anything but text (`no` stays `no`).
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

import yaml

from enforcer.documents.characters import refuse_escaped_text, refuse_hidden_text
from enforcer.documents.nearest import quoted
from enforcer.documents.nodes import Mapping, Node, Scalar, Sequence
from enforcer.words import PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from typing import NoReturn

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 64
MAX_NODES: Final = 100_000


def compose(text: str, file: str) -> Node:
    """The tree of a document.

    Raises `PolicyError`, with the position of the offence, for everything that is not one
    well-formed document within the limits.
    """
    refuse_hidden_text(text, Origin(file, 1, 1))
    composer = _Composer(file)
    # The parser in C is twenty times as fast; it gives the same events.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Origin(file, mark.line + 1, mark.column + 1) if mark else Origin(file, 1, 1)
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise PolicyError(at, f"not YAML: {what}", "mend the syntax") from None
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: what the parser in C makes of an impossible escape or version number.
        raise PolicyError(Origin(file, 1, 1), f"not YAML: {error}", "mend the syntax") from None
    if composer.root is None:
        raise PolicyError(Origin(file, 1, 1), "the file is empty", "write it, or remove it")
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

    def __init__(self, file: str) -> None:
        self.root: Node | None = None
        self._file = file
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._nodes = 0

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
        refuse_escaped_text(event.value, self._at(event))
        mark = event.start_mark
        node = Scalar(mark.line + 1, mark.column + 1, event.value, not event.style)
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(node, 1, 0)
        self._add(event, node, 0)

    def _alias(self, event: Any) -> None:  # noqa: ANN401 - as above
        found = self._anchors.get(event.anchor)
        if found is None:
            name = quoted(event.anchor)
            self._refuse(event, f"alias {name} of nothing that ends before it", "write it out")
        self._count(event, found.size)
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
            node = Mapping(line, column, tuple(zip(keys, items[1::2], strict=True)))
        depth = closed.deepest + 1
        if closed.anchor:
            self._anchors[closed.anchor] = _Anchored(node, self._nodes - closed.before, depth)
        self._add(None, node, depth)

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
            raise PolicyError(at, "a list or mapping as a key", "write a name before the colon")
        if node.text == "<<":
            raise PolicyError(at, "merge key `<<`", "write the keys out")
        name = unicodedata.normalize("NFC", node.text)
        if name in keys:
            what = f"{quoted(name)} is written twice, first in line {keys[name]}"
            raise PolicyError(at, what, "remove one of them")
        keys[name] = at.line

    def _count(self, event: yaml.Event, added: int) -> None:
        self._nodes += added
        if self._nodes > MAX_NODES:
            what = f"more than {MAX_NODES} values, aliases counted each time"
            self._refuse(event, what, "split the file, or write fewer aliases")

    def _refuse_tag(self, event: Any) -> None:  # noqa: ANN401 - as above
        if event.tag is not None:
            self._refuse(event, f"tag {quoted(event.tag)}", "remove it; keys say what a value is")

    def _at(self, event: yaml.Event) -> Origin:
        mark: Any = event.start_mark
        return Origin(self._file, mark.line + 1, mark.column + 1)

    def _refuse(self, event: yaml.Event, what: str, next_step: str) -> NoReturn:
        raise PolicyError(self._at(event), what, next_step)
