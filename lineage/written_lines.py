"""From a line of generated text to the line of the text that a person wrote.

Equal lines are aligned by `difflib.SequenceMatcher` (Ratcliff and Obershelp, 1988). What is
left between two aligned stretches was rendered from a template: such a line comes from the
written line whose plain parts it holds in their order, and where a loop wrote it many times,
from that line of the loop's body.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.projects import Unit

_BRACES = re.compile(r"(\{\{|\}\}|\{%|%\}|\{#|#\})")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
_LOOP = re.compile(r"\{%-?\s*(?:(for)\s|(endfor)\b)")
# Stand-ins, in a written line, for an expression and for a tag or comment. No text holds them.
_EXPRESSION, _TAG = "\x00", "\x01"
_PIECES = re.compile(f"[{_EXPRESSION}{_TAG}]+")
# What is longer is not aligned: a few seconds at worst.
_MAX_LINES = 20_000
_MAX_PAIRS = 2_000_000


class WrittenLine(msgspec.Struct, frozen=True):
    """One line as written: its number, its plain parts, and whether a template is in it."""

    number: int
    pieces: tuple[str, ...]
    templated: bool
    expression: bool

    def weight(self, line: str) -> int:
        """How many characters speak for this line having been rendered to that, 0 for none."""
        if not self.templated:
            return len(line) + 1 if line == self.pieces[0] else 0
        position = 0
        for piece in self.pieces:
            position = line.find(piece, position)
            if position < 0:
                return 0
            position += len(piece)
        return sum(map(len, self.pieces))


def written_line(unit: Unit, line: int) -> int:
    """The 1-based line of `unit.written` from which a 1-based line of `unit.text` comes.

    Without a written text it is the line itself; for a line that nobody wrote it is the
    nearest written line before it.
    """
    if not unit.written or unit.written == unit.text:
        return line
    lines = _written_lines(unit.text, unit.written)
    return lines[min(max(line, 1), len(lines)) - 1]


@lru_cache(maxsize=256)
def _written_lines(text: str, written: str) -> tuple[int, ...]:
    """For each line of `text` the 1-based line of `written`."""
    ours = [line.strip() for line in text.split("\n")]
    theirs = [line.strip() for line in written.split("\n")]
    if max(len(ours), len(theirs)) > _MAX_LINES:
        return tuple(min(number, len(theirs)) for number in range(1, len(ours) + 1))
    found = [0] * len(ours)
    matcher = SequenceMatcher(lambda line: not line, ours, theirs)
    rendered = _Rendered(written) if len(ours) * len(theirs) <= _MAX_PAIRS else None
    our_start = their_start = 0
    for block in matcher.get_matching_blocks():
        if rendered is not None:
            gap = ours[our_start : block.a]
            found[our_start : block.a] = rendered.place(gap, their_start, block.b)
        our_start, their_start = block.a + block.size, block.b + block.size
        found[block.a : our_start] = range(block.b + 1, their_start + 1)
    return _without_holes(found)


def _without_holes(found: Sequence[int]) -> tuple[int, ...]:
    last = 1
    lines = []
    for number in found:
        last = number or last
        lines.append(last)
    return tuple(lines)


class _Rendered:
    """A written text as lines that a rendered line can be held against."""

    def __init__(self, written: str) -> None:
        self._lines = list(_parse(written))
        self._loops = list(_loops(written))

    def place(self, gap: Sequence[str], start: int, end: int) -> list[int]:
        """For each line of a gap the 1-based written line, 0 where none speaks for itself.

        `start` and `end` bound, from 0, the written lines that were aligned with nothing.
        """
        between = self._lines[start:end]
        repeated = [
            line
            for first, last in self._loops
            if first < end and last >= start
            for line in self._lines[first : last + 1]
        ]
        fallback = next((line.number for line in between if line.expression), 0)
        placed: list[int] = []
        last = 0
        for text in gap:
            number = 0
            if text:
                number = _best(text, between, last) or _best_again(text, repeated, last)
                last = number or last
            placed.append(number or (fallback if text and not last else 0))
        return placed


def _best(text: str, lines: Sequence[WrittenLine], last: int) -> int:
    """The line that the most speaks for, the first of equals, none before `last`."""
    return _heaviest([(line.weight(text), line.number) for line in lines if line.number >= last])


def _best_again(text: str, lines: Sequence[WrittenLine], last: int) -> int:
    """The line of a loop's body that the most speaks for, of equals the next round's."""
    weighed = [(line.weight(text), line.number) for line in lines]
    ahead = [(weight, number) for weight, number in weighed if number > last]
    most = max((weight for weight, _ in weighed), default=0)
    return _heaviest([pair for pair in ahead if pair[0] == most]) or _heaviest(weighed)


def _heaviest(weighed: list[tuple[int, int]]) -> int:
    weight, number = max(weighed, key=lambda pair: (pair[0], -pair[1]), default=(0, 0))
    return number if weight else 0


def _parse(written: str) -> Iterator[WrittenLine]:
    """The lines of a text, in which a template may reach over several."""
    for number, line in enumerate(_with_stand_ins(written).split("\n"), 1):
        pieces = tuple(piece.strip() for piece in _PIECES.split(line.strip()))
        templated = _EXPRESSION in line or _TAG in line
        plain = tuple(piece for piece in pieces if piece) if templated else pieces
        yield WrittenLine(number, plain, templated, _EXPRESSION in line)


def _with_stand_ins(written: str) -> str:
    """The text with a mark for each template, and one more for each line that it reaches into."""
    kept: list[str] = []
    closing = ""
    for part in _BRACES.split(written):
        if closing:
            kept.append(f"\n{_TAG}" * part.count("\n"))
            closing = "" if part == closing else closing
        elif part in _CLOSING:
            closing = _CLOSING[part]
            kept.append(_EXPRESSION if part == "{{" else _TAG)
        else:
            kept.append(part)
    return "".join(kept)


def _loops(written: str) -> Iterator[tuple[int, int]]:
    """First and last line, from 0, of each loop."""
    open_at: list[int] = []
    for number, line in enumerate(written.split("\n")):
        for found in _LOOP.finditer(line):
            if found.group(1):
                open_at.append(number)
            elif open_at:
                yield open_at.pop(), number
