"""Results that an engine's own client writes into a file: SQL*Plus's SPOOL, and BTEQ's EXPORT."""

from __future__ import annotations

import re
from bisect import bisect
from typing import TYPE_CHECKING

from lineage.compile.scripts.results import redirected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.objects import Statement

_FILE = r"""(?: "(?P<quoted>[^"\n]+)" | '(?P<text>[^'\n]+)' | (?P<plain>[^\s;]+) )"""
_COMMANDS = {
    "oracle": re.compile(
        rf"^[ \t]*spo(?:ol?)?[ \t]+(?:(?P<ends>off|out)\b|{_FILE})",
        re.IGNORECASE | re.MULTILINE | re.VERBOSE,
    ),
    "teradata": re.compile(
        rf"^[ \t]*\.[ \t]*export[ \t]+(?:(?P<ends>reset)\b|[^\n;=]*=[ \t]*{_FILE})",
        re.IGNORECASE | re.MULTILINE | re.VERBOSE,
    ),
}


def into_files(
    statements: Sequence[Statement], written: str, left: str, dialect: str
) -> tuple[Statement, ...]:
    """The statements of a text, with results in the files that its commands name.

    `left` is the text with blanks in place of all commands, and `written` as it was.
    """
    command = _COMMANDS.get(dialect)
    if command is None or written is left:
        return tuple(statements)
    found = [m for m in command.finditer(written) if not left[m.start() : m.end()].strip()]
    begins = [m.start() for m in found]
    files = ["", *(m["quoted"] or m["text"] or m["plain"] or "" for m in found)]
    where = [(files[bisect(begins, s.offset)], s) for s in statements]
    return tuple(redirected(s, file, "external") if file else s for file, s in where)
