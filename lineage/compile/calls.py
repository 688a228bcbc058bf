"""Calls of functions that some text of the project may have made.

Compiling one text does not know what the others make. So each argument of such a call goes
through the function's name with its place among the arguments, and what the function returns of
its own is a dependency too. Linking puts the function's body in their place, where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import offset_of
from lineage.compile.node_kinds import function_name, plain_name
from lineage.compile.subtypes import passed
from lineage.compile.walk import SILENT
from lineage.objects import ARGUMENT, CALLED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.compile.frames import Draft
    from lineage.compile.walk import Entry, Functions, Walk
    from lineage.words import TransformSubtype as Subtype

_ANY = f"{ARGUMENT}?"


def arguments_through(
    walk: Walk,
    call: tuple[str, exp.Expr],
    arguments: Sequence[exp.Expr],
    subtype: Subtype,
    functions: Functions,
) -> list[Entry]:
    """The arguments of a call, each by its place; `call` is the function's name and the node."""
    name, node = call
    returned(walk, name, node, subtype, functions)
    below = passed(subtype)
    places = placed(name, node, arguments)
    return [
        (argument, below, (place, *functions))
        for argument, place in zip(arguments, places, strict=True)
        if type(argument) not in SILENT
    ]


def placed(name: str, node: exp.Expr, arguments: Sequence[exp.Expr]) -> list[str]:
    """What each argument goes through; the parser keeps no order of those that it knows."""
    if not isinstance(node, exp.Anonymous):
        return [f"{name}{_ANY}"] * len(arguments)
    return [
        f"{name}{ARGUMENT}{_name_of(argument) or place}/{len(arguments)}"
        for place, argument in enumerate(arguments)
    ]


def _name_of(argument: exp.Expr) -> str:
    """`x => value` and `x := value` name their parameter."""
    if not isinstance(argument, (exp.Kwarg, exp.PropertyEQ)):
        return ""
    return plain_name(argument.this.name).replace("/", "_")


def returned(walk: Walk, name: str, node: exp.Expr, subtype: Subtype, functions: Functions) -> None:
    """What the function returns that it was not given."""
    walk.frame.draft.calls[name] = None
    place = (walk.frame.number, CALLED)
    walk.depend(place, name, (passed(subtype), functions, offset_of(node)))


def rows_called(draft: Draft, node: exp.Expr, call: exp.Expr) -> tuple[str, exp.Expr]:
    """The whole name of a function in FROM, and its call without what stands before it."""
    parts: list[str] = []
    if isinstance(node, exp.Table) and node.this is call:
        parts = [node.args[key].name for key in ("catalog", "db") if node.args.get(key)]
    while isinstance(call, exp.Dot):
        before = call.this
        parts = [part.name for part in before.find_all(exp.Identifier, bfs=False)]
        call = call.expression
    if not isinstance(call, exp.Anonymous):
        return "", call
    name = ".".join((*(plain_name(part) for part in parts), function_name(call)))
    draft.calls[name] = None
    return name, call
