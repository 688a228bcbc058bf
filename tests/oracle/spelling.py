"""The same script written otherwise: names in another case, quoted or qualified, comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_READ = re.compile(r"\b(from|join|into|update) (?=(?:src|made)\d)")
# A CTE by the name of a table, which a qualified name would not mean.
_HIDES = re.compile(r"\bsrc\d(\([^)]*\))? as (not materialized |materialized )?\(")
_BASE = re.compile(r"(?<!')\b(src\d)\b")


def respelled(random: Random, statements: list[str]) -> list[str]:
    """Most scripts as they are, the others in a way that means the same to the engine."""
    ways: list[Callable[[str], str]] = [str.upper, _commented, _qualified, _quoted]
    if random.random() < 0.8:
        return statements
    way = random.choice(ways)
    return [
        s if way is _qualified and _HIDES.search(s) else _outside_strings(s, way)
        for s in statements
    ]


def _outside_strings(sql: str, way: Callable[[str], str]) -> str:
    parts = sql.split("'")
    return "'".join(p if place % 2 else way(p) for place, p in enumerate(parts))


def _commented(sql: str) -> str:
    return sql.replace(" from ", " /* it's from x */ from -- 'y', z\n", 1)


def _qualified(sql: str) -> str:
    return _READ.sub(r"\1 main.", sql)


def _quoted(sql: str) -> str:
    return _BASE.sub(lambda found: f'"{found[1].upper()}"', sql)
