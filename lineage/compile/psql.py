r"""What files for Postgres's own client have beside SQL: its commands, and rows behind COPY.

`\restrict` and `\connect` are no SQL, nor are the rows that stand behind `COPY t FROM stdin`. Both
become blanks, so that everything else stays in its place. Commands that run something, send rows
somewhere or decide what is run stay, and are gaps.
"""

from __future__ import annotations

import re
from bisect import bisect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = re.compile(
    r"""(?P<comment> -- [^\n]* )
      | (?P<block> /\* )
      | (?P<text> (?<![\w$]) [eE] ' (?: [^'\\] | \\. )*+ ' | ' [^']* ' | " [^"]* " )
      | (?P<dollar> (?<![\w$]) \$ (?: [^\W\d] \w* )? \$ )
      | (?P<end> ; )
      | (?P<command> ^ [ \t]* \\ [^\n]* )
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_BLOCK = re.compile(r"/\*|\*/")
_COPY = re.compile(
    r"""\s*\\?copy\s+(?:[\w.]|"[^"]*")+\s*(?:\([^()]*\)\s*)?from\s+p?stdin\b""", re.IGNORECASE
)
# Where COPY fails, its rows are read as SQL: what could be some, or a command, is left there.
_RUNS = re.compile(
    r"""\b(?:alter|call|copy|create|delete|execute|grant|import|insert|merge|prepare|select|table
          |update)\b
      | \bdo\s*(?:[$'"]|language\b) | /\* | \$\w*\$ | (?<!\\)(?:\\\\)*\\[^bfnrtv0-7xN.\\\n]
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LAST_ROW = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)
# Those that neither run nor send anything, on a line of their own: what stands behind a `;` in it
# is run by others.
_HARMLESS = re.compile(
    r"\s*\\(?:a|c|cd|conninfo|connect|echo|encoding|errverbose|pset|prompt|q|qecho|restrict|set|t"
    r"|timing|unrestrict|unset|warn|x)(?![\w+])[^\\`;]*;?\s*"
)

# What CREATE EXTENSION puts in place in an extension's scripts: names, in words or in code.
_PUT_IN = re.compile(r'(?<!")@(ext(?:schema(?::\w+)?|owner))@')


def with_names_put_in(text: str) -> str:
    """An extension's script with `"extschema"` for `@extschema@`, as long as it was."""
    return _PUT_IN.sub(r'"\1"', text) if "@ext" in text else text


def without_psql(text: str) -> str:
    """The text with blanks in place of what is no SQL, as long as it was."""
    if (not text.startswith("\\") and "\n\\" not in text) or "\\if" in text:
        return text
    parts: list[str] = []
    done = 0
    for start, end in _found(text):
        parts += [text[done:start], re.sub(r"[^\n]", " ", text[start:end])]
        done = end
    return "".join([*parts, text[done:]]) if parts else text


def _found(text: str) -> Iterator[tuple[int, int]]:
    """From where to where no SQL stands."""
    rows = _Rows(text)
    begun = position = 0  # of the statement, and of what is looked at
    while (piece := _PIECE.search(text, position)) is not None:
        kind, first = piece.lastgroup, piece.start()
        alone = begun == position and not text[position:first].strip()
        position = _end_of(text, piece)
        is_copy = kind == "command" and _COPY.match(piece[0]) is not None
        if kind == "command" and _HARMLESS.fullmatch(piece[0]):
            yield first, position
        elif kind == "end" or is_copy:
            first = first if is_copy else begun
            end = rows.behind(first, position)
            if end:
                yield first, end
            begun = position = end or position
        if alone and kind in {"comment", "block", "command"}:
            begun = position


def _end_of(text: str, piece: re.Match[str]) -> int:
    """Where a comment, a text or something else ends; behind its first sign where it does not."""
    if piece.lastgroup == "dollar":
        closed = text.find(piece[0], piece.end())
        return piece.end() if closed < 0 else closed + len(piece[0])
    if piece.lastgroup != "block":
        return piece.end()
    depth = 1
    for sign in _BLOCK.finditer(text, piece.end()):
        depth += 1 if sign[0] == "/*" else -1
        if not depth:
            return sign.end()
    return len(text)


class _Rows:
    """The rows in a text that stand behind COPY FROM stdin."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._last = [(m.start(), m.end()) for m in _LAST_ROW.finditer(text)]
        self._refused = -1  # the last row of those that may be more than data

    def behind(self, start: int, end: int) -> int:
        """Where the rows end that stand behind a statement; 0 where there are none."""
        text = self._text
        line = text.find("\n", end)
        if line < 0 or text[end:line].strip() or not _COPY.match(text, start, end):
            return 0
        number = bisect(self._last, (line, 0))
        if number in {self._refused, len(self._last)}:
            return 0
        last, after = self._last[number]
        if _is_data(text[line:last]):
            return after
        self._refused = number
        return 0


def _is_data(rows: str) -> bool:
    """Whether rows would do nothing if they were read as SQL, not even open a text."""
    left = _PIECE.sub("", rows)
    return _RUNS.search(rows) is None and "'" not in left and '"' not in left
