"""Columns and relations explained for programs; docs/explanation.schema.json has the shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.messages import words_in
from enforcer.report.json import column_json, origin_json
from lineage.shown import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.explained import (
        Course,
        Explanation,
        Judged,
        Labelled,
        Look,
        Others,
        Passage,
        Reaching,
        RelationExplained,
    )
    from enforcer.messages import Words
    from enforcer.words import Lang

FORMAT = "fieldgate-explanation/1"

Json = dict[str, object]


def render_explained_json(
    relations: Sequence[RelationExplained], explanations: Sequence[Explanation], lang: Lang
) -> str:
    """The explanations as one JSON object in printable ASCII, with a stable key order."""
    words = words_in(lang)
    whole: Json = {"format": FORMAT, "language": lang}
    whole["relations"] = [_relation(relation, words) for relation in relations]
    whole["columns"] = [_explanation(explanation, words) for explanation in explanations]
    return json_text(whole)


def _relation(explained: RelationExplained, words: Words) -> Json:
    return {
        "relation": explained.relation,
        "kind": explained.kind,
        "columns": explained.columns,
        "held": [
            {
                "column": column_json(held.column),
                "category": held.category,
                "arrives": list(held.protected_by),
            }
            for held in explained.held
        ],
        "rules": [_judged(judged, words) for judged in explained.judged],
    }


def _judged(judged: Judged, words: Words) -> Json:
    return {
        "rule": judged.rule,
        "severity": judged.severity,
        "outcome": judged.outcome,
        "findings": [finding.fingerprint for finding in judged.findings],
        "reasons": [words(reason) for reason in judged.reasons],
        "stops": [
            {
                "relation": stop.relation,
                "next": stop.next,
                "why": words(stop.why),
                "unread": stop.unread,
            }
            for stop in judged.stops
        ],
        "gaps": [
            {"reason": gap.reason.value, "message": gap.message, "origin": origin_json(gap.origin)}
            for gap in judged.gaps
        ],
    }


def _explanation(explanation: Explanation, words: Words) -> Json:
    return {
        "column": column_json(explanation.column),
        "labels": [_label(label) for label in explanation.labels],
        "sources": [_reaching(reaching, words) for reaching in explanation.reaching],
        "others": _others(explanation.others),
        "rules": [_look(look) for look in explanation.looks],
    }


def _others(others: Others | None) -> Json | None:
    if others is None:
        return None
    first = column_json(others.first)
    return {"count": others.count, "flows": list(others.flows), "first": first}


def _reaching(reaching: Reaching, words: Words) -> Json:
    return {
        "column": column_json(reaching.source),
        "label": _label(reaching.label),
        "courses": [_course(course, words) for course in reaching.courses],
        "reasons": [words(reason) for reason in reaching.reasons],
    }


def _course(course: Course, words: Words) -> Json:
    return {
        "flow": course.flow,
        "arrives": course.arrives,
        "moved": course.moved,
        "path": [_passage(passage, words) for passage in course.passages],
    }


def _passage(passage: Passage, words: Words) -> Json:
    return {
        "column": column_json(passage.column),
        "subtype": passage.how.value,
        "origin": origin_json(passage.origin),
        "before": passage.before,
        "after": passage.after,
        "functions": [
            {
                "function": done.function,
                "before": done.before,
                "after": done.after,
                "why": words(done.why),
            }
            for done in passage.applied
        ],
    }


def _look(look: Look) -> Json:
    return {
        "rule": look.rule,
        "severity": look.severity,
        "source": column_json(look.source),
        "at_least": look.at_least or None,
        "accepts": list(look.accepts),
        "refuses": list(look.refuses),
        "findings": list(look.findings),
    }


def _label(label: Labelled) -> Json:
    return {
        "category": label.category,
        "by": label.by,
        "origin": origin_json(label.origin),
        "yields_to": label.yields_to or None,
    }
