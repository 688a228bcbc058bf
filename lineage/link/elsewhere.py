"""Schemas and catalogs of which the tables are in another place: what is written goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.dialects import first_part, last_part, may_mean
from lineage.graph import ROWS
from lineage.link.joining import JoinedWildcard
from lineage.link.segments import Wildcard
from lineage.objects import NO_TABLES
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.link.joining import Joiner
    from lineage.link.relations import Relations
    from lineage.link.segments import Segment

    Place = tuple[str, str, tuple[int, int]]  # of a schema: its name, its address, where it is said


def is_elsewhere(place: str) -> bool:
    """Whether a place is a schema (`s.`), a catalog (`c.*`) or a table (`=t`), and no stage."""
    return place.endswith((".", ".*")) or place.startswith("=")


def join_elsewhere(joiner: Joiner, relations: Relations, segments: Sequence[Segment]) -> set[str]:
    """Lead what is in another place into the tables by which it is read, and back from written.

    The names of places that are written so.
    """
    by_key: dict[str, list[Place]] = {}
    for unit, segment in enumerate(segments):
        for place, address, offset in segment.places:
            if is_elsewhere(place):
                by_key.setdefault(_key(place), []).append((place, address, (unit, offset)))
    if not by_key:
        return set()
    led: set[str] = set()
    written = {name for segment in segments for name in segment.known}
    for name in list({**joiner.nodes_of, **joiner.any_of}):
        view = relations.kinds.get(name) is RelationKind.VIEW
        if view or name.startswith(NO_TABLES):
            continue
        for there, said in dict(_addresses(name, by_key)).items():
            copy_columns(joiner, there, name, said)
            if name in written:
                copy_columns(joiner, name, there, said)
                led.add(there)
    return led


def _key(place: str) -> str:
    return place if place[-1] != "." else f"{last_part(place[:-1])}."


def _addresses(name: str, by_key: dict[str, list[Place]]) -> Iterator[tuple[str, tuple[int, int]]]:
    """What a relation is called where it is, for each place that it may be in."""
    last = last_part(name)
    schema, catalog = name[: -len(last) - 1], first_part(name)
    for _place, address, said in by_key.get(f"={name}", ()):
        yield address, said
    whole = by_key.get(f"{catalog}.*", ()) if schema else ()
    for _place, address, said in whole:
        yield f"{address}{_plain(name[len(catalog) + 1 :])}", said
    for place, address, said in by_key.get(f"{last_part(schema)}.", ()) if not whole else ():
        if may_mean(schema, place[:-1]):
            yield f"{address}{_plain(last)}", said


def _plain(name: str) -> str:
    return name.strip('"')


def copy_columns(
    joiner: Joiner, source: str, target: str, written: tuple[int, int], *, ambiguous: bool = False
) -> None:
    """Let every column of a relation go to another one under its own name."""
    unit, offset = written
    ends = (joiner.any_node(source, inner=False), joiner.any_node(target, inner=False))
    wildcard = Wildcard(*ends, joiner.plain, offset, ambiguous=ambiguous)
    joiner.wildcards.append(JoinedWildcard(*ends, joiner.plain, (unit, wildcard)))
    rows = joiner.node(source, ROWS), joiner.node(target, ROWS)
    joiner.edges([rows], joiner.plain, written, ambiguous=ambiguous)


def copy_files(joiner: Joiner, source: str, target: str, written: tuple[int, int]) -> None:
    """Let every column go under its own name, or into any where the reader has other names."""
    made, read = (joiner.nodes_of.get(name, {}).keys() - {ROWS} for name in (source, target))
    ends = [joiner.any_node(name, inner=False) for name in (source, target)]
    ways = [(ends[0], ends[1])]
    if not read <= made:
        between = joiner.inner_node("", "")
        ways = [(ends[0], between), (between, ends[1])]
    for start, end in ways:
        wild = Wildcard(start, end, joiner.plain, written[1], ambiguous=True)
        joiner.wildcards.append(JoinedWildcard(start, end, joiner.plain, (written[0], wild)))
    rows = joiner.node(source, ROWS), joiner.node(target, ROWS)
    joiner.edges([rows], joiner.plain, written, ambiguous=True)
