"""Texts that are put together of texts: `'insert into ' || t`, CONCAT and FORMAT of literals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import Token, TokenType

from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    spelt,
    split_at,
    unbracketed,
    word,
)
from lineage.dialects import LIKE_TSQL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.compile.scripts.script import Script

_MOST_STEPS = 20  # from a variable to what it is made of
_MARKS = frozenset({":", "@", "$"})
_JOINS = frozenset({"CONCAT"})
_QUOTES = frozenset({"QUOTE_IDENT", "QUOTENAME", "IDENTIFIER", "TO_VARCHAR", "TEXT"})
_TEXT_LITERALS = frozenset({"QUOTE_LITERAL"})
_SLOT = re.compile(r"%(?:(\d)\$)?([%sILt])")
_ADDS = LIKE_TSQL


def folded(script: Script, tokens: Sequence[Token], steps: int = 0) -> str | None:
    """The text that an expression comes to; None where a part of it is not written out."""
    tokens = unbracketed(tokens)
    if not tokens or steps > _MOST_STEPS:
        return None
    operator = "+" if script.dialect in _ADDS else "||"
    pieces = list(split_at(tokens, operator))
    if operator == "||" and len(pieces) == 1:
        pieces = list(split_at(tokens, "|"))
    if len(pieces) > 1:
        found = [folded(script, piece, steps + 1) for piece in pieces]
        return None if None in found else "".join(part or "" for part in found)
    if tokens[0].token_type in STRINGS and len(tokens) == 1:
        return tokens[0].text
    if word(tokens, 1) == "(" and after_brackets(tokens, 1) == len(tokens):
        return _called(script, spelt(tokens, 0), tokens[2:-1], steps)
    return _held(script, tokens, steps)


def as_literal(text: str, tokens: Sequence[Token]) -> Token:
    """A literal with a text, standing where some tokens do."""
    first, last = tokens[0], tokens[-1]
    return Token(TokenType.STRING, text, first.line, first.col, first.start, last.end, [])


def _called(script: Script, name: str, inside: Sequence[Token], steps: int) -> str | None:
    arguments = [folded(script, item, steps + 1) for item in split_at(inside, ",")]
    known = [argument for argument in arguments if argument is not None]
    if len(known) < len(arguments) or not known:
        return None
    if name in _JOINS:
        return "".join(known)
    if name in _QUOTES and len(known) == 1:
        return known[0]
    if name in _TEXT_LITERALS and len(known) == 1:
        return _quoted(known[0])
    return _formatted(known[0], known[1:]) if name == "FORMAT" else None


def _formatted(template: str, values: Sequence[str]) -> str | None:
    """FORMAT with `%s`, `%I` and `%L`; None where it asks for what is not given."""
    rest = iter(values)
    missing = False

    def filled(slot: re.Match[str]) -> str:
        nonlocal missing
        number, kind = slot.groups()
        if kind == "%":
            return "%"
        at = int(number) - 1 if number else None
        value = next(rest, None) if at is None else values[at] if at < len(values) else None
        missing = missing or value is None
        return _quoted(value or "") if kind == "L" else value or ""

    text = _SLOT.sub(filled, template)
    return None if missing or "%" in _SLOT.sub("", template) else text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _held(script: Script, tokens: Sequence[Token], steps: int) -> str | None:
    """The text that a variable holds, where there is only one that it can hold."""
    bare = [token for token in tokens if token.text not in _MARKS]
    made = script.context.texts.get(script.context.name(bare[0]), ()) if len(bare) == 1 else ()
    if made:
        script.context.ran.add(script.context.name(bare[0]))
    return folded(script, made[0], steps + 1) if len(made) == 1 else None
