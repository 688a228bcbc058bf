"""CASE and its kin: what only decides, and what is a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.arguments import number_of
from lineage.compile.subtypes import condition, passed

if TYPE_CHECKING:
    from lineage.compile.walk import Entry, Functions, Walk
    from lineage.words import TransformSubtype as Subtype


def case(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """CASE: conditions decide, results are values."""
    entries: list[Entry] = []
    if node.this is not None:
        entries.append((node.this, condition(subtype), ()))
    for branch in node.args.get("ifs") or ():
        entries.extend(either(walk, branch, subtype, functions))
    default = node.args.get("default")
    if default is not None:
        ifs = node.args["ifs"]
        if len(ifs) == 1 and node.this is None:
            functions = _capped(ifs[0].this, ifs[0].args["true"], default, functions)
        entries.append((default, passed(subtype), functions))
    return entries


def either(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """IF(condition, a, b), NVL2, and a branch of CASE."""
    then, otherwise = node.args["true"], node.args.get("false")
    entries: list[Entry] = [
        (node.this, condition(subtype), ()),
        (then, passed(subtype), functions),
    ]
    if otherwise is not None:
        functions = _capped(node.this, then, otherwise, functions)
        entries.append((otherwise, passed(subtype), functions))
    return entries


def decode(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """DECODE(x, search, result, …, default): every second value is compared, not returned."""
    first, *rest = node.expressions
    entries: list[Entry] = [(first, condition(subtype), ())]
    for position, value in enumerate(rest):
        is_result = position % 2 == 1 or position == len(rest) - 1
        kind = passed(subtype) if is_result else condition(subtype)
        entries.append((value, kind, functions if is_result else ()))
    return entries


def null_if(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """NULLIF(a, b) is a, unless it is b."""
    return [
        (node.this, passed(subtype), functions),
        (node.expression, condition(subtype), ()),
    ]


def _capped(test: exp.Expr, then: exp.Expr, otherwise: exp.Expr, functions: Functions) -> Functions:
    """`CASE WHEN x >= 90 THEN 90 ELSE x END` is LEAST(x, 90)."""
    limit = number_of(test.expression) if isinstance(test, (exp.GT, exp.GTE)) else ""
    if not limit or not isinstance(then, exp.Literal) or not isinstance(test.this, exp.Column):
        return functions
    if any(column != test.this for column in otherwise.find_all(exp.Column)):
        return functions
    least = float(limit) if isinstance(test, exp.GTE) else float(limit) + 1
    return (f"least:{least:g}", *functions)
