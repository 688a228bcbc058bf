"""A pull request that changes what would stop it is stopped all the same."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.repositories import (
    LEAK,
    OTHER,
    POLICY,
    RULE,
    SAFE,
    check,
    commit,
    report,
    repository,
    write,
)

EXAMPLES = Path(__file__).parents[2] / "examples"
FINGERPRINT = "1ed8198a78401f00"  # crm.customers.email into s3://partner/out, by no-mail
SCRUBBED = "copy into 's3://partner/out' from (select scrub(email) as e from crm.customers);\n"
CONFIG = POLICY["fieldgate.yml"]
WAIVER = (
    f"waivers:\n- fingerprint: {FINGERPRINT}\n  reason: r\n  owner: a\n  approver: b\n"
    "  ticket: t\n  expires: 2999-01-01\n"
)
BASELINE = (
    f'findings:\n- {{"fingerprint": "{FINGERPRINT}", "rule": "no-mail", '
    '"field": "crm.customers.email", "sink": "s3://partner/out"}\n'
)
ATTACKS: dict[str, dict[str, str | None]] = {
    "the rule is deleted": {"policies/no-mail.yml": None},
    "the rule is another one": {
        "policies/no-mail.yml": OTHER.replace("no-names", "no-mail"),
        "policies/no-names.yml": None,
    },
    "the rule is off": {"fieldgate.yml": f"{CONFIG}rules: {{no-mail: {{off: true, reason: r}}}}\n"},
    "the rule is light": {
        "fieldgate.yml": f"{CONFIG}rules: {{no-mail: {{severity: note, reason: r}}}}\n"
    },
    "the rule is in shadow": {
        "fieldgate.yml": f"{CONFIG}rules: {{no-mail: {{shadow: true, reason: r}}}}\n"
    },
    "the place is wider": {
        "places.yml": "crm:\n  match: {relations: ['crm.*'], uris: ['s3://*']}\n"
    },
    "the finding is waived": {"waivers.yml": WAIVER},
    "the finding is in a baseline": {
        "fieldgate.yml": f"{CONFIG}baseline: b.yml\n",
        "b.yml": BASELINE,
    },
    "the label says less": {
        "labels.yml": POLICY["labels.yml"].replace("user.contact.email", "user.device"),
    },
    "the label says nothing": {
        "labels.yml": POLICY["labels.yml"].replace("user.contact.email", "none"),
    },
    "the label is gone": {
        "labels.yml": POLICY["labels.yml"].replace("email: user.contact.email", "id: user.device")
    },
    "a function protects": {
        "models/leak.sql": SCRUBBED,
        "fieldgate.yml": f"{CONFIG}parameters: {{functions: {{scrub: key}}}}\n",
    },
    "the policy folder has another name": {
        "policies/no-mail.yml": None,
        "policies/no-names.yml": None,
        "rules/no-names.yml": OTHER,
        "fieldgate.yml": CONFIG.replace("[policies]", "[rules]"),
    },
    "a configuration lies nearer": {
        "models/fieldgate.yml": "version: 1\ndialect: duckdb\npacks: [{pack: pipl}]\n",
    },
    "a server of its own judges": {
        "fieldgate.yml": f"{CONFIG}rules: {{no-mail: {{off: true, reason: r}}}}\n"
        "opa: {url: 'http://127.0.0.1:9', token_env: OPA_TOKEN}\n",
    },
    "a comment says so": {
        "models/leak.sql": f"-- fieldgate: ignore\n-- noqa: no-mail\n{LEAK}",
    },
}

# What changes nothing even where the checkout decides.
INERT = {"a comment says so", "a server of its own judges"}


@pytest.fixture
def base(tmp_path: Path) -> tuple[Path, str]:
    return tmp_path, repository(tmp_path)


def attacked(folder: Path, files: dict[str, str | None]) -> Path:
    write(folder, {"models/leak.sql": LEAK, **files})
    return folder / "models" if "models/fieldgate.yml" in files else folder


@pytest.mark.threat(42)
@pytest.mark.parametrize(("what", "files"), ATTACKS.items(), ids=list(ATTACKS))
def test_what_a_pull_request_decides_does_not_clear_it(
    base: tuple[Path, str], what: str, files: dict[str, str | None]
) -> None:
    """The finding is left, as an error, and every change beside it is shown.

    The attack is one: whoever judges by the checkout lets it pass.
    """
    folder, name = base
    path = attacked(folder, files)
    if what not in INERT:
        assert check(path).exit_code == 0
    said: Any = report(path, "--base", name)
    assert said["exit_code"] == 1
    found = {one["fingerprint"]: one for one in said["findings"]}
    assert (found[FINGERPRINT]["severity"], found[FINGERPRINT]["shadow"]) == ("error", False)
    changed = {one["file"] for one in said["proposed"]["files"]}
    assert changed == {file for file in files if not file.endswith(".sql")}
    stays = {"a comment says so", "the rule is light", "the rule is in shadow"}
    assert (FINGERPRINT in said["proposed"]["would_clear"]) == (what not in stays)


@pytest.mark.threat(42)
@pytest.mark.parametrize("notation", ["text", "sarif", "html", "github", "markdown"])
def test_every_notation_shows_what_is_changed(base: tuple[Path, str], notation: str) -> None:
    """Each changed file, and the finding that the changes would clear, are in every report."""
    folder, name = base
    files = {"waivers.yml": WAIVER, "policies/no-names.yml": None}
    shown = check(attacked(folder, files), "--base", name, "--format", notation).output
    assert all(word in shown for word in (*files, "would be gone", FINGERPRINT))


@pytest.mark.threat(42)
def test_a_coverage_floor_that_is_lowered_holds(base: tuple[Path, str]) -> None:
    """What cannot be read leaves the run unfinished, though the pull request asks for less."""
    folder, name = base
    write(folder, {"models/x.sql": "selec frm;", "fieldgate.yml": f"{CONFIG}min_coverage: 0\n"})
    assert check(folder).exit_code != 4
    assert check(folder, "--base", name).exit_code == 4


@pytest.mark.threat(42)
@pytest.mark.parametrize("target", ["policies", "policies/no-mail.yml", "fieldgate.yml"])
def test_a_link_in_the_place_of_what_decides_is_no_pass(
    base: tuple[Path, str], target: str, tmp_path: Path
) -> None:
    """A link is not followed, and what it hides is no reason to pass."""
    folder, name = base
    path = folder / target
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    write(folder, {"models/leak.sql": LEAK})
    assert check(folder, "--base", name).exit_code in {1, 2}


@pytest.mark.threat(42)
def test_a_deleted_configuration_still_decides(base: tuple[Path, str]) -> None:
    """Without a configuration the defaults add to what the base commit asks for."""
    folder, name = base
    write(folder, {"fieldgate.yml": None, "models/leak.sql": LEAK})
    said: Any = report(folder, "--base", name)
    assert "no-mail" in {one["rule"] for one in said["findings"]}
    assert "clear-personal-data-leaves" in {one["rule"] for one in said["findings"]}


@pytest.mark.threat(42)
def test_a_first_configuration_does_not_decide_alone(tmp_path: Path) -> None:
    """Where the base commit has none, the defaults count, and the new rules beside them."""
    name = repository(tmp_path, {"models/keys.sql": SAFE})
    lax = {**POLICY, "labels.yml": POLICY["labels.yml"].replace("user.contact.email", "none")}
    write(tmp_path, {**lax, "models/leak.sql": LEAK})
    assert check(tmp_path).exit_code == 0
    said: Any = report(tmp_path, "--base", name)
    assert said["exit_code"] == 1
    assert {one["rule"] for one in said["findings"]} >= {"clear-personal-data-leaves"}
    assert said["proposed"]["base_configured"] is False


@pytest.mark.threat(42)
def test_rules_that_a_pull_request_adds_count_at_once(tmp_path: Path) -> None:
    """A finding of a new rule is one, so that merging never breaks the branch."""
    files = {**POLICY, "models/leak.sql": LEAK}
    del files["policies/no-mail.yml"]
    name = repository(tmp_path, files)
    assert check(tmp_path, "--base", name).exit_code == 0
    write(tmp_path, {"policies/no-mail.yml": RULE})
    said: Any = report(tmp_path, "--base", name)
    assert said["exit_code"] == 1
    assert said["proposed"]["adds"] == [FINGERPRINT]


def test_what_was_waived_in_the_base_commit_stays_waived(tmp_path: Path) -> None:
    """The ledger of the base commit accepts findings of a pull request."""
    name = repository(tmp_path, {**POLICY, "models/leak.sql": LEAK, "waivers.yml": WAIVER})
    assert check(tmp_path, "--base", name).exit_code == 0


def test_who_mends_a_finding_takes_its_waiver_away(tmp_path: Path) -> None:
    """A waiver whose finding is gone is an error only where the pull request keeps it."""
    name = repository(tmp_path, {**POLICY, "models/leak.sql": LEAK, "waivers.yml": WAIVER})
    write(tmp_path, {"models/leak.sql": SAFE})
    assert check(tmp_path, "--base", name).exit_code == 2
    write(tmp_path, {"waivers.yml": "waivers: []\n"})
    assert check(tmp_path, "--base", name).exit_code == 0


def test_what_a_pull_request_removes_may_be_named_in_the_base_commit(tmp_path: Path) -> None:
    """Removing a relation together with its label, its place and its function is ordinary work."""
    files = {
        **POLICY,
        "models/old.sql": "create table old.t as select scrub(a) as a from raw.u;\n",
        "labels.yml": POLICY["labels.yml"] + "- relation: raw.u\n  columns: {a: user.device}\n",
        "fieldgate.yml": f"{CONFIG}parameters: {{functions: {{scrub: key}}}}\n",
    }
    name = repository(tmp_path, files)
    assert check(tmp_path, "--base", name).exit_code == 0
    write(
        tmp_path,
        {"models/old.sql": None, **{k: POLICY[k] for k in ("labels.yml", "fieldgate.yml")}},
    )
    assert check(tmp_path, "--base", name).exit_code == 0


@pytest.mark.parametrize("example", ["shop", "warehouse-sql"])
def test_what_changes_nothing_is_judged_as_ever(tmp_path: Path, example: str) -> None:
    """A checkout that is as its base commit gets the same findings with it as without."""
    shutil.copytree(EXAMPLES / example, tmp_path, dirs_exist_ok=True)
    name = repository(tmp_path, {})
    commit(tmp_path)
    alone, based = report(tmp_path), report(tmp_path, "--base", name)
    assert based.pop("proposed") == {
        "base_commit": name,
        "base_configured": True,
        "files": [],
        "sayings": [],
        "would_clear": [],
        "adds": [],
    }
    assert based == alone


def test_a_commit_that_decides_about_itself_is_named(base: tuple[Path, str]) -> None:
    """Who gives the pull request's own commit as its base reads that nothing was held."""
    folder, name = base
    assert "is the one that is checked out" in check(folder, "--base", name).output
    commit(folder)
    assert "is the one that is checked out" not in check(folder, "--base", name).output


@pytest.mark.parametrize("arguments", [["--base-manifest", "m"], ["--base", "main"]])
def test_options_that_make_no_sense_together_are_refused(
    base: tuple[Path, str], arguments: list[str]
) -> None:
    """A manifest of no base, and a baseline that a base commit would not know, are mistakes."""
    folder, _ = base
    (folder / "m").touch()
    options = [folder / a if a == "m" else a for a in arguments]
    written = ["--write-baseline", folder / "b.yml"] if "--base" in arguments else []
    assert check(folder, *options, *written).exit_code == 2


def test_evidence_names_the_commit_that_decided(base: tuple[Path, str], tmp_path: Path) -> None:
    """The run file holds the base commit, for an auditor who asks whose rules these were."""
    folder, name = base
    assert check(folder, "--base", name, "--evidence", tmp_path / "e").exit_code == 0
    (file,) = (tmp_path / "e").rglob("*.jsonl")
    assert f'"base_commit":"{name}"' in file.read_text("utf-8").splitlines()[0]


def test_a_commit_on_the_branch_is_no_other_case(base: tuple[Path, str]) -> None:
    """Whether the changes are committed does not matter: the checkout is what is judged."""
    folder, name = base
    write(folder, {"models/leak.sql": LEAK, "waivers.yml": WAIVER})
    commit(folder)
    assert check(folder, "--base", name).exit_code == 1
    assert check(folder, "--base", "HEAD~1").exit_code == 1
