"""Link: objects and whatever schema is known become one graph of concrete flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.analysis import Analysis
from lineage.limits import ExcessError
from lineage.link.ahead import Ahead
from lineage.link.compiled import Compiled
from lineage.link.known import known_relations, with_remarks
from lineage.link.order import linking_order
from lineage.link.relations import Relations
from lineage.link.texts import link_text, refused_text
from lineage.link.uncompiled import gaps_of_branches
from lineage.link.whole import join
from lineage.link.wording import (
    deletes_of,
    gaps_of,
    grants_of,
    remarks_of,
    stars_of,
    tellings,
    unions_of,
    unknown_shares,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.link.joining import Joiner
    from lineage.link.segments import Segment
    from lineage.objects import Object
    from lineage.projects import Project

__all__ = ["Ahead", "link", "link_compiled"]


def link(project: Project, objects: Sequence[Object]) -> Analysis:
    """The analysis of a project; `objects` are those of its units, in the same order."""
    return link_compiled(project, [Compiled(compiled) for compiled in objects])


def link_compiled(
    project: Project, texts: Sequence[Compiled], begun: Joiner | None = None
) -> Analysis:
    """The analysis of a project; `texts` are its units, in the same order.

    A text that was linked before is not linked again where all that it asks of the others
    has the answer of then. Afterwards each has its segment. `begun` may hold what the first
    of them came to before.
    """
    outlines = [text.outline for text in texts]
    relations = Relations(project, outlines)
    segments: dict[int, Segment] = {}
    for number in linking_order(project.units, outlines, relations.meanings, relations.functions):
        text = texts[number]
        segment = text.segment
        if segment is None or not relations.still_answers(number, segment.asked):
            target = project.units[number].target
            segment = text.segment = link_text(number, target, text.object, relations)
        segments[number] = segment
        relations.learn(segment.known)
        relations.functions.learn(number, segment.functions)
    statements = sum(text.statements for text in texts)
    try:
        in_order = [segments[number] for number in range(len(texts))]
        return _joined(project, relations, in_order, statements, begun)
    except ExcessError:
        refused = _all_refused(project, texts)
        return _joined(project, *refused, statements)


def _all_refused(project: Project, texts: Sequence[Compiled]) -> tuple[Relations, list[Segment]]:
    """What is left of a project with more flows than are followed: a gap for each statement."""
    relations = Relations(project, [])
    return relations, [
        refused_text(number, project.units[number].target, text.object, relations)
        for number, text in enumerate(texts)
    ]


def _joined(
    project: Project,
    relations: Relations,
    segments: list[Segment],
    statements: int,
    begun: Joiner | None = None,
) -> Analysis:
    joined = join(project, relations, segments, begun)
    told = list(tellings(project.units, segments))
    remarks = tuple(sorted(set(remarks_of(told))))
    known = known_relations(project, relations, joined.columns, segments)
    grants = tuple(sorted(set(grants_of(told))))
    return Analysis(
        graph=joined.graph,
        units=project.units,
        relations=with_remarks(known, remarks),
        grants=grants,
        deletes=tuple(sorted(set(deletes_of(told)))),
        guarded=joined.guarded,
        gaps=tuple(
            sorted(
                {
                    *project.gaps,
                    *gaps_of(told),
                    *unknown_shares(grants),
                    *gaps_of_branches(project.units, segments, known),
                }
            )
        ),
        statements=statements + len(project.gaps),
        stars=stars_of(segments),
        unions=unions_of(segments),
        equated=joined.equated,
        opaque=min(sum(segment.opaque for segment in segments), statements) + len(project.gaps),
        remarks=remarks,
    )
