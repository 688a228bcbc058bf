"""The graph of a whole project, made of the segments of its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lineage.fields import as_written
from lineage.graph import ROWS
from lineage.link.called_by_name import call_by_name
from lineage.link.declared_fields import named_fields
from lineage.link.described import join_described
from lineage.link.elsewhere import join_elsewhere
from lineage.link.joining import Joiner
from lineage.link.nested_places import join_copies, join_nested_places
from lineage.link.parts import open_fields
from lineage.link.shapes import Shapes, by_position
from lineage.link.staged import join_stages
from lineage.link.through_views import write_through
from lineage.link.wildcards import open_wildcards

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lineage.graph import Graph
    from lineage.guarded import Guarded
    from lineage.link.relations import Relations
    from lineage.link.segments import Segment
    from lineage.projects import Project
    from lineage.words import Column


class Joined(NamedTuple):
    """The graph of a project, the writes in it, and which of its nodes some query finds equal.

    `columns` are those of the graph by relation, in the order of first mention.
    """

    graph: Graph
    guarded: tuple[Guarded, ...]
    equated: frozenset[tuple[int, int]]
    columns: Mapping[str, Iterable[str]]


def join(
    project: Project, relations: Relations, segments: Sequence[Segment], begun: Joiner | None
) -> Joined:
    """What the segments of a project's units, given in their order, come to.

    Those that were `begun` with are not joined again, if they are still the first of all.
    """
    joiner = begun if begun is not None and begun.starts(segments) else Joiner()
    joiner.add_all(segments)
    for name, interface in relations.interfaces.items():
        for column in interface.columns:
            joiner.node(name, column)
    led = join_elsewhere(joiner, relations, segments)
    led |= join_stages(joiner, segments)
    join_copies(joiner, project.relations)
    join_nested_places(joiner, segments, project.relations, led)
    join_described(joiner, relations)
    gone = {r.relation for segment in segments for r in segment.removed if not r.hides}
    write_through(joiner, relations.changed | gone)
    call_by_name(joiner, project, relations, segments)
    open_wildcards(joiner)
    for unit, segment in enumerate(segments):
        for removed in segment.removed:
            if removed.shapes:
                _shape(joiner, removed.relation, unit, removed.offset)
    joiner.link_readers(project.relations)
    _join_fields(joiner, [f for r in project.relations for f in named_fields(r)])
    places = by_position(unit.dialect for unit in project.units)
    shapes = Shapes(joiner, relations.structs, relations.queries) if places else None
    open_fields(joiner, relations.interfaces, shapes)
    equated = frozenset(joiner.equated)
    return Joined(joiner.freeze(), tuple(joiner.guarded), equated, joiner.nodes_of)


def _join_fields(joiner: Joiner, declared: Sequence[Column]) -> None:
    """Make nodes of the fields that are declared.

    Who declares `p.email` may mean a column that is called so: each holds what the other does.
    """
    alike: dict[int, int] = {}  # fields, by the column
    for field in declared:
        node, column = joiner.field_named(field), as_written(field).column
        named = joiner.nodes_of[field.relation].get(column)
        if named is not None:
            alike[named] = node
    for edge, source in enumerate(tuple(joiner.sources) if alike else ()):
        same = alike.pop(source, None)
        if same is not None:
            place = joiner.units[edge], joiner.offsets[edge]
            joiner.edges([(same, source), (source, same)], joiner.plain, place, ambiguous=True)


def _shape(joiner: Joiner, relation: str, unit: int, offset: int) -> None:
    """What a DELETE tests decides about every column of the rows that are left."""
    columns = joiner.nodes_of.get(relation, {})
    rows = columns.get(ROWS)
    if rows is not None:
        ends = [(rows, node) for column, node in columns.items() if column != ROWS]
        joiner.edges(ends, joiner.plain, (unit, offset))
