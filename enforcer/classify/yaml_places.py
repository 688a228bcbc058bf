"""YAML as places in a text: where each part begins and ends, so that lines can be put between.

Nothing is written back from a tree, so comments, order, quotes and anchors stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from lineage.strict_yaml import MAX_DEPTH, NotYamlError, events

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_PARTS: Final = 100_000
Plain = dict[str, Any] | list[Any] | str | None


class NotEditableError(Exception):
    """A file into which nothing can be put without changing something else, and why."""


class Part:
    """A part of a document. `end` is where its last word ends, whatever follows."""

    __slots__ = ("alias", "anchor", "end", "entries", "flow", "items", "start", "text")

    def __init__(self, start: int, end: int, anchor: str | None) -> None:
        self.start, self.end, self.anchor = start, end, anchor
        self.text: str | None = None  # of a scalar; None for one that says nothing
        self.alias = ""  # the anchor that it stands for
        self.entries: list[tuple[Part, Part]] | None = None
        self.items: list[Part] | None = None
        self.flow = False

    def get(self, key: str) -> Part | None:
        """The value of a key, None where there is none."""
        return next((v for k, v in self.entries or () if k.text == key), None)


class Places:
    """A document: its root, and the parts that have an anchor."""

    def __init__(self, text: str) -> None:
        """Raises `NotEditableError` for what is no single document of bearable size."""
        self.text = text
        self.anchors: dict[str, Part] = {}
        self._count = 0
        root = self._read()
        if root is None:
            raise NotEditableError("it is empty")
        self.root = root

    def value(self) -> Plain:
        """What the document says, aliases written out; raises `NotEditableError` for too much."""
        self._count = 0
        return self._value(self.root)

    def _read(self) -> Part | None:
        try:
            return self._compose(events(self.text))
        except NotYamlError as error:
            raise NotEditableError(f"it is no YAML in line {error.line}") from None

    def _compose(self, found: Iterator[Any]) -> Part | None:
        root: Part | None = None
        open_parts: list[tuple[Part, list[Part]]] = []
        for number, event in enumerate(found):
            if number > _MAX_PARTS:
                raise NotEditableError(f"it has more than {_MAX_PARTS} parts")
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise NotEditableError("it holds several documents")
            if isinstance(event, yaml.CollectionEndEvent):
                part, inner = open_parts.pop()
                self._close(part, inner, event)
            elif isinstance(event, yaml.NodeEvent):
                part = self._part(event)
                root = root or part
                if open_parts:
                    open_parts[-1][1].append(part)
                if isinstance(event, yaml.CollectionStartEvent):
                    open_parts.append((part, []))
            if len(open_parts) > MAX_DEPTH:
                raise NotEditableError(f"it is nested more than {MAX_DEPTH} deep")
        return root

    def _part(self, event: Any) -> Part:  # noqa: ANN401 - the stubs do not say what has a mark
        anchor = None if isinstance(event, yaml.AliasEvent) else event.anchor
        part = Part(event.start_mark.index, event.end_mark.index, anchor)
        if isinstance(event, yaml.AliasEvent):
            part.alias = str(event.anchor)
        elif isinstance(event, yaml.ScalarEvent):
            null = event.value in {"", "~", "null"} and not event.style
            part.text = None if null else event.value
            if event.style in {"|", ">"}:
                part.end = part.start + len(self.text[part.start : part.end].rstrip())
        else:
            part.flow = bool(event.flow_style)
        if anchor:
            self.anchors[anchor] = part
        return part

    @staticmethod
    def _close(part: Part, inner: list[Part], event: Any) -> None:  # noqa: ANN401 - as above
        if isinstance(event, yaml.MappingEndEvent):
            part.entries = list(zip(inner[::2], inner[1::2], strict=True))
        else:
            part.items = inner
        part.end = event.end_mark.index if part.flow or not inner else inner[-1].end

    def _value(self, part: Part) -> Plain:
        self._count += 1
        if self._count > _MAX_PARTS:
            raise NotEditableError(f"its aliases stand for more than {_MAX_PARTS} parts")
        if part.alias:
            meant = self.anchors.get(part.alias)
            if meant is None or meant.start <= part.start <= meant.end:
                raise NotEditableError("an alias stands for nothing, or for itself")
            return self._value(meant)
        if part.items is not None:
            return [self._value(item) for item in part.items]
        if part.entries is None:
            return part.text
        found: dict[str, Any] = {}
        for key, value in part.entries:
            if key.text is None or key.text in found:
                raise NotEditableError("a key is no text, or written twice")
            found[key.text] = self._value(value)
        return found


class Lines:
    """Where the lines of a text begin and end, and how they end."""

    def __init__(self, text: str) -> None:
        self.text = text
        first = text.find("\n")
        self.ending: Final = "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"

    def column(self, index: int) -> int:
        """How many characters stand before a place in its line."""
        return index - (self.text.rfind("\n", 0, index) + 1)

    def begins(self, index: int) -> bool:
        """Whether nothing but spaces stands before a place in its line."""
        return not self.text[index - self.column(index) : index].strip(" ")

    def after(self, index: int) -> int:
        """Where the line after a place begins.

        Raises `NotEditableError` where more than a comment follows on the place's own line.
        """
        end = self.text.find("\n", index)
        end = len(self.text) if end < 0 else end
        rest = self.text[index:end].strip()
        if rest and not rest.startswith("#"):
            raise NotEditableError("two things stand on one line")
        return min(end + 1, len(self.text))

    def inserted(self, index: int, lines: list[str]) -> str:
        """The text with lines at a place where a line begins, or where the text ends."""
        added = self.ending.join(lines)
        if index == len(self.text) and not self.text.endswith("\n"):
            return f"{self.text}{self.ending}{added}"
        return f"{self.text[:index]}{added}{self.ending}{self.text[index:]}"
