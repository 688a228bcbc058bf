"""Forms that the parser refuses, said in others that it takes: tokens in, tokens out.

Looked at only when a statement could not be parsed as it is written, but for the few that the
parser takes for something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.omissions import without_omissible
from lineage.compile.pipes import without_pipes_unknown
from lineage.compile.scripts.tokens import after_brackets, made_word, split_at, word
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlglot.tokenizer_core import Token

_COMPOUND = frozenset("+ - * / % & | ^".split())
_SHOWN_AS = frozenset({"TITLE", "FORMAT"})
_FUNCTIONS_TOO = frozenset({TokenType.WINDOW, TokenType.UPDATE})
_AFTER_LIMIT = frozenset("SELECT UNION EXCEPT INTERSECT SETTINGS FORMAT ;".split())
# Where `@ x` is the absolute value of x.
_ABSOLUTE = frozenset({"postgres", "redshift", "materialize", "risingwave"})


def said_plainly(tokens: Sequence[Token], text: str, dialect: str) -> Sequence[Token]:
    """The same statement without what its dialect's parser takes for something else."""
    start, end = tokens[0].start, tokens[-1].end
    if text.find("|>", start, end) >= 0:
        tokens = without_pipes_unknown(tokens)
    if dialect in _ABSOLUTE and text.find("@", start, end) >= 0:
        tokens = _with_minus(tokens)
    return tokens


def _with_minus(tokens: Sequence[Token]) -> Sequence[Token]:
    """`@ x` as `- x`, which does as little to a value; `@x` is a parameter of some driver."""
    return [
        made_word(TokenType.DASH, "-", token)
        if token.token_type is TokenType.PARAMETER
        and (after.text in {"(", "-"} or after.start > token.end + 1)
        else token
        for token, after in zip(tokens, [*tokens[1:], tokens[-1]], strict=True)
    ]


def said_otherwise(tokens: Sequence[Token], dialect: str) -> list[Token] | None:
    """The same statement without what its dialect's parser trips over, None where all is plain."""
    rewrite = _REWRITES.get(dialect)
    said = without_omissible(rewrite(tokens) if rewrite is not None else tokens, dialect)
    said = _with_plain_columns(_with_words(_without_subsets(said)))
    same = len(said) == len(tokens) and all(a is b for a, b in zip(said, tokens, strict=True))
    return None if same else said


def _with_words(tokens: list[Token]) -> list[Token]:
    """MATCH_RECOGNIZE, which not every tokenizer knows; `window(…)`, `update(…)`, which it does."""
    said = list(tokens)
    for position, token in enumerate(tokens[:-1]):
        here = token.text.upper()
        if here == "MATCH_RECOGNIZE" and token.token_type is TokenType.VAR:
            said[position] = made_word(TokenType.MATCH_RECOGNIZE, token.text, token)
        elif token.token_type in _FUNCTIONS_TOO and tokens[position + 1].text == "(":
            said[position] = made_word(TokenType.VAR, token.text, token)
    return said


def _with_plain_calls(tokens: Sequence[Token]) -> list[Token]:
    """ClickHouse: `f(3)(x)`, an aggregate with parameters that the parser does not know, as `f(x)`."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        said.append(tokens[position])
        position += 1
        closed = after_brackets(tokens, position) if position < len(tokens) else position
        named = said[-1].token_type is TokenType.VAR
        if named and closed > position and word(tokens, closed) == "(":
            position = closed
    return said


def _with_one_limit(written: Sequence[Token]) -> list[Token]:
    """ClickHouse: `LIMIT n BY a LIMIT m` cuts twice; that it cuts is said by the first alone."""
    tokens = _with_plain_calls(written)
    said: list[Token] = []
    by = [False]  # in each bracket that is open, whether a LIMIT BY was met
    skipping = False
    for position, token in enumerate(tokens):
        here = word(tokens, position)
        if here == "(":
            by.append(False)
        elif here == ")":
            by, skipping = by[:-1] or [False], False
        elif here == "BY" and word(tokens, position - 2) == "LIMIT":
            by[-1] = True
        elif here == "LIMIT":
            skipping = by[-1]
        elif here in _AFTER_LIMIT:
            skipping, by[-1] = False, by[-1] and here in {"SETTINGS", "FORMAT"}
        if not skipping:
            said.append(token)
    return said


def _with_plain_columns(tokens: list[Token]) -> list[Token]:
    """INSERT INTO m a (a.x, y.field, z[1]): into columns x, y and z."""
    end = end_of_name(tokens, 2)
    opened = end + (word(tokens, end) != "(")
    closed = after_brackets(tokens, opened)
    if [word(tokens, n) for n in range(2)] != ["INSERT", "INTO"] or closed == opened:
        return tokens
    own = {word(tokens, end - 1), word(tokens, opened - 1)}
    said: list[Token] = []
    for item in split_at(tokens[opened + 1 : closed - 1], ","):
        qualified = word(item, 1) == "." and word(item, 0) in own
        said += [tokens[opened] if not said else _comma(item[0]), item[2 if qualified else 0]]
    return [*tokens[:opened], *said, *tokens[closed - 1 :]]


def _comma(near: Token) -> Token:
    return made_word(TokenType.COMMA, ",", near)


def _without_subsets(tokens: list[Token]) -> list[Token]:
    """MATCH_RECOGNIZE: what `SUBSET u = (a, b)` calls u are rows of the table of a."""
    words = (word(tokens, position) for position in range(len(tokens)))
    start = next((n for n, here in enumerate(words) if here == "SUBSET"), 0)
    if not start:
        return tokens
    sets: dict[str, Token] = {}
    end = start + 1
    while word(tokens, end + 1) == "=" and word(tokens, end + 2) == "(":
        sets[word(tokens, end)] = tokens[end + 3]
        end = after_brackets(tokens, end + 2)
        end += word(tokens, end) == ","
    kept = [*tokens[:start], *tokens[end:]]
    return [
        sets.get(token.text.upper(), token) if word(kept, position + 1) == "." else token
        for position, token in enumerate(kept)
    ]


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


def _with_types(tokens: Sequence[Token]) -> list[Token]:
    """Oracle: a virtual column needs no type, and `:1` is a value that is bound by its place."""
    said: list[Token] = []
    for position, token in enumerate(tokens):
        if token.token_type is TokenType.NUMBER and word(tokens, position - 1) == ":":
            said.append(made_word(TokenType.VAR, f"bound{token.text}", token))
            continue
        computes = token.token_type is TokenType.ALIAS and word(tokens, position + 1) == "("
        computes = computes or token.text.upper() == "GENERATED"
        if computes and position > 1 and word(tokens, position - 2) in {"(", ","}:
            said.append(made_word(TokenType.VAR, "number", token))
        said.append(token)
    return said


_REWRITES: dict[str, Callable[[Sequence[Token]], list[Token]]] = {
    "clickhouse": _with_one_limit,
    "oracle": _with_types,
    "teradata": _without_titles,
    "tsql": _with_plain_assignments,
    "fabric": _with_plain_assignments,
}
