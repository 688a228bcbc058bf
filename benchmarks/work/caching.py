"""The two places to change when `lineage.build` has a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HAS_CACHE = False  # first place: the warm runs are measured when this is true


def cache_arguments(cache: Path | None) -> dict[str, Path | None]:
    """What to hand to the analysis besides the project and the jobs."""
    assert cache is None or HAS_CACHE
    return {}  # second place: `{"cache": cache}`
