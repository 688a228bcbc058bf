"""Labelled data reaching relations: where it arrives, and the finding that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from enforcer.check.labelled_column import Source
from enforcer.check.spread import (
    EVERYWHERE,
    Refusals,
    Ways,
    masks_by_relation,
    names_of,
)
from enforcer.protection.acts import is_hash
from enforcer.protection.arrivals import Way
from enforcer.protection.states import (
    DIRECT,
    STATES,
    flows_named,
    mask_of_flow,
    mask_of_variants,
)
from enforcer.protection.variants import Variant, protections_of
from enforcer.shared import shared
from enforcer.words import Finding, Hop, Message, Protection, say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from enforcer.check.spread import Bits
    from enforcer.estate import Estate
    from enforcer.rules import Accepts, GuardTest
    from enforcer.words import RuleCard, Severity, Value


class Arrival(msgspec.Struct, frozen=True):
    """Data of a source that is in a relation, in a flow, under protections that are refused."""

    source: Source
    relation: str
    flow: str
    protections: tuple[Variant, ...]
    way: Way


def arrivals(
    estate: Estate,
    sources: Iterable[Source],
    via: Collection[str],
    accepted: Accepts | None,
    into: Bits = EVERYWHERE,
    guards: tuple[GuardTest, ...] = (),
) -> Iterable[Arrival]:
    """Where data of the sources arrives in flows of these kinds with a refused protection.

    Only the relations of `into` are looked at, and none that data only gets to where one of
    the guards holds.
    """
    flows = flows_named(via)
    ways, refusals = Ways(estate, flows), Refusals(accepted, flows)
    unguarded = Ways(estate, flows, guards)
    for source in sources:
        near = refusals.where(ways.spread(source)) & into
        if near and guards:
            near &= refusals.where(unguarded.spread(source))
        if not near:
            continue
        way = ways.of(source)
        masks = masks_by_relation(estate, source, way)
        for relation in names_of(estate, near):
            for flow, protections in refusals.of(masks[relation]):
                yield Arrival(source, relation, flow, protections, way)


def _reached(estate: Estate, source: Source, way: Way) -> Mapping[int, int]:
    node = estate.analysis.graph.find(source.column)
    return {} if node is None else estate.arrivals.of(node, way)


def weighed(finding: Finding, via: Collection[str] | Mapping[str, Severity]) -> Finding:
    """The finding with the severity that a rule gives to its kind of flow, if it gives one."""
    if not isinstance(via, Mapping):
        return finding
    kinds = (finding.flow, *(("indirect",) if finding.flow != DIRECT else ()), "any")
    severity = next((via[kind] for kind in kinds if kind in via), finding.rule.severity)
    card = msgspec.structs.replace(finding.rule, severity=severity)
    return msgspec.structs.replace(finding, rule=card)


def flow_finding(
    estate: Estate,
    rule: RuleCard,
    arrival: Arrival,
    remark: Message | None = None,
    states: int = -1,
    ends: Collection[int] | None = None,
) -> Finding:
    """The finding for an arrival: a shortest path, and the place where its last hop is written.

    `remark` is what the sentence says about the sink beside its name; the path ends in one
    of `states`, and in one of the nodes `ends` if there are such.
    """
    path = witness_path(estate, arrival, states, ends)
    sentence = describe(arrival, path)
    return Finding(
        rule=rule,
        field=arrival.source.column,
        category=arrival.source.category,
        sink=arrival.relation,
        flow=arrival.flow,
        message=say("remarked", sentence=sentence, remark=remark) if remark else sentence,
        origin=path[-1].origin,
        path=path,
    )


def witness_path(
    estate: Estate, arrival: Arrival, states: int = -1, ends: Collection[int] | None = None
) -> tuple[Hop, ...]:
    """A shortest path on which the data arrives with its weakest protection.

    Many rules find the same data in the same place, so it is looked for once.
    """
    weakest = msgspec.structs.replace(arrival, protections=arrival.protections[:1])
    return _shortest_path(estate, weakest, states, None if ends is None else frozenset(ends))


@shared
def _shortest_path(
    estate: Estate, arrival: Arrival, states: int, ends: frozenset[int] | None
) -> tuple[Hop, ...]:
    source, graph = arrival.source, estate.analysis.graph
    first = Hop(source.column, source.origin, protections=(Protection.CLEAR,))
    wanted = states & mask_of_flow(arrival.flow) & mask_of_variants(arrival.protections[:1])
    start = graph.find(source.column)
    reached = _reached(estate, source, arrival.way)
    nodes = graph.nodes_of(arrival.relation) if ends is None else ends
    there = [node for node in nodes if reached.get(node, 0) & wanted]
    if start is None or not there:
        return (first,)
    own = graph.columns[start]
    end = min(there, key=lambda node: (graph.columns[node] != own, graph.columns[node]))
    steps = estate.arrivals.path(start, arrival.way, (end, wanted))
    hops = [
        Hop(
            column=graph.columns[graph.targets[step.edge]],
            origin=estate.analysis.origin_of(step.edge),
            how=graph.kind(step.edge).transform.subtype,
            functions=graph.kind(step.edge).transform.functions,
            protections=(STATES[step.state].protection,),
        )
        for step in steps
    ]
    return (first, *hops)


def describe(arrival: Arrival, path: Sequence[Hop]) -> Message:
    """One sentence: the field, the sink, and the protections under which it arrives."""
    source, how = arrival.source, in_words(arrival.protections)
    parts: dict[str, Value] = {
        "field": source.column,
        "category": source.category,
        "relation": arrival.relation,
    }
    if len(path) == 1:
        return say("stands-in", **parts, protections=how)
    tried = source.enumerable and any(is_hash(hop.functions) for hop in path)
    hint = say("hash-can-be-tried") if tried else ""
    return say(f"flow-{arrival.flow}", **parts, protections=how, hint=hint)


def in_words(variants: Iterable[Variant]) -> tuple[Protection | Message, ...]:
    """Protections as a sentence about an arrival says them: what is clear is `in the clear`."""
    protections = protections_of(variants)
    return tuple(say("in-the-clear") if p is Protection.CLEAR else p for p in protections)
