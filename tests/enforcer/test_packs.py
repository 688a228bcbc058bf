"""The packs of laws: their duties, and the rules that serve them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

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
# What the catalogue of law calls rules that go by another name here.
NAMES = {
    "erasure-coverage-gap": "erasure-gap",
    "erasure-not-propagated-to-recipient": "recipient-without-deletion-duty",
    "pan-not-unreadable": "card-number-stored-in-clear",
    "pan-unkeyed-hash": "card-number-stored-in-clear",
    "personal-data-public-access": "personal-data-open-to-everyone",
    "recipient-without-contract": "partner-contract-missing",
    "retention-exceeds-source": "retention-grows-downstream",
    "unlabelled-column": "sensitive-column-without-label",
}
# A row that has no rule of the catalogue's for one of its duties: yearly checks stand apart here.
APART = {("N7", "audit-overdue"), ("M2", "audit-overdue")}
# The numbers and lists of the law, each with its row and where in which rule it stands.
VALUES = yaml.safe_load((Path(__file__).parent / "law_values.yml").read_text("utf-8"))
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
def test_a_duty_is_that_of_its_row(name: str, catalogue: list[dict[str, object]]) -> None:
    """It cites the same article, admits the same, and has every rule that the row names."""
    rows = {row["id"]: row for row in catalogue}
    for duty in PACKS[name].pack.duties:
        row = rows[duty.id]
        named = {str(rule) for rule in row["rules"]}  # type: ignore[attr-defined]
        named -= {rule for of, rule in APART if of == duty.id}
        assert str(row["section"]) in duty.law, duty.id
        assert duty.cannot_verify == row["not_provable"], duty.id
        assert {NAMES.get(rule, rule) for rule in named} <= set(duty.rules), duty.id


def at(value: Any, path: str) -> Any:  # noqa: ANN401 - a part of a rule
    """What stands in a rule at a path; the keys of facts have dots of their own."""
    parts = path.split(".")
    while parts:
        if isinstance(value, list | tuple):
            value = value[int(parts.pop(0))]
            continue
        length = next(n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in value)
        value, parts = value[".".join(parts[:length])], parts[length:]
    return value


@pytest.mark.parametrize(("row", "pack", "rule", "path", "value"), VALUES)
def test_a_number_of_the_law_stands_in_the_rule(
    row: str, pack: str, rule: str, path: str, value: object
) -> None:
    """What a row gives as a term, a threshold or a list is what the rule asks."""
    (loaded,) = [one.rule for one in PACKS[pack].rules if one.rule.id == rule]
    found = at(msgspec.to_builtins(loaded), path)
    if isinstance(found, list | tuple):
        found = len(found) if isinstance(value, int) else [*found]
    assert found == value
    serving = {name for duty in PACKS[pack].pack.duties if duty.id == row for name in duty.rules}
    assert rule.removesuffix(f"-{pack}") in serving


def test_one_fact_about_a_secret_is_one_finding() -> None:
    """What lets a person in and what authorises a payment are told by one rule each."""
    rules = {one.rule.id: one.rule for one in PACKS["baseline"].rules}
    login, payment = rules["credential-stored"].deny, rules["sad-stored"].deny
    assert login is not None
    assert payment is not None
    both = [
        category
        for category in TAXONOMY
        if TAXONOMY.chooses(login.data, category) and TAXONOMY.chooses(payment.data, category)
    ]
    assert both == []


@pytest.mark.parametrize("name", LAWS)
def test_a_grant_to_everybody_is_one_finding(name: str) -> None:
    """The rule about roles leaves it to the rule about everybody, which is then in the pack."""
    entries = {entry.rule for entry in PACKS[name].pack.rules}
    assert "over-broad-grant" not in entries or "personal-data-open-to-everyone" in entries


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
