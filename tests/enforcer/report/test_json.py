"""The report for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.report.json import render_json
from enforcer.words import Lang

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.words import Report

SCHEMA = Path(__file__).parents[3] / "docs" / "report.schema.json"


@pytest.fixture(scope="session")
def schema() -> jsonschema.Draft202012Validator:
    written = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(written)
    return jsonschema.Draft202012Validator(written)


def test_the_whole_report(shop: Report, matches_golden: Callable[[str, str], None]) -> None:
    """The report of the shop reads as it is kept beside this test."""
    matches_golden(render_json(shop), "shop.json")


def test_the_published_schema_describes_the_report(
    shop: Report, schema: jsonschema.Draft202012Validator
) -> None:
    """Whoever reads the schema knows every key of the report."""
    assert list(schema.iter_errors(json.loads(render_json(shop)))) == []


def test_every_key_is_documented(shop: Report) -> None:
    """The page about the report names every key that the report has."""
    page = SCHEMA.with_name("report.md").read_text(encoding="utf-8")
    missing = {key for key in _keys(json.loads(render_json(shop))) if f"`{key}`" not in page}
    assert missing == set()


def test_every_key_about_a_pull_request_is_documented(filled: Callable[[str], Report]) -> None:
    """The page names what a report holds where a base commit decided, too."""
    page = SCHEMA.with_name("report.md").read_text(encoding="utf-8")
    written = json.loads(render_json(filled("x")))
    assert {key for key in _keys(written) if f"`{key}`" not in page} == set()


def test_fingerprints_are_those_of_the_findings(shop: Report) -> None:
    """A finding is known by the same fingerprint in every notation."""
    written = json.loads(render_json(shop))
    assert {finding["fingerprint"] for finding in written["findings"]} == {
        finding.fingerprint for finding in shop.findings
    }


@given(data=st.data())
def test_hostile_text_keeps_the_shape(
    filled: Callable[[str], Report],
    schema: jsonschema.Draft202012Validator,
    hostile: st.SearchStrategy[str],
    data: st.DataObject,
) -> None:
    """No name of a project changes the shape of the report, and ASCII is all it needs."""
    written = render_json(filled(data.draw(hostile)))
    assert written.isascii()
    assert list(schema.iter_errors(json.loads(written))) == []


def test_a_language_changes_sentences_and_nothing_else(shop: Report) -> None:
    """What a program decides by (ids, severities, outcomes, fingerprints) is in no language."""
    english, chinese = (json.loads(render_json(shop, lang=lang)) for lang in get_args(Lang))
    assert (english["language"], chinese["language"]) == ("en", "zh")
    assert chinese["exit_meaning"] != english["exit_meaning"]
    assert _without_sentences(chinese) == _without_sentences(english)


SENTENCES = {"exit_meaning", "fix", "language", "message", "next_step", "notes", "title", "why"}


def _without_sentences(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return {k: _without_sentences(v) for k, v in value.items() if k not in SENTENCES}
    return [_without_sentences(inner) for inner in value] if isinstance(value, list) else value


def _keys(value: Any) -> set[str]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in _keys(inner)}
    if isinstance(value, list):
        return {key for inner in value for key in _keys(inner)}
    return set()
