"""The flows that a rule in Rego is about, where its annotations choose some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enforcer.check.selectors import matching
from enforcer.rules import Where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.engines.flows import Flows
    from enforcer.estate import Estate
    from enforcer.rego import RegoRule

_SECTIONS: Final = ("flows", "influences")


def chooses(rule: RegoRule) -> bool:
    """True when a rule is about some flows only."""
    return rule.source is not None or rule.into is not None


def may_flow(estate: Estate, rule: RegoRule) -> bool:
    """True unless there is nothing labelled, or nowhere to arrive, for the flows of a rule."""
    if rule.into is not None and not matching(estate, rule.into):
        return False
    if rule.source is None:
        return True
    near = matching(estate, rule.source)
    return any(column.relation in near for column in estate.labels)


def chosen_flows(
    estate: Estate, rule: RegoRule, flows: Flows, values: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The sections of flows with those alone that a rule chooses.

    Of a flow that has several sources one must be in what the rule says it comes from.
    """
    into, near = (matching(estate, where or Where()) for where in (rule.into, rule.source))
    numbers = {n for n, source in enumerate(flows.labelled) if source.column.relation in near}
    return {
        section: [
            flow
            for flow in values[section]
            if flow["relation"] in into and not numbers.isdisjoint(flow["sources"])
        ]
        for section in _SECTIONS
        if section in values and chooses(rule)
    }
