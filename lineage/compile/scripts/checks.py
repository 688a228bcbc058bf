"""What runs functions whenever a row comes in: CHECK, indexes, domains, casts and operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.masks import shown_by_masks
from lineage.compile.scripts.policies import hidden, named_at
from lineage.compile.scripts.tokens import after_brackets, calls_unknown, find_word, split_at, word
from lineage.compile.unparsed import end_of_name, name_at
from lineage.objects import FUNCTION
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

# What calls functions of the project wherever a value of a type is: which, no text says.
CALLERS = frozenset({"DOMAIN", "CAST", "OPERATOR"})
_NAMES_FUNCTION = frozenset({"FUNCTION", "PROCEDURE"})

_NEAR_KIND = 6  # words of CREATE OR REPLACE UNIQUE CLUSTERED INDEX


def run_for_rows(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """What a CREATE or ALTER of a table, or CREATE INDEX, has run for each of its rows."""
    near = {word(tokens, n) for n in range(1, _NEAR_KIND)}
    said = script.text[tokens[0].start : tokens[-1].end + 1].lower()
    if "INDEX" not in near and "mask" not in said and "check" not in said:
        return  # far faster than to look at all tokens
    words = [word(tokens, n) for n in range(len(tokens))]
    if "MASK" in words:
        yield from shown_by_masks(tokens, script.context.naming)
    if "CHECK" in words:
        start = named_at(tokens, len(tokens))
        predicates = _checks(tokens, words)
    elif "INDEX" in near:
        start = find_word(tokens, {"ON"}) + 1
        predicates = _indexed(tokens, start)
    else:
        return
    table = tokens[start : end_of_name(tokens, start)]
    for predicate in predicates:
        if table and calls_unknown(predicate, script.dialect):
            yield hidden(script, table, predicate)


def _checks(tokens: Sequence[Token], words: Sequence[str]) -> Iterator[Sequence[Token]]:
    for position, said in enumerate(words):
        if said == "CHECK" and word(tokens, position + 1) == "(":
            yield tokens[position + 1 : after_brackets(tokens, position + 1)]


def _indexed(tokens: Sequence[Token], start: int) -> Iterator[Sequence[Token]]:
    """The expressions of an index, without what follows them, and its WHERE."""
    opened = next((n for n in range(start, len(tokens)) if word(tokens, n) == "("), len(tokens))
    end = after_brackets(tokens, opened)
    for item in split_at(tokens[opened + 1 : end - 1], ","):
        called = next((n for n in range(len(item)) if word(item, n) == "("), len(item))
        yield item[: after_brackets(item, called)]
    where = find_word(tokens, {"WHERE"}, end)
    if where > 0:
        yield tokens[where + 1 :]


def read_caller(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """CREATE or ALTER DOMAIN, CAST or OPERATOR: the functions of it run where nobody names them."""
    called = [
        name_at(tokens, n + 1 + (not tokens[n + 1].text.isidentifier()), script.context.naming)
        for n in range(2, len(tokens) - 1)
        if word(tokens, n) in _NAMES_FUNCTION
    ]
    kind = word(tokens, 1)
    domain = [name_at(tokens, 2, script.context.naming)] if kind == "DOMAIN" else []
    if kind == "DOMAIN":
        rest = tokens[end_of_name(tokens, 2) :]
        called = [
            name_at(rest, n, script.context.naming)
            for n in range(len(rest) - 1)
            if word(rest, n) != "CHECK" and calls_unknown(rest[n : n + 2], script.dialect)
        ]
        if "SELECT" in {word(rest, n) for n in range(len(rest))}:
            called.append("")
    if called:
        message = f"what {word(tokens, 0)} {kind} runs is not known"
        names = [*domain, *(f"{FUNCTION}{name}" for name in called if name)]
        yield script.hole(GapReason.OPAQUE_CODE, message, tokens, names=names)
    else:
        yield script.plain(tokens)
