"""One finding as lines of text: where, what, the path hop by hop, and its identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from enforcer.report.lines import STYLES, paragraph, unbroken
from enforcer.report.reading import how_of, name_of, protected_by
from lineage.shown import brief, prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.messages import Words
    from enforcer.words import Finding, Hop, RuleCard

_BAR = "   | "
_NOTE = "   = "
_HOPS_SHOWN = 12


def finding_lines(
    finding: Finding, words: Words, *, width: int, hops: int = _HOPS_SHOWN
) -> list[Text]:
    """Header, place, message, field and sink, the path (at most `hops` hops), fingerprint."""
    return [
        unbroken(_header(finding.rule)),
        unbroken(brief(str(finding.origin)), first="  --> "),
        unbroken("", first=_BAR),
        *paragraph(brief(words(finding.message)), width=width, first=_BAR, rest=_BAR),
        unbroken("", first=_BAR),
        *_subject(finding, width),
        *_path(finding, width, hops),
        unbroken("", first=_BAR),
        unbroken(f"fingerprint: {finding.fingerprint}", first=_NOTE),
    ]


def rule_lines(card: RuleCard, *, width: int) -> list[Text]:
    """Why the rule exists, how to mend a breach, and where to read on; said once a rule."""
    parts = (("why", card.why), ("fix", card.fix), ("law", "; ".join(card.law)))
    lines = [
        line
        for label, text in parts
        if text.strip()
        for line in paragraph(f"{label}: {prose(text)}", width=width, first=_NOTE)
    ]
    return [*lines, unbroken(f"more: fieldgate explain {brief(card.id)}", first=_NOTE)]


def _header(card: RuleCard) -> Text:
    return Text.assemble(
        (f"{card.severity}[{brief(card.id)}]", STYLES[card.severity]),
        (f": {prose(card.title)}", "bold"),
    )


def _subject(finding: Finding, width: int) -> list[Text]:
    category = f" ({brief(finding.category)})" if finding.category else ""
    what = "field" if finding.field.column else "relation"
    facts = [(what, f"{brief(name_of(finding.field))}{category}")]
    if finding.sink:
        flow = f", by {brief(finding.flow.replace('_', ' '))} flow" if finding.flow else ""
        facts.append(("sink", f"{brief(finding.sink)}{flow}"))
    return [
        line
        for label, text in facts
        for line in paragraph(
            text, width=width, first=f"{_BAR}{label:{len(what)}} ", rest=f"{_BAR}  "
        )
    ]


def _path(finding: Finding, width: int, most: int) -> list[Text]:
    if not finding.path:
        return []
    head, tail = _ends(finding.path, most)
    between = len(finding.path) - len(head) - len(tail)
    skipped = (
        [
            Text(
                f"{_BAR}   … {between} more hops: `fieldgate explain {finding.fingerprint}`"
                " shows them"
            )
        ]
        if between
        else []
    )
    return [
        unbroken("path", first=_BAR),
        *(line for hop in head for line in _hop(hop, width)),
        *skipped,
        *(line for hop in tail for line in _hop(hop, width)),
    ]


def _ends(path: Sequence[Hop], most: int) -> tuple[Sequence[Hop], Sequence[Hop]]:
    """The whole path, or its two ends where it is longer than anybody reads."""
    if len(path) <= most:
        return path, ()
    return path[: most - most // 2], path[len(path) - most // 2 :]


def _hop(hop: Hop, width: int) -> list[Text]:
    arrow = "   " if hop.how is None else "-> "
    kept = f"; arrives {protected_by(hop.protections)}" if hop.protections else ""
    said = f"{brief(name_of(hop.column))}: {brief(how_of(hop))}{kept}"
    return [
        *paragraph(said, width=width, first=f"{_BAR}{arrow}", rest=f"{_BAR}     "),
        unbroken(brief(str(hop.origin)), first=f"{_BAR}     at "),
    ]
