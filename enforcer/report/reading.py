"""What a report amounts to: the figures, orders and sentences that all notations share."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from enforcer.words import ExitCode, Severity
from lineage import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enforcer.words import Coverage, Finding, Hop, Protection, Report, RuleCard, RuleOutcome
    from lineage import Column

_RULE_PAGES = "https://github.com/fieldgate/fieldgate/blob/main/docs/rules/"
_ROWS = "*"

_MEANINGS = {
    ExitCode.CLEAN: "nothing at or above the threshold in what was analysed",
    ExitCode.FINDINGS: "findings at or above the threshold",
    ExitCode.USAGE: "the command, its configuration or its policy has a mistake",
    ExitCode.NOTHING_ANALYSED: "nothing was analysed, so nothing is known",
    ExitCode.UNFINISHED: "the check could not finish, or too little was analysed",
}

_NEXT_STEPS = {
    GapReason.PARSE_ERROR: "mend the statement, or set the right dialect",
    GapReason.TOO_LARGE: "split the file",
    GapReason.TOO_DEEP: "flatten the nesting, for example with CTEs",
    GapReason.WORKER_DIED: "simplify the statement; report it if it is ordinary SQL",
    GapReason.NOT_TEXT: "save the file as UTF-8 text",
    GapReason.UNSUPPORTED: "write it as a query, INSERT, UPDATE, MERGE or CREATE",
    GapReason.DYNAMIC_SQL: "write the statement out instead of building it at run time",
    GapReason.OPAQUE_CODE: "write it in SQL that can be read here",
    GapReason.UNRESOLVED_STAR: "list the columns, or supply a catalog (`dbt docs generate`)",
    GapReason.UNRESOLVED_NAME: "qualify the column, or supply a catalog (`dbt docs generate`)",
    GapReason.TEMPLATE: "check the compiled SQL (`dbt compile`)",
    GapReason.PYTHON_MODEL: "declare the model's columns and their labels in its YAML",
    GapReason.NOT_COMPILED: "run `dbt compile`, then check again",
    GapReason.STALE: "run `dbt compile` again on this commit",
}


def next_step(reason: GapReason) -> str:
    """What the project can do so that a gap of this kind closes."""
    return _NEXT_STEPS[reason]


def meaning(code: ExitCode) -> str:
    """What an exit code says, as half a sentence."""
    return _MEANINGS[code]


def first_line(coverage: Coverage, gaps: int) -> str:
    """How much was analysed and how much was not; never rounds up to everything."""
    if not coverage.statements:
        return f"Analysed nothing: no statement was found. Gaps: {gaps}."
    missing = coverage.statements - coverage.analysed
    where = "" if gaps == missing else f", in {counted(gaps, 'gap')}"
    return (
        f"Analysed {coverage.analysed} of {counted(coverage.statements, 'statement')}"
        f" ({percent(coverage)} %): {counted(coverage.relations, 'relation')},"
        f" {counted(coverage.columns, 'column')}. Not analysed: {missing}{where}."
    )


def percent(coverage: Coverage) -> str:
    """The share with one decimal, rounded down, so that 100 means all of it."""
    tenths = 1000 * coverage.analysed // coverage.statements if coverage.statements else 0
    return "100" if tenths == 1000 else f"{tenths // 10}.{tenths % 10}"  # noqa: PLR2004


def counted(number: int, noun: str) -> str:
    """`1 gap`, `2 gaps`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def heaviest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Errors before warnings before notes, findings of one rule together."""
    weight = list(Severity).index
    return sorted(
        findings,
        key=lambda it: (
            weight(it.rule.severity),
            it.rule.id,
            it.sink,
            it.field,
            it.origin,
            it.flow,
        ),
    )


def by_severity(findings: Iterable[Finding]) -> list[tuple[Severity, int]]:
    """How many findings of each weight, heaviest first, zeroes included."""
    weights = [finding.rule.severity for finding in findings]
    return [(severity, weights.count(severity)) for severity in Severity]


def severity_counts(findings: Iterable[Finding]) -> str:
    """`2 errors, 1 warning, 0 notes`."""
    return ", ".join(counted(number, severity) for severity, number in by_severity(findings))


def verdict(report: Report) -> str:
    """The last line: the counts, and what the exit code means."""
    code = report.exit_code
    return f"Verdict: {severity_counts(report.findings)}. Exit code {int(code)}: {meaning(code)}."


def accepted_line(report: Report) -> str:
    """`2 accepted: 1 waiver, 1 baseline.`; empty when nothing was accepted."""
    kinds = [accepted.by for accepted in report.accepted]
    # Waivers first: somebody answers for them.
    parts = [f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds), reverse=True)]
    return f"{len(kinds)} accepted: {', '.join(parts)}." if kinds else ""


def rules_with(report: Report, outcome: str) -> list[RuleOutcome]:
    """The rules that fared so; `outcome` is what `outcome_of` answers."""
    return [rule for rule in report.rules if outcome_of(rule) == outcome]


def outcome_of(rule: RuleOutcome) -> str:
    """`with findings`, `clean`, or `not applicable` where it judged nothing."""
    if rule.findings:
        return "with findings"
    return "clean" if rule.judged else "not applicable"


def rules_line(report: Report) -> str:
    """How the rules fared; names the ones that had nothing to judge."""
    if not report.rules:
        return "0 rules: nothing was checked."
    idle = rules_with(report, "not applicable")
    names = f": {', '.join(outcome.rule.id for outcome in idle)}" if idle else ""
    return (
        f"{counted(len(report.rules), 'rule')}:"
        f" {len(rules_with(report, 'with findings'))} with findings,"
        f" {len(rules_with(report, 'clean'))} clean, {len(idle)} not applicable{names}."
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


def name_of(column: Column) -> str:
    """A column as people read it: also where it has no relation, or stands for rows."""
    relation = column.relation or "(subquery)"
    if column.column == _ROWS:
        return f"{relation} (its rows)"
    return f"{relation}.{column.column}" if column.column else relation


def how_of(hop: Hop) -> str:
    """How a value arrived: `transformation by lower, trim`; `start` for the source itself."""
    if hop.how is None:
        return "start"
    words = hop.how.value.lower().replace("_", " ")
    return f"{words} by {', '.join(hop.functions)}" if hop.functions else words


def protected_by(protections: tuple[Protection, ...]) -> str:
    """`clear`, or `hashed or clear` where the value can arrive in several ways."""
    return " or ".join(protections)


def ended(sentence: str) -> str:
    """The sentence with a full stop, unless it has an end already."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
