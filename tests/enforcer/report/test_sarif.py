"""The report for code scanning services.

`sarif-emitted.schema.json` describes the part of SARIF that this project writes. To check
against the standard's own schema too, name its file in SARIF_SCHEMA; OASIS publishes it as
sarif-schema-2.1.0.json.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema.validators import validator_for

from enforcer.report.sarif import render_sarif
from enforcer.words import ExitCode, Finding, Hop, Lang, Severity
from lineage import Column, Origin, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Callable

    import jsonschema

    from enforcer.words import Report

EMITTED = Path(__file__).with_name("sarif-emitted.schema.json")


@pytest.fixture(scope="session", params=["emitted", "standard"])
def schema(request: pytest.FixtureRequest) -> jsonschema.protocols.Validator:
    path = EMITTED if request.param == "emitted" else os.environ.get("SARIF_SCHEMA")
    if path is None:
        pytest.skip("SARIF_SCHEMA names no copy of the standard's schema")
    written = json.loads(Path(path).read_text(encoding="utf-8"))
    validator = validator_for(written)
    validator.check_schema(written)
    return validator(written)


def run_of(report: Report, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - passed on
    (run,) = json.loads(render_sarif(report, **options))["runs"]
    assert isinstance(run, dict)
    return run


def many(report: Report, number: int, severity: Severity = Severity.ERROR) -> list[Finding]:
    model = report.findings[0]
    card = msgspec.structs.replace(model.rule, severity=severity)
    return [
        msgspec.structs.replace(model, rule=card, sink=f"t{index:05}") for index in range(number)
    ]


def test_the_whole_report(shop: Report, matches_golden: Callable[[str, str], None]) -> None:
    """The report of the shop reads as it is kept beside this test."""
    matches_golden(render_sarif(shop), "shop.sarif")


@pytest.mark.parametrize("include_accepted", [False, True])
@pytest.mark.parametrize("most", [2, 25_000])
@pytest.mark.parametrize("lang", get_args(Lang))
def test_the_report_is_sarif(
    shop: Report,
    schema: jsonschema.protocols.Validator,
    include_accepted: bool,  # noqa: FBT001 - a parameter of the test
    most: int,
    lang: Lang,
) -> None:
    """Services that read SARIF 2.1.0 accept the report."""
    text = render_sarif(shop, include_accepted=include_accepted, most=most, lang=lang)
    written = json.loads(text)
    assert list(schema.iter_errors(written)) == []


def test_a_run_says_in_which_language_it_is(shop: Report) -> None:
    """English is the standard's default; another language is named, and so are its words."""
    assert "language" not in run_of(shop)
    chinese = run_of(shop, lang="zh")
    assert chinese["language"] == "zh-CN"
    (gap,) = chinese["invocations"][0]["toolExecutionNotifications"]
    assert "下一步：" in gap["message"]["text"]


def test_a_path_is_a_code_flow(shop: Report) -> None:
    """A reader can step through the path, each step at its own line."""
    result = run_of(shop)["results"][0]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    steps = [
        (
            step["location"]["physicalLocation"]["artifactLocation"]["uri"],
            step["location"]["physicalLocation"]["region"]["startLine"],
        )
        for step in flow["locations"]
    ]
    assert steps == [
        ("seeds/customers.csv", 1),
        ("models/staging/stg_customers.sql", 4),
        ("models/marts/marketing/ad_audience.sql", 3),
        ("models/marts/marketing/ad_audience.sql", 9),
    ]


def test_results_refer_to_the_rule_they_break(shop: Report) -> None:
    """A result's index and id lead to the same rule."""
    run = run_of(shop, include_accepted=True)
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[it["ruleIndex"]]["id"] == it["ruleId"] for it in run["results"])


def test_accepted_findings_are_left_out_unless_asked_for(shop: Report) -> None:
    """A waiver opens no alert; on request it is there, suppressed, with its reason."""
    assert len(run_of(shop)["results"]) == 3
    results = run_of(shop, include_accepted=True)["results"]
    reasons = [it["justification"] for result in results for it in result["suppressions"]]
    assert len(results) == 5
    assert reasons == [
        "baseline",
        "waiver; Retention is set, DATA-118; owner dana@shop.example; until 2026-12-31",
    ]


def test_a_gap_is_a_notification_with_a_next_step(shop: Report) -> None:
    """What was not analysed is said by the tool about its own run."""
    (gap,) = run_of(shop)["invocations"][0]["toolExecutionNotifications"]
    assert gap["descriptor"]["id"] == "gap/dynamic-sql"
    assert "Next: write the statement out" in gap["message"]["text"]


@pytest.mark.parametrize(
    ("code", "successful"),
    [
        (ExitCode.CLEAN, True),
        (ExitCode.FINDINGS, True),
        (ExitCode.USAGE, False),
        (ExitCode.NOTHING_ANALYSED, False),
        (ExitCode.UNFINISHED, False),
    ],
)
def test_a_check_that_did_not_finish_was_not_successful(
    shop: Report,
    code: ExitCode,
    successful: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    """A service never takes a check that analysed nothing for a clean one."""
    invocation = run_of(msgspec.structs.replace(shop, exit_code=code))["invocations"][0]
    assert invocation["executionSuccessful"] is successful
    assert invocation["exitCode"] == int(code)


def test_too_many_results_are_cut_lightest_first_and_counted(shop: Report) -> None:
    """Of 30,000 findings 24,999 are in the file, and the first result says what is not shown."""
    notes, errors = many(shop, 6_000, Severity.NOTE), many(shop, 24_000)
    run = run_of(msgspec.structs.replace(shop, findings=(*notes, *errors)))
    levels = [result["level"] for result in run["results"]]
    first = run["results"][0]
    assert len(levels) == 25_000
    assert levels[:24_001] == ["error"] * 24_001
    assert first["ruleId"] == "fieldgate/results-left-out"
    assert first["message"]["text"].startswith("25001 more results are not shown")


def test_as_many_results_as_fit_are_all_there(shop: Report) -> None:
    """At the limit nothing is left out."""
    report = msgspec.structs.replace(shop, findings=tuple(many(shop, 3)))
    results = run_of(report, most=3)["results"]
    assert [result["ruleId"] for result in results] == [shop.findings[0].rule.id] * 3


def test_a_very_long_path_keeps_both_ends(shop: Report) -> None:
    """GitHub takes 10,000 steps a flow; the last one is where the damage is."""
    hops = tuple(
        Hop(Column("t", "c"), Origin("a.sql", line, 1), TransformSubtype.IDENTITY)
        for line in range(1, 10_011)
    )
    finding = msgspec.structs.replace(shop.findings[2], path=hops)
    run = run_of(msgspec.structs.replace(shop, findings=(finding,)))
    steps = run["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"]
    assert len(steps) == 10_000
    assert steps[-1]["location"]["physicalLocation"]["region"]["startLine"] == 10_010


def test_a_rule_has_at_most_twenty_tags(shop: Report) -> None:
    """GitHub refuses a rule with more."""
    card = msgspec.structs.replace(
        shop.findings[0].rule, law=tuple(f"law {number}" for number in range(40))
    )
    finding = msgspec.structs.replace(shop.findings[0], rule=card)
    run = run_of(msgspec.structs.replace(shop, findings=(finding,), rules=(), accepted=()))
    (rule,) = run["tool"]["driver"]["rules"]
    assert len(rule["properties"]["tags"]) == 20


@given(data=st.data())
def test_hostile_text_stays_text(
    filled: Callable[[str], Report],
    schema: jsonschema.protocols.Validator,
    hostile: st.SearchStrategy[str],
    data: st.DataObject,
) -> None:
    """No name of a project becomes markdown, a link, a placeholder or a place outside."""
    written = json.loads(render_sarif(filled(data.draw(hostile)), include_accepted=True))
    assert list(schema.iter_errors(written)) == []
    messages = [text for key, text in _strings(written) if key == "text"]
    assert not [text for text in messages if "](" in text or re.search(r"[\x00-\x1f]", text)]
    assert not [key for key, _ in _strings(written) if key == "markdown"]
    uris = [text for key, text in _strings(written) if key == "uri"]
    assert not [uri for uri in uris if uri.startswith("/") or ":" in uri or ".." in uri.split("/")]


def _strings(value: Any, key: str = "") -> list[tuple[str, str]]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return [pair for name, inner in value.items() for pair in _strings(inner, name)]
    if isinstance(value, list):
        return [pair for inner in value for pair in _strings(inner, key)]
    return [(key, value)] if isinstance(value, str) else []
