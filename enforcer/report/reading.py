"""What a report amounts to: the figures, orders and sentences that all notations share.

Sentences are messages: each notation puts them into the words of the reader's language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from enforcer.report.naming import accepted_by
from enforcer.words import Severity, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enforcer.words import (
        Coverage,
        ExitCode,
        Finding,
        Message,
        Report,
        RuleCard,
        RuleOutcome,
    )

_RULE_PAGES = "https://github.com/fieldgate/fieldgate/blob/main/docs/rules/"


def meaning(code: ExitCode) -> Message:
    """What an exit code says, as half a sentence."""
    return say(f"exit-{code.value}")


def first_line(coverage: Coverage, gaps: int) -> Message:
    """How much was analysed and how much was not; never rounds up to everything."""
    if not coverage.statements:
        return say("analysed-nothing", gaps=gaps)
    missing = coverage.statements - coverage.analysed
    return say(
        "analysed",
        analysed=coverage.analysed,
        statements=say("statements", count=coverage.statements),
        percent=percent(coverage),
        relations=say("relations", count=coverage.relations),
        columns=say("columns", count=coverage.columns),
        missing=missing,
        where="" if gaps == missing else say("in-gaps", gaps=say("gaps", count=gaps)),
    )


def percent(coverage: Coverage) -> str:
    """The share with one decimal, rounded down, so that 100 means all of it."""
    tenths = 1000 * coverage.analysed // coverage.statements if coverage.statements else 0
    return "100" if tenths == 1000 else f"{tenths // 10}.{tenths % 10}"  # noqa: PLR2004


def heaviest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Errors before warnings before notes, those in shadow last, those of a rule together."""
    weight = list(Severity).index
    return sorted(
        findings,
        key=lambda it: (
            it.rule.shadow,
            weight(it.rule.severity),
            it.rule.id,
            it.sink,
            it.field,
            it.origin,
            it.flow,
        ),
    )


def by_severity(findings: Iterable[Finding]) -> list[tuple[Severity, int]]:
    """How many findings of each weight, heaviest first, zeroes included; none in shadow."""
    weights = [finding.rule.severity for finding in findings if not finding.rule.shadow]
    return [(severity, weights.count(severity)) for severity in Severity]


def in_shadow(findings: Iterable[Finding]) -> list[Finding]:
    """The findings of rules in shadow, which fail nothing."""
    return [finding for finding in findings if finding.rule.shadow]


def severity_counts(findings: Sequence[Finding]) -> tuple[Message, ...]:
    """`2 errors, 1 warning, 0 notes`, and `3 in shadow` where there are such."""
    counts = by_severity(findings)
    shadow = len(in_shadow(findings))
    return (
        *(say(f"count-{severity.value}", count=number) for severity, number in counts),
        *((say("count-shadow", number=shadow),) if shadow else ()),
    )


def verdict(report: Report) -> Message:
    """The last line: the counts, and what the exit code means."""
    code = report.exit_code
    counts = severity_counts(report.findings)
    return say("verdict", counts=counts, code=code.value, meaning=meaning(code))


def accepted_line(report: Report) -> Message | None:
    """`2 accepted: 1 waiver, 1 baseline.`; None when nothing was accepted."""
    kinds = [accepted.by for accepted in report.accepted]
    if not kinds:
        return None
    # Waivers first: somebody answers for them.
    parts = tuple(
        say("accepted-by-kind", number=kinds.count(kind), kind=accepted_by(kind))
        for kind in sorted(set(kinds), reverse=True)
    )
    return say("accepted", number=len(kinds), kinds=parts)


def rules_with(report: Report, outcome: str) -> list[RuleOutcome]:
    """The rules that fared so; `outcome` is what `outcome_of` answers."""
    return [rule for rule in report.rules if outcome_of(rule) == outcome]


def outcome_of(rule: RuleOutcome) -> str:
    """`with findings`, `clean`, or `not applicable` where it judged nothing."""
    if rule.findings:
        return "with findings"
    return "clean" if rule.judged else "not applicable"


_OUTCOMES: Final = {
    "with findings": say("rule-with-findings"),
    "clean": say("rule-clean"),
    "not applicable": say("rule-not-applicable"),
}


def outcome_in_words(rule: RuleOutcome) -> Message:
    """As `outcome_of`, for people."""
    return _OUTCOMES[outcome_of(rule)]


def rules_line(report: Report) -> Message:
    """How the rules fared; names the ones that had nothing to judge."""
    if not report.rules:
        return say("no-rules")
    idle = rules_with(report, "not applicable")
    names = tuple(outcome.rule.id for outcome in idle)
    return say(
        "rules",
        rules=say("count-rule", count=len(report.rules)),
        broken=len(rules_with(report, "with findings")),
        clean=len(rules_with(report, "clean")),
        idle=len(idle),
        names=say("rules-named", names=names) if names else "",
    )


def cards(report: Report) -> list[RuleCard]:
    """Every rule that the report speaks of, once, sorted by id."""
    spoken = [outcome.rule for outcome in report.rules]
    spoken += [finding.rule for finding in report.findings]
    spoken += [accepted.finding.rule for accepted in report.accepted]
    return [card for _, card in sorted({card.id: card for card in reversed(spoken)}.items())]


def help_uri(rule_id: str) -> str:
    """The rule's page, computed from its id, so that no text of a project makes a link."""
    return f"{_RULE_PAGES}{quote(rule_id, safe='', errors='backslashreplace')}.md"
