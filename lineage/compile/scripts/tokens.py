"""Tokens: finding one's way among them where the parser makes no tree."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from lineage.dialects import parser_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

STRINGS = frozenset(
    {
        TokenType.STRING,
        TokenType.HEREDOC_STRING,
        TokenType.RAW_STRING,
        TokenType.NATIONAL_STRING,
    }
)
_QUOTES = frozenset("'\"$nNrRbBeEuU@`")


def word(tokens: Sequence[Token], position: int) -> str:
    """The upper-case text of a token that is no string; empty past the end."""
    if position >= len(tokens) or tokens[position].token_type in STRINGS:
        return ""
    return tokens[position].text.upper()


def find_word(tokens: Sequence[Token], wanted: Collection[str], start: int = 0) -> int:
    """Where one of some words stands outside brackets and CASE … END; -1 where none does."""
    depth = 0
    for position in range(start, len(tokens)):
        here = word(tokens, position)
        if not depth and (here in wanted or (" " in here and here.split(" ")[0] in wanted)):
            return position  # ORDER BY and the like are one token
        if here in {"(", "[", "CASE"}:
            depth += 1
        elif here in {")", "]", "END"}:
            depth = max(depth - 1, 0)
    return -1


def split_at(tokens: Sequence[Token], separator: str) -> Iterator[Sequence[Token]]:
    """The runs of tokens between separators that stand outside brackets."""
    start = 0
    while (end := find_word(tokens, {separator}, start)) >= 0:
        yield tokens[start:end]
        start = end + 1
    yield tokens[start:]


def after_brackets(tokens: Sequence[Token], position: int) -> int:
    """Past the bracket that closes the one at a position; the position itself where none opens."""
    if word(tokens, position) != "(":
        return position
    depth = 0
    for place in range(position, len(tokens)):
        depth += {"(": 1, ")": -1}.get(word(tokens, place), 0)
        if not depth:
            return place + 1
    return len(tokens)


def runs(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens of each statement, without its semicolon."""
    start = 0
    for position, token in enumerate(tokens):
        if token.token_type is TokenType.SEMICOLON:
            if position > start:
                yield tokens[start:position]
            start = position + 1
    if start < len(tokens):
        yield tokens[start:]


def made_word(kind: TokenType, text: str, near: Token) -> Token:
    """A word that nobody wrote, standing where another one does."""
    return Token(kind, text, near.line, near.col, near.start, near.start, [])


def spread(tokens: Sequence[Token], text: str, dialect: str) -> Sequence[Token]:
    """A command's tokens; where the tokenizer took the rest as one text, those of the text."""
    if len(tokens) != 2 or tokens[1].token_type is not TokenType.STRING:  # noqa: PLR2004
        return tokens
    first, rest = tokens
    written = text[first.end + 1 : rest.end + 1]
    if written.strip() != rest.text.strip():
        return tokens
    return [first, *_tokens_at(written, dialect, range(first.end + 1, rest.end + 2))]


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
        found = parser_of(dialect).tokenize(code)
    except SqlglotError:
        return ()
    return [
        Token(t.token_type, t.text, t.line, t.col, places[t.start], places[t.end], t.comments)
        for t in found
    ]


# -- statements that nothing separates ---------------------------------------------------------

_STARTS = frozenset(
    """
    SELECT INSERT UPDATE DELETE MERGE CREATE ALTER DROP EXEC EXECUTE DECLARE SET IF ELSE WHILE
    BEGIN END TRUNCATE PRINT RETURN THROW RAISERROR COMMIT ROLLBACK OPEN FETCH CLOSE DEALLOCATE
    USE GRANT WITH BULK BREAK CONTINUE WAITFOR GO SAVE
    """.split()
)
_JOINS_ON = frozenset(
    """
    BULK UNION ALL EXCEPT INTERSECT AS ( THEN FOR OR AFTER ON OF TABLE VIEW PROCEDURE COLUMN , = IN
    EXISTS INSTEAD
    """.split()
)  # fmt: skip
# What may still follow in a statement that starts with these words.
_TAKES = {
    "INSERT": {"SELECT", "EXEC", "EXECUTE", "WITH"},
    "UPDATE": {"SET", "WITH"},
    "MERGE": {"INSERT", "UPDATE", "DELETE", "SET", "WITH"},
    "ALTER": {"ALTER", "DROP", "SET", "WITH"},
    "GRANT": {"SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "ALTER", "WITH"},
    "WITH": {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "SET"},
    "DECLARE": {"SELECT"},
    "FETCH": set(),
}


def starts_of_statements(tokens: Sequence[Token]) -> list[int]:
    """Where T-SQL's statements start, which need no semicolon between them."""
    found = [0]
    waits = set(_TAKES.get(word(tokens, 0), ()))
    depth = 0
    for position in range(1, len(tokens)):
        here, before = word(tokens, position), word(tokens, position - 1)
        if here in {"(", "CASE"}:
            depth += 1
        elif here == ")" or (here == "END" and depth):
            depth = max(depth - 1, 0)
            continue
        if depth or here not in _STARTS or (before in _JOINS_ON and not _is_set(tokens, found[-1])):
            continue
        if here == "WITH" and word(tokens, position + 1) in {"(", "CHECK", "RECOMPILE"}:
            continue
        if here in waits:
            if here in {"SELECT", "SET", "EXEC"} and word(tokens, found[-1]) != "MERGE":
                waits.discard(here)
            continue
        found.append(position)
        waits = set(_TAKES.get(here, ()))
    return found


def _is_set(tokens: Sequence[Token], start: int) -> bool:
    """SET IDENTITY_INSERT m ON ends with a word that elsewhere goes on."""
    return word(tokens, start) == "SET" and word(tokens, start + 1) != "@"


def pieces(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """The statements of tokens that nothing separates."""
    starts = [*starts_of_statements(tokens), len(tokens)]
    return [tokens[a:b] for a, b in pairwise(starts) if b > a]
