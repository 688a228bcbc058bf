"""What the functions of one edge do to a value, one after another, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.explained import Applied
from enforcer.protection.acts import REGISTRY, Acts
from enforcer.protection.methods import Act, Effect, protect
from enforcer.protection.variants import KEY_BESIDE, PART, rung
from enforcer.words import Protection, say
from lineage import TransformSubtype
from lineage.words import name_of

if TYPE_CHECKING:
    from enforcer.protection.variants import Variant
    from enforcer.words import Message
    from lineage import Transform

_COUNTS: Final = frozenset({Effect.COUNT, Effect.TOTAL})
_GROUPING: Final = "group by"
_OPEN: Final = rung(Protection.ENCODED)


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Under which suppositions functions are applied."""

    acts: Acts
    enumerable: bool = False
    grouped: bool = False


def applied_by(transform: Transform, before: Variant, setting: Setting) -> tuple[Applied, ...]:
    """What each function of a transform makes of a value."""
    acts = [(function, setting.acts.of(function)) for function in transform.functions]
    if transform.subtype is TransformSubtype.GROUP_BY:
        acts.append((_GROUPING, Act(Effect.TOTAL)))
    found, here = [], before
    for function, act in acts:
        there = protect(here, act, enumerable=setting.enumerable, grouped=setting.grouped)
        why = _why((function, act), (here, there), setting)
        found.append(Applied(function=function, before=str(here), after=str(there), why=why))
        here = there
    return tuple(found)


def _why(done: tuple[str, Act], change: tuple[Variant, Variant], setting: Setting) -> Message:
    function, act = done
    before, after = change
    if act.detail == KEY_BESIDE:
        return say("step-open-key", after=after.protection)
    if rung(after.protection) < rung(before.protection):
        if before.protection is Protection.HASHED:
            return say("step-of-a-tried-hash", after=after.protection)
        return say("step-undoes", before=before.protection)
    if after.protection is not before.protection:
        return _gained(function, act, after, setting)
    return _kept(function, act, change, setting)


def _gained(function: str, act: Act, after: Variant, setting: Setting) -> Message:
    if act.effect in _COUNTS:
        return say("step-of-a-group") if setting.grouped else say("step-counts")
    if setting.acts.is_own(function):
        return say("step-own")
    return say("step-makes", after=after.protection)


def _kept(function: str, act: Act, change: tuple[Variant, Variant], setting: Setting) -> Message:
    """Why a function leaves the protection as it is."""
    before, after = change
    known = REGISTRY.get(name_of(function).lower().replace("_", ""))
    if act.effect in _COUNTS and not setting.grouped:
        return say("step-small-group")
    if setting.acts.is_own(function):
        return say("step-own")
    protects = known is not None and known[0] is not Effect.KEEP
    if protects and (act.effect is not Effect.KEEP or rung(before.protection) > _OPEN):
        if after.detail == PART != before.detail:
            return say("step-may-leave-all")
        return say("step-changes-nothing", before=before.protection)
    return say("step-may-leave-all") if protects else say("step-keeps")
