"""Proposals as text for people, and as JSON for programs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from enforcer.classify.proposal import Confidence, Proposal
from enforcer.classify.writing import Wrote
from lineage.shown import brief, json_text, plain

if TYPE_CHECKING:
    from collections.abc import Iterator


FORMAT = "fieldgate-proposals/1"


class Shown(msgspec.Struct, frozen=True):
    """What there is to show.

    `waiting` counts labels that stand in properties files which the manifest is older than;
    `wrote` is None where nothing was to be written.
    """

    proposals: tuple[Proposal, ...]
    waiting: int = 0
    wrote: Wrote | None = None


def render(shown: Shown, notation: str) -> str:
    """The proposals in a notation, `text` or `json`."""
    return _json(shown) if notation == "json" else "\n".join((*_lines(shown), ""))


def _lines(shown: Shown) -> Iterator[str]:
    if shown.wrote is None:
        for relation, proposals in groupby(shown.proposals, lambda p: p.column.relation):
            yield plain(relation)
            for proposal in proposals:
                yield (
                    f"  {brief(proposal.column.column)}: {', '.join(proposal.categories)} "
                    f"({proposal.confidence})"
                )
                yield from (f"      {brief(reason.text)}" for reason in proposal.reasons)
            yield ""
    yield _summary(shown)
    if shown.waiting:
        yield (
            f"{_labels(shown.waiting)} in properties files that the manifest does not know yet: "
            "run `dbt parse`."
        )
    yield from _next_steps(shown)


def _summary(shown: Shown) -> str:
    proposals = shown.proposals
    if not proposals:
        return (
            "No label is proposed: every column that looks personal carries one, or is fed by one."
        )
    counts = ", ".join(
        f"{count} {confidence}"
        for confidence in Confidence
        if (count := sum(p.confidence is confidence for p in proposals))
    )
    relations = len({proposal.column.relation for proposal in proposals})
    return f"{_labels(len(proposals))} proposed in {_relations(relations)} ({counts})."


def _next_steps(shown: Shown) -> Iterator[str]:
    wrote = shown.wrote
    if wrote is None:
        if shown.proposals:
            yield "Write them with --write, then read and correct them."
        return
    for path, count in wrote.files:
        yield f"wrote {_labels(count)} into {plain(path)}"
    for column, why in wrote.refused:
        yield f"not written: {brief(str(column))}, for {brief(why)}; label it by hand"


def _labels(count: int) -> str:
    return f"{count} label" if count == 1 else f"{count} labels"


def _relations(count: int) -> str:
    return f"{count} relation" if count == 1 else f"{count} relations"


def _json(shown: Shown) -> str:
    wrote = shown.wrote
    return json_text(
        {
            "format": FORMAT,
            "proposals": [_proposal(proposal) for proposal in shown.proposals],
            "waiting": shown.waiting,
            "written": [{"file": p, "labels": n} for p, n in wrote.files] if wrote else [],
            "refused": [{"column": str(c), "why": w} for c, w in wrote.refused] if wrote else [],
        }
    )


def _proposal(proposal: Proposal) -> dict[str, object]:
    return {
        "relation": proposal.column.relation,
        "column": proposal.column.column,
        "categories": list(proposal.categories),
        "confidence": proposal.confidence.value,
        "reasons": [{"by": reason.by, "text": reason.text} for reason in proposal.reasons],
        "declared_in": {"file": proposal.origin.file, "line": proposal.origin.line},
    }
