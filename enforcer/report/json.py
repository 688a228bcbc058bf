"""The report for programs. Its shape is versioned and documented in docs/report.md.

`format` changes its number when a key is removed or changes its meaning; a reader must
let new keys pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.messages import words_in
from enforcer.report.naming import gap_detail, next_step
from enforcer.report.reading import (
    by_severity,
    cards,
    heaviest_first,
    help_uri,
    in_shadow,
    meaning,
    outcome_of,
)
from enforcer.words import ENGLISH
from lineage.shown import json_text

if TYPE_CHECKING:
    from enforcer.messages import Words
    from enforcer.words import (
        Accepted,
        Coverage,
        Finding,
        Hop,
        Lang,
        Proposed,
        Report,
        RuleCard,
        RuleOutcome,
    )
    from lineage import Column, Gap, Origin

FORMAT = "fieldgate-report/1"

Json = dict[str, object]


def render_json(report: Report, *, lang: Lang = ENGLISH) -> str:
    """The whole report as one JSON object in printable ASCII, with a stable key order."""
    words = words_in(lang)
    outcomes = {outcome.rule.id: outcome for outcome in report.rules}
    return json_text(
        {
            "format": FORMAT,
            "tool": report.tool,
            "language": lang,
            "exit_code": int(report.exit_code),
            "exit_meaning": words(meaning(report.exit_code)),
            "coverage": _coverage(report.coverage),
            "counts": _counts(report),
            "findings": [_finding(finding, words) for finding in heaviest_first(report.findings)],
            "accepted": [_accepted(accepted, words) for accepted in report.accepted],
            "gaps": [_gap(gap, words) for gap in report.gaps],
            "rules": [_rule(card, outcomes.get(card.id), words) for card in cards(report)],
            "notes": [words(note) for note in report.notes],
            **({} if report.proposed is None else {"proposed": _proposed(report.proposed)}),
        }
    )


def _coverage(coverage: Coverage) -> Json:
    return {
        "statements": coverage.statements,
        "analysed": coverage.analysed,
        "not_analysed": coverage.statements - coverage.analysed,
        "share": coverage.share,
        "relations": coverage.relations,
        "columns": coverage.columns,
    }


def _counts(report: Report) -> Json:
    return {
        **{str(severity): number for severity, number in by_severity(report.findings)},
        "shadow": len(in_shadow(report.findings)),
        "accepted": len(report.accepted),
        "gaps": len(report.gaps),
    }


def _finding(finding: Finding, words: Words) -> Json:
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule.id,
        "severity": finding.rule.severity,
        "shadow": finding.rule.shadow,
        "field": column_json(finding.field),
        "category": finding.category,
        "sink": finding.sink,
        "flow": finding.flow,
        "message": words(finding.message),
        "origin": origin_json(finding.origin),
        "path": [_hop(hop) for hop in finding.path],
    }


def _hop(hop: Hop) -> Json:
    return {
        "column": column_json(hop.column),
        "type": None if hop.how is None else hop.how.type,
        "subtype": hop.how,
        "functions": list(hop.functions),
        "protections": list(hop.protections),
        "origin": origin_json(hop.origin),
    }


def _accepted(accepted: Accepted, words: Words) -> Json:
    return {
        "by": accepted.by,
        "reason": words(accepted.reason),
        "owner": accepted.owner,
        "expires": accepted.expires,
        "finding": _finding(accepted.finding, words),
    }


def _gap(gap: Gap, words: Words) -> Json:
    return {
        "reason": gap.reason,
        "message": gap_detail(gap, words),
        "next_step": words(next_step(gap.reason)),
        "relations": list(gap.relations),
        "origin": origin_json(gap.origin),
    }


def _rule(card: RuleCard, outcome: RuleOutcome | None, words: Words) -> Json:
    said = card.wording(words.lang)
    return {
        "id": card.id,
        "title": said.title,
        "pack": card.pack,
        "phase": card.phase,
        "severity": card.severity,
        "shadow": card.shadow,
        "law": list(card.law),
        "why": said.why,
        "fix": said.fix,
        "help": help_uri(card.id),
        "judged": outcome.judged if outcome else 0,
        "findings": outcome.findings if outcome else 0,
        "outcome": outcome_of(outcome) if outcome else "not counted",
    }


def _proposed(proposed: Proposed) -> Json:
    return {
        "base_commit": proposed.commit,
        "base_configured": proposed.configured,
        "files": [
            {"file": one.file, "kind": one.kind, "change": one.change} for one in proposed.files
        ],
        "sayings": [
            {"field": column_json(one.column), "change": one.change, "said": one.said}
            for one in proposed.sayings
        ],
        "would_clear": list(proposed.cleared),
        "adds": list(proposed.added),
    }


def column_json(column: Column) -> Json:
    """A column as programs read it."""
    return {"relation": column.relation, "column": column.column}


def origin_json(origin: Origin) -> Json:
    """Where something is written, as programs read it."""
    return {"file": origin.file, "line": origin.line, "column": origin.column}
