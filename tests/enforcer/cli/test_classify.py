"""`fieldgate classify`: what it proposes, where it writes it, and that it ends there."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from enforcer.cli import main
from tests.real_dbt import run_dbt

EXAMPLES = Path(__file__).parents[3] / "examples"
LABEL = re.compile(r"\n +config: \{meta: \{fieldgate: \{category: [^}]*\}\}\}(?=\n)")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["classify", *map(str, arguments)])


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """The folder of SQL without its labels."""
    folder = Path(shutil.copytree(EXAMPLES / "warehouse-sql", tmp_path / "warehouse"))
    (folder / "labels.yml").unlink()
    config = folder / "fieldgate.yml"
    config.write_text(config.read_text("utf-8").replace("labels: [labels.yml]\n", ""), "utf-8")
    return folder


def test_every_proposal_says_why(warehouse: Path) -> None:
    """Categories, how sure they are, and the reasons; the JSON has the same."""
    output = run(warehouse).output
    assert "  EMAIL: user.contact.email (medium)\n      its name says `email`\n" in output
    assert output.endswith("Write them with --write, then read and correct them.\n")
    found: dict[str, Any] = json.loads(run(warehouse, "--format", "json").output)
    assert found["format"] == "fieldgate-proposals/1"
    (email,) = [p for p in found["proposals"] if p["column"] == "EMAIL"]
    assert email == {
        "relation": "RAW.MEMBERS",
        "column": "EMAIL",
        "categories": ["user.contact.email"],
        "confidence": "medium",
        "reasons": [{"by": "name", "text": "its name says `email`"}],
        "declared_in": {"file": "ddl/01_raw.sql", "line": 3},
    }


def test_what_is_written_is_proposed_no_more(warehouse: Path) -> None:
    """Labels go to a labels file that the configuration then names; a second run adds nothing."""
    written = run(warehouse, "--write")
    assert written.exit_code == 0, written.output
    assert "into labels.yml" in written.output
    files = {path: path.read_bytes() for path in warehouse.rglob("*") if path.is_file()}
    again = run(warehouse, "--write")
    assert again.output.startswith("No label is proposed")
    assert {p: p.read_bytes() for p in warehouse.rglob("*") if p.is_file()} == files
    checked = CliRunner().invoke(main, ["check", str(warehouse)])
    assert "no fieldgate.yml" not in checked.output
    assert checked.exit_code == 1


def test_only_what_is_asked_for_is_written(warehouse: Path) -> None:
    """Relations and confidence choose among the proposals."""
    assert run(warehouse, "--at-least", "high").output.startswith("No label is proposed")
    output = run(warehouse, "--relation", "raw.members", "--write").output
    text = (warehouse / "labels.yml").read_text("utf-8")
    assert "MEMBERS" in text
    assert "HEALTH_CHECKS" not in text
    assert "3 labels" in output


def test_a_project_without_a_configuration_gets_one(tmp_path: Path) -> None:
    """Where nothing is, both files are made."""
    (tmp_path / "a.sql").write_text("create table raw.users (e_mail text, note text);\n", "utf-8")
    assert run(tmp_path, "--dialect", "postgres", "--write").exit_code == 0
    assert (tmp_path / "fieldgate.yml").read_text("utf-8").endswith("labels: [labels.yml]\n")
    assert "e_mail: user.contact.email" in (tmp_path / "labels.yml").read_text("utf-8")


def test_no_file_is_written_through_a_link(tmp_path: Path) -> None:
    """A labels file that leads out of the project is refused, and nothing is written."""
    (tmp_path / "shop").mkdir()
    outside = tmp_path / "outside.yml"
    outside.write_text("labels: []\n", "utf-8")
    (tmp_path / "shop/a.sql").write_text("create table raw.users (email text);\n", "utf-8")
    (tmp_path / "shop/labels.yml").symlink_to(outside)
    result = run(tmp_path / "shop", "--write")
    assert result.exit_code == 2
    assert outside.read_text("utf-8") == "labels: []\n"
    assert not (tmp_path / "shop/fieldgate.yml").exists()


def test_a_labels_file_that_nobody_named_is_not_overwritten(tmp_path: Path) -> None:
    """What is there and means something else stays, and the person is told."""
    (tmp_path / "a.sql").write_text("create table raw.users (email text);\n", "utf-8")
    (tmp_path / "labels.yml").write_text("mine: yes\n", "utf-8")
    result = run(tmp_path, "--write")
    assert result.exit_code == 2
    assert result.output == (
        "error: labels.yml:1:1: is there, and fieldgate.yml does not name it; name it there\n"
    )
    assert (tmp_path / "labels.yml").read_text("utf-8") == "mine: yes\n"


def test_nothing_to_classify_is_said(tmp_path: Path) -> None:
    """An empty folder is not a project in which everything is labelled."""
    result = run(tmp_path)
    assert result.exit_code == 3
    assert result.output.count("\n") == 1


def test_labels_are_written_into_folders_only(tmp_path: Path) -> None:
    """Beside a single file there is no project to write into."""
    (tmp_path / "a.sql").write_text("create table raw.users (email text);\n", "utf-8")
    assert run(tmp_path / "a.sql").exit_code == 0
    assert run(tmp_path / "a.sql", "--write").exit_code == 2


def test_labels_of_a_dbt_project_stand_beside_its_columns(tmp_path: Path) -> None:
    """Lines in properties files, known before dbt has read them and after it has."""
    shop = Path(shutil.copytree(EXAMPLES / "shop", tmp_path / "shop"))
    seeds = shop / "seeds/_seeds.yml"
    before = LABEL.sub("", seeds.read_text("utf-8"))
    seeds.write_text(before, "utf-8")
    manifest = shop / "target/manifest.json"
    bare = re.sub(r'"fieldgate": \{\s*"category": "[^"]*"\s*\}', "", manifest.read_text("utf-8"))
    manifest.write_text(bare, "utf-8")
    assert "wrote" in run(shop, "--write").output
    after = seeds.read_text("utf-8")
    assert len(after.splitlines()) > len(before.splitlines())
    left = [line for line in before.splitlines() if line not in after.splitlines()]
    assert left == ["        config: {meta: {added_by: checkout-team}}"]
    assert "the manifest does not know yet: run `dbt parse`" in run(shop).output
    assert seeds.read_text("utf-8") == after
    assert run_dbt(shop, "parse", "--no-partial-parse") == 0
    assert run(shop, "--write").output == (
        "No label is proposed: every column that looks personal carries one, or is fed by one.\n"
    )
    assert seeds.read_text("utf-8") == after
