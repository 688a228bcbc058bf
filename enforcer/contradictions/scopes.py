"""Whether parts of two rules speak of the same: categories, flows, relations.

Nobody knows which relations a project will have, so both answers are careful: `within` is only
true where it holds in every project, and `apart` where the two evidently mean different
things, as two zones do.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from enforcer.globs import is_glob
from enforcer.rules import Choice, FactTest, Where, fields_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.taxonomy import Taxonomy

_ANY: Final = Choice()


@lru_cache(maxsize=1024)
def categories(data: Choice, taxonomy: Taxonomy) -> frozenset[str]:
    """The categories that are among the data."""
    return frozenset(name for name in taxonomy if taxonomy.chooses(data, name))


def covers(pattern: str, other: str) -> bool:
    """True when whatever the other matches this one does: `eu-*` covers `eu-west-1`."""
    parent = pattern.removesuffix(".*")
    return pattern == other or fnmatchcase(other, pattern) or other.startswith(f"{parent}.")


def within(small: Where | None, large: Where | None) -> bool:
    """True when every relation that the first matches is matched by the second, in any project."""
    return all(
        _implies(getattr(small or Where(), f.name), getattr(large or Where(), f.name))
        for f in fields_of(Where)
    )


def _implies(small: Any, large: Any) -> bool:  # noqa: ANN401 - two values of one key
    if large in (None, (), _ANY) or small == large:
        return True
    if small in (None, (), _ANY):
        return False
    if isinstance(large, Choice):
        return _chosen_within(small, large)
    if isinstance(large, dict):
        return all(key in small and _implies(small[key], test) for key, test in large.items())
    if isinstance(large, tuple) and not isinstance(large[0], Where):
        return all(any(covers(str(p), str(one)) for p in large) for one in small)
    return False


def _chosen_within(small: Choice, large: Choice) -> bool:
    excluded = all(any(covers(p, one) for p in small.none_of) for one in large.none_of)
    if not large.any_of:
        return excluded
    return excluded and bool(small.any_of) and _all_covered(small.any_of, large.any_of)


def _all_covered(small: Sequence[str], large: Sequence[str]) -> bool:
    return all(any(covers(pattern, one) for pattern in large) for one in small)


def apart(one: Where | None, other: Where | None) -> bool:
    """True when no relation is meant by both."""
    pairs = [
        (getattr(one or Where(), f.name), getattr(other or Where(), f.name))
        for f in fields_of(Where)
    ]
    return any(_excludes(a, b) or _excludes(b, a) for a, b in pairs)


def _excludes(one: Any, other: Any) -> bool:  # noqa: ANN401 - two values of one key
    if isinstance(one, bool) and isinstance(other, bool):
        return one is not other
    if isinstance(one, Choice) and isinstance(other, Choice):
        refused = bool(one.any_of) and _all_covered(one.any_of, other.none_of)
        return refused or _share_nothing(one.any_of, other.any_of)
    if isinstance(one, dict) and isinstance(other, dict):
        return any(key in other and fails(test, other[key]) for key, test in one.items())
    if isinstance(one, tuple) and isinstance(other, tuple) and one and other:
        return not isinstance(one[0], Where) and not {*one} & {*other}
    return False


def _share_nothing(one: Sequence[str], other: Sequence[str]) -> bool:
    """True of lists of which no pattern might match what one of the other does."""
    return bool(one and other) and not any(
        covers(a, b) or covers(b, a) or (is_glob(a) and is_glob(b)) for a in one for b in other
    )


def fails(one: FactTest, other: FactTest) -> bool:
    """True when no value of a fact passes both tests."""
    return _refutes(one, other) or _refutes(other, one)


def _refutes(one: FactTest, other: FactTest) -> bool:
    asks = one.stated or one.any_of or one.at_least or one.at_most or one.fresh or one.ahead
    if asks and other.stated is False:
        return True
    return bool(one.any_of) and _all_covered(one.any_of, other.none_of)
