"""Standing protection: whether some statement takes away what masks data or hides its rows.

What a warehouse protects by itself clears nothing here, for nobody sees whom a policy exempts.
But whoever takes it away opens the data to all who may read the relation, so that is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from enforcer.check.holdings import holdings, relation_finding
from enforcer.check.outcome import Outcome, outcome
from enforcer.protection.states import mask_of_flow, mask_of_variants
from enforcer.shared import shared
from enforcer.words import say
from lineage import Column
from lineage.dialects import may_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import Finding, RuleCard
    from lineage import Remark

_REMOVED: Final = "removed."
_POLICY: Final = "policy:"
_TAG: Final = "tag:"
_MASKING: Final = "masking_policy"


def judge_standing(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """What protects data must not be taken away from the relation or column that holds it.

    One finding for each column, or relation, that loses something. A policy that is dropped is
    judged where the project puts it; where it does not say so, any data may be under it.
    """
    held = holdings(estate, rule)
    findings = []
    for (name, column), removed in _removals(estate).items() if held else ():
        arriving = held.get(name, ())
        if column and arriving:
            arriving = tuple(one for one in arriving if column in _columns(estate, one))
        elif not arriving and name.startswith((_POLICY, _TAG)):
            arriving = held[next(iter(held))]
        if arriving:
            findings.append(_finding(estate, card, Column(name, column), arriving, removed))
    return outcome(len(held), findings)


def _finding(
    estate: Estate,
    card: RuleCard,
    column: Column,
    arriving: Sequence[Arrival],
    removed: Sequence[Remark],
) -> Finding:
    kinds = dict.fromkeys(remark.key.removeprefix(_REMOVED) for remark in removed)
    what = tuple(say(f"removed-{kind}") for kind in kinds)
    if column.relation in estate.relations:
        lack = say("protection-removed", what=what)
        found = relation_finding(estate, card, column.relation, arriving, lack)
        return replace(found, field=column, origin=removed[0].origin)
    first = arriving[0].source
    message = say(
        "protection-dropped", name=column.relation.partition(":")[2], what=what, field=first.column
    )
    return replace(
        relation_finding(estate, card, arriving[0].relation, arriving, message),
        field=column,
        message=message,
        origin=removed[0].origin,
        path=(),
    )


@shared
def _removals(estate: Estate) -> Mapping[tuple[str, str], Sequence[Remark]]:
    """What is taken away, by the relation and column that lose it, sorted."""
    found: dict[tuple[str, str], list[Remark]] = {}
    for remark in estate.analysis.remarks:
        if remark.key.startswith(_REMOVED):
            for place in _places(estate, remark):
                found.setdefault(place, []).append(remark)
    return dict(sorted(found.items()))


def _places(estate: Estate, remark: Remark) -> Sequence[tuple[str, str]]:
    """Where something is taken away; of a policy or tag itself where the project puts it."""
    if not remark.relation.startswith((_POLICY, _TAG)):
        return [(remark.relation, remark.column)]
    found = sorted({place for place, name in _put(estate) if _is_one(name, remark.relation)})
    return found or [(remark.relation, "")]


def _is_one(name: str, other: str) -> bool:
    """True for the same dotted name in quotes or not, or the end, as `pii` is of `tag:gov.pii`."""
    kind, _, written = name.partition(":")
    asked, _, wanted = other.partition(":")
    return kind == asked and may_mean(written.replace('"', ""), wanted.replace('"', ""))


@shared
def _put(estate: Estate) -> Sequence[tuple[tuple[str, str], str]]:
    """The masking policies and tags that the project puts on relations and columns."""
    return [
        ((remark.relation, remark.column), name)
        for remark in estate.analysis.remarks
        for name in _names(remark)
    ]


def _names(remark: Remark) -> Iterator[str]:
    if remark.key == _MASKING:
        yield f"{_POLICY}{remark.value}"
    elif remark.key.startswith("tag."):
        yield f"{_TAG}{remark.key.partition('.')[2]}"


def _columns(estate: Estate, arrival: Arrival) -> frozenset[str]:
    """The columns of a relation that data arrives in as it is refused."""
    graph, source = estate.analysis.graph, arrival.source.column
    start = graph.find(source)
    if start is None:
        return frozenset({source.column} if source.relation == arrival.relation else ())
    reached = estate.arrivals.of(start, arrival.way)
    wanted = mask_of_flow(arrival.flow) & mask_of_variants(arrival.protections)
    nodes = graph.nodes_of(arrival.relation)
    return frozenset(graph.columns[n].column for n in nodes if reached.get(n, 0) & wanted)
