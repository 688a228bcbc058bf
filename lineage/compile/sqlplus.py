"""What files for Oracle's own client have beside SQL, and marks of conditional compilation.

Commands that neither run nor send anything end with their line, and so does `show errors` in front
of a block. They become blanks, so that everything else stays in its place. They are looked for only
where the client would: behind the `;` or the slash that ends what it has been given. A line with
more behind a `;` is none: another client may run that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMAND = re.compile(
    r"""[ \t]*(?:
          (?:pro(?:m(?:pt?)?)?|rem(?:a(?:rk?)?)?)(?!\S)[^\n;]*  # whatever follows
        | (?:show?|set|spo(?:ol?)?|col(?:umn)?|bre(?:ak)?|comp(?:ute)?|tti(?:tle)?|bti(?:tle)?
            |(?:un)?def(?:ine)?|acc(?:ept)?|pau(?:se)?|whenever|cl(?:ear)?|timi(?:ng)?
            |var(?:iable)?|exit|quit)
          (?![^\s;]) (?!\s*(?:role|transaction|constraints?)\b) (?:(?!:=)[^\n;])*
        );?[ \t]*""",
    re.IGNORECASE | re.VERBOSE,
)
_RUNS = re.compile(
    r"\s*(?:@|!|(?:start|exec|execute|conn|connect|host|ho|print|copy)(?!\S))", re.IGNORECASE
)
# What ends with a semicolon; all else holds some, and ends with a slash.
_PLAIN = re.compile(
    r"""\s*(?:select|insert|update|delete|merge|grant|revoke|alter|drop|comment|commit|rollback
          |truncate|lock|analyze|explain|audit|purge
          |create(?:\s+(?:or|replace|global|private|temporary|unique|bitmap|public|force|noforce
                       |editionable|noneditionable|materialized|external|bigfile))*
           \s+(?:table|view|index|sequence|synonym|user|role|tablespace|directory))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_MARK = re.compile(
    r"""(?P<kept> '[^']*' | "[^"]*" | --[^\n]* | /\*.*?\*/ )
      | (?<![\w$\#]) \$ (?: (?:if|elsif)\b (?:[^;'] | '[^']*')*? \$then | else | end
                       | error\b (?:[^;'] | '[^']*')*? \$end ) \b""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
LINE = re.compile(r"[^\n]*\n|[^\n]+")
_COMMENTS = re.compile(r"(?:\s*/\*(?:[^*]|\*(?!/))*+\*/)*+\s*")
_OPENS = re.compile(r"""'|"|--|/\*""")
_CLOSES = {"'": "'", '"': '"', "/*": "*/"}


def without_sqlplus(text: str) -> str:
    """The text with blanks in place of what is no SQL, as long as it was."""
    lines = LINE.findall(text)
    for number, runs in _commands(lines):
        line = lines[number].rstrip("\n")
        ended = len(lines[number]) > len(line)
        lines[number] = (line if runs else " " * len(line)) + (";" if runs else "\n") * ended
    text = "".join(lines)
    if "$" not in text:
        return text
    return _MARK.sub(lambda mark: mark[0] if mark["kept"] else re.sub(r"\S", " ", mark[0]), text)


def _commands(lines: list[str]) -> Iterator[tuple[int, bool]]:
    """The numbers of the lines that are a command, and whether it runs something."""
    ends, opened, goes_on = "", "", False
    for number, line in enumerate(lines):
        said, before = line.strip(), opened
        further = goes_on and ";" not in said.rstrip("; \t")
        if not ends and not opened and (further or _COMMAND.fullmatch(said)):
            goes_on = said.endswith("-")
            yield number, False
        elif not ends and not opened and _RUNS.match(said):
            if not said.endswith("-"):
                yield number, True
        else:
            opened = opened_behind(line, before)
            ends = ends or _end_of(_behind_comments(said, before))
            if said in {"/", "."} and (ends == "/" or not before):
                ends = opened = ""
            elif ends == ";" and said.endswith(";") and not opened and "--" not in said:
                ends = ""


def _end_of(said: str) -> str:
    """What ends a statement that begins so; nothing where none begins."""
    if not said or said == "/" or said.startswith(("--", "/*")):
        return ""
    return ";" if _PLAIN.match(said) else "/"


def _behind_comments(said: str, opened: str) -> str:
    """A line without the comments that it begins with, of which one may have begun before it."""
    if opened == "/*":
        said = said.partition("*/")[2]
    return _COMMENTS.sub("", said, count=1)


def opened_behind(line: str, opened: str) -> str:
    """What a line leaves open: a text, a quoted name or a comment."""
    position = 0
    while True:
        if opened:
            end = line.find(_CLOSES[opened], position)
            if end < 0:
                return opened
            position = end + len(_CLOSES[opened])
        found = _OPENS.search(line, position)
        if found is None or found[0] == "--":
            return ""
        opened, position = found[0], found.end()
