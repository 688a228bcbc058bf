"""Statements of which branches that are alike are left to be copied, from tokens to what they do.

Where anything about such a statement is out of the ordinary it is `None`, and read in full: what
can be seen in a tree or in a list of tokens must not depend on the branches that are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.alike import shortened
from lineage.compile.nesting import excess_of_tokens
from lineage.compile.parsing import parse_statement, release
from lineage.compile.parts import Parts
from lineage.compile.phrases import said_otherwise, said_plainly
from lineage.compile.scripts.tokens import counts_of
from lineage.compile.statements import compile_statement
from lineage.dialects import parser_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.alike import Alike
    from lineage.compile.scripts.context import Known
    from lineage.dialects import Naming
    from lineage.objects import Statement

# Others, as ALTER, say things of all tables that they name, wherever these stand.
_READ = (exp.Query, exp.Create, exp.Insert)


def compile_shortened(
    tokens: Sequence[Token], text: str, names: Naming, known: Known
) -> Statement | None:
    """What a statement does whose unions have branches that are alike; None for all others."""
    found = shortened(tokens, text)
    if found is None or excess_of_tokens(tokens, counts_of(tokens)) is not None:
        return None
    short, alike = found
    try:
        tree = _tree(short, text, names.dialect)
        return None if tree is None else _compile(tree, Parts(names, text, tokens, known), alike)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, it is said of the statement in full
        return None


def _tree(short: list[Token], text: str, dialect: str) -> exp.Expr | None:
    """The tree of what is as plain as it is written; None where the parser has to be helped."""
    plainly = said_plainly(short, counts_of(short), text, dialect)
    if any(a is not b for a, b in zip(short, plainly, strict=True)):
        return None
    if said_otherwise(short, dialect) is not None:
        return None
    return parse_statement(short, text, parser_of(dialect))


def _compile(tree: exp.Expr, parts: Parts, alike: Alike) -> Statement | None:
    parts.draft.alike = alike
    try:
        if not isinstance(tree, _READ):
            return None
        statement = compile_statement(tree, parts)
    finally:
        release(tree)
    # A gap may name all that stands in some part of the statement.
    return statement if alike.all_met and not statement.holes else None
