"""What a fuzzer is made of: where inputs come from, how they change, and what must hold."""

from __future__ import annotations

import json
import re
import tempfile
from functools import cache
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category

from lineage.shown import LONGEST, inert, plain

from .findings import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from lineage import InputError

    Mutate = Callable[[bytes, Sequence[bytes], Sequence[str], Random], bytes]

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
ROOT = Path(__file__).parents[3]
_LONGEST_ERROR = 40 * LONGEST


class Target(NamedTuple):
    """`seeds` are real inputs, `hold` raises whatever must not happen with one.

    `words` are what the language is made of, put into inputs now and then.
    """

    seeds: Callable[[], Iterator[bytes]]
    hold: Callable[[bytes], None]
    mutate: Mutate
    words: tuple[str, ...] = ()


class Budget:
    """A context that may take so many seconds of the processor."""

    def __init__(self, what: str, seconds: float) -> None:
        self._what, self._seconds = what, seconds
        self._start = 0.0

    def __enter__(self) -> None:
        self._start = process_time()

    def __exit__(self, *_: object) -> None:
        if process_time() - self._start > self._seconds:
            raise Broken(f"{self._what} takes more than {self._seconds:g} s")


@cache
def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder in memory where there is one; it goes when the process does."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own below it
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)


def check_error(error: InputError) -> None:
    """A mistake in an input is told in one clear line, with a place and a next step."""
    told = str(error)
    if not told.strip() or len(told) > _LONGEST_ERROR:
        raise Broken("an error says nothing, or too much to be read")
    check_line(plain(told))


def check_line(line: str) -> None:
    """What is shown as one line is one, and holds no unseen character."""
    if not _is_visible(line):
        raise Broken("a line for a terminal holds what cannot be seen")


def _is_visible(line: str) -> bool:
    return not any(category(character) in _UNSEEN for character in line)


def check_output(text: str, notation: str) -> None:
    """What the command line makes of finished text can be written, seen and not obeyed."""
    text.encode("utf-8")
    text = inert(text)
    for line in text.split("\n"):
        if not _is_visible(line):
            raise Broken(f"{notation} output holds what cannot be seen")
    if notation == "text" and _COMMAND.search(text):
        raise Broken("text output holds a command to a build server")
    if notation in {"json", "sarif"}:
        json.loads(text)


def head_and_text(data: bytes) -> tuple[str, str] | None:
    """The first line, which says how the rest is to be taken, and the rest; None if no UTF-8."""
    try:
        head, _, text = data.decode("utf-8").partition("\n")
    except UnicodeDecodeError:
        return None
    return head, text
