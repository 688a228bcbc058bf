"""Packs and rules, from files to values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer import packs
from enforcer.config import load_config
from enforcer.packs import load_pack, shipped_packs
from enforcer.policy import load_rules, load_shipped_rules
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = load_taxonomy()
RULE = """\
id: {id}
title: A sample
phase: use
deny: {{data: user.contact, into: {{place: crm}}}}
why: Because.
fix: Mend it.
avoid: select 1
prefer: select 2
"""
PACK = "id: {id}\ntitle: A pack\nversion: 1\nabout: Rules.\nrules: [{rules}]\n"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the one that is shipped."""
    folder = (tmp_path / "policies").resolve()
    monkeypatch.setattr(packs, "policies_folder", lambda: folder)
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_pack(folder: Path, name: str, *rules: str, listed: str = "") -> None:
    write(folder / name / "pack.yml", PACK.format(id=name, rules=listed or ", ".join(rules)))
    for rule in rules:
        write(folder / name / f"{rule}.yml", RULE.format(id=rule))


def refusal(name: str) -> str:
    with pytest.raises(PolicyError) as caught:
        load_pack(name, TAXONOMY)
    return str(caught.value)


def test_every_shipped_pack_loads() -> None:
    """What is shipped can be read, makes sense, and has no rule twice."""
    loaded = [load_pack(name, TAXONOMY) for name in shipped_packs()]
    assert "baseline" in [pack.pack.id for pack in loaded]
    ids = [rule.card.id for rule in load_shipped_rules()]
    assert len(ids) == len(set(ids))


def test_a_rule_keeps_its_source() -> None:
    """The text that explains a rule is its own file, named without a path of the machine."""
    rule = load_pack("baseline", TAXONOMY).rules[0]
    assert rule.file == f"rules/{rule.rule.id}.yml"
    assert rule.source.startswith(f"id: {rule.rule.id}\n")
    assert rule.card.pack == "baseline"


def test_rules_come_in_the_order_of_the_pack(shipped: Path) -> None:
    """A pack lists its rules as people should read them."""
    write_pack(shipped, "law", "b-rule", "a-rule")
    assert [rule.rule.id for rule in load_pack("law", TAXONOMY).rules] == ["b-rule", "a-rule"]


def test_shipped_rules_may_name_places_that_a_project_has_not(shipped: Path) -> None:
    """Nobody who writes a pack knows the places of a project."""
    write_pack(shipped, "law", "a-rule")
    assert load_pack("law", TAXONOMY).rules


def test_an_unknown_pack_is_named_with_what_was_meant(shipped: Path) -> None:
    """A slip in the name of a pack is no empty pack."""
    write_pack(shipped, "law", "a-rule")
    assert refusal("lwa").endswith("unknown pack `lwa`; did you mean `law`?")
    assert "unknown pack" in refusal("../law")


@pytest.mark.parametrize(
    ("rules", "listed", "message"),
    [
        (["a-rule"], "a-rule, b-rule", "law/pack.yml:5:17: no file for rule `b-rule`"),
        (["a-rule", "b-rule"], "a-rule", "law/pack.yml:5:1: rule `b-rule` is in the folder"),
        (["a-rule"], "a-rule, a-rule", "law/pack.yml:5:17: listed twice"),
    ],
)
def test_list_and_folder_agree(shipped: Path, rules: list[str], listed: str, message: str) -> None:
    """No rule is left out by accident, and none is promised that is not there."""
    write_pack(shipped, "law", *rules, listed=listed)
    assert refusal("law").startswith(message)


def test_an_id_is_the_name_of_its_file(shipped: Path) -> None:
    """Who reads a finding finds the rule; likewise for packs and folders."""
    write_pack(shipped, "law", "a-rule")
    write(shipped / "law" / "a-rule.yml", RULE.format(id="other"))
    assert refusal("law").startswith("law/a-rule.yml:1:5: the id `other` is not the file's name")
    write(shipped / "law" / "pack.yml", PACK.format(id="act", rules="a-rule"))
    assert refusal("law").startswith("law/pack.yml:1:5: the id `act` is not the folder's name")


def own_rules(root: Path, *places: str) -> list[str]:
    return [
        f"{rule.pack}/{rule.rule.id}" for rule in load_rules(load_config(root), TAXONOMY, places)
    ]


def test_a_project_adds_its_own_rules(tmp_path: Path) -> None:
    """Own rules come after those of packs and may name places that are declared."""
    write(tmp_path / "fieldgate.yml", "version: 1\npolicies: [policy]\n")
    write(tmp_path / "policy" / "ours.yml", RULE.format(id="ours"))
    found = own_rules(tmp_path, "crm")
    assert found[-1] == "project/ours"
    assert len(found) > 1


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("packs: [baselin]", "fieldgate.yml:2:9: unknown pack `baselin`; did you mean `baseline`?"),
        ("packs: []", "fieldgate.yml:2:8: no rule is asked for"),
        ("policies: [empty]", "fieldgate.yml:2:12: no rule is in `empty`"),
        ("policies: fieldgate.yml", "fieldgate.yml:2:11: `fieldgate.yml` is no folder"),
        ("policies: policy", "policy/ours.yml:4:42: no place is called `crm`"),
        ("packs: [baseline, baseline]", "fieldgate.yml:2:19: pack `baseline` is named twice"),
    ],
)
def test_a_policy_that_would_check_nothing_is_an_error(
    tmp_path: Path, config: str, message: str
) -> None:
    """Unknown packs, empty folders, unknown places and doubled rules are never silence."""
    (tmp_path / "empty").mkdir()
    write(tmp_path / "policy" / "ours.yml", RULE.format(id="ours"))
    write(tmp_path / "fieldgate.yml", f"version: 1\n{config}\n")
    with pytest.raises(PolicyError) as caught:
        own_rules(tmp_path, "mart")
    assert str(caught.value).startswith(message)
