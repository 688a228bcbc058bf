"""The commands beside `check`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from enforcer.cli import main

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
SHOP = EXAMPLES / "shop"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_rule_is_explained_by_its_own_file() -> None:
    """`explain RULE` shows why, how to mend it, and both examples."""
    output = run("explain", "clear-personal-data-leaves", "--path", SHOP).output
    assert [w for w in ("Summary", "Avoid", "Prefer", "Why", "Fix", "Law") if w not in output] == []


def test_a_finding_is_explained_with_its_path() -> None:
    """`explain FINGERPRINT` shows every hop with its line."""
    checked = run("check", SHOP).output
    start = checked.index("clear-personal-data-leaves")
    fingerprint = checked[start:].partition("fingerprint: ")[2][:16]
    output = run("explain", fingerprint, "--path", SHOP).output
    assert "exposure:ad_partner_audience" in output
    assert "models/marts/marketing/ad_audience.sql:" in output


@pytest.mark.parametrize("what", ["clear-personal-data-leavs", "0123456789abcdef"])
def test_what_cannot_be_explained_is_one_line(what: str) -> None:
    """An unknown rule or finding is a usage error with a next step."""
    result = run("explain", what, "--path", SHOP)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1


def test_lineage_shows_both_directions_with_lines() -> None:
    """`lineage COLUMN` names what a column is made of and what is made of it."""
    output = run("lineage", "stg_customers.email", "--path", SHOP).output
    assert "shop.raw.customers.email" in output
    assert "exposure:ad_partner_audience.match_key" in output
    assert "models/staging/stg_customers.sql:" in output


def test_lineage_keeps_to_one_direction() -> None:
    """`--up` leaves out what is made of a column."""
    output = run("lineage", "stg_customers.email", "--path", SHOP, "--up", "--direct").output
    assert "shop.raw.customers.email" in output
    assert "exposure" not in output


def test_lineage_of_nothing_is_one_line() -> None:
    """A column that is nowhere is an error and no empty answer."""
    result = run("lineage", "nobody.nothing", "--path", SHOP)
    assert result.exit_code != 0
    assert result.output.count("\n") == 1


def test_every_shipped_rule_passes_its_own_test() -> None:
    """Each rule fires on its `avoid` and is silent on its `prefer`."""
    result = run("test", "--path", SHOP)
    assert result.exit_code == 0, result.output
    assert re.search(r"\n19 rules and \d+ cases tested, 0 failed\n\Z", result.output)


def test_a_rule_that_does_not_fire_fails_its_test(tmp_path: Path) -> None:
    """A rule whose `avoid` raises nothing is no rule."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "fieldgate.yml").write_text("version: 1\npacks: []\npolicies: [rules]\n")
    (tmp_path / "rules/silent.yml").write_text(
        "id: silent\ntitle: Silent\nphase: use\n"
        "deny: {data: user.contact, into: {kind: external}}\nwhy: x\nfix: y\n"
        "avoid: create table a as select email from b\n"
        "prefer: create table a as select id from b\n"
    )
    result = run("test", "--path", tmp_path)
    assert result.exit_code == 1
    assert "FAIL  silent" in result.output


@pytest.mark.parametrize(("example", "dialect"), [("shop", None), ("warehouse-sql", "snowflake")])
def test_init_writes_a_configuration_that_works(
    tmp_path: Path, example: str, dialect: str | None
) -> None:
    """What `init` writes is accepted by `check` as it is."""
    import shutil  # noqa: PLC0415 - this test alone copies

    project = Path(shutil.copytree(EXAMPLES / example, tmp_path / example))
    for name in ("fieldgate.yml", "labels.yml", "places.yml"):
        (project / name).unlink(missing_ok=True)
    asked = ("--dialect", dialect) if dialect else ()
    assert run("init", project, *asked).exit_code == 0
    assert "labels.yml" in (project / "fieldgate.yml").read_text()
    result = run("check", project)
    assert result.exit_code == 1
    assert "fieldgate.yml" not in result.output


ODD_NAMES = ("a b", "a.b", "a*", "é", "e\u0301", "a\u2028b", "<<", "x" * 600, "null", "a: b", "#a")


@pytest.mark.parametrize(
    "statement",
    [
        'create table crm."{name}" (id int, email varchar)',
        'create table "{name}".t (id int, email varchar)',
        "copy (select email from crm.users) to '{name}.csv'",
    ],
)
def test_init_writes_what_check_can_read_whatever_names_are(tmp_path: Path, statement: str) -> None:
    """One name that no file could hold, or that would mean others, keeps nobody from starting."""
    for number, name in enumerate(ODD_NAMES):
        (tmp_path / f"t{number}.sql").write_text(statement.format(name=name), "utf-8")
    assert run("init", tmp_path, "--dialect", "duckdb").exit_code == 0
    assert run("check", tmp_path, "--jobs", "1").exit_code in (1, 4)
    places = yaml.safe_load((tmp_path / "places.yml").read_text("utf-8"))
    patterns = [match for place in places.values() for match in place["match"].values()]
    assert not [p for p in patterns if p[0].removesuffix(".*").count('"') % 2]


def test_init_overwrites_nothing() -> None:
    """A configuration that is there stays as it is."""
    before = (SHOP / "fieldgate.yml").read_bytes()
    result = run("init", SHOP)
    assert result.exit_code == 2
    assert (SHOP / "fieldgate.yml").read_bytes() == before


def test_the_rule_of_the_guide_passes_its_test(tmp_path: Path) -> None:
    """A rule as the guide shows it, in a project with its place, does what it says."""
    guide = (EXAMPLES.parent / "docs/policies.md").read_text("utf-8")
    rule = next(block for block in guide.split("```yaml\n") if block.startswith("id:"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/raw-contact-outside-crm.yml").write_text(rule.partition("```")[0])
    (tmp_path / "fieldgate.yml").write_text(
        "version: 1\npacks: []\npolicies: [rules]\nplaces: {crm: {match: {relations: ['crm.*']}}}\n"
    )
    result = run("test", "--path", tmp_path)
    assert result.output.endswith("1 rules tested, 0 failed\n")
