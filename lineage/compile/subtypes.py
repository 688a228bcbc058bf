"""What a value becomes on its way: a result, a condition, a sort key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.objects import Dep

DIRECT = (Subtype.IDENTITY, Subtype.TRANSFORMATION, Subtype.AGGREGATION)


def into(dep: Dep, path: tuple[str, ...]) -> Dep:
    """A part of what a dependency stands for; what only decides on a value decides on each part."""
    return replace(dep, path=(*dep.path, *path)) if path and dep.subtype in DIRECT else dep


def _becoming(others: dict[Subtype, Subtype]) -> Callable[[Subtype], Subtype]:
    """A table of what each subtype becomes: itself, but for some; asked for at every node."""
    return ({subtype: subtype for subtype in Subtype} | others).__getitem__


# What identity becomes once anything is done to the value.
passed = _becoming({Subtype.IDENTITY: Subtype.TRANSFORMATION})
# What a value becomes that only decides which other value is taken, or the order of others.
condition = _becoming(dict.fromkeys(DIRECT, Subtype.CONDITIONAL))
sorting = _becoming(dict.fromkeys(DIRECT, Subtype.SORT))


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
