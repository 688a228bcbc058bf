"""Rules in shadow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from enforcer.report import render
from enforcer.run import Request, run_check

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_in_shadow_is_shown_and_fails_nothing(tmp_path: Path) -> None:
    """A rule in shadow is reported everywhere, counted apart, and does not fail the build."""
    (tmp_path / "a.sql").write_text(
        "create table raw.people (email text);\n"
        "copy (select email from raw.people) to 's3://partner/people.csv';\n"
    )
    configuration = "version: 1\ndialect: duckdb\npacks: [{pack: baseline, shadow: true}]\n"
    (tmp_path / "fieldgate.yml").write_text(configuration)
    report = run_check(Request(path=tmp_path)).report
    assert report.exit_code == 0
    assert "error[clear-personal-data-leaves] (shadow)" in render(report, "text")
    assert json.loads(render(report, "json"))["counts"] == {
        "error": 0,
        "warning": 0,
        "note": 0,
        "shadow": len(report.findings),
        "accepted": 0,
        "gaps": 0,
    }
    run = json.loads(render(report, "sarif"))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert {result["level"] for result in run["results"]} == {"note"}
    assert {rule["defaultConfiguration"]["level"] for rule in rules} == {"note"}
    assert len({rule["properties"]["security-severity"] for rule in rules}) == 1
