"""In every run each rule first shows that it can find something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import enforcer.judging
import lineage.workers
from enforcer.check import Outcome
from enforcer.evidence import evidence_of
from enforcer.run import Request, run_check
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SILENT = """\
id: mail-stays
title: Mail stays
phase: use
severity: error
deny:
  data: user.contact.email
  into: {{place: [outside]}}
why: because
fix: so
avoid:
  sql: create table mart.mails as select {column} as x from crm.people
  labels: {{crm.people: {{email: user.contact.email, id: user.unique_id}}}}
  places: {{outside: {{match: {{relations: ["mart.*"]}}}}}}
prefer:
  sql: create table mart.ids as select id from crm.people
  labels: {{crm.people: {{email: user.contact.email, id: user.unique_id}}}}
  places: {{outside: {{match: {{relations: ["mart.*"]}}}}}}
"""


def project(folder: Path, *, column: str, packs: str = "[]") -> Path:
    files = {
        "m.sql": "create table mart.ids as select id, email from crm.people",
        "fieldgate.yml": f"version: 1\ndialect: duckdb\npacks: {packs}\npolicies: [rules]\n"
        "places: places.yml\n",
        "places.yml": "outside: {match: {relations: ['mart.*']}}\n",
        "rules/mail-stays.yml": SILENT.format(column=column),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.threat(35)
def test_a_rule_that_finds_nothing_in_its_own_sample_is_an_error(tmp_path: Path) -> None:
    """A rule that can never fire is named with its file, and the run does not pass."""
    with pytest.raises(PolicyError, match=r"rules/mail-stays\.yml:1:1: rule mail-stays: it finds"):
        run_check(Request(path=project(tmp_path, column="id")))


@pytest.mark.threat(35)
@pytest.mark.parametrize("pack", ["baseline", "gdpr", "pci-dss"])
def test_a_check_that_has_gone_silent_is_an_error(
    pack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a whole kind of check to find nothing any more, no run would end with a pass."""
    monkeypatch.setattr(enforcer.judging, "check", lambda *_: Outcome(judged=1, findings=()))
    with pytest.raises(PolicyError, match="it finds nothing in its own `avoid`"):
        run_check(Request(path=project(tmp_path, column="email", packs=f"[{pack}]")))


def test_values_of_the_project_do_not_spoil_a_control(tmp_path: Path) -> None:
    """A shipped rule is tried with the values that its samples are about, not the project's."""
    folder = project(tmp_path, column="email", packs="[]")
    text = (folder / "fieldgate.yml").read_text()
    given = "[{pack: pipl, parameters: {maximum: P900Y}}]"
    (folder / "fieldgate.yml").write_text(text.replace("packs: []", f"packs: {given}"))
    assert run_check(Request(path=folder)).report.rules


@pytest.mark.threat(35)
def test_every_rule_of_a_run_has_a_control_in_its_evidence(tmp_path: Path) -> None:
    """Who reads the run file sees of each rule that it was tried, and that it found something."""
    run = run_check(Request(path=project(tmp_path, column="email", packs="[baseline]")))
    controls = evidence_of(run).controls
    assert _ids(controls) == sorted(rule.card.id for rule in run.rules)
    assert {(c.expected.value, c.observed.value) for c in controls} == {("deny", "deny")}


def _ids(controls: Sequence[object]) -> list[str]:
    return sorted(getattr(control, "rule_id") for control in controls)  # noqa: B009


@pytest.mark.threat(1)
def test_a_sample_that_kills_the_parser_does_not_kill_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule's sample is a stranger's SQL: it is parsed where its end is nobody else's."""
    monkeypatch.setattr(lineage.workers, "PROGRAM", ("-c", "import os; os.abort()"))
    folder = project(tmp_path, column="email")
    with pytest.raises(PolicyError, match="it finds nothing in its own `avoid`"):
        run_check(Request(path=folder))
