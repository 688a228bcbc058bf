"""SQL that a parser does not see through, from `corpus/opaque.txt`: one block for each."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.hostile.makers import Hostile

# Their rows come from another server, or go by what another text says.
_FROM_ELSEWHERE = {
    "a federated query",
    "a query of another server",
    "a query passed through",
    "a copy of files",
    "a publication",
    "a function in PL/pgSQL",
}
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
    """Each that takes from `crm.users` itself, as a file of a project that fills its own table."""
    made = []
    for number, (dialect, title, sql) in enumerate(blocks()):
        if title in _FROM_ELSEWHERE:
            continue
        name = f"opaque_{number:03}_{dialect}"
        text = sql
        for written in ("ads.t", "ads/t", "ads.f", "ads.export"):
            text = text.replace(written, f"{written[:4]}{name}")
        made.append(Hostile(name, dialect, text.encode()))
    return made
