"""Lengths of time as people state them: ISO 8601, in years, months, weeks and days."""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from enforcer.words import Message, say

_DURATION: Final = re.compile(
    r"P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?", re.ASCII
)
# Twelfths of a day, so that twelve months are a year and all stays whole.
_UNITS: Final = (365 * 12, 365, 7 * 12, 12)
PER_DAY: Final = 12


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
    parts = zip(found.groups(), _UNITS, strict=True)
    return Lifetime(sum(int(number or 0) * unit for number, unit in parts), text.strip())
