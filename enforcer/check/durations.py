"""Lengths of time as people state them: ISO 8601, in years, months, weeks and days."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from enforcer.words import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable

_DURATION: Final = re.compile(
    r"P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?", re.ASCII
)
_COUNT: Final = re.compile(r"(\d{1,15})(?:\.(\d{1,15}))?", re.ASCII)
_INTERVAL: Final = re.compile(
    r"(?i)interval\s*'?\s*(\d{1,9})\s*'?\s*(hour|day|week|month|year)|"
    r"tointerval(hour|day|week|month|year)\((\d{1,9})\)",
    re.ASCII,
)
PER_DAY: Final = 24
# In hours: a month is the twelfth of a year, and all stays whole.
_PER_UNIT: Final = {
    "year": 365 * PER_DAY,
    "month": 365 * PER_DAY // 12,
    "week": 7 * PER_DAY,
    "day": PER_DAY,
    "hour": 1,
}


class Lifetime(msgspec.Struct, frozen=True):
    """A length of time in hours, as it was written, in a unit if not in ISO 8601."""

    length: int
    written: str
    unit: Literal["", "days", "hours"] = ""

    @property
    def text(self) -> Message | str:
        """The length as a sentence says it."""
        if self.unit == "days":
            return say("days", count=int(self.written))
        return say("hours", count=int(self.written)) if self.unit else self.written

    @property
    def days(self) -> int:
        """In days, a part of one counted whole."""
        return -(-self.length // PER_DAY)


def duration(text: str) -> Lifetime | None:
    """An ISO 8601 duration of years, months, weeks and days, None when it is no such thing.

    A month is the twelfth of 365 days.
    """
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None:
        return None
    parts = zip(found.groups(), _PER_UNIT.values(), strict=False)
    return Lifetime(sum(int(number or 0) * unit for number, unit in parts), text.strip())


def interval(text: str) -> Lifetime | None:
    """The first interval in SQL (`interval 30 days`), None where there is none."""
    found = _INTERVAL.search(text)
    if found is None:
        return None
    number, unit = int(found[1] or found[4]), (found[2] or found[3]).lower()
    length = number * _PER_UNIT[unit]
    return hours(length) if length % PER_DAY else days(length // PER_DAY)


def days(number: int) -> Lifetime:
    """So many days."""
    return Lifetime(number * PER_DAY, str(number), "days")


def hours(number: int) -> Lifetime:
    """So many hours."""
    return Lifetime(number, str(number), "hours")


def counted(unit: Callable[[int], Lifetime]) -> Callable[[str], Lifetime | None]:
    """What reads a text as a number of some unit, a part of one counted whole; else None."""

    def read(text: str) -> Lifetime | None:
        found = _COUNT.fullmatch(text.strip())
        return unit(int(found[1]) + bool(int(found[2] or 0))) if found else None

    return read
