"""Where the bodies of MySQL's procedures and triggers begin, which may be any one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import STRINGS, find_word, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_SAID_OF_ROUTINES = frozenset(
    """
    COMMENT LANGUAGE SQL NOT DETERMINISTIC CONTAINS NO READS DATA MODIFIES DEFINER INVOKER
    """.split()
) | {"SQL SECURITY"}
# What other readers know: blocks, and the bodies of SingleStore and of Oracle's mode.
_BEGINS_OTHERWISE = frozenset({"", "BEGIN", "DECLARE", "RETURN", "RETURNS", "AS", "IS"})
_COMPOUND = frozenset({"IF", "CASE", "LOOP", "REPEAT", "WHILE", "FOR"})


def single_body(tokens: Sequence[Token], start: int) -> Sequence[Token] | None:
    """The statement behind what is said of a procedure from a place on; None where it is none."""
    while start < len(tokens) and (
        word(tokens, start) in _SAID_OF_ROUTINES or tokens[start].token_type in STRINGS
    ):
        start += 1
    return None if word(tokens, start) in _BEGINS_OTHERWISE else tokens[start:]


def is_compound(body: Sequence[Token]) -> bool:
    """Whether a body goes on to an END, behind further semicolons."""
    return word(body, 0) in _COMPOUND or word(body, 1) == ":"


def body_of_trigger(tokens: Sequence[Token], start: int) -> int:
    """Where the body begins behind FOR EACH ROW and the order of triggers; -1 for nowhere."""
    each = find_word(tokens, {"ROW"}, start)
    ordered = each > 0 and word(tokens, each + 1) in {"FOLLOWS", "PRECEDES"}
    return each + 1 + 2 * ordered if each > 0 else -1
