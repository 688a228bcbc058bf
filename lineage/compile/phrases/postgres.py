"""What Postgres writes otherwise: operators that anybody may make, and values of any type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import made_word, made_words, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_SIGNS = frozenset("+-*/<>=~!@#%^&|`?")
_NO_ARITHMETIC = frozenset("~!@#%^&|`?")
# The longest that the parser may take for two operators in a row, or for one and a parameter.
_KNOWN = frozenset({"<>", "<=", ">=", "!=", "=>", ":="})
_OPERANDS = frozenset(
    {
        TokenType.VAR, TokenType.IDENTIFIER, TokenType.STRING, TokenType.NUMBER,
        TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.PARAMETER,
    }
)  # fmt: skip
_OPENS_BOUND = frozenset({TokenType.L_BRACKET, TokenType.COLON})
_BEFORE_TEXT = frozenset("ZONE ESCAPE UESCAPE COLLATE DELIMITER QUOTE ENCODING PROGRAM".split())


def with_operators(tokens: Sequence[Token]) -> list[Token]:
    """`a <% b`, `@-@ b`: what the parser does not take for one operator, as `||` or `-`."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        end = _end_of_operator(tokens, position)
        if end > position + 1:
            between = bool(said) and said[-1].token_type in _OPERANDS
            plain = (TokenType.DPIPE, "||") if between else (TokenType.DASH, "-")
            said.append(made_word(*plain, tokens[position]))
            position = end
        else:
            said.append(tokens[position])
            position += 1
    return said


def _end_of_operator(tokens: Sequence[Token], start: int) -> int:
    """Behind an operator of several tokens that starts here; not behind signs of numbers."""
    end, written = start, ""
    while end < len(tokens) and _SIGNS.issuperset(tokens[end].text):
        if end > start and tokens[end].start != tokens[end - 1].end + 1:
            break
        written += tokens[end].text
        end += 1
    if _NO_ARITHMETIC.isdisjoint(written):
        while end > start and tokens[end - 1].text in {"-", "+"}:
            end -= 1
            written = written[:-1]
    close = end < len(tokens) and tokens[end].start == tokens[end - 1].end + 1
    is_parameter = written[-1:] in {"?", "%"} and (close or written[-1] == "?")
    return start if is_parameter or written in _KNOWN else end


def with_lower_bounds(tokens: Sequence[Token]) -> list[Token]:
    """`a[:n]` as `a[1:n]`, `a[b: :n]` as `a[b:1:n]`: the parser takes `:n` for a parameter."""
    said: list[Token] = []
    for token in tokens:
        if token.token_type is TokenType.COLON and said and said[-1].token_type in _OPENS_BOUND:
            said += made_words("1", token)
        said.append(token)
    return said


def said_by_postgres(tokens: Sequence[Token]) -> list[Token]:
    """Its operators, and `box '…'`: a value of a type that the parser does not know."""
    said: list[Token] = []
    for position, token in enumerate(tokens):
        typed = token.token_type is TokenType.STRING and word(tokens, position - 1)
        if typed and tokens[position - 1].token_type is TokenType.VAR and typed not in _BEFORE_TEXT:
            start = len(said) - (3 if said[-2:-1] and said[-2].text == "." else 1)
            if start > 0 and said[start - 1].token_type not in _OPERANDS:
                del said[start:]
        said.append(token)
    return with_operators(said)
