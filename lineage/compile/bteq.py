"""What files for Teradata's own client have beside SQL: commands in lines that begin with a dot.

Those that run nothing become blanks, so that everything else stays in its place; the others end
with their line, and are gaps. A command stands only where no statement has begun.
"""

from __future__ import annotations

import re

from lineage.compile.sqlplus import LINE, opened_behind

_COMMAND = re.compile(r"[ \t]*\.[ \t]*([a-z]+)\b", re.IGNORECASE)
_IF = re.compile(r"[ \t]*\.[ \t]*(?:elseif|if)\b[^\n;]*?\bthen\b", re.IGNORECASE)
_RUNS = frozenset({"RUN", "OS", "COMPILE", "IMPORT", "TSO"})


def without_bteq(text: str) -> str:
    """The text with blanks in place of what is no SQL, as long as it was."""
    if "." not in text:
        return text
    lines = LINE.findall(text)
    opened, ended = "", True
    for number, line in enumerate(lines):
        if ended and not opened and _COMMAND.match(line):
            lines[number] = _left_of(line)
        else:
            said = line.partition("--")[0].strip()
            opened = opened_behind(line, opened)
            ended = not opened and (said.endswith((";", "*/")) if said else ended)
    return "".join(lines)


def _left_of(line: str) -> str:
    """What is left of a command: what it does on a condition, what it runs, or nothing."""
    start = 0
    while (condition := _IF.match(line, start)) is not None:
        start = condition.end()
    command = _COMMAND.match(line, start)
    if command is None:
        return " " * start + line[start:]
    said, semicolon, behind = line[start:].rstrip("\n").partition(";")
    ended = line.endswith("\n")
    if command[1].upper() not in _RUNS:
        return " " * (start + len(said + semicolon)) + behind + "\n" * ended
    return " " * start + said + semicolon + behind + ("\n" if semicolon else ";") * ended
