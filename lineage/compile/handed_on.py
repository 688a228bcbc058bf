"""Expressions that hand on what they are given with all its fields, or choose one of several."""

from __future__ import annotations

from sqlglot import exp

from lineage.compile.paths import base_of, is_exact
from lineage.objects import ASKED, Output

TO_DOCUMENT = frozenset({"to_json", "to_jsonb", "row_to_json", "to_variant", "tojsonstring"})
AS_THEY_ARE = (Output(ASKED, (), 0),)  # the fields of what hands on those that it is given
_ASIDE = (
    exp.Order, exp.Distinct, exp.Limit, exp.IgnoreNulls, exp.RespectNulls, exp.Paren, exp.Filter,
)  # fmt: skip
_CHOOSES = (
    exp.Coalesce, exp.AnyValue, exp.First, exp.Last, exp.FirstValue, exp.LastValue,
    exp.ArrayAgg, exp.ArrayUniqueAgg, exp.ParseJSON, exp.JSONFormat,
)  # fmt: skip
_EXTRACTS = (
    exp.Dot, exp.Bracket, exp.JSONExtract, exp.JSONBExtract, exp.StructExtract, exp.GetExtract,
    exp.JSONExtractArray, exp.JSONExtractScalar, exp.JSONBExtractScalar, exp.JSONValue,
)  # fmt: skip
_BRANCHES = (exp.Case, exp.If, exp.Nvl2)
HANDS_ON = frozenset(
    {exp.Column, *_BRANCHES, exp.Cast, exp.TryCast, exp.Anonymous, *_EXTRACTS, *_CHOOSES, *_ASIDE}
)


def _results(node: exp.Expr) -> list[exp.Expr]:
    """What CASE and its kin choose from."""
    branches = node.args.get("ifs") or [node]
    results = [branch.args.get("true") for branch in branches]
    results += [node.args.get("default"), node.args.get("false")]
    return [result for result in results if result is not None]


def hands_on(node: exp.Expr) -> bool:
    """Whether each field of what an expression gives is that field of what it is given."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, exp.Column):
            if isinstance(here.this, exp.Star):
                return False
        elif isinstance(here, _ASIDE):
            inside = here.expressions if isinstance(here, exp.Distinct) else [here.this]
            waiting += inside
        elif isinstance(here, _CHOOSES):
            waiting += [here.this, *here.expressions]
        elif isinstance(here, _BRANCHES):
            waiting += _results(here)
        elif is_exact(here):
            waiting.append(base_of(here))
        elif isinstance(here, exp.Anonymous) and here.name.lower() in TO_DOCUMENT:
            waiting += here.expressions
        elif not isinstance(here, (exp.Literal, exp.Null)):
            return False
    return True
