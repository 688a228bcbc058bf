"""What `fieldgate explain` prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.report.card import render_finding, render_rule
from enforcer.rules import Deny, Rule, Sample, Where
from enforcer.words import Hop, Phase, Severity
from lineage import Column, Origin, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.words import Report

SOURCE = """\
id: raw-contact-outside-crm
title: Contact data in the clear leaves the CRM zone
phase: use
severity: error
deny:
  data: user.contact
  unless_protected: {at_least: keyed}   # LAW.md, section 6
  into: {place: {not: [crm]}}
unless:
- {guard: {column: marketing_consent}}
law: ["GDPR Art. 5(1)(b)"]
why: >
  An address that was given for an order
  is not given for advertising.
fix: Send a keyed hash.
avoid:
  sql: |
    create table mart.mailing as
    select email from crm.customers
prefer:
  sql: |
    create table mart.mailing as
    select hmac_sha256(email, 'key') as email_key from crm.customers
"""
RULE = Rule(
    id="raw-contact-outside-crm",
    title="Contact data in the clear leaves the CRM zone",
    phase=Phase.USE,
    severity=Severity.ERROR,
    deny=Deny(data=("user.contact",), into=Where()),
    law=("GDPR Art. 5(1)(b)",),
    why="An address that was given for an order\nis not given for advertising.",
    fix="Send a keyed hash.",
    avoid=Sample(sql="create table mart.mailing as\nselect email from crm.customers\n"),
    prefer=Sample(sql="create table mart.mailing as select 1 as email_key"),
)
HEADINGS = ["Summary", "Avoid", "Prefer", "Why", "Fix", "Law"]


def test_the_whole_card(matches_golden: Callable[[str, str], None]) -> None:
    """A rule is explained in the words of its own file."""
    matches_golden(render_rule(RULE, SOURCE), "rule.txt")


@pytest.mark.parametrize("source", [SOURCE, "{id: a, deny: {data: user}}", ""])
def test_the_headings_are_fixed(source: str) -> None:
    """However a rule's file is laid out, its explanation has the same six headings."""
    lines = render_rule(RULE, source).splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == HEADINGS


def test_a_file_that_is_one_mapping_is_shown_whole() -> None:
    """What a rule denies is shown even where it cannot be cut out of its file."""
    card = render_rule(RULE, "{id: a, deny: {data: user}}")
    assert "  {id: a, deny: {data: user}}\n" in card
    assert "  select email from crm.customers\n" in card


BLOCKS = ("parameters", "allow", "except", "require", "unless")


def test_every_block_of_a_rule_is_shown() -> None:
    """What decides is shown, whichever side a rule takes, and with the values it is given."""
    source = "\n".join(f"{key}:\n  here: {key}" for key in BLOCKS)
    card = render_rule(RULE, source)
    assert [key for key in BLOCKS if f"  {key}:\n    here: {key}\n" not in card] == []


def test_what_a_pack_says_of_a_rule_is_shown() -> None:
    """The values of the law, and its own samples instead of those of the rule's file."""
    given_by_pack = "with:\n  methods: [freeze]\navoid:\n  sql: select 1 as own"
    card = render_rule(RULE, SOURCE, given=given_by_pack)
    assert "  with:\n    methods: [freeze]\n" in card
    assert "Avoid\n  sql: select 1 as own\n" in card
    assert "select email from crm.customers" not in card


def test_what_a_rule_cannot_verify_is_said() -> None:
    """A clean run is not taken for more than it is."""
    rule = msgspec.structs.replace(RULE, cannot_verify="Who reads mail.")
    assert render_rule(rule, SOURCE).endswith("Cannot verify\n  Who reads mail.\n")


def test_a_rule_without_law_says_so() -> None:
    """No law is invented for a rule that names none."""
    card = render_rule(msgspec.structs.replace(RULE, law=()), SOURCE)
    assert card.endswith("Law\n  No law is named: good practice.\n")


def test_a_finding_in_full(shop: Report, matches_golden: Callable[[str, str], None]) -> None:
    """A finding is explained with its path, its reasons and its fix."""
    matches_golden(render_finding(shop.findings[2]), "finding.txt")


def test_every_hop_of_a_long_path_is_shown(shop: Report) -> None:
    """What the report leaves out between the ends, the explanation has."""
    hops = tuple(
        Hop(Column(f"t{number}", "c"), Origin("a.sql", number + 1, 1), TransformSubtype.IDENTITY)
        for number in range(50)
    )
    text = render_finding(msgspec.structs.replace(shop.findings[2], path=hops))
    assert re.findall(r"-> t(\d+)\.c", text) == [str(number) for number in range(50)]


@given(data=st.data())
def test_hostile_text_is_inert(
    filled: Callable[[str], Report], hostile: st.SearchStrategy[str], data: st.DataObject
) -> None:
    """A rule file or a finding with commands in it is shown, not obeyed."""
    text = data.draw(hostile)
    rule = msgspec.structs.replace(RULE, id=text, title=text, why=text, fix=text, law=(text,))
    shown = render_rule(rule, f"{SOURCE}\ndeny:\n{text}\n  {text}\navoid:\n {text}")
    shown += render_finding(filled(text).findings[0])
    assert not re.search(r"^\s*::|##\w*\[", shown, re.MULTILINE)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert shown.encode("utf-8")
