"""A relation explained for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from enforcer.messages import words_in
from enforcer.report.column_text import protection_named
from enforcer.report.lines import STYLES, paragraph, printed
from enforcer.words import say, verbatim
from lineage.shown import brief

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.explained import Judged, RelationExplained
    from enforcer.messages import Words
    from enforcer.report.options import Options
    from enforcer.words import Message

_INDENT: Final = "  "
_SHOWN: Final = 12


def render_relations(explained: Sequence[RelationExplained], options: Options) -> str:
    """Each relation with the labelled values in it, and what each rule makes of it and why."""
    told = _Told(words_in(options.lang), options.width)
    lines: list[Text] = []
    for one in explained:
        lines += [*([Text()] if lines else []), *told.relation(one)]
    return printed(lines, width=options.width, colour=options.colour)


class _Told:
    def __init__(self, words: Words, width: int) -> None:
        self._words = words
        self._width = width

    def relation(self, explained: RelationExplained) -> Iterator[Text]:
        yield Text(brief(explained.relation), "bold")
        columns = say("columns", count=explained.columns)
        yield from self._line(say("explain-relation", kind=brief(explained.kind), columns=columns))
        held = [
            say(
                "explain-held",
                column=brief(one.column.column),
                category=brief(one.category),
                protections=tuple(map(protection_named, one.protected_by)),
            )
            for one in explained.held
        ]
        yield from self._list(held or [say("explain-nothing-held")])
        if explained.held:
            column = brief(str(explained.held[0].column))
            yield from self._line(say("explain-ask-column", column=column))
        yield Text()
        if not explained.judged:
            yield from self._line(say("explain-no-rule"), 0)
            return
        yield Text(self._words(say("explain-judged")), "bold")
        for judged in explained.judged:
            yield from self._judged(judged)

    def _judged(self, judged: Judged) -> Iterator[Text]:
        label = (self._words(judged.severity), STYLES[judged.severity])
        outcome = self._words(_outcome(judged))
        yield Text.assemble(_INDENT, label, f"[{brief(judged.rule)}] ", outcome)
        findings = [
            say("judged-finding", fingerprint=f.fingerprint, sentence=self._shown(f.message))
            for f in judged.findings
        ]
        yield from self._list(findings, 2)
        for reason in judged.reasons:
            yield from self._line(verbatim(self._shown(reason)), 2)
        if judged.stops:
            yield from self._line(say("judged-stops"), 2)
        stops = [
            say(
                "judged-stop",
                relation=brief(stop.relation),
                next=brief(stop.next),
                why=self._shown(stop.why),
            )
            for stop in judged.stops
        ]
        yield from self._list(stops, 3)
        gaps = [
            say("judged-gap", detail=brief(gap.message), origin=brief(str(gap.origin)))
            for gap in judged.gaps
        ]
        yield from self._list(gaps, 2)

    def _shown(self, message: Message) -> str:
        """A sentence that may name what is somebody else's."""
        return brief(self._words(message))

    def _list(self, messages: Sequence[Message], depth: int = 1) -> Iterator[Text]:
        """The first of them, and how many more there are."""
        for message in messages[:_SHOWN]:
            yield from self._line(message, depth)
        if len(messages) > _SHOWN:
            yield from self._line(say("judged-more", number=len(messages) - _SHOWN), depth)

    def _line(self, message: Message, depth: int = 1) -> list[Text]:
        first = _INDENT * depth
        return paragraph(self._words(message), width=self._width, first=first, rest=first + _INDENT)


def _outcome(judged: Judged) -> Message:
    if judged.outcome == "found":
        return say("judged-found", count=len(judged.findings))
    return say("judged-clean") if judged.outcome == "clean" else say("judged-unknown")
