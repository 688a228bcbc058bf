"""Parts of a rule's file as its author wrote them."""

from __future__ import annotations

import re

_KEY = re.compile(r"[\w\"'{]")


def written_block(source: str, key: str, *, with_key: bool = False) -> list[str]:
    """The lines below a top-level key of a YAML file in block style, as written.

    A block ends at the next line that starts a key in the first column. Empty when the
    key is absent or the file is one flow mapping.
    """
    lines = source.split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith(f"{key}:")]
    if not starts:
        return []
    block = [lines[starts[0]]]
    for line in lines[starts[0] + 1 :]:
        if _KEY.match(line):
            break
        block.append(line)
    while block and not block[-1].strip():
        block.pop()
    return block if with_key else _dedented(block)


def _dedented(block: list[str]) -> list[str]:
    """The lines without the key's own line, unless that line carries the value too."""
    first = block[0].partition(":")[2].strip()
    rest = [line for line in block[1:] if line.strip()]
    indent = min((len(line) - len(line.lstrip(" ")) for line in rest), default=0)
    kept = [line[indent:] for line in block[1:]]
    return kept if first in {"", "|", "|-", ">", ">-"} else [first, *kept]
