"""Whether a compiled rule may run: what it calls, what it reads, and that all of it is known.

The check is of the plan, where every name is resolved: a function that is called by another
name, or put in the place of another, is found all the same. What the plan is not known to
mean is refused. The embedded engine takes a name that nothing defines for undefined, and the
rule would be silent; OPA refuses it, and so does this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.documents.nearest import nearest_or_all, quoted
from enforcer.engines.builtins import ALLOWED, INSTEAD, OPERATORS, instead_of
from enforcer.engines.plan import DATA, INPUT
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from typing import NoReturn

    from enforcer.engines.plan import Plan, Statement
    from enforcer.rego.source import Source
    from lineage import Origin

# By statement, the fields that name a local which is read, and those of one that is set.
_LOCALS: Final = {
    "ArrayAppendStmt": (("array",), ()),
    "AssignIntStmt": ((), ("target",)),
    "AssignVarOnceStmt": ((), ("target",)),
    "AssignVarStmt": ((), ("target",)),
    "BlockStmt": ((), ()),
    "BreakStmt": ((), ()),
    "CallStmt": ((), ("result",)),
    "DotStmt": ((), ("target",)),
    "EqualStmt": ((), ()),
    "IsArrayStmt": ((), ()),
    "IsDefinedStmt": (("source",), ()),
    "IsObjectStmt": ((), ()),
    "IsSetStmt": ((), ()),
    "IsUndefinedStmt": (("source",), ()),
    "LenStmt": ((), ("target",)),
    "MakeArrayStmt": ((), ("target",)),
    "MakeNullStmt": ((), ("target",)),
    "MakeNumberIntStmt": ((), ("target",)),
    "MakeNumberRefStmt": ((), ("target",)),
    "MakeObjectStmt": ((), ("target",)),
    "MakeSetStmt": ((), ("target",)),
    "NopStmt": ((), ()),
    "NotEqualStmt": ((), ()),
    "NotStmt": ((), ()),
    "ObjectInsertOnceStmt": (("object",), ()),
    "ObjectInsertStmt": (("object",), ()),
    "ObjectMergeStmt": (("a", "b"), ("target",)),
    "ResetLocalStmt": ((), ("target",)),
    "ReturnLocalStmt": (("source",), ()),
    "ScanStmt": (("source",), ("key", "value")),
    "SetAddStmt": (("set",), ()),
}


def check_safe(plan: Plan, source: Source) -> None:
    """Raises `PolicyError`, with its position, for a rule that may not run."""
    own = {function.name for function in plan.functions}
    for function in plan.functions:
        known = {INPUT, DATA, *function.parameters}
        for statement in function.statements:
            name = statement.fields.get("func", "")
            if statement.type == "CallStmt" and name not in own | ALLOWED | OPERATORS:
                _refuse_call(plan, name, source.origin(statement.row, statement.column))
            _check_statement(statement, known, source)
    for name in sorted(set(plan.builtins) - ALLOWED - OPERATORS):
        _refuse_call(plan, name, source.origin(0, 0))


def _check_statement(statement: Statement, known: set[int], source: Source) -> None:
    if statement.type not in _LOCALS:
        what = f"it does something that is not known here ({statement.type})"
        _refuse(source, statement, what, "write it in another way")
    reads, writes = _LOCALS[statement.type]
    used = {statement.fields[name] for name in reads}
    operands = statement.operands()
    if statement.type == "CallStmt" and not _is_builtin(statement):
        operands = operands[2:]  # `input` and `data` are handed on to every function
    used |= {operand.value for operand in operands if operand.type == "local"}
    if DATA in used:
        _refuse(source, statement, "`data` is read", "read `input`; a rule knows nothing else")
    if used - known:
        step = "define it, or set it in an earlier line; check how it is spelt"
        _refuse(source, statement, "a name is used that has no value here", step)
    known |= {statement.fields[name] for name in writes}


def _is_builtin(statement: Statement) -> bool:
    return "data." not in str(statement.fields["func"])


def _refuse_call(plan: Plan, name: str, at: Origin) -> NoReturn:
    shown = quoted(name.removeprefix("internal."))
    if name not in plan.builtins and name not in INSTEAD:
        raise PolicyError(at, f"no function is called {shown}", nearest_or_all(name, ALLOWED))
    raise PolicyError(at, f"{shown} is called, which a rule may not", instead_of(name))


def _refuse(source: Source, statement: Statement, what: str, step: str) -> NoReturn:
    raise PolicyError(source.origin(statement.row, statement.column), what, step)
