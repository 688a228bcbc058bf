"""The report for people at a terminal or in a build log."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.text import Text

from enforcer.messages import words_in
from enforcer.report.finding_text import finding_lines, rule_lines
from enforcer.report.lines import STYLES, paragraph, printed, unbroken
from enforcer.report.reading import (
    accepted_line,
    ended,
    first_line,
    heaviest_first,
    next_step,
    rules_line,
    verdict,
)
from enforcer.words import ENGLISH, ExitCode, Severity
from lineage.shown import brief, plain, prose

if TYPE_CHECKING:
    from enforcer.messages import Words
    from enforcer.words import Accepted, Finding, Lang, Report
    from lineage import Gap


def render_text(
    report: Report,
    *,
    width: int,
    colour: bool,
    include_accepted: bool = False,
    lang: Lang = ENGLISH,
) -> str:
    """The report, its running text wrapped to `width` cells (at least 40).

    The first line says how much was analysed, the last one the verdict.
    """
    words = words_in(lang)
    blocks = [
        [Text(first_line(report.coverage, len(report.gaps)), "bold")],
        *_findings(report, width, words),
        _gaps(report),
        _accepted(report, width, words, listed=include_accepted),
        [line for note in report.notes for line in _note(note, width)],
        paragraph(plain(rules_line(report)), width=width, rest="  "),
        [_verdict(report)],
    ]
    lines = [line for block in blocks if block for line in (*block, Text())]
    return printed(lines[:-1], width=width, colour=colour)


def _findings(report: Report, width: int, words: Words) -> list[list[Text]]:
    """A block a finding; what the rule says for all its findings stands at the last one."""
    ordered = heaviest_first(report.findings)
    return [
        [
            *finding_lines(finding, words, width=width),
            *(() if _same_rule(finding, after) else rule_lines(finding.rule, width=width)),
        ]
        for finding, after in zip_longest(ordered, ordered[1:])
    ]


def _same_rule(finding: Finding, after: Finding | None) -> bool:
    return after is not None and after.rule.id == finding.rule.id


def _gaps(report: Report) -> list[Text]:
    return [_gap(gap) for gap in report.gaps]


def _gap(gap: Gap) -> Text:
    """One line, however long: what was not analysed, and the next step."""
    touched = f" It touches {brief(', '.join(gap.relations))}." if gap.relations else ""
    said = Text.assemble(
        (f"gap[{gap.reason}]", "bold magenta"),
        f" {brief(str(gap.origin))}: {brief(ended(gap.message))}{touched}",
        f" Next: {next_step(gap.reason)}.",
    )
    return unbroken(said)


def _accepted(report: Report, width: int, words: Words, *, listed: bool) -> list[Text]:
    shown = report.accepted if listed else ()
    return [
        *(paragraph(plain(accepted_line(report)), width=width) if report.accepted else []),
        *(line for accepted in shown for line in _accepted_one(accepted, width, words)),
    ]


def _accepted_one(accepted: Accepted, width: int, words: Words) -> list[Text]:
    finding = accepted.finding
    said = (
        f"{finding.fingerprint} {brief(finding.rule.id)}: {brief(words(finding.message))}"
        f" Accepted by {brief(accepted.by)}"
        f"{f' of {brief(accepted.owner)}' if accepted.owner else ''}"
        f"{f' until {brief(accepted.expires)}' if accepted.expires else ''}"
        f"{f': {brief(accepted.reason)}' if accepted.reason else ''}"
    )
    return paragraph(ended(said), width=width, first="  ", rest="    ")


def _note(note: str, width: int) -> list[Text]:
    return paragraph(Text.assemble(("note", "bold"), f": {prose(note)}"), width=width, rest="    ")


def _verdict(report: Report) -> Text:
    style = "bold green" if report.exit_code is ExitCode.CLEAN else STYLES[Severity.ERROR]
    return Text(verdict(report), style)
