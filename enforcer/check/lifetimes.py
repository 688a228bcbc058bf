"""How long relations keep their rows, and which of them keep rows at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.check.durations import counted, days, duration, hours, interval
from enforcer.check.selectors import is_history
from enforcer.estate import configured, facts, is_rebuilt, says_nothing, setting
from enforcer.shared import shared_by_likes
from lineage.projects import Relation, RelationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from enforcer.check.durations import Lifetime
    from enforcer.estate import Estate


def lifetime_of(estate: Estate, relation: Relation) -> Lifetime | None:
    """How long rows stay: what is configured, else what is declared, else what the place says."""
    return _lifetime(estate, relation.name)


@shared_by_likes
def _lifetime(estate: Estate, name: str) -> Lifetime | None:
    configured = _configured(estate.relations[name])
    if configured is not None:
        return configured
    for text in estate.facts(name, "retention") or estate.facts(name, "retention.max"):
        return duration(text)
    placed = [duration(place.retention) for _, place in estate.places_named(name)]
    return min((p for p in placed if p is not None), key=lambda p: p.length, default=None)


def unread_term(estate: Estate, name: str) -> str:
    """What is stated of a relation's lifetime where that says something, and is no length of time.

    Empty where nothing is stated, and where it can be read.
    """
    said = estate.facts(name, "retention") or estate.facts(name, "retention.max")
    return next((text for text in said if not says_nothing(text) and duration(text) is None), "")


def _configured(relation: Relation) -> Lifetime | None:
    """What the tool or the DDL sets: BigQuery's expirations, ClickHouse's TTL."""
    for key, read in _SETTINGS.items():
        text = configured(relation, key)
        found = read(text) if text else None
        if found is not None:
            return found
    return None


_SETTINGS: Final[Mapping[str, Callable[[str], Lifetime | None]]] = {
    "partition_expiration_days": counted(days),
    "hours_to_expiration": counted(hours),
    "ttl": interval,
}


def expires(estate: Estate, relation: Relation) -> bool:
    """True when rows go by themselves: configured, or a retention declared to be enforced."""
    if _configured(relation) is not None:
        return True
    stated = facts(relation, "expires")
    return stated[:1] in (("true",), ("True",)) and lifetime_of(estate, relation) is not None


_KEEPS: Final = frozenset(
    {
        RelationKind.SOURCE,
        RelationKind.SEED,
        RelationKind.SNAPSHOT,
        RelationKind.TABLE,
        RelationKind.EXTERNAL,
    }
)
# What every run makes anew; `test` is what dbt calls a table of a test's failures.
_REBUILT: Final = frozenset({"table", "view", "ephemeral", "materialized_view", "test"})


def keeps_rows(relation: Relation) -> bool:
    """True when rows stay in a relation of its own accord.

    A view and a table that every run makes anew hold what their sources hold, no longer.
    """
    if is_history(relation):
        return True
    if is_rebuilt(relation):
        return False
    return relation.kind in _KEEPS and setting(relation, "materialized") not in _REBUILT
