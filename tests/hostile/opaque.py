"""SQL that a parser does not see through, from `corpus/opaque.txt`: one block for each."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.hostile.makers import Hostile

_BLOCKS = Path(__file__).with_name("corpus") / "opaque.txt"


class Block(NamedTuple):
    """A statement or two, what they are, and the dialect they are written in."""

    dialect: str
    title: str
    sql: str


def blocks() -> list[Block]:
    """Every block of the file."""
    found = []
    for block in _BLOCKS.read_text("utf-8").split("\n# "):
        head, _, sql = block.removeprefix("# ").partition("\n")
        dialect, _, title = head.partition(": ")
        found.append(Block(dialect, title, sql))
    return found


def opaque() -> list[Hostile]:
    """Each as a file of a project, filling a table of its own."""
    made = []
    for number, (dialect, _title, sql) in enumerate(blocks()):
        name = f"opaque_{number:03}_{dialect}"
        text = sql.replace("ads.t", f"ads.{name}").replace("'ads.%s'", f"'ads.{name}'")
        made.append(Hostile(name, dialect, text.encode()))
    return made
