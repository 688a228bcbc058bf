"""Texts that hold code: what the tokenizer took as one piece, cut into tokens at their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from lineage.compile.tokenizing import tokens_of
from lineage.dialects import parser_of

if TYPE_CHECKING:
    from collections.abc import Sequence


_QUOTES = frozenset("'\"$nNrRbBeEuU@`")


def spread(tokens: Sequence[Token], text: str, dialect: str) -> Sequence[Token]:
    """Tokens of which the last are a command and all that follows it as one text, as those of that.

    The command need not come first: what is behind BEGIN is one too. In the text may stand a
    further command, as GO behind END.
    """
    before: list[Token] = []
    while len(tokens) > 1 and tokens[-1].token_type is TokenType.STRING:
        *others, first, rest = tokens
        written = text[first.end + 1 : rest.end + 1]
        if written.strip() != rest.text.strip():
            break
        before += (*others, first)
        tokens = _tokens_at(written, dialect, range(first.end + 1, rest.end + 2))
    return [*before, *tokens] if before else tokens


def gathered(tokens: Sequence[Token], text: str, dialect: str) -> Sequence[Token]:
    """The tokens as the parser wants them: of a command, what follows the word is one text."""
    kinds = parser_of(dialect).tokenizer_class.COMMANDS
    if len(tokens) < 3 or tokens[0].token_type not in kinds:  # noqa: PLR2004 - nothing to gather
        return tokens
    first, rest = tokens[0], tokens[1]
    written = text[rest.start : tokens[-1].end + 1]
    end = tokens[-1].end
    return [first, Token(TokenType.STRING, written, rest.line, rest.col, rest.start, end, [])]


def code_in(token: Token, text: str, dialect: str) -> Sequence[Token]:
    """The tokens of the code that a string holds, at the places where they are written.

    Empty where it cannot be cut into tokens.
    """
    code = token.text
    if code.startswith("$") and (mark := code[: code.find("$", 1) + 1]) and code.endswith(mark):
        code = code[len(mark) : -len(mark)] if len(code) > 2 * len(mark) else ""
    return _tokens_at(code, dialect, _places(code, text, token))


def _places(code: str, text: str, token: Token) -> Sequence[int]:
    """Where each character of a string's content is written, quotes doubled or escaped."""
    raw = text[token.start : token.end + 1]
    at = raw.find(code)
    if at >= 0 and "''" not in raw[1:-1].replace(code, ""):
        return range(token.start + at, token.start + at + len(code) + 1)
    places, here = [], next((n for n, c in enumerate(raw) if c not in _QUOTES), 0)
    opened = max(here, 1)
    here = 1 if raw[:1] in {"'", '"'} else opened
    for character in code:
        if here + 1 < len(raw) and raw[here] == "\\" and character != "\\":
            here += 1
        places.append(token.start + here)
        doubled = raw[here : here + 2] in {"''", '""', "\\\\"} and character == raw[here]
        here += 2 if doubled else 1
    return [min(place, token.end) for place in (*places, token.start + here)]


def _tokens_at(code: str, dialect: str, places: Sequence[int]) -> Sequence[Token]:
    try:
        found = _commands_spread(tokens_of(code, dialect), code, dialect)
    except SqlglotError:
        return ()
    return [
        Token(t.token_type, t.text, t.line, t.col, places[t.start], places[t.end], t.comments)
        for t in found
    ]


def _commands_spread(tokens: Sequence[Token], code: str, dialect: str) -> Sequence[Token]:
    """The tokens of code, where no command is left: its text is not what stands at its place."""
    kinds = parser_of(dialect).tokenizer_class.COMMANDS
    if kinds.isdisjoint(token.token_type for token in tokens):
        return tokens
    found: list[Token] = []
    for token in tokens:
        of_command = (
            token.token_type is TokenType.STRING and found and found[-1].token_type in kinds
        )
        found[-1:] = (
            spread([found[-1], token], code, dialect) if of_command else [*found[-1:], token]
        )
    return found
