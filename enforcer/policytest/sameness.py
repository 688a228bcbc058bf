"""Whether two rules are the same in every world, where that can be shown, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.protection.variants import VARIANTS, Variant, accepts, refused
from enforcer.rules import Accepts, Choice, Deny, Excuse, GuardTest, Require, Rule, fields_of
from enforcer.taxonomy import NONE, Taxonomy
from enforcer.words import Message, Protection, say

if TYPE_CHECKING:
    from collections.abc import Iterator


# The keys under which categories stand, and where none means all of them.
_CATEGORIES: Final = frozenset({"data", "holds", "unlabelled"})
_ALL_BY_DEFAULT: Final = frozenset({"Deny.data", "Allow.data", "Excuse.data", "Ban.data"})


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What is known where two values are compared.

    `where` is the struct and the key that both stand in, `arriving` are the protections in
    which data can arrive that this part of the rule is about.
    """

    taxonomy: Taxonomy
    where: str = ""
    arriving: tuple[Variant, ...] = VARIANTS


Comparison = Callable[[Any, Any, Around], Message | None]


def why_same(one: Rule, other: Rule, taxonomy: Taxonomy) -> Message | None:
    """Why the two find the same everywhere; None when that cannot be shown."""
    reasons = [*_compared(one, other, Around(taxonomy=taxonomy))]
    shown = [reason for reason in reasons if reason is not None]
    return shown[0] if len(shown) == len(reasons) and shown else None


def _compared(one: Any, other: Any, around: Around) -> Iterator[Message | None]:  # noqa: ANN401
    """For each part in which the two differ the reason why that makes no difference, or None."""
    if one == other:
        return
    comparison = _comparison(one, other, around.where)
    if comparison is not None:
        yield comparison(one, other, around)
    elif isinstance(one, msgspec.Struct) and isinstance(other, type(one)):
        for field in fields_of(type(one)):
            parts = (getattr(one, field.name), getattr(other, field.name))
            yield from _compared(*parts, _inside(one, field.encode_name, around))
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for pair in zip(one, other, strict=True):
            yield from _compared(*pair, around)
    else:
        yield None


def _inside(struct: msgspec.Struct, key: str, around: Around) -> Around:
    where = f"{type(struct).__name__}.{key}"
    arriving = around.arriving
    if isinstance(struct, Rule) and key == "unless":
        arriving = refused(_accepted(struct), arriving)
    if isinstance(struct, Deny | Require | Excuse) and _can_be_tried(struct.data, around.taxonomy):
        arriving = tuple(v for v in arriving if v.protection is not Protection.HASHED)
    return msgspec.structs.replace(around, where=where, arriving=arriving)


def _accepted(rule: Rule) -> Accepts | None:
    """What passes a rule before any excuse is asked for."""
    side = rule.deny or rule.require
    return side.unless_protected if side is not None else None


def _can_be_tried(data: Choice, taxonomy: Taxonomy) -> bool:
    """True when all values of all these categories can be tried: their hashes arrive clear."""
    return all(taxonomy.is_enumerable(category) for category in _named(data, taxonomy))


def _comparison(one: Any, other: Any, where: str) -> Comparison | None:  # noqa: ANN401
    """What tells whether two values mean the same that are not written alike."""
    pair = (one, other)
    if where.endswith(".unless_protected") or all(isinstance(v, Accepts) for v in pair):
        return _by_protections
    if where == "Part.protected" and all(pair):
        return _by_methods
    if where.rpartition(".")[2] in _CATEGORIES:
        absent = any(not value or value == Choice() for value in pair)
        return _by_nothing if absent and where not in _ALL_BY_DEFAULT else _by_categories
    if all(isinstance(value, GuardTest) and value.absent_from for value in pair):
        return _by_guard
    return None


def _by_protections(one: Any, other: Any, around: Around) -> Message | None:  # noqa: ANN401
    same = all(accepts(one, v) is accepts(other, v) for v in around.arriving)
    if not same:
        return None
    if all(accepts(one, v) is accepts(other, v) for v in VARIANTS):
        return say("same-protections")
    differing = [v for v in VARIANTS if accepts(one, v) is not accepts(other, v)]
    hashes = all(v.protection is Protection.HASHED for v in differing)
    return say("same-hashes") if hashes else say("same-passing")


def _by_methods(one: Any, other: Any, _: Around) -> Message | None:  # noqa: ANN401
    """No value arrives as a constant, so whether that is named makes no difference."""
    first, second = (Accepts(accept=methods) for methods in (one, other))
    same = all(accepts(first, v) is accepts(second, v) for v in VARIANTS)
    return say("same-protections") if same else None


def _by_categories(one: Any, other: Any, around: Around) -> Message | None:  # noqa: ANN401
    same = _named(one, around.taxonomy) == _named(other, around.taxonomy)
    return say("same-categories") if same else None


def _by_guard(one: Any, other: Any, _: Around) -> Message | None:  # noqa: ANN401
    return say("same-guard") if one.absent_from == other.absent_from else None


def _by_nothing(_one: Any, _other: Any, _: Around) -> Message | None:  # noqa: ANN401
    """Where one says nothing, and saying nothing is not the same as naming all."""
    return None


def _named(data: Choice | tuple[str, ...], taxonomy: Taxonomy) -> frozenset[str]:
    choice = data if isinstance(data, Choice) else Choice(any_of=data)
    known = (name for name in taxonomy if name != NONE)
    return frozenset(name for name in known if taxonomy.chooses(choice, name))
