"""The report for people at a terminal or in a build log."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.text import Text

from enforcer.messages import words_in
from enforcer.report.finding_text import finding_lines, rule_lines
from enforcer.report.lines import STYLES, paragraph, printed, unbroken
from enforcer.report.naming import accepted_by, ended, gap_detail, next_step
from enforcer.report.proposed import proposed_heading, proposed_lines
from enforcer.report.reading import accepted_line, first_line, heaviest_first, rules_line, verdict
from enforcer.words import ENGLISH, ExitCode, Severity, say
from lineage.shown import brief, plain, prose

if TYPE_CHECKING:
    from enforcer.messages import Words
    from enforcer.words import Accepted, Finding, Lang, Message, Report
    from lineage import Gap

_CHANGES = 20  # of each kind


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
        [Text(words(first_line(report.coverage, len(report.gaps))), "bold")],
        *_findings(report, width, words),
        [_gap(gap, words) for gap in report.gaps],
        _accepted(report, width, words, listed=include_accepted),
        _proposed(report, width, words),
        [line for note in report.notes for line in _note(note, width, words)],
        paragraph(plain(words(rules_line(report))), width=width, rest="  "),
        [_verdict(report, words)],
    ]
    lines = [line for block in blocks if block for line in (*block, Text())]
    return printed(lines[:-1], width=width, colour=colour)


def _findings(report: Report, width: int, words: Words) -> list[list[Text]]:
    """A block a finding; what the rule says for all its findings stands at the last one."""
    ordered = heaviest_first(report.findings)
    return [
        [
            *finding_lines(finding, words, width=width),
            *(() if _same_rule(finding, after) else rule_lines(finding.rule, words, width=width)),
        ]
        for finding, after in zip_longest(ordered, ordered[1:])
    ]


def _same_rule(finding: Finding, after: Finding | None) -> bool:
    return after is not None and after.rule.id == finding.rule.id


def _gap(gap: Gap, words: Words) -> Text:
    """One line, however long: what was not analysed, and the next step."""
    relations = brief(words(gap.relations))
    said = say(
        "gap-line",
        origin=brief(str(gap.origin)),
        detail=brief(ended(gap_detail(gap, words), words)),
        touched=say("gap-relations", relations=relations) if relations else "",
        step=next_step(gap.reason),
    )
    label = words(say("gap-label", reason=gap.reason))
    return unbroken(Text.assemble((label, "bold magenta"), words(said)))


def _accepted(report: Report, width: int, words: Words, *, listed: bool) -> list[Text]:
    line = accepted_line(report)
    shown = report.accepted if listed else ()
    return [
        *(paragraph(plain(words(line)), width=width) if line else []),
        *(line for accepted in shown for line in _accepted_one(accepted, width, words)),
    ]


def _accepted_one(accepted: Accepted, width: int, words: Words) -> list[Text]:
    finding, reason = accepted.finding, words(accepted.reason)
    said = say(
        "accepted-finding",
        fingerprint=finding.fingerprint,
        rule=brief(finding.rule.id),
        finding=brief(words(finding.message)),
        kind=brief(words(accepted_by(accepted.by))),
        owner=say("accepted-owner", owner=brief(accepted.owner)) if accepted.owner else "",
        until=say("accepted-until", day=brief(accepted.expires)) if accepted.expires else "",
        reason=say("accepted-reason", reason=brief(reason)) if reason else "",
    )
    return paragraph(ended(words(said), words), width=width, first="  ", rest="    ")


def _proposed(report: Report, width: int, words: Words) -> list[Text]:
    if report.proposed is None:
        return []
    heading = Text(words(proposed_heading(report.proposed)), "bold")
    lines = proposed_lines(report.proposed, _CHANGES)
    said = [plain(words(line)) for line in lines]
    return [heading, *(row for one in said for row in paragraph(one, width=width, first="  "))]


def _note(note: Message, width: int, words: Words) -> list[Text]:
    said = words(say("note-line", note=prose(words(note))))
    label = words(say("note-label"))
    return paragraph(Text.assemble((label, "bold"), said), width=width, rest="    ")


def _verdict(report: Report, words: Words) -> Text:
    style = "bold green" if report.exit_code is ExitCode.CLEAN else STYLES[Severity.ERROR]
    return Text(words(verdict(report)), style)
