"""Lines for a terminal: wrapped to a width, with a margin that says where they belong."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from enforcer.words import Severity
from lineage.shown import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

NARROWEST = 40
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}


def paragraph(
    text: str | Text, *, width: int, first: str = "", rest: str | None = None
) -> list[Text]:
    """`text` in lines of `width` cells: the margin `first` before the first, `rest` before others.

    `rest` is blank when not given. A word is never broken: names and places are searched for.
    Chinese has no blanks between words: a line ends after any character where no mark forbids.
    """
    hanging = " " * cell_len(first) if rest is None else rest
    room = max(NARROWEST, width) - max(cell_len(first), cell_len(hanging))
    words = text if isinstance(text, Text) else Text(text)
    lines = words.divide(_breaks(words.plain, room))
    margins = [first] + [hanging] * (len(lines) - 1)
    return [_joined(margin, line) for margin, line in zip(margins, lines, strict=True)]


def unbroken(text: str | Text, *, first: str = "") -> Text:
    """One line however long: what people click, or what build logs are searched for."""
    return _joined(first, text if isinstance(text, Text) else Text(text))


def printed(lines: Sequence[Text], *, width: int, colour: bool) -> str:
    """The lines as one text that ends with a newline; escape codes only with `colour`."""
    if not colour:
        # What rich would print, without its cost for logs of thousands of findings.
        return guarded("".join(f"{line.plain}\n" for line in lines))
    console = _coloured(width)
    console.print(Text("\n").join(lines), soft_wrap=True)
    output = console.file
    assert isinstance(output, StringIO)
    return guarded(output.getvalue())


# Chinese characters; the marks that begin no line, and those that end none.
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_CLOSING = "，。、：；！？）》」』】"
_OPENING = "（《「『【"
_WORD = re.compile(
    rf"[{_OPENING}]*(?:[{_HAN}]|[^ {_HAN}{_OPENING}{_CLOSING}]+)[{_CLOSING}]* *|[^ ]+ *| +"
)


def _breaks(text: str, room: int) -> list[int]:
    """Offsets at which a new line starts, so that words fill `room` cells (greedy)."""
    offsets = []
    used = 0
    for word in _WORD.finditer(text):
        if used and used + cell_len(word[0].rstrip(" ")) > room:
            offsets.append(word.start())
            used = 0
        used += cell_len(word[0])
    return offsets


def _joined(margin: str, line: Text) -> Text:
    line.rstrip()
    whole = Text(margin, style="", end="")
    whole.stylize("blue")
    whole.append_text(line)
    whole.rstrip()
    return whole


def _coloured(width: int) -> Console:
    """A console that depends on nothing of the machine: same input, same bytes."""
    return Console(
        file=StringIO(),
        width=max(NARROWEST, width),
        force_terminal=True,
        color_system="standard",
        no_color=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
