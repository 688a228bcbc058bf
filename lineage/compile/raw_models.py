"""CREATE of what is made of tables without a query: models, graphs and semantic views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.alters import carry_over
from lineage.compile.scripts.tokens import after_brackets, find_word, split_at, word
from lineage.compile.unparsed import name_at, names_in
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot import exp
    from sqlglot.tokenizer_core import Token

    from lineage.compile.parts import Parts

KINDS = frozenset({"MODEL", "GRAPH", "SEMANTIC VIEW", "HIERARCHY", "DIMENSION"})
_LISTS = frozenset({"TABLES"})


def add_made_of(
    node: exp.Expr, parts: Parts, named: tuple[str, str], tokens: Sequence[Token]
) -> bool:
    """What is made of tables holds what they hold; `named` is its kind and its name.

    A column that it computes and names is not told from theirs, so that is a gap.
    """
    kind, name = named
    if kind == "MODEL" and "FROM" not in {word(tokens, n) for n in range(len(tokens))}:
        return True  # nothing was put into it
    alias_first = kind == "SEMANTIC VIEW"
    tables = [t for t in _tables(tokens, parts, alias_first=alias_first) if t]
    for table in tables:
        carry_over(table, name, parts, parts.offset, "insert")
    if kind != "GRAPH" or not tables:
        message = "what it is created from is not analysed"
        names = (name, *tables, *names_in(tokens, parts.naming))
        parts.hole(GapReason.UNSUPPORTED, message, node, tuple(dict.fromkeys(names)))
    return True


def _tables(tokens: Sequence[Token], parts: Parts, *, alias_first: bool) -> Iterator[str]:
    """`FROM t`, `USING t`, and `TABLES (t AS a …)`, or `TABLES (a AS t …)`."""
    given = find_word(tokens, {"FROM", "USING"})
    if given >= 0:
        yield name_at(tokens, given + 1, parts.naming)
    listed = find_word(tokens, _LISTS)
    while listed >= 0:
        end = after_brackets(tokens, listed + 1)
        for item in split_at(tokens[listed + 2 : end - 1], ","):
            yield name_at(item, 2 * (alias_first and word(item, 1) == "AS"), parts.naming)
        listed = find_word(tokens, _LISTS, end)
