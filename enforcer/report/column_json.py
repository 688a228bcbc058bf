"""A column explained for programs; its shape is documented in docs/protections.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.messages import words_in
from enforcer.report.json import column_json, origin_json
from lineage.shown import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.explained import Course, Explanation, Labelled, Look, Passage, Reaching
    from enforcer.messages import Words
    from enforcer.words import Lang

FORMAT = "fieldgate-explanation/1"

Json = dict[str, object]


def render_columns_json(explanations: Sequence[Explanation], lang: Lang) -> str:
    """The explanations as one JSON object in printable ASCII, with a stable key order."""
    words = words_in(lang)
    columns = [_explanation(explanation, words) for explanation in explanations]
    return json_text({"format": FORMAT, "language": lang, "columns": columns})


def _explanation(explanation: Explanation, words: Words) -> Json:
    return {
        "column": column_json(explanation.column),
        "labels": [_label(label) for label in explanation.labels],
        "sources": [_reaching(reaching, words) for reaching in explanation.reaching],
        "rules": [_look(look) for look in explanation.looks],
    }


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
