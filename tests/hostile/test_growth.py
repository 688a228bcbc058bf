"""The work that a text costs us grows as it does, in whichever way it is large."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lineage.compile.parsing import parse_statement
from lineage.compile.parts import Parts
from lineage.compile.statements import compile_statement
from lineage.deep import run_deep
from lineage.dialects import naming, parser_of
from tests.hostile.makers import leak
from tests.hostile.wide import CHAINS

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZES = (1_000, 3_000, 10_000)
_LINEAR = ["pluses", "pipes", "ors", "ands", "whens", "arguments", "in_list", "arrows", "dots"]
_WHOLE: dict[str, Callable[[int], str]] = {
    "unions": lambda n: " union all ".join(["select email from crm.users"] * (n // 5)),
    "ctes": lambda n: (
        "with c0 as (select email from crm.users)"
        + "".join(f", c{i} as (select email from c{i - 1})" for i in range(1, n // 5))
        + " select email from c1"
    ),
    "columns": lambda n: "select " + ", ".join(f"email as c{i}" for i in range(n)) + " from users",
    "aliases": lambda n: (
        "select email as a0, " + ", ".join(f"a{i} + a{i} as a{i + 1}" for i in range(n // 10))
    ),
}


def _work(sql: str) -> int:
    """How many calls of Python functions compiling a parsed statement takes."""
    parser = parser_of("duckdb")
    tokens = [token for token in parser.tokenize(sql) if token.text != ";"]
    tree = parse_statement(tokens, sql, parser)
    assert tree is not None
    parts = Parts(naming("duckdb"), sql, tokens)
    calls = 0

    def count(_frame: object, event: str, _argument: Any) -> None:  # noqa: ANN401
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        compile_statement(tree, parts)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.threat(4, 5, 6)
@pytest.mark.parametrize("kind", [*_LINEAR, *_WHOLE])
def test_work_grows_with_the_text(kind: str) -> None:
    """Ten times the text takes at most 10 ** 1.2 times the work."""
    make = _WHOLE.get(kind) or (lambda n: leak("x", CHAINS[kind](n) + " as v"))
    work = [run_deep(lambda n=n: _work(make(n))) for n in _SIZES]  # type: ignore[misc]

    for (small, less), (large, more) in zip(
        zip(_SIZES, work, strict=True), zip(_SIZES[1:], work[1:], strict=False), strict=False
    ):
        assert math.log(more / less) / math.log(large / small) <= 1.2
