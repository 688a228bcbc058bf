"""Nodes to values of a type: the type decides what a text means, never its look.

A struct may have a `leading_key`: what is not written as a mapping is taken for the value of
that key. Where a list of words is wanted a single word will do.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from msgspec import inspect

from enforcer.documents.nearest import nearest_or_all, quoted
from enforcer.documents.nodes import Foreign, Mapping, Node, Scalar, Sequence
from enforcer.documents.scalars import UnfitError, in_words, is_scalar, read_scalar
from enforcer.words import PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from collections.abc import Mapping as Mapped
    from typing import NoReturn

Shape = TypeVar("Shape")
# How the name of a parameter is written where its value should stand.
_PARAMETER: Final = re.compile(r"\$[a-z][a-z0-9_]*", re.ASCII)


def convert(
    node: Node, shape: type[Shape], file: str, parameters: Mapped[str, Node] | None = None
) -> Shape:
    """The value of type `shape` that a node says.

    Where there are `parameters`, `$name` stands for the one of that name. Raises `PolicyError`
    at the first part that does not fit, or names no parameter.
    """
    value: Shape = _Converter(file, parameters).value(node, _type_of(cast("Hashable", shape)))
    return value


@cache
def _type_of(shape: Hashable) -> inspect.Type:
    return inspect.type_info(shape)


class _Converter:
    """Walks a document and a type together; the file's name is for errors."""

    def __init__(self, file: str, parameters: Mapped[str, Node] | None) -> None:
        self._file = file
        self._parameters = parameters

    def value(self, node: Node, wanted: inspect.Type, said: str = "") -> Any:  # noqa: ANN401
        """`said` is how the type's own description calls what it wants."""
        node = self._meant(node)
        if isinstance(node, Foreign):
            return _Converter(node.file, None).value(node.node, wanted, said)
        if isinstance(wanted, inspect.Metadata):
            description = (wanted.extra_json_schema or {}).get("description", "")
            return self.value(node, wanted.type, str(description))
        return self._of_kind(node, wanted, said)

    def _of_kind(self, node: Node, wanted: inspect.Type, said: str) -> Any:  # noqa: ANN401
        if isinstance(wanted, inspect.UnionType):
            return self._one_of(node, wanted)
        if isinstance(wanted, inspect.StructType):
            return self._struct(node, wanted)
        if isinstance(wanted, inspect.VarTupleType):
            return self._tuple(node, wanted)
        if isinstance(wanted, inspect.DictType):
            return dict(self._dict(node, wanted))
        if isinstance(wanted, inspect.AnyType):
            return _plain(node)
        return self._scalar(node, wanted, said)

    def _meant(self, node: Node) -> Node:
        """What stands behind a parameter's name, the node itself where it is none."""
        if self._parameters is None or not isinstance(node, Scalar) or not node.plain:
            return node
        if not _PARAMETER.fullmatch(node.text):
            return node
        name = node.text[1:]
        if name not in self._parameters:
            step = nearest_or_all(name, self._parameters) if self._parameters else "declare it"
            self._refuse(node, f"no parameter is called {quoted(name)}", step)
        return self._parameters[name]

    def _one_of(self, node: Node, wanted: inspect.UnionType) -> Any:  # noqa: ANN401 - of a member
        # None is what a key means that is not written; an empty value is a mistake.
        members = [m for m in wanted.types if not isinstance(m, inspect.NoneType)]
        return self.value(node, next((m for m in members if _fits(node, m)), members[0]))

    def _struct(self, node: Node, wanted: inspect.StructType) -> Any:  # noqa: ANN401 - of its class
        leading = getattr(wanted.cls, "leading_key", "")
        fields = {field.encode_name: field for field in wanted.fields}
        if leading and not isinstance(node, Mapping):
            field = fields[leading]
            return wanted.cls(**{field.name: self.value(node, field.type)})
        values = {}
        for key, value in self._entries(node):
            if key.text not in fields:
                step = nearest_or_all(key.text, fields)
                self._refuse(key, f"unknown key {quoted(key.text)}", step)
            field = fields[key.text]
            values[field.name] = self.value(value, field.type)
        missing = [f.encode_name for f in wanted.fields if f.required and f.name not in values]
        if missing:
            self._refuse(node, f"`{missing[0]}` is missing", f"write `{missing[0]}: …`")
        return wanted.cls(**values)

    def _dict(self, node: Node, wanted: inspect.DictType) -> Iterator[tuple[str, Any]]:
        entries = self._entries(node)
        if len(entries) < (wanted.min_length or 0):
            self._refuse(node, "nothing is named", "name at least one, or remove the key")
        for key, value in entries:
            yield self.value(key, wanted.key_type), self.value(value, wanted.value_type)

    def _entries(self, node: Node) -> tuple[tuple[Scalar, Node], ...]:
        if not isinstance(node, Mapping):
            self._refuse_kind(node, "keys with values")
        return node.entries

    def _tuple(self, node: Node, wanted: inspect.VarTupleType) -> tuple[Any, ...]:
        if isinstance(node, Sequence):
            items = node.items
        elif isinstance(node, Scalar) and not node.is_null and _is_word(wanted.item_type):
            items = (node,)
        else:
            self._refuse_kind(node, "a list")
        if not items and wanted.min_length:
            self._refuse(node, "the list is empty", "name at least one, or remove the key")
        if not (wanted.min_length or 0) <= len(items) <= (wanted.max_length or len(items)):
            self._refuse(node, f"a list of {len(items)}", f"name {wanted.min_length}")
        return tuple(self.value(item, wanted.item_type) for item in items)

    def _scalar(self, node: Node, wanted: inspect.Type, said: str) -> Any:  # noqa: ANN401 - by type
        if not isinstance(node, Scalar):
            self._refuse_kind(node, said or in_words(wanted))
        try:
            return read_scalar(node, wanted, said)
        except UnfitError as error:
            self._refuse(node, error.what, error.next_step)

    def _refuse_kind(self, node: Node, wanted: str) -> NoReturn:
        there = "a list" if isinstance(node, Sequence) else "a mapping"
        if isinstance(node, Scalar):
            there = "nothing" if node.is_null else quoted(node.text)
        self._refuse(node, f"{there} where {wanted} should be", f"write {wanted}")

    def _refuse(self, node: Node, what: str, next_step: str) -> NoReturn:
        raise PolicyError(Origin(self._file, node.line, node.column), what, next_step)


def _plain(node: Node) -> Any:  # noqa: ANN401 - texts, lists and mappings of them
    if isinstance(node, Mapping):
        return {key.text: _plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return tuple(_plain(item) for item in node.items)
    return node.text if isinstance(node, Scalar) else ""


def _is_word(wanted: inspect.Type) -> bool:
    """True when a single text can say a value of that type, if need be in its short form."""
    if isinstance(wanted, inspect.StructType):
        leading = getattr(wanted.cls, "leading_key", "")
        return any(f.encode_name == leading and is_scalar(f.type) for f in wanted.fields)
    return is_scalar(wanted)


def _fits(node: Node, wanted: inspect.Type) -> bool:
    """True when a node of this form can only be meant as that member of a union."""
    if isinstance(node, Mapping):
        return isinstance(wanted, inspect.DictType | inspect.StructType)
    if isinstance(node, Sequence):
        return isinstance(wanted, inspect.VarTupleType)
    return is_scalar(wanted)
