"""Rules in Rego that choose the flows they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.engines.judge import Judge
from enforcer.places import find_places
from enforcer.policytest import sample_estate
from enforcer.rego import parse_rego_rule
from enforcer.rules import Sample
from enforcer.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from enforcer.check import Outcome
    from enforcer.rego import RegoRule

TAXONOMY = load_taxonomy()
RULE = """\
# METADATA
# title: Data arrives
# custom:
#   id: arrives
#   phase: use
#   parameters: {zones: [mart]}
#   from: {name: "crm.*"}
#   into: {zone: $zones}
#   why: For a test.
#   fix: None.
#   avoid: select 1
#   prefer: select 1
package fieldgate.rules.arrives

import rego.v1

deny contains {"relation": flow.relation} if some flow in input.flows

judged := 1 + count(input.flows)
"""
SQL = """\
create table mart.people as select email from crm.people;
create table mart.leads as select email from web.leads;
create table sent.people as select email from crm.people;
"""


def rule(text: str = RULE) -> RegoRule:
    return parse_rego_rule(text, "arrives.rego", "arrives")[0]


def judged(zone: str, text: str = RULE) -> Outcome:
    """What the rule says of a world in which the marts lie in a zone."""
    sample = Sample(
        sql=SQL,
        relations={"mart.people": {"zone": zone}, "mart.leads": {"zone": zone}},
        labels={
            "crm.people": {"email": "user.contact.email"},
            "web.leads": {"email": "user.contact.email"},
        },
    )
    estate = sample_estate(sample, "w.sql", TAXONOMY, find_places)
    with Judge([rule(text)], TAXONOMY) as judge:
        return judge.judge(rule(text), estate)


def test_a_rule_sees_only_the_flows_that_it_chooses() -> None:
    """Those from what matches `from` into what matches `into`, and no others."""
    outcome = judged("mart")
    assert [finding.field.relation for finding in outcome.findings] == ["mart.people"]
    assert outcome.judged == 2


@pytest.mark.parametrize(
    ("zone", "text"),
    [("vault", RULE), ("mart", RULE.replace("crm.*", "hr.*"))],
    ids=["nowhere to arrive", "nothing to come from"],
)
def test_a_rule_without_flows_to_choose_is_not_applicable(zone: str, text: str) -> None:
    """It is not run, whatever it would have said: that is no pass."""
    outcome = judged(zone, text)
    assert (outcome.judged, outcome.findings) == (0, ())


def test_a_parameter_that_chooses_is_read() -> None:
    """A parameter that only `from` or `into` names changes something for whoever sets it."""
    assert rule().choosing == {"zones"}
