"""What a value becomes on its way: a result, a condition, a sort key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.objects import Dep

DIRECT = (Subtype.IDENTITY, Subtype.TRANSFORMATION, Subtype.AGGREGATION)


def into(dep: Dep, path: tuple[str, ...]) -> Dep:
    """A part of what a dependency stands for; what only decides on a value decides on each part."""
    return replace(dep, path=(*dep.path, *path)) if path and dep.subtype in DIRECT else dep


def passed(subtype: Subtype) -> Subtype:
    """What identity becomes once anything is done to the value."""
    return Subtype.TRANSFORMATION if subtype is Subtype.IDENTITY else subtype


def condition(subtype: Subtype) -> Subtype:
    """What a value becomes that only decides which other value is taken."""
    return Subtype.CONDITIONAL if subtype in DIRECT else subtype


def sorting(subtype: Subtype) -> Subtype:
    """What a value becomes that only decides the order of others."""
    return Subtype.SORT if subtype in DIRECT else subtype


def after(dep: Dep, subtype: Subtype, functions: tuple[str, ...]) -> Dep:
    """A dependency whose value then goes through something more."""
    if dep.subtype not in DIRECT:
        return dep
    if subtype not in DIRECT or dep.subtype is Subtype.IDENTITY:
        kind = subtype
    elif Subtype.AGGREGATION in {dep.subtype, subtype}:
        kind = Subtype.AGGREGATION
    else:
        kind = Subtype.TRANSFORMATION
    if functions:
        kind = passed(kind)
    return replace(dep, subtype=kind, functions=(*dep.functions, *functions))
