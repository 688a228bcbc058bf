"""Single changes to a value: one condition dropped, widened, or moved by one step.

What may be changed follows from the types of the language of rules, so a new key needs
nothing here. A change is a whole new value with one difference, and the words for it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import inspect

from enforcer.policytest.steps import steps_of
from enforcer.rules import Choice, default_of, fields_of
from enforcer.words import Method, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Path = tuple[str | int, ...]

# The keys under which categories stand, which have parents.
_CATEGORIES: Final = frozenset({"data", "holds", "unlabelled"})
# The keys of patterns which say what they look for and may look for more.
_LOOKED_FOR: Final = frozenset({"column", "absent_from", "granted_to"})
_EXCEPTIONS: Final = frozenset({"unless", "except"})
_ALL: Final = "*"
_ANY: Final = "any"
_VIA: Final = "via"
# What holds where nothing is written, and what might hold instead.
_UNWRITTEN: Final[dict[str, tuple[str, Any]]] = {
    _VIA: ("direct", (_ANY,)),
    "equals": ("true", "false"),
}


class Part(StrEnum):
    """What a change takes away, if it takes away anything."""

    KEY = "key"
    ENTRY = "entry"
    ALTERNATIVE = "alternative"
    NOTHING = "nothing"


class Change(msgspec.Struct, frozen=True):
    """A value that differs in one thing from another, at `path`.

    `words` say how: `drop`, `drop x`, `add x`, `x -> y`.
    """

    path: Path
    words: str
    value: Any
    takes: Part = Part.NOTHING

    def inside(self, wrapped: Any) -> Change:  # noqa: ANN401 - any value of the language
        """The same change, where the value that it makes stands inside of another."""
        return msgspec.structs.replace(self, value=wrapped)


def changes_to(value: Any, wanted: inspect.Type, path: Path) -> Iterator[Change]:  # noqa: ANN401
    """All changes to a value of a type."""
    wanted = _member(value, wanted)
    if isinstance(wanted, inspect.StructType):
        yield from _to_struct(value, wanted, path)
    elif isinstance(wanted, inspect.VarTupleType):
        yield from _to_tuple(value, wanted, path)
    elif isinstance(wanted, inspect.DictType):
        yield from _to_dict(value, wanted, path)
    else:
        yield from _to_scalar(value, wanted, path)


def _member(value: Any, wanted: inspect.Type) -> inspect.Type:  # noqa: ANN401
    """The type without what is said about it, and of a union the member that the value is of."""
    if isinstance(wanted, inspect.Metadata):
        return _member(value, wanted.type)
    if isinstance(wanted, inspect.UnionType):
        members = (_member(value, member) for member in wanted.types)
        return next(member for member in members if _is_of(value, member))
    return wanted


def _is_of(value: Any, wanted: inspect.Type) -> bool:  # noqa: ANN401
    kinds: dict[type, type] = {
        inspect.VarTupleType: tuple,
        inspect.DictType: dict,
        inspect.BoolType: bool,
        inspect.StrType: str,
        inspect.IntType: int,
    }
    if isinstance(wanted, inspect.StructType | inspect.EnumType):
        return isinstance(value, wanted.cls)
    if isinstance(wanted, inspect.LiteralType):
        return value in wanted.values
    return isinstance(value, kinds.get(type(wanted), type(None)))


def _to_struct(value: Any, wanted: inspect.StructType, path: Path) -> Iterator[Change]:  # noqa: ANN401
    for field in wanted.fields:
        at, there = (*path, field.encode_name), getattr(value, field.name)
        with_other = _replacing(value, field.name)
        default = _default(field)
        if there == default:
            if there in (("direct",), "true") and field.name in _UNWRITTEN:
                old, other = _UNWRITTEN[field.name]
                words = f"{old} -> {other if isinstance(other, str) else other[0]}"
                yield Change(at, words, with_other(other))
            continue
        dropped = with_other(default)
        if not field.required and not _is_list_of_structs(there) and dropped != Choice():
            yield Change(at, "drop", dropped, Part.KEY)
        for change in changes_to(there, field.type, at):
            yield change.inside(with_other(change.value))


def _replacing(value: Any, name: str) -> Callable[[Any], Any]:  # noqa: ANN401
    return lambda new: msgspec.structs.replace(value, **{name: new})


def _default(field: inspect.Field) -> Any:  # noqa: ANN401 - of the field's type
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _is_list_of_structs(value: Any) -> bool:  # noqa: ANN401
    """Such a list is not dropped whole: dropping each entry asks for more."""
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], msgspec.Struct)


def _to_tuple(value: tuple[Any, ...], wanted: inspect.VarTupleType, path: Path) -> Iterator[Change]:
    structs = _is_list_of_structs(value)
    takes = Part.ENTRY if path[-1] in _EXCEPTIONS else Part.KEY
    for number, element in enumerate(value):
        before, after = value[:number], value[number + 1 :]
        if structs:
            words = f"drop {_short(element)}".rstrip()
            yield Change((*path, number), words, (*before, *after), takes)
        elif before or after:
            words = f"drop {_text(element)}"
            yield Change((*path, number), words, (*before, *after), Part.ALTERNATIVE)
        for change in changes_to(element, wanted.item_type, (*path, number)):
            yield change.inside((*before, change.value, *after))
    yield from _additions(value, path)


def _short(struct: msgspec.Struct) -> str:
    """How a struct is called that is written as a word or a list of words; empty for others."""
    leading = getattr(struct, "leading_key", "")
    others = [f for f in fields_of(type(struct)) if f.name != leading]
    if not leading or any(getattr(struct, f.name) != default_of(f) for f in others):
        return ""
    said = getattr(struct, leading)
    return ", ".join(map(_text, said)) if isinstance(said, tuple) else _text(said)


def _additions(value: tuple[Any, ...], path: Path) -> Iterator[Change]:
    """One protection more, and all kinds of flow: what widens what passes or counts."""
    if value and all(isinstance(element, Method) for element in value):
        for method in Method:
            if ":" not in method and method not in value:
                yield Change(path, f"add {method.value}", (*value, method))
    if path[-1] == _VIA and _ANY not in value:
        yield Change(path, f"add {_ANY}", (*value, _ANY))


def _to_dict(value: dict[Any, Any], wanted: inspect.DictType, path: Path) -> Iterator[Change]:
    for key, element in value.items():
        if len(value) > 1:
            left = {other: value[other] for other in value if other != key}
            yield Change((*path, key), "drop", left, Part.ALTERNATIVE)
        for change in changes_to(element, wanted.value_type, (*path, key)):
            yield change.inside({**value, key: change.value})
    if path[-1] == _VIA and _ANY not in value:
        yield Change(path, f"add {_ANY}", {**value, _ANY: Severity.NOTE})


def _to_scalar(value: Any, wanted: inspect.Type, path: Path) -> Iterator[Change]:  # noqa: ANN401
    alone = isinstance(path[-1], str) or not isinstance(wanted, inspect.LiteralType)
    others = [*steps_of(value, wanted)] if alone else []
    keys = [part for part in path if isinstance(part, str)]
    if _CATEGORIES.intersection(keys) and "." in str(value) and isinstance(value, str):
        others.append(value.rpartition(".")[0])
    if _LOOKED_FOR.intersection(keys) and keys[-1] != "not" and value != _ALL:
        others.append(_ALL)
    for other in others:
        yield Change(path, f"{_text(value)} -> {_text(other)}", other)


def _text(value: Any) -> str:  # noqa: ANN401 - a scalar of the language
    if isinstance(value, bool):
        return str(value).lower()
    return str(getattr(value, "value", value))
