"""The report as annotations: GitHub shows them at the lines of a pull request.

A step shows ten annotations of a kind. The heaviest are kept, and the tenth counts the
others, so that nothing is left out in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from enforcer.messages import words_in
from enforcer.report.naming import ended, name_of, next_step
from enforcer.report.proposed import proposed_section
from enforcer.report.reading import accepted_line, first_line, heaviest_first, rules_line, verdict
from enforcer.words import ENGLISH, Severity, say
from lineage.shown import annotation, folded, guarded, plain, relative_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.messages import Words
    from enforcer.words import Finding, Lang, Report
    from lineage import Gap, Origin

_SHOWN: Final = 10
_CHANGES: Final = 20  # of each kind
KINDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class _Marked(NamedTuple):
    """What is said at a place of the project."""

    kind: str
    origin: Origin
    title: str
    lines: tuple[str, ...]


def render_github(report: Report, *, lang: Lang = ENGLISH) -> str:
    """Annotations between the first and the last lines of the text report."""
    words = words_in(lang)
    marked = [_finding(finding, words) for finding in heaviest_first(report.findings)]
    marked += [_gap(gap, words) for gap in report.gaps]
    above = [words(first_line(report.coverage, len(report.gaps)))]
    accepted = accepted_line(report)
    below = [
        *([words(accepted)] if accepted else []),
        *(words(line) for line in proposed_section(report.proposed, _CHANGES)),
        *(words(say("note-label")) + words(say("note-line", note=words(n))) for n in report.notes),
        words(rules_line(report)),
        words(verdict(report)),
    ]
    annotations = (line for kind in KINDS.values() for line in _of_kind(kind, marked, words))
    return "".join(f"{line}\n" for line in (*_plainly(above), *annotations, *_plainly(below)))


def _plainly(lines: Sequence[str]) -> Iterator[str]:
    return (guarded(plain(folded(line))) for line in lines)


def _of_kind(kind: str, marked: Sequence[_Marked], words: Words) -> Iterator[str]:
    """The annotations of one kind, heaviest first: ten at most."""
    those = [one for one in marked if one.kind == kind]
    left_out = len(those) - (_SHOWN - 1) if len(those) > _SHOWN else 0
    for one in those[: _SHOWN - 1] if left_out else those:
        yield annotation(kind, one.lines, title=one.title, **_place(one.origin))
    if left_out:
        yield annotation(kind, [words(say("annotations-left-out", count=left_out))])


def _place(origin: Origin) -> dict[str, str | int]:
    if not origin.file:
        return {}
    file = relative_path(origin.file)
    return {"file": file, "line": max(1, origin.line), "col": max(1, origin.column)}


def _finding(finding: Finding, words: Words) -> _Marked:
    card, said = finding.rule, finding.rule.wording(words.lang)
    kind = KINDS[Severity.NOTE if card.shadow else card.severity]
    shadow = words(say("in-shadow")) if card.shadow else ""
    title = folded(words(say("after-label", text=said.title)))
    hops = [words(name_of(hop.column)) for hop in finding.path]
    lines = (
        ended(words(finding.message), words),
        words(say("labelled", label=say("path"), text=" -> ".join(hops))) if hops else "",
        words(say("labelled", label=say("fix"), text=folded(said.fix))) if said.fix else "",
        words(say("labelled", label=say("fingerprint"), text=finding.fingerprint)),
    )
    return _Marked(
        kind, finding.origin, f"{card.id}{shadow}{title}", tuple(line for line in lines if line)
    )


def _gap(gap: Gap, words: Words) -> _Marked:
    relations = words(gap.relations)
    said = say(
        "gap-remark",
        detail=ended(gap.message, words),
        touched=say("gap-relations", relations=relations) if relations else "",
        step=next_step(gap.reason),
    )
    title = words(say("gap-title", reason=gap.reason))
    return _Marked(KINDS[Severity.WARNING], gap.origin, title, (words(said),))
