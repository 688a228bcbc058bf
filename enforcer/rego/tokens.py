"""Rego as words: enough to tell code from text and comments, and nothing more.

Whether a policy is right and what it calls is for the engine to say, which compiles it;
this finds what must be known of a text before an engine sees it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import msgspec

from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD: Final = re.compile(
    r"""
      (?P<skip>[ \t\r\n]+|\#[^\n]*)
    | (?P<text>"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>[0-9][A-Za-z0-9_.]*)
    | (?P<sign>:=|[!<>=]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENS: Final = "([{"
_CLOSES: Final = ")]}"


class Token(msgspec.Struct, frozen=True, gc=False):
    """A word of code: its kind (`text`, `name`, `number` or `sign`), and where it stands.

    `depth` counts the brackets around it; `first` is true of the first word of a line.
    """

    kind: str
    text: str
    offset: int
    depth: int
    first: bool


def tokens_of(text: str) -> Iterator[Token]:
    """The words of a policy, without comments."""
    depth, line = 0, -1
    starts = line_starts(text)
    for found in _WORD.finditer(text):
        kind = str(found.lastgroup)
        if kind == "skip":
            continue
        word, here = found.group(), bisect_right(starts, found.start())
        closes = kind == "sign" and word in _CLOSES
        depth -= closes
        yield Token(kind, word, found.start(), depth, here != line)
        depth += kind == "sign" and word in _OPENS
        line = here


def line_starts(text: str) -> list[int]:
    """The offset of each line."""
    return [0, *accumulate(len(line) + 1 for line in text.split("\n"))][:-1]


def origin_at(text: str, file: str, offset: int) -> Origin:
    """Where an offset of a text is, as people count."""
    starts = line_starts(text)
    line = bisect_right(starts, offset)
    return Origin(file, line, offset - starts[line - 1] + 1)
