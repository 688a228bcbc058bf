"""Forms that the parser refuses, said in others that it takes: tokens in, tokens out.

Looked at only when a statement could not be parsed as it is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.hive_phrases import without_hive_phrases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlglot.tokenizer_core import Token

_COMPOUND = frozenset("+ - * / % & | ^".split())
_SHOWN_AS = frozenset({"TITLE", "FORMAT"})


def said_otherwise(tokens: Sequence[Token], dialect: str) -> list[Token] | None:
    """The same statement without what its dialect's parser trips over, None where all is plain."""
    rewrite = _REWRITES.get(dialect)
    said = rewrite(tokens) if rewrite is not None else None
    return said if said is not None and said != list(tokens) else None


def _without_titles(tokens: Sequence[Token]) -> list[Token]:
    """Teradata: `x (TITLE 'X', FORMAT '9')` is shown in another way, `x (NAMED y)` is `x y`."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        width, name = _phrase(tokens, position)
        said += tokens[position : position + 1] if not width else name
        position += width or 1
    return said


def _phrase(tokens: Sequence[Token], start: int) -> tuple[int, list[Token]]:
    """How many tokens a phrase in brackets has, 0 where there is none; and the name it gives."""
    name: list[Token] = []
    if tokens[start].token_type is not TokenType.L_PAREN:
        return 0, name
    for position in range(start + 1, len(tokens) - 2, 3):
        word, value, after = tokens[position : position + 3]
        if word.text.upper() == "NAMED":
            name = [value]
        elif word.text.upper() not in _SHOWN_AS or value.token_type is not TokenType.STRING:
            break
        if after.token_type is TokenType.R_PAREN:
            return position + 3 - start, name
        if after.token_type is not TokenType.COMMA:
            break
    return 0, []


def _with_plain_assignments(tokens: Sequence[Token]) -> list[Token]:
    """T-SQL: `SET x += y` is `SET x = x + y`."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        operator, *after = tokens[position : position + 2]
        if operator.text in _COMPOUND and after and _assigns(operator, after[0]):
            said += [after[0], *_assigned(tokens, position), operator]
            position += 1
        else:
            said.append(operator)
        position += 1
    return said


def _assigns(operator: Token, after: Token) -> bool:
    return after.token_type is TokenType.EQ and after.start == operator.end + 1


def _assigned(tokens: Sequence[Token], end: int) -> Sequence[Token]:
    """The dotted name or variable that ends before a token."""
    start = end - 1
    while start > 1 and tokens[start - 1].token_type is TokenType.DOT:
        start -= 2
    if start > 0 and tokens[start - 1].token_type is TokenType.PARAMETER:
        start -= 1
    return tokens[start:end]


_REWRITES: dict[str, Callable[[Sequence[Token]], list[Token]]] = {
    **dict.fromkeys(("hive", "spark", "spark2", "databricks"), without_hive_phrases),
    "teradata": _without_titles,
    "tsql": _with_plain_assignments,
    "fabric": _with_plain_assignments,
}
