"""Lasting masks: whether what masks a column is still there once its relation was built anew.

A warehouse attaches a policy or a tag to a table that exists. Whoever replaces the table, as
dbt does with models, has a new one without them, until somebody attaches them again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enforcer.check.holdings import holdings, relation_finding
from enforcer.check.outcome import Outcome, outcome
from enforcer.estate import is_rebuilt
from enforcer.words import say
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.check.flows import Arrival
    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import Message, RuleCard
    from lineage.projects import DeclaredColumn, Relation

_HOOKS: Final = ("config.post-hook", "config.post-hook.sql")
# Hooks call macros that mask by many names, and all of those say so.
_MASKS: Final = re.compile(r"(?i)mask|\bset\s+tag\b|policy_tag")
_POLICY: Final = "masking_policy"
_TAG: Final = "tag."


def judge_lasting(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """What masks data must not be lost when the relation that holds it is built anew.

    Judged where data lies in a column that a policy or tag of the warehouse masks, and where a
    hook does so.
    """
    judged, findings, held = 0, [], holdings(estate, rule)
    for name in held:
        relation = estate.relations[name]
        by_hook = _is_masked_by_hook(relation)
        may_be = by_hook or any(map(_is_masked, estate.columns_with_facts.get(name, ())))
        masked = _masked(estate, relation, held[name]) if may_be else []
        if not masked and not by_hook:
            continue
        judged += 1
        if _is_replaced(relation):
            lack = say("masked-by-hook") if by_hook else _dropped(masked)
            findings.append(relation_finding(estate, card, name, held[name], lack))
    return outcome(judged, findings)


def _dropped(masked: Sequence[str]) -> Message:
    return say("mask-dropped", columns=tuple(masked))


def _masked(estate: Estate, relation: Relation, held: Sequence[Arrival]) -> list[str]:
    """The columns of a relation that something masks and that such data arrives in."""
    masked = [column.name for column in relation.columns if _is_masked(column)]
    if not masked or not held:
        return masked
    graph = estate.analysis.graph
    nodes = {graph.columns[node].column: node for node in graph.nodes_of(relation.name)}
    reached: set[int] = set()
    for arrival in held:
        start = graph.find(arrival.source.column)
        if start is not None:
            reached |= estate.arrivals.of(start, arrival.way).keys() & set(nodes.values())
    return [name for name in masked if nodes.get(name) in reached]


def _is_masked(column: DeclaredColumn) -> bool:
    return any(fact.key == _POLICY or fact.key.startswith(_TAG) for fact in column.facts)


def _is_masked_by_hook(relation: Relation) -> bool:
    return any(fact.key in _HOOKS and _MASKS.search(fact.value) for fact in relation.facts)


def _is_replaced(relation: Relation) -> bool:
    """True for what dbt builds by replacing it, and for what a script creates or replaces."""
    return relation.kind in (RelationKind.MODEL, RelationKind.SEED) or is_rebuilt(relation)
