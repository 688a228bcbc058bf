"""Groups: that an aggregate is taken over enough subjects to speak of no single one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check.flows import Arrival, flow_finding
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import select_relations
from enforcer.check.sources import followed_sources
from enforcer.check.spread import way_of
from enforcer.check.subjects import subject_keys
from enforcer.protection.states import DIRECT, mask_of_groups, variants_in
from enforcer.protection.variants import refused
from enforcer.rules import Accepts
from enforcer.words import Method, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.check.labelled_column import Source
    from enforcer.estate import Estate
    from enforcer.protection.arrivals import Way
    from enforcer.rules import Rule
    from enforcer.words import RuleCard


def judge_group_size(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Counts and totals must be taken over groups of at least so many subjects.

    Reported where the aggregate is made, not in what is built from it. Where rows name their
    subject an aggregate is a fact about one person, whom no size of a group can hide; rules
    about the data itself judge it.
    """
    require = rule.require
    assert require is not None
    own = require.unless_protected or Accepts()
    accepted = msgspec.structs.replace(own, accept=(*own.accept, Method.AGGREGATED))
    wanted = frozenset(select_relations(estate, require.of)) - subject_keys(estate).keys()
    judged, findings = 0, []
    for source in followed_sources(estate, require.data) if wanted else ():
        way = way_of(estate, source, group_size=require.group_size)
        for name, mask in sorted(_aggregates(estate, source, way).items()):
            if name not in wanted:
                continue
            judged += 1
            small = refused(accepted, variants_in(mask))
            if small:
                arrival = Arrival(source, name, DIRECT, small, way)
                less = say("small-groups", size=require.group_size)
                findings.append(flow_finding(estate, card, arrival, less, mask_of_groups()))
    return outcome(judged, findings)


def _aggregates(estate: Estate, source: Source, way: Way) -> Mapping[str, int]:
    node = estate.analysis.graph.find(source.column)
    return {} if node is None else estate.arrivals.made(node, way, mask_of_groups())
