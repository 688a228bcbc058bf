"""The project's own categories: declared in `fieldgate.yml`, and then like those shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from enforcer.cli import main
from enforcer.own_taxonomy import load_project_taxonomy
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from pathlib import Path

    from enforcer.taxonomy import Taxonomy

OWN = """categories:
  mnpi: Figures that are not published yet.
  mnpi.revenue: {about: Revenue., enumerable: true, form: {head: 0, tail: 0}}
  user.financial.option_grant: {about: Options granted to a person., sets: [cpra_sensitive]}
"""
RULE = """id: figures-stay-safe
title: Figures leave the safe schema
phase: use
deny: {data: mnpi, into: {name: {not: "safe.*"}}}
why: They are not published.
fix: Keep them where they are.
avoid: {sql: create table mart.t as select arr from safe.s, labels: {safe.s: {arr: mnpi.revenue}}}
prefer:
  sql: create table mart.t as select count(*) as n from safe.s
  labels: {safe.s: {arr: mnpi.revenue}}
"""


def taxonomy(folder: Path, text: str = OWN) -> Taxonomy:
    (folder / "fieldgate.yml").write_text(f"version: 1\n{text}", "utf-8")
    return load_project_taxonomy(folder)


def test_an_own_category_is_one(tmp_path: Path) -> None:
    """It is known, has its description, is covered by its parent, and lies in its sets."""
    own = taxonomy(tmp_path)
    assert own.about("mnpi") == "Figures that are not published yet."
    assert own.covers("mnpi", "mnpi.revenue")
    assert "user.financial.option_grant" in own.sets()["cpra_sensitive"]
    assert own.is_enumerable("mnpi.revenue")
    assert not own.is_enumerable("mnpi")
    assert own.form_of("mnpi.revenue").head == 0


def test_an_alias_may_stand_for_an_own_category(tmp_path: Path) -> None:
    """The project's words mean the project's categories too."""
    own = taxonomy(tmp_path, f"{OWN}aliases: {{INSIDER: mnpi.revenue}}\n")
    assert own.of_alias("insider") == "mnpi.revenue"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("user.name: Names.", "3:3: `user.name` is a category that is shipped; use it as it is"),
        ("pii: Personal.", "3:3: `pii` is a word for `user` already; use `user`, or"),
        ("mnpi.arr: Revenue.", "3:3: `mnpi.arr` is below `mnpi`, which is no category; declare"),
        ("user.nam.x: A.", "3:3: `user.nam.x` is below `user.nam`, which is no category; declare"),
        ("none.mnpi: Figures.", "3:3: `none.mnpi` is below `none`"),
        (
            "mnpi: {about: Figures., sets: [cpra_sensitiv]}",
            "3:34: unknown set of categories `cpra_sensitiv`; did you mean `cpra_sensitive`?",
        ),
    ],
)
def test_a_category_that_cannot_be_is_named_at_its_place(
    written: str, said: str, tmp_path: Path
) -> None:
    """A clash, a missing parent or an unknown set is an error with its line and a next step."""
    with pytest.raises(PolicyError) as caught:
        taxonomy(tmp_path, f"categories:\n  {written}\n")
    assert str(caught.value).startswith(f"fieldgate.yml:{said}")


def project(folder: Path) -> Path:
    (folder / "rules").mkdir()
    (folder / "rules" / "figures-stay-safe.yml").write_text(RULE, "utf-8")
    label = "labels:\n  - {relation: safe.s, columns: {arr: mnpi.revenue}}\n"
    (folder / "labels.yml").write_text(label, "utf-8")
    (folder / "mart.sql").write_text("create table mart.t as select arr from safe.s;\n", "utf-8")
    taxonomy(folder, f"dialect: duckdb\npacks: []\npolicies: [rules]\nlabels: [labels.yml]\n{OWN}")
    return folder


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("check", "."), 1, "safe.s.arr (mnpi.revenue) reaches mart.t"),
        (("test",), 0, "1 rules tested, 0 failed"),
        (("explain", "figures-stay-safe"), 0, "data: mnpi"),
        (("explain", "mart.t.arr"), 0, "from safe.s.arr: mnpi.revenue"),
    ],
)
def test_every_command_knows_an_own_category(
    arguments: tuple[str, ...],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rules, labels and samples may all name it."""
    monkeypatch.chdir(project(tmp_path))
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    assert said in " ".join(result.output.split())


def test_what_is_nearly_an_own_category_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in a label is no other category: the own one is proposed."""
    monkeypatch.chdir(project(tmp_path))
    (tmp_path / "labels.yml").write_text(
        "labels:\n  - {relation: safe.s, columns: {arr: mnpi.revnue}}\n"
    )
    result = CliRunner().invoke(main, ["check", "."])
    assert result.exit_code == 2
    assert "labels.yml:2:39: unknown category `mnpi.revnue`" in result.output
    assert "did you mean `mnpi.revenue`?" in result.output


def test_a_parent_that_is_nearly_one_is_proposed(tmp_path: Path) -> None:
    """Who misspells the parent of a category is told what was meant."""
    with pytest.raises(PolicyError) as caught:
        taxonomy(tmp_path, "categories: {user.finacial.grant: Options.}\n")
    step = "declare `user.finacial` as well, or did you mean `user.financial`?"
    assert caught.value.next_step == step
