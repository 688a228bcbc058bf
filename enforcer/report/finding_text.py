"""One finding as lines of text: where, what, the path hop by hop, and its identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from enforcer.report.lines import STYLES, paragraph, unbroken
from enforcer.report.naming import flow_of, how_of, name_of, protected_by
from enforcer.words import say
from lineage.shown import brief, prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.messages import Words
    from enforcer.words import Finding, Hop, Message, RuleCard

_BAR = "   | "
_NOTE = "   = "
_HOPS_SHOWN = 12


def finding_lines(
    finding: Finding, words: Words, *, width: int, hops: int = _HOPS_SHOWN
) -> list[Text]:
    """Header, place, message, field and sink, the path (at most `hops` hops), fingerprint."""
    return [
        unbroken(_header(finding.rule, words)),
        unbroken(brief(str(finding.origin)), first="  --> "),
        unbroken("", first=_BAR),
        *paragraph(brief(words(finding.message)), width=width, first=_BAR, rest=_BAR),
        unbroken("", first=_BAR),
        *_subject(finding, width, words),
        *_path(finding, width, hops, words),
        unbroken("", first=_BAR),
        _labelled(say("fingerprint"), finding.fingerprint, words),
    ]


def rule_lines(card: RuleCard, words: Words, *, width: int) -> list[Text]:
    """Why the rule exists, how to mend a breach, and where to read on; said once a rule."""
    said = card.wording(words.lang)
    parts = (
        (say("why"), said.why),
        (say("fix"), said.fix),
        (say("law"), "; ".join(card.law)),
    )
    lines = [
        line
        for label, text in parts
        if text.strip()
        for line in paragraph(
            words(say("labelled", label=label, text=prose(text))), width=width, first=_NOTE
        )
    ]
    return [*lines, _labelled(say("more"), f"fieldgate explain {brief(card.id)}", words)]


def _labelled(label: Message, text: str, words: Words) -> Text:
    return unbroken(words(say("labelled", label=label, text=text)), first=_NOTE)


def _header(card: RuleCard, words: Words) -> Text:
    title = words(say("after-label", text=prose(card.wording(words.lang).title)))
    shadow = words(say("in-shadow")) if card.shadow else ""
    return Text.assemble(
        (f"{words(card.severity)}[{brief(card.id)}]", STYLES[card.severity]),
        shadow,
        (title, "bold"),
    )


def _subject(finding: Finding, width: int, words: Words) -> list[Text]:
    name, flow = brief(words(name_of(finding.field))), flow_of(finding)
    of = say("of-category", category=brief(finding.category)) if finding.category else ""
    what = words(say("field") if finding.field.column else say("relation"))
    facts = [(what, name + words(of))]
    if finding.sink:
        by = brief(words(flow)) if flow else ""
        facts.append((words(say("sink")), f"{brief(finding.sink)}{by}"))
    room = cell_len(what)
    return [
        line
        for label, text in facts
        for line in paragraph(
            text, width=width, first=f"{_BAR}{set_cell_size(label, room)} ", rest=f"{_BAR}  "
        )
    ]


def _path(finding: Finding, width: int, most: int, words: Words) -> list[Text]:
    if not finding.path:
        return []
    head, tail = _ends(finding.path, most)
    between = len(finding.path) - len(head) - len(tail)
    more = say("more-hops", number=between, fingerprint=finding.fingerprint)
    return [
        unbroken(words(say("path")), first=_BAR),
        *(line for hop in head for line in _hop(hop, width, words)),
        *([Text(f"{_BAR}   {words(more)}")] if between else []),
        *(line for hop in tail for line in _hop(hop, width, words)),
    ]


def _ends(path: Sequence[Hop], most: int) -> tuple[Sequence[Hop], Sequence[Hop]]:
    """The whole path, or its two ends where it is longer than anybody reads."""
    if len(path) <= most:
        return path, ()
    return path[: most - most // 2], path[len(path) - most // 2 :]


def _hop(hop: Hop, width: int, words: Words) -> list[Text]:
    arrow = "   " if hop.how is None else "-> "
    said = say(
        "hop",
        column=brief(words(name_of(hop.column))),
        how=brief(words(how_of(hop))),
        kept=say("hop-kept", arrives=protected_by(hop.protections)) if hop.protections else "",
    )
    place = words(say("at", origin=brief(str(hop.origin))))
    return [
        *paragraph(words(said), width=width, first=f"{_BAR}{arrow}", rest=f"{_BAR}     "),
        unbroken(place, first=f"{_BAR}     "),
    ]
