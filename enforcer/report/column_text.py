"""A column explained for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from enforcer.messages import words_in
from enforcer.report.lines import STYLES, paragraph, printed, unbroken
from enforcer.report.naming import flow_named, name_of
from enforcer.words import Protection, say
from lineage.shown import brief, plain_again

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.explained import Course, Explanation, Labelled, Look, Passage, Reaching
    from enforcer.messages import Words
    from enforcer.report.options import Options
    from enforcer.words import Message, Value

_INDENT = "  "


def render_columns(explanations: Sequence[Explanation], options: Options) -> str:
    """Each column with its labels, the labelled values in it course by course, and the rules."""
    told = _Told(words_in(options.lang), options.width)
    lines: list[Text] = []
    for explanation in explanations:
        lines += [*([Text()] if lines else []), *told.column(explanation)]
    return printed(lines, width=options.width, colour=options.colour)


def protection_named(variant: str) -> Message:
    """A variant as people read it: `truncated (at most the first six and the last four)`."""
    name, _, detail = variant.partition(":")
    protection = Protection(name) if name in set(Protection) else Protection.CLEAR
    if not detail:
        return say("variant", protection=protection, detail="")
    return say("variant", protection=protection, detail=say(f"detail-{detail}"))


class _Told:
    def __init__(self, words: Words, width: int) -> None:
        self._words = words
        self._width = width

    def column(self, explanation: Explanation) -> Iterator[Text]:
        yield Text(brief(self._words(name_of(explanation.column))), "bold")
        labels = explanation.labels
        for one in labels:
            yield from self._line(say("explain-label", label=_label(one)))
        if not labels:
            yield from self._line(say("explain-no-label"))
        for reaching in explanation.reaching:
            yield Text()
            yield from self._reaching(reaching)
        if not explanation.reaching:
            yield from self._line(say("explain-nothing-reaches"))
        yield from self._others(explanation)
        if explanation.looks:
            yield Text()
            yield Text(self._words(say("explain-rules")), "bold")
        for rule in dict.fromkeys((look.severity, look.rule) for look in explanation.looks):
            severity, name = rule
            label = (self._words(severity), STYLES[severity])
            yield Text.assemble(_INDENT, label, f"[{brief(name)}]")
            for look in explanation.looks:
                if look.rule == name:
                    yield from self._look(look)

    def _others(self, explanation: Explanation) -> Iterator[Text]:
        others = explanation.others
        if others is not None:
            flows = tuple(map(flow_named, others.flows))
            first = brief(self._words(name_of(others.first)))
            yield Text()
            said = say("explain-others", number=others.count, flows=flows, first=first)
            yield from self._line(said, 0)

    def _line(self, message: Message, depth: int = 1) -> list[Text]:
        first = _INDENT * depth
        said = plain_again(self._words(message))
        return paragraph(said, width=self._width, first=first, rest=first + _INDENT)

    def _reaching(self, reaching: Reaching) -> Iterator[Text]:
        source = brief(self._words(name_of(reaching.source)))
        heading = say("explain-source", source=source, label=_label(reaching.label))
        yield unbroken(Text(plain_again(self._words(heading)), "bold"))
        for course in reaching.courses:
            yield from self._course(course)
        for reason in reaching.reasons:
            yield from self._line(say("explain-reason", reason=reason))

    def _course(self, course: Course) -> Iterator[Text]:
        arrives = protection_named(course.arrives)
        yield from self._line(say("explain-course", flow=flow_named(course.flow), arrives=arrives))
        for passage in course.passages:
            yield from self._passage(passage)

    def _passage(self, passage: Passage) -> Iterator[Text]:
        column = brief(self._words(name_of(passage.column)))
        yield from self._line(say("explain-passage", column=column, how=passage.how), 2)
        yield unbroken(self._words(say("at", origin=brief(str(passage.origin)))), first=_INDENT * 4)
        for done in passage.applied:
            parts: dict[str, Value] = {"function": brief(done.function), "why": done.why}
            if done.before == done.after:
                yield from self._line(say("explain-kept", **parts), 4)
                continue
            change = {name: protection_named(getattr(done, name)) for name in ("before", "after")}
            yield from self._line(say("explain-changed", **parts, **change), 4)

    def _look(self, look: Look) -> Iterator[Text]:
        accepts: Value = look.accepts
        if look.at_least:
            accepts = say("explain-at-least", protection=Protection(look.at_least))
        said = say(
            "explain-look",
            source=brief(self._words(name_of(look.source))),
            accepts=say("explain-accepts", methods=accepts) if accepts else "",
            refuses=tuple(protection_named(variant) for variant in look.refuses)
            or say("explain-refuses-nothing"),
            findings=say("explain-findings", fingerprints=look.findings)
            if look.findings
            else say("explain-no-finding"),
        )
        yield from self._line(said, 2)


def _label(label: Labelled) -> Message:
    category = brief(label.category)
    said = say("explain-said", category=category, by=label.by, origin=brief(str(label.origin)))
    if label.yields_to:
        return say("explain-yields", label=said, category=brief(label.yields_to))
    return said
