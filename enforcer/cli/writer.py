"""The one writer: whatever is shown on a terminal or in a build log goes through here.

What is shown was encoded by its notation. This is the second lock, for what a notation, a
library or a path on the command line brings along: no output holds a control character or
a command to a build server, whatever was given to be written.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from typing import TextIO


class OutputError(Exception):
    """What was to be shown could not be; `silent` where whoever read it has hung up."""

    def __init__(self, message: str, *, silent: bool = False) -> None:
        super().__init__(message)
        self.silent = silent


def show(text: str, *, colour: bool = False, annotations: bool = False) -> None:
    """Write finished text, whose lines end with a newline, to standard output.

    Only with `colour` may it hold colours, and only with `annotations` commands to a build
    server, of which none but annotations pass. Raises OutputError when it cannot be written:
    a report that nobody got is no verdict.
    """
    from lineage.shown import inert  # noqa: PLC0415 - start-up time

    _write(sys.stdout, inert(text, colour=colour, annotations=annotations))


def show_line(text: str) -> None:
    """Write one line to standard output, whatever the text holds. Raises as `show`."""
    show(_line(text))


def tell(text: str) -> None:
    """Write one line about the run to standard error; where nobody reads that, do not mind."""
    try:
        _write(sys.stderr, _line(text))
    except OutputError:
        return


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    return _is_there(sys.stdout) and sys.stdout.isatty()


def _line(text: str) -> str:
    from lineage.shown import guarded, plain  # noqa: PLC0415 - start-up time

    return guarded(f"{plain(text)}\n")


def _write(stream: TextIO, text: str) -> None:
    if not _is_there(stream):
        raise OutputError("standard output is closed")
    try:
        click.echo(_encodable(text, stream), file=stream, nl=False)
    except OSError as error:
        _give_up(stream)
        # Windows has no word for a reader who hung up.
        silent = error.errno in {errno.EPIPE, errno.EINVAL}
        why = f"the output cannot be written: {error.strerror}"
        raise OutputError(why, silent=silent) from None


def _is_there(stream: TextIO | None) -> bool:
    """False where the process was started without it."""
    return stream is not None and not stream.closed


def _encodable(text: str, stream: TextIO) -> str:
    r"""The text with what the stream's encoding lacks written as `\u{..}`."""
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_visible(character, encoding) for character in text)
    return text


def _visible(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return f"\\u{{{ord(character):x}}}"
    return character


def _give_up(stream: TextIO) -> None:
    """Send what is still waiting nowhere, or the interpreter would trip over it at its end."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
