"""The report in SARIF 2.1.0 (OASIS, errata 01), as code scanning services take it.

Messages are plain text, never markdown. Limits are GitHub's; what does not fit is said in
a result of its own, and the exit code always speaks for the full set.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from enforcer.messages import words_in
from enforcer.report.naming import accepted_by
from enforcer.report.proposed import proposed_section
from enforcer.report.reading import cards, heaviest_first, meaning
from enforcer.report.sarif_parts import (
    LEFT_OUT,
    LEVELS,
    Json,
    descriptor,
    gap_notification,
    left_out_descriptor,
    location,
    message,
    note_notification,
    sarif_text,
    thread_flow,
)
from enforcer.words import ENGLISH, ExitCode, say
from lineage.shown import json_text, plain

if TYPE_CHECKING:
    from enforcer.messages import Words
    from enforcer.words import Accepted, Finding, Lang, Report

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_RESULTS = 25_000  # GitHub refuses a run with more
_CHANGES: Final = 500  # of each kind
_SHOWN = 5_000  # and shows the heaviest of them
_BYTES = 10_000_000  # GitHub refuses a file that is larger when compressed
_LANGUAGES: Final[dict[Lang, str]] = {"en": "en-US", "zh": "zh-CN"}
_UNFINISHED = {ExitCode.USAGE, ExitCode.NOTHING_ANALYSED, ExitCode.UNFINISHED}


def render_sarif(
    report: Report,
    *,
    include_accepted: bool = False,
    most: int = _RESULTS,
    lang: Lang = ENGLISH,
) -> str:
    """One run. Accepted findings are left out unless asked for, then they are suppressed.

    GitHub opens an alert for a suppressed result all the same. Of more than `most` results
    the heaviest are kept. Where there are more than are shown, the first one, which outweighs
    all others, counts those.
    """
    words = words_in(lang)
    results = _results(report, words, include_accepted=include_accepted)
    text = _text(report, results, most, words)
    while most > 1 and _is_too_large(text):
        most //= 2
        text = _text(report, results, most, words)
    return text


def _is_too_large(text: str) -> bool:
    return len(text) > _BYTES and len(gzip.compress(text.encode(), mtime=0)) > _BYTES


def _text(report: Report, results: list[Json], most: int, words: Words) -> str:
    rules, lang = [descriptor(card, words) for card in cards(report)], words.lang
    if len(results) > min(most, _SHOWN):
        left_out = len(results) - min(most, _SHOWN) + 1
        results = [_more(results[0], left_out, words), *results[: most - 1]]
        rules = sorted([*rules, left_out_descriptor(words)], key=lambda rule: str(rule["id"]))
    index = {rule["id"]: place for place, rule in enumerate(rules)}
    run = {
        # English is the standard's default.
        **({"language": _LANGUAGES[lang]} if lang != ENGLISH else {}),
        "tool": {"driver": _driver(report, rules)},
        "invocations": [_invocation(report, words)],
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": words(say("source-root"))}}},
        "columnKind": "unicodeCodePoints",
        "results": [{**result, "ruleIndex": index[result["ruleId"]]} for result in results],
        "properties": {
            "statements": report.coverage.statements,
            "analysed": report.coverage.analysed,
            "accepted": len(report.accepted),
            "gaps": len(report.gaps),
        },
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _driver(report: Report, rules: list[Json]) -> Json:
    name, _, version = plain(report.tool).strip().partition(" ")
    return {
        "name": name or "fieldgate",
        **({"version": version} if version else {}),
        "informationUri": "https://github.com/fieldgate/fieldgate",
        "rules": rules,
    }


def _invocation(report: Report, words: Words) -> Json:
    return {
        "executionSuccessful": report.exit_code not in _UNFINISHED,
        "exitCode": int(report.exit_code),
        "exitCodeDescription": words(meaning(report.exit_code)),
        "toolExecutionNotifications": [gap_notification(gap, words) for gap in report.gaps],
        "toolConfigurationNotifications": [
            *(note_notification(note, words) for note in report.notes),
            *_changes(report, words),
        ],
    }


def _changes(report: Report, words: Words) -> list[Json]:
    """What a pull request changes of what decides, as remarks on how the tool was set up."""
    return [
        {**note_notification(line, words), "descriptor": {"id": "proposed"}, "level": "warning"}
        for line in proposed_section(report.proposed, _CHANGES)
    ]


def _results(report: Report, words: Words, *, include_accepted: bool) -> list[Json]:
    results = [_result(finding, words) for finding in heaviest_first(report.findings)]
    if not include_accepted:
        return results
    # Either all results say how they are suppressed or none does (3.27.23).
    return [
        *({**result, "suppressions": []} for result in results),
        *(_suppressed(accepted, words) for accepted in report.accepted),
    ]


def _result(finding: Finding, words: Words) -> Json:
    flow = {"codeFlows": [{"threadFlows": [thread_flow(finding, words)]}]} if finding.path else {}
    return {
        "ruleId": plain(finding.rule.id),
        "level": "note" if finding.rule.shadow else LEVELS[finding.rule.severity],
        "message": message(sarif_text(words(finding.message))),
        "locations": [location(finding.origin)],
        **flow,
        # GitHub follows an alert by the first key alone; the second is the name of our own.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
            "fieldgate/v1": finding.fingerprint,
        },
        "properties": {
            "field": plain(str(finding.field)),
            "category": plain(finding.category),
            "sink": plain(finding.sink),
            "flow": plain(finding.flow),
            **({"shadow": True} if finding.rule.shadow else {}),
        },
    }


def _suppressed(accepted: Accepted, words: Words) -> Json:
    facts = (
        words(accepted_by(accepted.by)),
        words(accepted.reason),
        accepted.owner and words(say("sarif-owner", owner=accepted.owner)),
        accepted.expires and words(say("sarif-until", day=accepted.expires)),
    )
    justification = sarif_text("; ".join(fact for fact in facts if fact))
    return {
        **_result(accepted.finding, words),
        "suppressions": [
            {"kind": "external", "status": "accepted", "justification": justification}
        ],
    }


def _more(first: Json, left_out: int, words: Words) -> Json:
    """The result that stands for the `left_out` lightest, at the place of the heaviest."""
    return {
        "ruleId": LEFT_OUT,
        "level": "error",
        "message": message(words(say("results-left-out", count=left_out))),
        "locations": first["locations"],
        "partialFingerprints": {"fieldgate/v1": "results-left-out"},
        **({"suppressions": []} if "suppressions" in first else {}),
    }
