"""What an engine compiles a rule to: functions, and in them statements on numbered locals.

The embedded engine writes its plan down in OPA's intermediate representation. It is the
policy as it will run, with every name resolved, so it is what the checks go by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

INPUT, DATA = 0, 1  # the locals that every function begins with


class Operand(msgspec.Struct, frozen=True):
    """A local, a constant text by its number, or a truth."""

    type: str
    value: int | bool


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement: what it is called, its own fields, and where it is written, from 0.

    `negated` is true of what stands under a `not`.
    """

    type: str
    fields: Mapping[str, Any]
    row: int
    column: int
    negated: bool = False

    def operand(self, name: str) -> Operand:
        """An operand of the statement."""
        return _operand(self.fields[name])

    def local(self, name: str) -> int | None:
        """The local that an operand is, None when it is a constant."""
        operand = self.operand(name)
        return operand.value if operand.type == "local" else None

    def operands(self) -> tuple[Operand, ...]:
        """All operands, the arguments of a call among them."""
        parts = [*self.fields.values(), *self.fields.get("args", ())]
        return tuple(_operand(part) for part in parts if isinstance(part, dict) and "type" in part)


def _operand(written: Mapping[str, Any]) -> Operand:
    return msgspec.convert(written, Operand)


class Function(msgspec.Struct, frozen=True):
    """A rule or function of the policy, with its parameters and its statements in order."""

    name: str
    parameters: tuple[int, ...]
    result: int
    statements: tuple[Statement, ...]


class Plan(msgspec.Struct, frozen=True):
    """A compiled policy. `builtins` maps each function that it calls to the type it gives."""

    texts: tuple[str, ...]
    builtins: Mapping[str, str]
    functions: tuple[Function, ...]

    def text(self, operand: Operand) -> str | None:
        """The constant text that an operand is."""
        return self.texts[operand.value] if operand.type == "string_index" else None


def read_plan(written: str) -> Plan:
    """The plan in the engine's JSON. Raises `ValueError` when it is none."""
    try:
        plan = msgspec.json.decode(written)
        static = plan["static"]
        return Plan(
            texts=tuple(_text(entry["value"]) for entry in static["strings"]),
            builtins={
                entry["name"]: entry["decl"].get("result", {}).get("type", "")
                for entry in static.get("builtin_funcs", ())
            },
            functions=tuple(_function(entry) for entry in plan["funcs"]["funcs"]),
        )
    except (KeyError, TypeError, AttributeError, msgspec.MsgspecError) as error:
        raise ValueError(f"no plan: {error}") from error
    except RecursionError:
        raise ValueError("nested too deep") from None


def _text(written: str) -> str:
    """A constant as the policy has it: the engine writes literals with their quotes."""
    try:
        return msgspec.json.decode(written, type=str)
    except msgspec.MsgspecError:
        return written


def _function(entry: Mapping[str, Any]) -> Function:
    return Function(
        name=entry["name"],
        parameters=tuple(entry["params"]),
        result=entry["return"],
        statements=tuple(_statements(entry["blocks"])),
    )


def _statements(blocks: Any, *, negated: bool = False) -> Iterator[Statement]:  # noqa: ANN401 - JSON
    """All statements of blocks, each before what is nested in it."""
    for block in blocks:
        for entry in block["stmts"]:
            fields = entry["stmt"]
            yield Statement(
                type=entry["type"],
                fields=fields,
                row=fields.get("row", 0),
                column=fields.get("col", 0),
                negated=negated,
            )
            inner = [*fields.get("blocks", ()), *([fields["block"]] if "block" in fields else ())]
            yield from _statements(inner, negated=negated or entry["type"] == "NotStmt")
