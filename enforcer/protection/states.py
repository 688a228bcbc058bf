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
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.protection.methods import LADDER, Effect, effect_of, protect, rung
from enforcer.words import Protection
from lineage import TransformSubtype, TransformType
from lineage.flow import bits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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

    protection: Protection = Protection.CLEAR
    flow: str = DIRECT
    mixing: Mixing = Mixing.ROW

    @property
    def number(self) -> int:
        """The state as a small integer; clear, direct and unmixed is 0."""
        flow = FLOWS.index(self.flow)
        return (self.mixing * len(FLOWS) + flow) * len(LADDER) + rung(self.protection)


STATES: Final = tuple(
    State(protection, flow, mixing) for mixing in Mixing for flow in FLOWS for protection in LADDER
)
CLEAR: Final = 1 << State().number

_FLOW_MASKS: Final = {flow: sum(1 << s.number for s in STATES if s.flow == flow) for flow in FLOWS}
_GROUP_MASK: Final = sum(1 << s.number for s in STATES if s.mixing is Mixing.GROUP)
_PROTECTION_MASKS: Final = {
    protection: sum(1 << s.number for s in STATES if s.protection is protection)
    for protection in LADDER
}


def mask_of_flow(flow: str) -> int:
    """All states of a flow."""
    return _FLOW_MASKS[flow]


def mask_of_groups() -> int:
    """All states of counts and totals of a group of rows."""
    return _GROUP_MASK


def mask_of_protections(protections: tuple[Protection, ...]) -> int:
    """All states with any of these protections."""
    return sum(_PROTECTION_MASKS[p] for p in set(protections))


def protections_in(mask: int) -> tuple[Protection, ...]:
    """The protections in a set of states, weakest first."""
    return tuple(sorted({STATES[number].protection for number in bits(mask)}, key=rung))


def with_hashes_clear(mask: int) -> int:
    """The states of values that can all be tried, as they arrive: what is hashed is clear."""
    hashed = mask & _PROTECTION_MASKS[Protection.HASHED]
    return mask & ~hashed | hashed >> rung(Protection.HASHED)


def or_hashed(mask: int) -> int:
    """The same states, and beside each clear one that of a hash."""
    return mask | (mask & _PROTECTION_MASKS[Protection.CLEAR]) << rung(Protection.HASHED)


class Making(msgspec.Struct, frozen=True):
    """What tables are made for.

    Values in other flows than `flows` do not arrive; `enumerable` values can all be tried;
    `own` are a project's functions.
    """

    flows: tuple[str, ...] = FLOWS
    enumerable: bool = False
    own: tuple[tuple[str, Effect], ...] = ()


def make_tables(
    graph: Graph,
    making: Making,
    *,
    is_group: Callable[[int], bool],
    is_blocked: Callable[[int], bool],
) -> tuple[tuple[int, ...], ...]:
    """For each kind of edge, the mask of states in which each state arrives.

    `is_group` tells of a kind whether its guards make sure of a group of k subjects,
    `is_blocked` whether they excuse the flow, which then does not pass unless it is mixed.
    """
    made: dict[tuple[Transform, bool, bool], tuple[int, ...]] = {}
    tables = []
    for number, kind in enumerate(graph.kinds):
        key = (kind.transform, is_group(number), is_blocked(number))
        if key not in made:
            table = _table(key[0], making, grouped=key[1])
            made[key] = _blocked(table) if key[2] else table
        tables.append(made[key])
    return tuple(tables)


_ROW_STATES: Final = len(FLOWS) * len(LADDER)


def _blocked(table: tuple[int, ...]) -> tuple[int, ...]:
    return (0,) * _ROW_STATES + table[_ROW_STATES:]


def _table(transform: Transform, making: Making, *, grouped: bool) -> tuple[int, ...]:
    own = dict(making.own)
    effects = [effect_of(name, own) for name in transform.functions]
    if transform.subtype is TransformSubtype.GROUP_BY:
        effects.append(Effect.TOTAL)
    protections = {}
    for before in LADDER:
        after = before
        for effect in effects:
            after = protect(after, effect, enumerable=making.enumerable, grouped=grouped)
        protections[before] = after
    mixing = _mixing(transform, effects)
    after_each = (
        State(protections[s.protection], _flow(s.flow, transform), max(s.mixing, mixing))
        for s in STATES
    )
    return tuple(1 << s.number if s.flow in making.flows else 0 for s in after_each)


def _flow(flow: str, transform: Transform) -> str:
    if flow != DIRECT or transform.type is TransformType.DIRECT:
        return flow
    return transform.subtype.value.lower()


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


def _mixing(transform: Transform, effects: Sequence[Effect]) -> Mixing:
    aggregates = transform.subtype is TransformSubtype.AGGREGATION
    if aggregates and not _OF_GROUPS.isdisjoint(effects):
        return Mixing.GROUP
    if transform.subtype in _MIXING or not _OTHER_ROWS.isdisjoint(transform.functions):
        return Mixing.OTHER
    return Mixing.ROW
