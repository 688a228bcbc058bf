"""Looking: which rules look at a value in a column, what they let pass, and what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check.selectors import category_matches, relation_matches
from enforcer.estate import Estate
from enforcer.explained import Look
from enforcer.protection.states import DIRECT, flows_named, mask_of_flow, variants_in
from enforcer.protection.variants import refused
from enforcer.rules import Accepts, Choice, Where
from lineage import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.rules import Rule
    from enforcer.words import Finding


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled value that is in a column, in the states of `mask`."""

    estate: Estate
    column: Column
    source: Column
    category: str
    mask: int


class _Asked(msgspec.Struct, frozen=True):
    """What a rule asks about, whatever kind of question it is."""

    data: tuple[Choice, ...]
    wheres: tuple[Where, ...]
    via: tuple[str, ...]
    accepts: Accepts | None


def looks_at(rule: Rule, held: Held, findings: Sequence[Finding]) -> Iterator[Look]:
    """What a rule makes of a value in a column, if it looks at it at all."""
    found = (f.fingerprint for f in findings if f.rule.id == rule.id and _is_about(f, held))
    fingerprints = tuple(dict.fromkeys(found))
    asked = _asked(rule)
    estate, relation = held.estate, held.column.relation
    mask = sum(held.mask & mask_of_flow(flow) for flow in flows_named(asked.via))
    speaks = mask and any(category_matches(estate, data, held.category) for data in asked.data)
    if not fingerprints and not (speaks and _is_asked(estate, asked, relation)):
        return
    yield Look(
        rule=rule.id,
        severity=rule.severity,
        source=held.source,
        at_least=(asked.accepts and asked.accepts.at_least) or "",
        accepts=tuple(asked.accepts.accept) if asked.accepts else (),
        refuses=tuple(map(str, refused(asked.accepts, variants_in(mask)))),
        findings=fingerprints,
    )


def _is_asked(estate: Estate, asked: _Asked, relation: str) -> bool:
    return any(relation_matches(estate, where, relation) for where in asked.wheres)


def _is_about(finding: Finding, held: Held) -> bool:
    """A finding about the value in the relation, or about the relation itself."""
    relation = held.column.relation
    if finding.field.relation == relation and not finding.field.column:
        return True
    there = finding.sink == relation or finding.sink.startswith(f"{relation} ")
    return finding.field == held.source and (there or not finding.sink)


def _asked(rule: Rule) -> _Asked:
    if rule.deny is not None:
        deny = rule.deny
        if deny.unlabelled or deny.literal or deny.unused or deny.built_from is not None:
            return _Asked((), (), (DIRECT,), None)  # no question about where values arrive
        parts = tuple(Choice(any_of=part.data) for part in deny.together)
        wheres: tuple[Where, ...] = (deny.into or Where(),)
        return _Asked(parts or (deny.data,), wheres, tuple(deny.via), deny.unless_protected)
    if rule.require is not None:
        require = rule.require
        wheres = require.of if isinstance(require.of, tuple) else (require.of,)
        return _Asked((require.data,), wheres, (DIRECT,), require.unless_protected)
    assert rule.allow is not None
    return _Asked((rule.allow.data,), (rule.allow.into,), rule.allow.via, None)
