"""How long relations keep their rows, and which of them keep rows at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from enforcer.check.selectors import is_history
from enforcer.estate import facts, setting
from enforcer.words import Message, say
from lineage.projects import Relation, RelationKind

if TYPE_CHECKING:
    from enforcer.estate import Estate

_DURATION: Final = re.compile(
    r"P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?", re.ASCII
)
# Twelfths of a day, so that twelve months are a year and all stays whole.
_UNITS: Final = (365 * 12, 365, 7 * 12, 12)
_PER_DAY: Final = 12
_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)


class Lifetime(msgspec.Struct, frozen=True):
    """A length of time in twelfths of a day, as it was written, in a unit if not in ISO 8601."""

    length: int
    written: str
    unit: Literal["", "days", "hours"] = ""

    @property
    def text(self) -> Message | str:
        """The length as a sentence says it."""
        if self.unit == "days":
            return say("days", count=int(self.written))
        return say("hours", count=int(self.written)) if self.unit else self.written


def lifetime(text: str) -> Lifetime | None:
    """An ISO 8601 duration of years, months, weeks and days, None when it is no such thing.

    A month is the twelfth of 365 days.
    """
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None:
        return None
    parts = zip(found.groups(), _UNITS, strict=True)
    return Lifetime(sum(int(number or 0) * unit for number, unit in parts), text.strip())


def lifetime_of(estate: Estate, relation: Relation) -> Lifetime | None:
    """How long rows stay: what is configured, else what is declared, else what the place says."""
    configured = _configured(relation)
    if configured is not None:
        return configured
    for text in facts(relation, "retention") or facts(relation, "retention.max"):
        return lifetime(text)
    placed = [lifetime(place.retention) for _, place in estate.places_named(relation.name)]
    return min((p for p in placed if p is not None), key=lambda p: p.length, default=None)


def _configured(relation: Relation) -> Lifetime | None:
    for key, per_unit in (("partition_expiration_days", _PER_DAY), ("hours_to_expiration", 0)):
        text = setting(relation, key)
        if _NUMBER.fullmatch(text):
            length = int(text) * per_unit if per_unit else int(text) * _PER_DAY // 24
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
