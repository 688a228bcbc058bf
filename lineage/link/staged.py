"""Stages joined with the addresses that they stand for: what is in one is in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.link.joining import JoinedWildcard
from lineage.link.segments import Wildcard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.link.joining import Joiner
    from lineage.link.segments import Segment


def join_stages(joiner: Joiner, segments: Sequence[Segment]) -> None:
    """Let every column go both ways between a stage, with a path in it or not, and its address."""
    places = [
        (stage, address, (unit, offset))
        for unit, segment in enumerate(segments)
        for stage, address, offset in segment.places
    ]
    if not places:
        return
    for name in [n for n in {**joiner.nodes_of, **joiner.any_of} if n.startswith("@")]:
        own, _, path = name[1:].strip('"').partition("/")
        for stage, address, written in places:
            if _is_same(own.lower(), stage):
                outside = f"{address.rstrip('/')}/{path}" if path else address
                _join(joiner, name, outside, written)
                _join(joiner, outside, name, written)


def _is_same(one: str, other: str) -> bool:
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")


def _join(joiner: Joiner, source: str, target: str, written: tuple[int, int]) -> None:
    unit, offset = written
    ends = (joiner.any_node(source, inner=False), joiner.any_node(target, inner=False))
    wildcard = JoinedWildcard(*ends, joiner.plain, (unit, Wildcard(*ends, joiner.plain, offset)))
    joiner.wildcards.append(wildcard)
    rows = joiner.node(source, ROWS), joiner.node(target, ROWS)
    joiner.edges([rows], joiner.plain, (unit, offset))
