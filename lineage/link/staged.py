"""Stages joined with the addresses that they stand for: what is in one is in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.addresses import spelt_plainly
from lineage.dialects import may_mean
from lineage.link.elsewhere import copy_columns, is_elsewhere

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
        if not is_elsewhere(stage)
    ]
    if not places:
        return
    for name in [n for n in {**joiner.nodes_of, **joiner.any_of} if n.startswith("@")]:
        own, _, path = spelt_plainly(name)[1:].replace('"', "").partition("/")
        for stage, address, written in places:
            if may_mean(own.lower(), stage):
                outside = f"{address.rstrip('/')}/{path}" if path else address
                copy_columns(joiner, name, outside, written)
                copy_columns(joiner, outside, name, written)
