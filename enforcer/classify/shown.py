"""Proposals as text for people, and as JSON for programs."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from enforcer.classify.proposal import Confidence, Proposal
from enforcer.classify.writing import Wrote
from enforcer.messages import Words, words_in
from enforcer.words import say
from lineage.shown import brief, guarded, json_text, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enforcer.words import Lang, Message


FORMAT = "fieldgate-proposals/1"


class Shown(msgspec.Struct, frozen=True):
    """What there is to show.

    `waiting` counts labels that stand in properties files which the manifest is older than;
    `wrote` is None where nothing was to be written.
    """

    proposals: tuple[Proposal, ...]
    waiting: int = 0
    wrote: Wrote | None = None


def render(shown: Shown, notation: str, lang: Lang) -> str:
    """The proposals in a notation, `text` or `json`, and a language."""
    words = words_in(lang)
    if notation == "json":
        return _json(shown, words)
    return guarded("\n".join((*_lines(shown, words), "")))


def _lines(shown: Shown, words: Words) -> Iterator[str]:
    if shown.wrote is None:
        for relation, proposals in groupby(shown.proposals, lambda p: p.column.relation):
            yield plain(relation)
            for proposal in proposals:
                yield f"  {brief(words(_proposed(proposal)))}"
                yield from (f"      {brief(words(reason.said))}" for reason in proposal.reasons)
            yield ""
    yield from (brief(words(message)) for message in _messages(shown))


def _proposed(proposal: Proposal) -> Message:
    return say(
        "proposed",
        column=proposal.column.column,
        categories=proposal.categories,
        confidence=say(f"confidence-{proposal.confidence}"),
    )


def _messages(shown: Shown) -> Iterator[Message]:
    """What is said below the proposals: how many, what waits, what was written, what to do."""
    proposals = shown.proposals
    if proposals:
        yield say(
            "proposed-in-all",
            labels=_labels(len(proposals)),
            relations=say("relations", count=len({p.column.relation for p in proposals})),
            parts=tuple(_counts(proposals)),
        )
    else:
        yield say("nothing-proposed")
    if shown.waiting:
        yield say("proposed-waiting", labels=_labels(shown.waiting))
    if shown.wrote is None:
        if proposals:
            yield say("proposed-write")
        return
    for path, count in shown.wrote.files:
        yield say("proposed-written", labels=_labels(count), path=path)
    for column, why in shown.wrote.refused:
        yield say("proposed-refused", column=column, why=why)


def _counts(proposals: Iterable[Proposal]) -> Iterator[Message]:
    found = Counter(proposal.confidence for proposal in proposals)
    for confidence in Confidence:
        if found[confidence]:
            words = say(f"confidence-{confidence}")
            yield say("proposed-so-sure", number=found[confidence], confidence=words)


def _labels(count: int) -> Message:
    return say("so-many-labels", count=count)


def _json(shown: Shown, words: Words) -> str:
    wrote = shown.wrote
    return json_text(
        {
            "format": FORMAT,
            "proposals": [_proposal(proposal, words) for proposal in shown.proposals],
            "waiting": shown.waiting,
            "written": [{"file": p, "labels": n} for p, n in wrote.files] if wrote else [],
            "refused": [{"column": str(c), "why": w} for c, w in wrote.refused] if wrote else [],
        }
    )


def _proposal(proposal: Proposal, words: Words) -> dict[str, object]:
    return {
        "relation": proposal.column.relation,
        "column": proposal.column.column,
        "categories": list(proposal.categories),
        "confidence": proposal.confidence.value,
        "reasons": [{"by": reason.by, "text": words(reason.said)} for reason in proposal.reasons],
        "declared_in": {"file": proposal.origin.file, "line": proposal.origin.line},
    }
