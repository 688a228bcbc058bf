"""Stages joined with the addresses that they stand for: what is in one is in the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.addresses import spelt_plainly
from lineage.dialects import may_mean, split_name
from lineage.link.elsewhere import copy_columns, copy_files, is_elsewhere
from lineage.objects import VOLUMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.link.joining import Joiner
    from lineage.link.segments import Segment

    Place = tuple[str, str, tuple[int, int]]  # as in `lineage.link.elsewhere`


_VOLUME = re.compile(rf"{VOLUMES}([^/]+)/([^/]+)/([^/]+)/?(.*)", re.IGNORECASE | re.DOTALL)
_MOST = 8  # names that lead on to others


def join_stages(joiner: Joiner, segments: Sequence[Segment]) -> set[str]:
    """Let every column go both ways between a stage, with a path in it or not, and its address.

    So it is with what is in a server, directory or volume, and where that is. The names of such
    places are those that may be written by other ones.
    """
    places = [
        (stage, address, (unit, offset))
        for unit, segment in enumerate(segments)
        for stage, address, offset in segment.places
        if not is_elsewhere(stage)
    ]
    names = dict.fromkeys((*joiner.nodes_of, *joiner.any_of)) if places else {}
    filled = {name for segment in segments for name in segment.known} if places else set()
    found = [n for n in names if n[:1] == "@" or "/" in n]
    reached: set[str] = set()
    for _ in range(_MOST):
        led = [(name, *way) for name in found for way in _leads(name, places)]
        for name, outside, written in led:
            for source, target in ((name, outside), (outside, name)):
                made, read = (joiner.nodes_of.get(n, {}).keys() for n in (source, target))
                others = target not in filled and not read <= made  # names that a reader gives
                (copy_files if others else copy_columns)(joiner, source, target, written)
        found = list(dict.fromkeys(outside for _, outside, _ in led if outside not in names))
        names.update(dict.fromkeys(found))
        reached.update(outside for _, outside, _ in led)
    return reached


def _leads(name: str, places: Sequence[Place]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where else the files of a name are, as places say."""
    if name.startswith("@"):
        own, _, path = spelt_plainly(name)[1:].replace('"', "").partition("/")
        for stage, address, written in places:
            if not stage.endswith("/") and may_mean(own.lower(), stage.replace('"', "")):
                yield f"{address.rstrip('/')}/{path}" if path else address, written
        return
    plain = spelt_plainly(name).removeprefix("./")
    volume = _VOLUME.fullmatch(plain)
    for begin, address, written in places:
        if begin.startswith(VOLUMES):
            own = ".".join(volume[n] for n in (1, 2, 3)).lower() if volume is not None else ""
            if volume is not None and may_mean(own, begin[len(VOLUMES) : -1].lower()):
                yield f"{_path_of(address)}{volume[4]}", written
        elif begin.endswith("/") and plain.lower().startswith(begin.lower()):
            yield f"{address}{plain[len(begin) :]}", written


def _path_of(address: str) -> str:
    """An address; that of another volume is its path."""
    if not address.startswith(VOLUMES):
        return address
    parts = split_name(address[len(VOLUMES) : -1])
    return f"{VOLUMES}{'/'.join(parts)}/".replace('"', "")
