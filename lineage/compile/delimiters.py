"""What files for MySQL's own client have beside SQL: DELIMITER, and what then ends statements.

Each such end becomes a semicolon, the command becomes blanks, and all else stays in its place, also
in the command's line: the client passes over that, and others do not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Comments that the engine runs are read like all else; what is never closed goes on to the end.
_PIECE = re.compile(
    r"""(?P<command> ^ [ \t]* delimiter [ \t]+ (?P<new> \S+ ) )
      | ' (?: [^'\\] | \\. )*+ '?
      | " (?: [^"\\] | \\. )*+ "?
      | ` [^`]*+ `?
      | (?: \# | --(?=\s) ) [^\n]*+
      | /\* (?! M?! ) (?: [^*] | \*(?!/) )*+ (?: \*/ )?
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_COMMAND = re.compile(r"^[ \t]*delimiter[ \t]", re.MULTILINE | re.IGNORECASE)
_LONGEST = 15  # the client forgets the rest


def with_semicolons(text: str) -> str:
    """The text with semicolons where a delimiter ends a statement, as long as it was."""
    if not _COMMAND.search(text):
        return text
    parts: list[str] = []
    done = 0
    for start, end, put in _found(text):
        parts += [text[done:start], put, " " * (end - start - len(put))]
        done = end
    return "".join([*parts, text[done:]])


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    """From where to where a command or a delimiter stands, and what is put there."""
    delimiter, done = ";", 0
    for piece in _PIECE.finditer(text):
        yield from _ends(text, delimiter, done, piece.start())
        done = piece.end()
        if piece["command"]:
            yield *piece.span("command"), ""
            delimiter = piece["new"][:_LONGEST]
    yield from _ends(text, delimiter, done, len(text))


def _ends(text: str, delimiter: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Where a delimiter stands between two places, outside of texts and comments."""
    place = text.find(delimiter, start, end) if delimiter != ";" else -1
    while place >= 0:
        yield place, place + len(delimiter), ";"
        place = text.find(delimiter, place + len(delimiter), end)
