"""How long relations keep their rows, and which of them keep rows at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enforcer.check.durations import PER_DAY, Lifetime, duration
from enforcer.check.selectors import is_history
from enforcer.estate import facts, setting
from lineage.projects import Relation, RelationKind

if TYPE_CHECKING:
    from enforcer.estate import Estate

_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)


def lifetime_of(estate: Estate, relation: Relation) -> Lifetime | None:
    """How long rows stay: what is configured, else what is declared, else what the place says."""
    configured = _configured(relation)
    if configured is not None:
        return configured
    for text in facts(relation, "retention") or facts(relation, "retention.max"):
        return duration(text)
    placed = [duration(place.retention) for _, place in estate.places_named(relation.name)]
    return min((p for p in placed if p is not None), key=lambda p: p.length, default=None)


def _configured(relation: Relation) -> Lifetime | None:
    for key, per_unit in (("partition_expiration_days", PER_DAY), ("hours_to_expiration", 0)):
        text = setting(relation, key)
        if _NUMBER.fullmatch(text):
            length = int(text) * per_unit if per_unit else int(text) * PER_DAY // 24
            return Lifetime(length, text, "days" if per_unit else "hours")
    return None


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
_REBUILT: Final = frozenset({"table", "view", "ephemeral", "materialized_view"})


def keeps_rows(relation: Relation) -> bool:
    """True when rows stay in a relation of its own accord.

    A view and a table that every run makes anew hold what their sources hold, no longer.
    """
    if is_history(relation):
        return True
    return relation.kind in _KEEPS and setting(relation, "materialized") not in _REBUILT
