"""History: for how long rows can still be had of a relation once they were erased from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check.durations import Lifetime, counted, days, duration, hours, interval
from enforcer.check.erasing import deletes_of, erased_by, follows_sources, is_deleted_from
from enforcer.check.holdings import holdings, relation_finding
from enforcer.check.lifetimes import expires, lifetime_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.estate import configured, is_stated
from enforcer.words import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import RuleCard
    from lineage.projects import Relation

_MS_PER_HOUR: Final = 3_600_000
# What Snowflake keeps of permanent tables when time travel has ended; nobody can shorten it.
_FAIL_SAFE: Final = days(7)


class Stay(msgspec.Struct, frozen=True):
    """A part of the time for which erased rows stay, and what it is."""

    length: Lifetime
    what: Message


def judge_erased_within(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """What was erased from relations is gone, with its history, within the rule's limit.

    Judged where something is known of that time: how long a job takes, when rows expire, for
    how long the warehouse can bring them back. From what nothing is erased nothing is gone
    late; another rule asks for that.
    """
    assert rule.require is not None
    limit = duration(rule.require.erased_within)
    assert limit is not None
    judged, findings, held = 0, [], holdings(estate, rule)
    known: dict[str, tuple[Stay, ...]] = {}
    for name in held:
        alike = name if deletes_of(estate, name) else estate.likes[name]
        if alike not in known:
            known[alike] = tuple(_stays(estate, estate.relations[name]))
        stays = known[alike]
        if not stays:
            continue
        judged += 1
        total = sum(stay.length.length for stay in stays)
        if total > limit.length:
            parts = tuple(stay.what for stay in stays)
            lack = say("stays-after-erasure", parts=parts, limit=limit.text)
            findings.append(relation_finding(estate, card, name, held[name], lack))
    return outcome(judged, findings)


def _stays(estate: Estate, relation: Relation) -> Iterator[Stay]:
    """The times that add up until nothing of an erased row is left."""
    if not follows_sources(estate, relation):
        if not erased_by(estate, relation):
            return
        yield from _until_erased(estate, relation)
    yield from _until_forgotten(estate, relation)


def _until_erased(estate: Estate, relation: Relation) -> Iterator[Stay]:
    """How long a job may take; where rows only expire, how long that takes."""
    stated = _first(estate, relation, "erasure.sla")
    if stated is not None:
        yield Stay(stated, say("stays-until-erased", length=stated.text))
        return
    kept = lifetime_of(estate, relation)
    by_itself = expires(estate, relation) and kept is not None
    if kept is not None and by_itself and not _is_erased_on_request(estate, relation):
        yield Stay(kept, say("stays-until-expired", length=kept.text))


def _is_erased_on_request(estate: Estate, relation: Relation) -> bool:
    return is_stated(relation, "erasure") or is_deleted_from(estate, relation)


def _until_forgotten(estate: Estate, relation: Relation) -> Iterator[Stay]:
    """Time travel and fail-safe, as they are declared or set."""
    travel = _first(estate, relation, "time_travel")
    safe = _first(estate, relation, "fail_safe")
    for key, read in _SETTINGS.items():
        text = configured(relation, key)
        found = read(text) if text and travel is None else None
        if found is not None:
            travel = found
            if key == _SNOWFLAKE and configured(relation, "transient") != "true":
                safe = safe or _FAIL_SAFE
    if travel is not None and travel.length:
        yield Stay(travel, say("stays-in-time-travel", length=travel.text))
    if safe is not None and safe.length:
        yield Stay(safe, say("stays-in-fail-safe", length=safe.text))


def _first(estate: Estate, relation: Relation, key: str) -> Lifetime | None:
    return next((duration(text) for text in estate.facts(relation.name, key)), None)


def _milliseconds(number: int) -> Lifetime:
    return hours(-(-number // _MS_PER_HOUR))


_SNOWFLAKE: Final = "data_retention_time_in_days"
# For how long the warehouse can bring back what was deleted: Snowflake, BigQuery, Delta, Iceberg.
_SETTINGS: Final[Mapping[str, Callable[[str], Lifetime | None]]] = {
    _SNOWFLAKE: counted(days),
    "max_time_travel_hours": counted(hours),
    "tblproperties.delta.deletedFileRetentionDuration": interval,
    "tblproperties.history.expire.max-snapshot-age-ms": counted(_milliseconds),
    "table_properties.history.expire.max-snapshot-age-ms": counted(_milliseconds),
}
