"""What Oracle writes plainly: calls without brackets, and names of other databases' tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import Token, TokenType

from lineage.compile.scripts.tokens import (
    NAMES,
    after_brackets,
    closing_unknown,
    made_word,
    made_words,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_BEFORE_VALUES = frozenset({"RETURN", "IF", "ELSIF", "WHILE"})


def as_called(
    tokens: Sequence[Token], routines: Collection[str], variables: Collection[str]
) -> Sequence[Token]:
    """Calls of routines, and elements of variables, as the parser knows them."""
    if routines:
        tokens = _with_brackets(tokens, set(routines).difference(variables))
    return _with_elements(tokens, variables) if variables else tokens


def _with_elements(tokens: Sequence[Token], variables: Collection[str]) -> Sequence[Token]:
    """`list(i)` is an element of a variable, though the parser knows a function or type so."""
    said = list(tokens)
    for position, token in enumerate(tokens[:-1]):
        called = tokens[position + 1].text == "(" and word(tokens, position) in variables
        if called and not (position and tokens[position - 1].text == "."):
            said[position] = made_word(TokenType.VAR, token.text, token)
            end = after_brackets(tokens, position + 1) - 1
            said[end] = closing_unknown(tokens[end])
    return said


def _with_brackets(tokens: Sequence[Token], functions: Collection[str]) -> Sequence[Token]:
    """`x := f` and `RETURN f` as `f()`, for functions by their names as the dialect folds them."""
    start = next((n for n, t in enumerate(tokens) if t.token_type is TokenType.COLON_EQ), -1)
    if start < 0 and word(tokens, 0) in _BEFORE_VALUES:
        start = 0
    if start < 0 or "SELECT" in {word(tokens, n) for n in range(start, len(tokens))}:
        return tokens
    found = list(tokens[: start + 1])
    for position in range(start + 1, len(tokens)):
        token = tokens[position]
        found.append(token)
        if word(tokens, position) in functions and word(tokens, position + 1) not in {"(", "."}:
            found += made_words("( )", token)
    return found


def with_links(tokens: Sequence[Token]) -> Sequence[Token]:
    """`"T"@"L"` and `t @ l` as one word, like `t@l`; the parser would take `l` for an alias."""
    said: list[Token] = []
    for token in tokens:
        opened = said[-1].text if said else ""
        linked = len(said) > 1 and opened == "@" and said[-2].token_type in NAMES
        if token.token_type in NAMES and linked:
            table = said[-2]
            said[-2:] = [made_word(TokenType.VAR, f"{table.text}@{token.text}", table)]
        elif token.token_type is TokenType.IDENTIFIER and opened[1:].endswith("@"):
            said[-1] = made_word(TokenType.VAR, f"{opened}{token.text}", said[-1])
        else:
            said.append(token)
    return said
