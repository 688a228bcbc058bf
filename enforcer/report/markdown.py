"""The report as Markdown, for the summary of a job (`>> "$GITHUB_STEP_SUMMARY"`).

All that a stranger may have written stands in code spans, where no viewer looks for links,
images, HTML, mentions or references. A summary holds one mebibyte: the heaviest findings
are kept, and the others are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.messages import words_in
from enforcer.report.naming import ended, next_step
from enforcer.report.proposed import proposed_heading, proposed_lines
from enforcer.report.reading import accepted_line, first_line, heaviest_first, rules_line, verdict
from enforcer.words import ENGLISH, say
from lineage.shown import code_span, guarded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.messages import Words
    from enforcer.words import Finding, Lang, Message, Report
    from lineage import Gap

# Of 1,048,576; what is not in a table takes less than the rest.
_FINDINGS_BYTES: Final = 600_000
_GAPS_BYTES: Final = 200_000
_NOTES_BYTES: Final = 100_000  # and of what a pull request changes
_CHANGES: Final = 200  # of each kind


def render_markdown(report: Report, *, lang: Lang = ENGLISH) -> str:
    """A page of GitHub's Markdown: verdict, findings, gaps, and what one must know."""
    words = words_in(lang)
    accepted = accepted_line(report)
    lines = [
        f"## {words(say('page-title'))}",
        "",
        f"**{words(first_line(report.coverage, len(report.gaps)))}**",
        "",
        words(verdict(report)),
        *_findings(report, words),
        *_gaps(report, words),
        *_proposed(report, words),
        "",
        *([code_span(words(accepted)), ""] if accepted else []),
        *_within(_NOTES_BYTES, [f"- {code_span(words(note))}" for note in report.notes], words),
        "",
        code_span(words(rules_line(report))),
    ]
    return guarded("".join(f"{line}\n" for line in lines))


def _proposed(report: Report, words: Words) -> Iterator[str]:
    if report.proposed is not None:
        rows = [f"- {code_span(words(line))}" for line in proposed_lines(report.proposed, _CHANGES)]
        yield from ("", f"### {words(proposed_heading(report.proposed))}", "")
        yield from _within(_NOTES_BYTES, rows, words)


def _findings(report: Report, words: Words) -> Iterator[str]:
    rows = [_finding(finding, words) for finding in heaviest_first(report.findings)]
    title = say("page-findings", number=len(rows))
    heads = (
        say("page-severity"),
        say("page-rule"),
        say("page-where"),
        say("page-finding"),
        say("page-fingerprint"),
    )
    yield from _table(title, heads, rows, _FINDINGS_BYTES, words)


def _gaps(report: Report, words: Words) -> Iterator[str]:
    rows = [_gap(gap, words) for gap in report.gaps]
    title = say("page-gaps", gaps=say("gaps", count=len(rows)))
    heads = (say("page-where"), say("why-heading"), say("page-touches"), say("page-next-step"))
    yield from _table(title, heads, rows, _GAPS_BYTES, words)


def _table(
    title: Message, heads: Sequence[Message], rows: list[str], most: int, words: Words
) -> Iterator[str]:
    if not rows:
        return
    names = " | ".join(words(head) for head in heads)
    yield from ("", f"### {words(title)}", "", f"| {names} |", f"|{' --- |' * len(heads)}")
    yield from _within(most, rows, words)


def _within(most: int, rows: Sequence[str], words: Words) -> Iterator[str]:
    """As many rows as fit into so many bytes, and how many did not."""
    left = most
    for number, row in enumerate(rows):
        left -= len(row.encode()) + 1
        if left < 0:
            yield from ("", words(say("rows-left-out", count=len(rows) - number)))
            return
        yield row


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _finding(finding: Finding, words: Words) -> str:
    shadow = words(say("in-shadow")) if finding.rule.shadow else ""
    return _row(
        f"{words(finding.rule.severity)}{shadow}",
        code_span(finding.rule.id),
        code_span(str(finding.origin)),
        code_span(words(finding.message)),
        code_span(finding.fingerprint),
    )


def _gap(gap: Gap, words: Words) -> str:
    return _row(
        code_span(str(gap.origin)),
        code_span(ended(gap.message, words)),
        code_span(words(gap.relations)),
        words(next_step(gap.reason)),
    )
