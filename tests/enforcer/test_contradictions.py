"""Rules that contradict each other, and those that only seem to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.contradictions import contradictions
from enforcer.messages import words_in
from enforcer.packs import SHARED, load_pack, load_rule, rule_files, shipped_packs
from enforcer.shipped import policies_folder
from enforcer.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = load_taxonomy()
TAIL = "why: w\nfix: f\navoid: select 1\nprefer: select 2\n"
CONTRADICTING = {
    "a least term above the greatest": (
        "require: {data: user.financial, retention: {at_least: P3Y}}",
        "require: {data: user, retention: {within: P24M}}",
        "`retention` must be at least P3Y, and at most P24M",
    ),
    "a term of a fact above that of the rule": (
        "require: {of: {zone: raw}, facts: {retention: {at_least: P400D}}}",
        "require: {of: {kind: source}, data: user.name, retention: {within: P1Y}}",
        "at least P400D, and at most P1Y",
    ),
    "a count that must be more and less": (
        "require: {facts: {people: {at_least: 100}}}",
        "require: {facts: {people: {at_most: 99}}}",
        "`people` must be at least 100, and at most 99",
    ),
    "a fact that must and must not be stated": (
        "require: {of: {kind: source}, declared: [owner, sla]}",
        "require: {of: {kind: [source, seed]}, facts: {sla: {stated: false}}}",
        "nothing that is stated as `sla` passes both tests",
    ),
    "a value that is wanted and refused": (
        "require: {data: user.contact.email, facts: {encryption: {any: [column, field]}}}",
        "require: {data: user.contact, facts: {encryption: {not: [column, field, disk]}}}",
        "nothing that is stated as `encryption` passes both tests",
    ),
    "what is allowed is denied": (
        (
            "allow: {data: user.contact.email, into: {place: ads, partner: true}}\n"
            "except: [{into: {country: US}}]"
        ),
        "deny: {data: user.contact, into: {place: [ads, crm]}}",
        "all that the one allows the other denies",
    ),
    "what is required is the reason to deny": (
        "require: {of: {zone: mart}, data: user.name, facts: {encryption: column}}",
        "deny: {data: user, into: {encryption: [column, field]}}",
        "the one requires `encryption` of what the other denies because of it",
    ),
    "a fact that is required is the reason to deny": (
        "require: {of: {zone: mart}, data: user.name, facts: {owner: {stated: true}}}",
        "deny: {data: user, into: {facts: {owner: {stated: true}}}}",
        "the one requires `owner` of what the other denies because of it",
    ),
}
AGREEING = {
    "terms for different data": (
        "require: {data: user.financial, retention: {at_least: P3Y}}",
        "require: {data: user.contact, retention: {within: P24M}}",
    ),
    "terms in different zones": (
        "require: {of: {zone: books}, data: user, retention: {at_least: P3Y}}",
        "require: {of: {zone: logs}, data: user, retention: {within: P24M}}",
    ),
    "terms here and elsewhere": (
        "require: {of: {place: books}, data: user, retention: {at_least: P3Y}}",
        "require: {of: {place: {not: books}}, data: user, retention: {within: P24M}}",
    ),
    "terms of partners and of others": (
        "require: {of: {partner: true}, data: user, retention: {at_least: P3Y}}",
        "require: {of: {partner: false}, data: user, retention: {within: P24M}}",
    ),
    "a term that is within another": (
        "require: {data: user, retention: {at_least: P12M}}",
        "require: {data: user, retention: {within: P1Y}}",
    ),
    "a rule that excuses": (
        "require: {data: user, retention: {at_least: P3Y}}",
        "require: {data: user, retention: {within: P24M}}\nunless: [{into: {zone: books}}]",
    ),
    "two values of a fact that may have several": (
        "require: {facts: {purposes: marketing}}",
        "require: {facts: {purposes: research}}",
    ),
    "a narrower denial": (
        "allow: {data: user, into: {place: ads}}\nexcept: [{data: user.name}]",
        "deny: {data: user.contact, into: {place: ads}}",
    ),
    "a denial of what is not protected": (
        "allow: {data: user.name, into: {place: ads}}\nexcept: [{into: {country: US}}]",
        "deny: {data: user, unless_protected: {at_least: keyed}, into: {place: ads}}",
    ),
    "a denial of other flows": (
        "allow: {data: user.name, via: any, into: {place: ads}}\nexcept: [{into: {country: US}}]",
        "deny: {data: user, into: {place: ads}}",
    ),
    "a denial that asks about readers": (
        "allow: {data: user.name, into: {place: ads}}\nexcept: [{into: {country: US}}]",
        "deny: {data: user, into: {place: ads}, granted_to: public}",
    ),
    "a requirement beside a denial of less": (
        "require: {of: {zone: mart}, data: user.name, facts: {encryption: column}}",
        "deny: {data: user, into: {encryption: column, region: US}}",
    ),
}


def between(root: Path, *conditions: str) -> list[str]:
    rules = []
    for number, condition in enumerate(conditions):
        path = root / f"r{number}.yml"
        path.write_text(f"id: r{number}\ntitle: R\nphase: use\n{condition}\n{TAIL}", "utf-8")
        rules.append(load_rule(root.resolve(), path.name, "project", TAXONOMY))
    return [words_in("en")(found.message) for found in contradictions(rules, TAXONOMY)]


@pytest.mark.parametrize("name", CONTRADICTING)
def test_rules_that_nobody_can_follow_both_are_named(tmp_path: Path, name: str) -> None:
    """Both rules are named with file and line, and what they say, in either order."""
    one, other, what = CONTRADICTING[name]
    for conditions in ((one, other), (other, one)):
        [said] = between(tmp_path, *conditions)
        assert what in said
        assert "r0.yml:4" in said
        assert "r1.yml:4" in said


@pytest.mark.parametrize("name", AGREEING)
def test_rules_that_can_be_followed_both_are_left_alone(tmp_path: Path, name: str) -> None:
    """What differs in data, place or kind of flow, or has an excuse, is no contradiction."""
    one, other = AGREEING[name]
    assert between(tmp_path, one, other) == []
    assert between(tmp_path, other, one) == []


@pytest.mark.parametrize("pack", shipped_packs())
def test_no_pack_contradicts_itself(pack: str) -> None:
    """The rules of a pack can all be followed."""
    assert contradictions(load_pack(pack, TAXONOMY).rules, TAXONOMY) == ()


def test_no_shared_rules_contradict_each_other() -> None:
    """Whatever a pack lists of the shared rules can be followed together."""
    root = policies_folder()
    files = rule_files(root / SHARED)
    rules = [load_rule(root, f"{SHARED}/{file}", "", TAXONOMY) for file in files]
    assert contradictions(rules, TAXONOMY) == ()
