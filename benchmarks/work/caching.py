"""How Fieldgate is told of a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HAS_CACHE = True


def cache_arguments(cache: Path | None) -> dict[str, Path | None]:
    """What to hand to the analysis besides the project and the jobs."""
    assert cache is None or HAS_CACHE
    return {"cache": cache}
