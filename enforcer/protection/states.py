"""The states in which a value travels along the graph, and what each kind of edge does to them.

A state is protection x flow x mixing, in one small integer for `lineage.flow`:

- flow: `direct`, or the first indirect subtype met on the path;
- mixing: whether the value still belongs to the row it came from (`ROW`), came from
  another row by a window or as one of a group (`OTHER`), or is a count or total of a group
  (`GROUP`). A guard met later speaks of a row, so it only says something about values that
  are still `ROW`.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.protection.acts import Acts
from enforcer.protection.methods import KEEP, Act, Effect, protect
from enforcer.protection.variants import NUMBERS, VARIANTS, Variant, protections_of
from enforcer.taxonomy import Form
from enforcer.words import Protection
from lineage import TransformSubtype, TransformType
from lineage.flow import bits

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lineage import Transform
    from lineage.graph import Graph

DIRECT: Final = "direct"
FLOWS: Final = (
    DIRECT,
    *(s.value.lower() for s in TransformSubtype if s.type is TransformType.INDIRECT),
)


class Mixing(IntEnum):
    """Which rows a value speaks of."""

    ROW = 0
    OTHER = 1
    GROUP = 2


class State(msgspec.Struct, frozen=True):
    """A state, taken apart."""

    variant: Variant = Variant(Protection.CLEAR)
    flow: str = DIRECT
    mixing: Mixing = Mixing.ROW

    @property
    def protection(self) -> Protection:
        """The protection without its detail."""
        return self.variant.protection

    @property
    def number(self) -> int:
        """The state as a small integer; clear, direct and unmixed is 0."""
        flow = FLOWS.index(self.flow)
        return (self.mixing * len(FLOWS) + flow) * len(VARIANTS) + NUMBERS[self.variant]


STATES: Final = tuple(
    State(variant, flow, mixing) for mixing in Mixing for flow in FLOWS for variant in VARIANTS
)
CLEAR: Final = 1 << State().number

_FLOW_MASKS: Final = {flow: sum(1 << s.number for s in STATES if s.flow == flow) for flow in FLOWS}
_GROUP_MASK: Final = sum(1 << s.number for s in STATES if s.mixing is Mixing.GROUP)
_VARIANT_MASKS: Final = {
    variant: sum(1 << s.number for s in STATES if s.variant == variant) for variant in VARIANTS
}


def flows_named(via: Collection[str]) -> tuple[str, ...]:
    """The flows that `via` means: `any` is all of them, `indirect` all but the direct one."""
    wanted = {name.lower() for name in via}
    return tuple(
        flow
        for flow in FLOWS
        if flow in wanted or "any" in wanted or ("indirect" in wanted and flow != DIRECT)
    )


def mask_of_flow(flow: str) -> int:
    """All states of a flow."""
    return _FLOW_MASKS[flow]


def flows_in(mask: int) -> tuple[str, ...]:
    """The flows in a set of states, the direct one first."""
    return tuple(flow for flow in FLOWS if mask & _FLOW_MASKS[flow])


def mask_of_groups() -> int:
    """All states of counts and totals of a group of rows."""
    return _GROUP_MASK


@cache
def mask_of_variants(variants: tuple[Variant, ...]) -> int:
    """All states with any of these variants."""
    return sum(_VARIANT_MASKS[variant] for variant in set(variants))


@lru_cache(maxsize=65_536)
def variants_in(mask: int) -> tuple[Variant, ...]:
    """The variants in a set of states, weakest first."""
    return tuple(VARIANTS[number] for number in sorted({n % len(VARIANTS) for n in bits(mask)}))


def protections_in(mask: int) -> tuple[Protection, ...]:
    """The protections in a set of states, weakest first."""
    return protections_of(variants_in(mask))


# A hash and a clear value, with and without a key beside the data, are equally far apart.
_TO_HASH: Final = NUMBERS[Variant(Protection.HASHED)] - NUMBERS[Variant(Protection.CLEAR)]
_HASHES: Final = [v for v in VARIANTS if v.protection is Protection.HASHED]
_HASHED_MASK: Final = mask_of_variants(tuple(_HASHES))
_TRIED_MASK: Final = _HASHED_MASK >> _TO_HASH


def with_hashes_clear(mask: int) -> int:
    """The states of values that can all be tried, as they arrive: what is hashed is clear."""
    hashed = mask & _HASHED_MASK
    return mask & ~hashed | hashed >> _TO_HASH


def or_hashed(mask: int) -> int:
    """The same states, and beside each clear one that of a hash."""
    return mask | (mask & _TRIED_MASK) << _TO_HASH


class Making(msgspec.Struct, frozen=True):
    """What tables are made for.

    Values in other flows than `flows` do not arrive; `enumerable` values can all be tried,
    and `form` is what they look like; `own` are a project's functions.
    """

    flows: tuple[str, ...] = FLOWS
    enumerable: bool = False
    form: Form = Form()
    own: tuple[tuple[str, Effect], ...] = ()


class Transforms:
    """The transforms of a graph's kinds of edge, each once, and the number of each kind's."""

    def __init__(self, graph: Graph) -> None:
        numbers: dict[Transform, int] = {}
        self.of_kind = [numbers.setdefault(kind.transform, len(numbers)) for kind in graph.kinds]
        self.each = tuple(numbers)


def make_tables(
    transforms: Transforms,
    making: Making,
    *,
    grouped: Collection[int] = (),
) -> tuple[tuple[int, ...], ...]:
    """For each kind of edge, the mask of states in which each state arrives.

    `grouped` are the kinds whose guards make sure of a group of k subjects.
    """
    acts = Acts(making.own, making.form)
    doings = [doing_of(transform, acts) for transform in transforms.each]
    usual = [_table(doing, making.flows, making.enumerable) for doing in doings]
    tables = [usual[transform] for transform in transforms.of_kind]
    of_groups: dict[int, tuple[int, ...]] = {}
    for kind in grouped:
        transform = transforms.of_kind[kind]
        if transform not in of_groups:
            doing = doings[transform].when(grouped=True)
            of_groups[transform] = _table(doing, making.flows, making.enumerable)
        tables[kind] = of_groups[transform]
    return tuple(tables)


def block_kinds(
    usual: tuple[tuple[int, ...], ...], blocked: Collection[int]
) -> tuple[tuple[int, ...], ...]:
    """The same tables where guards excuse the flow on some kinds: what is not mixed stops there."""
    tables = list(usual)
    without: dict[int, tuple[int, ...]] = {}
    for kind in blocked:
        table = usual[kind]
        if id(table) not in without:
            without[id(table)] = (0,) * _ROW_STATES + table[_ROW_STATES:]
        tables[kind] = without[id(table)]
    return tuple(tables)


_ROW_STATES: Final = len(FLOWS) * len(VARIANTS)


class Doing(msgspec.Struct, frozen=True):
    """Everything about an edge that decides what becomes of a state; edges share few of them."""

    acts: tuple[Act, ...]
    flow: str
    mixing: Mixing
    grouped: bool = False

    def when(self, *, grouped: bool) -> Doing:
        """The same where groups are known to be large enough, if that makes a difference."""
        if not grouped or not any(act.effect in _OF_GROUPS for act in self.acts):
            return self
        return msgspec.structs.replace(self, grouped=True)


def doing_of(transform: Transform, acts: Acts) -> Doing:
    """What a transform does to a state, of which what keeps a value is no part."""
    all_acts = [acts.of(function) for function in transform.functions]
    if transform.subtype is TransformSubtype.GROUP_BY:
        all_acts.append(Act(Effect.TOTAL))
    flow = DIRECT if transform.type is TransformType.DIRECT else transform.subtype.value.lower()
    found = tuple(act for act in all_acts if act != KEEP)
    return Doing(found, flow, _mixing(transform, found))


@lru_cache(maxsize=4096)
def _table(doing: Doing, flows: tuple[str, ...], enumerable: bool) -> tuple[int, ...]:  # noqa: FBT001 - cached by position
    after = _variants_after(doing, enumerable)
    table = []
    for mixing in Mixing:
        mixed = max(mixing, doing.mixing)
        for flow in FLOWS:
            into = doing.flow if flow == DIRECT else flow
            first = State(VARIANTS[0], into, mixed).number
            table += [1 << first + number if into in flows else 0 for number in after]
    return tuple(table)


def _variants_after(doing: Doing, enumerable: bool) -> list[int]:  # noqa: FBT001 - as above
    """The number of the variant that each variant becomes."""
    numbers = []
    for before in VARIANTS:
        after = before
        for act in doing.acts:
            after = protect(after, act, enumerable=enumerable, grouped=doing.grouped)
        numbers.append(NUMBERS[after])
    return numbers


_OTHER_ROWS: Final = frozenset({"lag", "lead", "first_value", "last_value", "nth_value"})
_MIXING: Final = frozenset(
    {
        TransformSubtype.AGGREGATION,
        TransformSubtype.GROUP_BY,
        TransformSubtype.WINDOW,
        TransformSubtype.SORT,
    }
)
_OF_GROUPS: Final = frozenset({Effect.COUNT, Effect.TOTAL})


def _mixing(transform: Transform, acts: Sequence[Act]) -> Mixing:
    aggregates = transform.subtype is TransformSubtype.AGGREGATION
    if aggregates and any(act.effect in _OF_GROUPS for act in acts):
        return Mixing.GROUP
    if transform.subtype in _MIXING or not _OTHER_ROWS.isdisjoint(transform.functions):
        return Mixing.OTHER
    return Mixing.ROW
