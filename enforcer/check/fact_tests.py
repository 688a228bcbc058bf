"""Whether what is stated of a relation passes what a rule asks of a fact."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from enforcer.check.durations import duration
from enforcer.estate import says_nothing
from enforcer.globs import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.rules import FactTest

_NUMBER: Final = re.compile(r"\d{1,15}", re.ASCII)


def passes(test: FactTest, values: Sequence[str], today: date, *, unreadable: bool) -> bool:
    """True when every key of the test holds for the values that are stated.

    `unreadable` is what a value counts as that cannot be read as a number, duration or date:
    False where it must not pass, True where it must not hide a relation.
    """
    said = [value for value in values if not says_nothing(value)]
    if test.stated is not None and test.stated is not bool(said):
        return False
    if any(matches(pattern, value) for value in values for pattern in test.none_of):
        return False
    if test.any_of and not any(matches(p, v) for v in values for p in test.any_of):
        return False
    return all(_compares(test, said, today, unreadable))


def _compares(
    test: FactTest,
    said: Sequence[str],
    today: date,
    unreadable: bool,  # noqa: FBT001 - as above
) -> Iterator[bool]:
    asked = (test.at_least, test.at_most, test.fresh, test.ahead)
    if any(asked) and not said:
        yield False
    for value in said:
        if test.at_least:
            yield _ordered(test.at_least, value, unreadable)
        if test.at_most:
            yield _ordered(value, test.at_most, unreadable)
        if test.fresh or test.ahead:
            yield _in_time(test, value, today, unreadable)


def _ordered(less: str, more: str, unreadable: bool) -> bool:  # noqa: FBT001 - as above
    """True when the first is not more than the second, both numbers or both durations."""
    if _NUMBER.fullmatch(less) and _NUMBER.fullmatch(more):
        return int(less) <= int(more)
    first, second = duration(less), duration(more)
    if first is None or second is None:
        return unreadable
    return first.length <= second.length


def _in_time(test: FactTest, value: str, today: date, unreadable: bool) -> bool:  # noqa: FBT001 - as above
    try:
        stated = date.fromisoformat(value)
    except ValueError:
        return unreadable
    if test.ahead and stated < today:
        return False
    limit = duration(test.fresh) if test.fresh else None
    return limit is None or (stated <= today and today - stated <= timedelta(days=limit.days))
