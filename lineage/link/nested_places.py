"""Files that are written to one place and read from another that has it inside, or is inside it.

`COPY INTO @stage/day/` fills what `@stage` and `@stage/day/part_1.csv` hold, and what is written to
`out/a.parquet` is among `out/*.parquet`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from lineage.addresses import spelt_plainly
from lineage.dialects import last_part
from lineage.limits import expect_at_most
from lineage.link.elsewhere import copy_columns, copy_files
from lineage.link.joining import NOWHERE
from lineage.projects import RelationKind
from lineage.uris import FILE_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lineage.link.joining import Joiner
    from lineage.link.segments import Segment
    from lineage.projects import Relation

_COPIES = frozenset({RelationKind.EXTERNAL, RelationKind.TABLE, RelationKind.VIEW})
MAX_PAIRS = 100_000  # of places; a project that writes hundreds has thousands
_PATTERN = re.compile(r"[*?\[{]")
# Where `part_` names all that begins so, which is no folder.
_OF_PREFIXES = frozenset({"s3", "gs", "az"})
_GOES_ON = frozenset("_-.=")
_ADDRESS = re.compile(r"([a-z][a-z0-9+.:-]*)://(.*)", re.DOTALL)


class _Place(NamedTuple):
    """A path below a root; `begins` is what all that is in it begins with."""

    root: str
    path: str
    begins: str


def join_copies(joiner: Joiner, relations: Iterable[Relation]) -> None:
    """Let every column go into what a tool makes of a relation, beside all texts."""
    for relation in relations:
        for name in relation.reads if relation.kind in _COPIES else ():
            copy_columns(joiner, name, relation.name, NOWHERE)


def join_nested_places(
    joiner: Joiner,
    segments: Sequence[Segment],
    relations: Iterable[Relation],
    led: Iterable[str],
) -> None:
    """Let what is written to a place outside reach those that it lies in, or that lie in it.

    To those in `led` it is written by other names.
    """
    places = {name: place for name in _names(joiner) if (place := _place_of(name)) is not None}
    if len(places) < 2:  # noqa: PLR2004 - one to write, and one to read
        return
    written = {name for segment in segments for name in segment.known}.union(led)
    written.update(relation.name for relation in relations if relation.reads)
    for number, (source, target) in enumerate(_nested(places, written)):
        expect_at_most(number, MAX_PAIRS, "places that lie inside one another", 0)
        copy_files(joiner, source, target, NOWHERE)


def _names(joiner: Joiner) -> Iterable[str]:
    """Names of places: with a folder or the ending of a file, and folders of such beside us."""
    known = {**joiner.nodes_of, **joiner.any_of}
    places = [n for n in known if "/" in n or n[:1] == "@" or n.lower().endswith(FILE_ENDINGS)]
    folders = {n.removeprefix("./").partition("/")[0] for n in places if "/" in n}
    return [*places, *(n for n in folders.difference(places) if n in known)]


def _place_of(name: str) -> _Place | None:
    """The place that a relation's name is, None where it is a table."""
    if name.startswith("@"):
        stage, slash, path = name[1:].partition("/")
        root = "@" + last_part(stage.replace('"', "")).lower()
        return _Place(root, path, path) if slash or path else _Place(root, "", "")
    name = spelt_plainly(name)
    address = _ADDRESS.fullmatch(name)
    scheme, path = (address[1], address[2]) if address else ("", name.removeprefix("./"))
    return _of_path(scheme, path)


def _of_path(scheme: str, path: str) -> _Place:
    found = _PATTERN.search(path)
    if found is not None:
        return _Place(scheme, path, path[: found.start()])
    if scheme not in _OF_PREFIXES or path[-1:] not in _GOES_ON:
        path = path.rstrip("/") + "/"
    return _Place(scheme, path, path)


def _nested(places: dict[str, _Place], written: set[str]) -> Iterator[tuple[str, str]]:
    """What is written, and each other place that may hold the same files."""
    by_root: dict[str, list[tuple[str, str]]] = {}
    for name, place in places.items():
        for seen in (place, *_beside_us(place)):
            by_root.setdefault(seen.root, []).append((seen.begins, name))
    for listed in by_root.values():
        listed.sort()
    for name, place in places.items():
        if name not in written:
            continue
        others = list(_sharing(by_root[place.root], place))
        beside = (o for seen in _beside_us(place) for o in _sharing(by_root[seen.root], seen))
        others += (other for other in beside if not _beside_us(places[other]))
        yield from ((name, other) for other in dict.fromkeys(others) if other != name)


def _beside_us(place: _Place) -> list[_Place]:
    """What a file by its whole path, or in a folder above, may be called from where a text runs."""
    if place.root or not place.path.startswith(("/", "../", "~/")):
        return []
    steps = place.path.strip("/~").split("/")
    tails = ("/".join(steps[n:]) + "/" * place.path.endswith("/") for n in range(len(steps)))
    seen = (_of_path("", tail) for tail in tails)
    return [tail for tail in seen if tail.begins and not tail.begins.startswith("../")]


def _sharing(listed: Sequence[tuple[str, str]], place: _Place) -> Iterator[str]:
    yield from _inside(listed, place)
    yield from _around(listed, place)


def _inside(listed: Sequence[tuple[str, str]], place: _Place) -> Iterator[str]:
    """Places that begin with what a place begins with."""
    for position in range(bisect_left(listed, (place.begins, "")), len(listed)):
        begins, name = listed[position]
        if not begins.startswith(place.begins):
            return
        yield name


def _around(listed: Sequence[tuple[str, str]], place: _Place) -> Iterator[str]:
    """Places with what some part of a path begins with."""
    for length in range(len(place.path) + 1):
        begins = place.path[:length]
        position = bisect_left(listed, (begins, ""))
        while position < len(listed) and listed[position][0] == begins:
            yield listed[position][1]
            position += 1
