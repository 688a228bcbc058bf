"""What stands under a `not`, where engines differ about what is undefined.

OPA works out the arguments of a call before it negates: `not f(x.y)` is undefined where `x.y`
is, and the embedded engine says that it holds. So under a `not` nothing that may be undefined is
handed to a call or compared with: it is given a name before, or tested by a function of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import inspect

from enforcer.engines.shapes import Shapes
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from enforcer.engines.plan import Plan, Statement
    from enforcer.rego.source import Source

_EMPTY: Final = frozenset({"max", "min"})  # of nothing they are undefined
_COPIES: Final = frozenset({"AssignVarStmt", "AssignVarOnceStmt"})
_STEP: Final = "give it a name in a line before, or test it in a function of its own"


def check_negation(plan: Plan, source: Source) -> None:
    """Raises `PolicyError`, with its position, where the engines may come to different answers."""
    reader = _Reader(plan)
    for function in plan.functions:
        for statement in function.statements:
            if statement.negated and reader.differs(statement):
                at = source.origin(statement.row, statement.column)
                raise PolicyError(at, "under `not` is something that may be undefined", _STEP)


class _Reader:
    """Keeps which locals may be undefined: what was looked up, and what a function gave."""

    def __init__(self, plan: Plan) -> None:
        self._shapes = Shapes(plan)
        self._own = {function.name for function in plan.functions}
        self._looked_up: set[int] = set()
        self._given: set[int] = set()

    def differs(self, statement: Statement) -> bool:
        """True when a statement uses what may be undefined so that engines differ about it."""
        used = {o.value for o in statement.operands() if o.type == "local"}
        if statement.type == "CallStmt":
            return self._call(statement, used)
        if statement.type == "DotStmt":
            self._look_up(statement, used)
        elif statement.type in _COPIES:
            for kept in (self._looked_up, self._given):
                if used & kept:
                    kept.add(statement.fields["target"])
        return statement.type in ("EqualStmt", "DotStmt") and bool(used & self._given)

    def _call(self, statement: Statement, used: set[int]) -> bool:
        if statement.fields["func"] in self._own | _EMPTY:
            self._given.add(statement.fields["result"])
        return bool(used & (self._looked_up | self._given))

    def _look_up(self, statement: Statement, used: set[int]) -> None:
        shape = self._shapes.of(statement.operand("source"))
        certain = isinstance(shape, inspect.StructType) and not used & self._looked_up
        if not certain:
            self._looked_up.add(statement.fields["target"])
