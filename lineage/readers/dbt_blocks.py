"""The blocks of a file in which dbt looks for macros: what it finds there, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lineage.readers.dbt_rendered import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGINS: Final = re.compile(r"[-+]?\s*(macro|test|data_test|materialization)\b")
_ENDS: Final = re.compile(r"[-+]?\s*end(\w+)")


def macro_blocks(text: str) -> set[str]:
    """The macros, tests and materialisations of a file, each from tag to tag.

    What stands in a comment, between `raw` and `endraw` or in a text of a tag defines nothing.
    """
    return {block.strip() for block in _blocks(text.replace("\r\n", "\n"))}


def _blocks(text: str) -> Iterator[str]:
    kind, parts = "", list[str]()
    for opening, piece in pieces(text):
        if opening == "{%" and not kind and (begun := _BEGINS.match(piece)) is not None:
            kind = begun[1]
        if not kind:
            continue
        parts.append(opening + piece)
        ends = _ENDS.match(piece) if opening == "{%" else None
        if ends is not None and ends[1] == kind:
            yield "".join(parts)
            kind, parts = "", []
    if kind:
        yield "".join(parts)
