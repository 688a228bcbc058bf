"""The packs of laws: their duties, and the rules that serve them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from enforcer.packs import load_pack, shipped_packs
from enforcer.places import find_places
from enforcer.policytest import run_samples
from enforcer.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
PACKS = {name: load_pack(name, TAXONOMY) for name in shipped_packs()}
LAWS = sorted(PACKS.keys() - {"baseline"})
# Which groups of the catalogue of law a pack is made of.
GROUPS = {
    "gdpr": ("gdpr",),
    "gdpr-uk": ("gdpr", "uk-gdpr"),
    "ccpa": ("us-ccpa",),
    "hipaa": ("us-hipaa",),
    "pci-dss": ("pci-dss",),
    "us-bulk-data": ("us-bulk-data",),
    "pipl": (
        "cn-pipl",
        "cn-dsl",
        "cn-ndsmr",
        "cn-csl",
        "cn-gbt35273",
        "cn-sector",
        "cn-cross-border",
        "cn-incident",
    ),
}
CHANGED = [
    rule for name in LAWS for rule in PACKS[name].rules if rule.rule.id != Path(rule.file).stem
]


@pytest.fixture(scope="module")
def catalogue() -> list[dict[str, object]]:
    folder = os.environ.get("FIELDGATE_CORPORA")
    if not folder:
        pytest.skip("FIELDGATE_CORPORA names no folder with the catalogue of law")
    rows = json.loads((Path(folder) / "law_rows.json").read_text("utf-8"))["rows"]
    assert rows
    return list(rows)


def test_the_packs_of_the_laws_are_shipped() -> None:
    """Each law that people ask about is a pack, beside the baseline."""
    assert set(GROUPS) == set(LAWS)


@pytest.mark.parametrize("name", LAWS)
def test_every_row_of_the_law_is_a_duty_of_its_pack(
    name: str, catalogue: list[dict[str, object]]
) -> None:
    """Each duty that code can show something of is there, with its article and what checks it."""
    wanted = {row["id"] for row in catalogue if row["pack"] in GROUPS[name] and row["rules"]}
    assert {duty.id for duty in PACKS[name].pack.duties if duty.rules} == wanted


@pytest.mark.parametrize("name", LAWS)
def test_a_duty_says_what_no_check_can_show(name: str) -> None:
    """Nobody can take a clean run for the law being kept."""
    pack = PACKS[name].pack
    assert [duty.id for duty in pack.duties if not duty.cannot_verify] == []
    assert "not legal advice" in pack.law_note


@pytest.mark.parametrize("name", LAWS)
def test_every_rule_of_a_law_serves_a_duty(name: str) -> None:
    """A rule cites the articles for which its pack has it, and no rule is there for nothing."""
    pack = PACKS[name]
    served = {rule for duty in pack.pack.duties for rule in duty.rules}
    assert {entry.rule for entry in pack.pack.rules} == served
    assert [rule.rule.id for rule in pack.rules if not rule.rule.law] == []


def test_duties_of_chinese_law_are_said_in_chinese() -> None:
    """Who reads a pack of Chinese law can read it in Chinese."""
    assert [duty.id for duty in PACKS["pipl"].pack.duties if duty.zh is None] == []


@pytest.mark.parametrize("rule", CHANGED, ids=lambda rule: rule.rule.id)
def test_a_rule_with_the_numbers_of_a_law_does_what_its_samples_say(rule) -> None:  # noqa: ANN001
    """`avoid` raises the finding and `prefer` does not, with the parameters of the pack."""
    assert run_samples(rule.rule, TAXONOMY, find_places).problems == ()
