"""The types of the input, carried along a compiled rule.

Every local of a plan gets the type of what it is read from, as far as that can be told. What
the policy makes itself is a `Made` list or set, known by the local that it was made in.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
from msgspec import inspect

from enforcer.engines.input import Input
from enforcer.engines.plan import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enforcer.engines.plan import Function, Operand, Plan, Statement

NUMBER: Final = "number"
TEXT: Final = "text"
TRUTH: Final = "truth"
LIST: Final = "list"
OBJECT: Final = "object"
UNSURE: Final = ""  # several types meet
_BUILTIN: Final = {"number": NUMBER, "string": TEXT, "boolean": TRUTH}


class Made(msgspec.Struct, frozen=True):
    """A list or set that the policy makes in a local."""

    local: int


Shape: TypeAlias = "inspect.Type | Made | str | None"


@cache
def _type_of_input() -> inspect.Type:
    return inspect.type_info(Input)


class Shapes:
    """The shape of each local of a plan, None where nothing is known."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._functions: Mapping[str, Function] = {f.name: f for f in plan.functions}
        self._of: dict[int, Shape] = {INPUT: _type_of_input()}
        self._items: dict[int, Shape] = {}
        self._texts: dict[int, set[str]] = {}
        self.blurred = False  # the whole input meets something else in a local
        self._settled = False
        while not self._settled:
            self._settled = True
            for function in plan.functions:
                for statement in function.statements:
                    self._follow(statement)

    def of(self, operand: Operand) -> Shape:
        """The shape of an operand."""
        if operand.type == "local":
            return self._of.get(operand.value)
        return TEXT if operand.type == "string_index" else TRUTH

    def texts_in(self, shape: Shape) -> Iterator[str]:
        """The constant texts that the policy puts into a list or set."""
        yield from sorted(self._texts.get(shape.local, ()) if isinstance(shape, Made) else ())

    def item(self, shape: Shape) -> Shape:
        """The shape of what a list, set or mapping holds."""
        if isinstance(shape, Made):
            return self._items.get(shape.local)
        if isinstance(shape, inspect.VarTupleType):
            return plainly(shape.item_type)
        return plainly(shape.value_type) if isinstance(shape, inspect.DictType) else None

    def _follow(self, statement: Statement) -> None:
        if statement.type in ("AssignVarStmt", "AssignVarOnceStmt"):
            self._set(statement.fields["target"], self.of(statement.operand("source")))
        elif statement.type == "DotStmt":
            self._set(statement.fields["target"], self._member(statement))
        elif statement.type == "ScanStmt":
            self._scan(statement)
        elif statement.type == "CallStmt":
            self._call(statement)
        elif statement.type in ("ArrayAppendStmt", "SetAddStmt"):
            self._put(statement)
        else:
            self._make(statement)

    def _set(self, local: int, shape: Shape) -> None:
        known = self._of.get(local)
        if shape is None or known in (shape, UNSURE):
            return
        self._settled = False
        self._of[local] = shape if known is None else UNSURE
        if known is not None and (is_input(known) or is_input(shape)):
            self.blurred = True

    def _member(self, statement: Statement) -> Shape:
        shape, key = self.of(statement.operand("source")), self._plan.text(statement.operand("key"))
        if isinstance(shape, inspect.StructType):
            return next((plainly(f.type) for f in shape.fields if f.encode_name == key), None)
        return self.item(shape)

    def _scan(self, statement: Statement) -> None:
        shape = self._of.get(statement.fields["source"])
        self._set(statement.fields["value"], self.item(shape))
        if isinstance(shape, inspect.VarTupleType):
            self._set(statement.fields["key"], NUMBER)
        if isinstance(shape, inspect.DictType):
            self._set(statement.fields["key"], TEXT)

    def _call(self, statement: Statement) -> None:
        name, result = statement.fields["func"], statement.fields["result"]
        function = self._functions.get(name)
        if function is None:
            self._set(result, _BUILTIN.get(self._plan.builtins.get(name, "")))
            return
        for parameter, given in zip(function.parameters, statement.operands(), strict=False):
            self._set(parameter, self.of(given))
        self._set(result, self._of.get(function.result))

    def _put(self, statement: Statement) -> None:
        array = statement.fields.get("array", statement.fields.get("set"))
        shape, value = self._of.get(array), statement.operand("value")
        if not isinstance(shape, Made):
            return
        given, known = self.of(value), self._items.get(shape.local)
        if given is not None and known not in (given, UNSURE):
            self._settled = False
            self._items[shape.local] = given if known is None else UNSURE
        text = self._plan.text(value)
        if text is not None:
            self._texts.setdefault(shape.local, set()).add(text)

    def _make(self, statement: Statement) -> None:
        target: int = statement.fields.get("target", INPUT)
        if statement.type in ("MakeArrayStmt", "MakeSetStmt"):
            self._set(target, Made(target))
        if statement.type in ("MakeNumberRefStmt", "MakeNumberIntStmt", "LenStmt"):
            self._set(target, NUMBER)
        if statement.type == "MakeObjectStmt":
            self._set(target, OBJECT)


def plainly(shape: inspect.Type) -> Shape:
    """A type without what is optional about it; a text or number that is nothing else is a word."""
    if isinstance(shape, inspect.UnionType):
        members = [m for m in shape.types if not isinstance(m, inspect.NoneType)]
        return plainly(members[0]) if len(members) == 1 else UNSURE
    if isinstance(shape, inspect.Metadata):
        return shape if (shape.extra_json_schema or {}).get("title") else plainly(shape.type)
    return _PLAIN.get(type(shape), shape)


_PLAIN: Final[dict[type, Shape]] = {
    inspect.StrType: TEXT,
    inspect.DateType: TEXT,
    inspect.IntType: NUMBER,
    inspect.FloatType: NUMBER,
    inspect.BoolType: TRUTH,
    inspect.AnyType: UNSURE,
}


def kind_of(shape: Shape) -> str:
    """What a shape is in a comparison, empty where it may be anything."""
    if shape is None or isinstance(shape, str):
        return shape or UNSURE
    return _KINDS.get(type(shape), UNSURE)


_KINDS: Final[dict[type, str]] = {
    Made: LIST,
    inspect.VarTupleType: LIST,
    inspect.DictType: OBJECT,
    inspect.StructType: OBJECT,
    inspect.EnumType: TEXT,
    inspect.LiteralType: TEXT,
    inspect.Metadata: TEXT,
}


def is_input(shape: Shape) -> bool:
    """True of the whole input."""
    return isinstance(shape, inspect.StructType) and shape.cls is Input


def is_parameters(shape: Shape) -> bool:
    """True of the parameters of a rule, whose values may be anything."""
    return isinstance(shape, inspect.DictType) and isinstance(shape.value_type, inspect.AnyType)


def is_sets(shape: Shape) -> bool:
    """True of the taxonomy's sets."""
    if not isinstance(shape, inspect.DictType):
        return False
    listed = shape.value_type
    return isinstance(listed, inspect.VarTupleType) and is_category(plainly(listed.item_type))


def is_category(shape: Shape) -> bool:
    """True of a text that is a category of the taxonomy."""
    return isinstance(shape, inspect.Metadata)


def words_of(shape: Shape) -> tuple[str, ...]:
    """The words of which a text is one; none where it may be any."""
    if isinstance(shape, inspect.EnumType):
        return tuple(str(member.value) for member in shape.cls)
    if isinstance(shape, inspect.LiteralType):
        return tuple(str(value) for value in shape.values)
    return ()
