"""What Teradata writes otherwise: data phrases behind a value, and rows that meet taken for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import STRINGS, after_brackets, made_word, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_TYPES = frozenset(
    """
    BYTEINT SMALLINT INTEGER INT BIGINT DECIMAL DEC NUMERIC NUMBER FLOAT REAL DOUBLE DATE TIME JSON
    TIMESTAMP CHAR CHARACTER VARCHAR CLOB BYTE VARBYTE BLOB GRAPHIC VARGRAPHIC LONG XML INTERVAL
    """.split()
)
_SHOWN_AS = frozenset({"TITLE", "FORMAT"})
_SAYS_HOW = _SHOWN_AS | {"NAMED", "NOT", "CASESPECIFIC", "CS", "UPPERCASE", "UC"}
_OF_TYPES = frozenset(
    """
    PRECISION VARYING LARGE OBJECT SET LATIN UNICODE KANJISJIS KANJI1 WITH ZONE TO YEAR MONTH DAY
    HOUR MINUTE SECOND , ( )
    """.split()
)
_ENDS_VALUE = frozenset(
    {TokenType.VAR, TokenType.IDENTIFIER, TokenType.R_PAREN, TokenType.STRING, TokenType.END}
)
# Before a name with brackets behind it that hold columns.
_LISTS_COLUMNS = frozenset("TABLE INTO VIEW INSERT INS INDEX KEY REFERENCES ON WITH".split())


def said_by_teradata(tokens: Sequence[Token]) -> list[Token]:
    """The statement without data phrases, and without NORMALIZE behind SELECT.

    `x (VARCHAR(9))` is `x :: varchar`, `x (TITLE 'X', FORMAT '9')` is shown in another way, and
    `x (NAMED y)` is `x y`.
    """
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        end, instead = position, tokens[position : position + 1]
        if word(tokens, position) == "(" and said and _may_be_phrase(said, tokens, position):
            end, instead = _phrase(tokens, position)
        elif (
            word(tokens, position) == "NORMALIZE"
            and said
            and said[-1].token_type is TokenType.SELECT
        ):
            end, instead = _past_normalize(tokens, position), []
        said += instead if end > position else tokens[position : position + 1]
        position = max(end, position + 1)
    return said


def _may_be_phrase(said: Sequence[Token], tokens: Sequence[Token], opened: int) -> bool:
    """Whether a value stands before a bracket, and not a function or what has columns listed."""
    if said[-1].token_type not in _ENDS_VALUE:
        return False
    first = len(said) - 1
    while first > 1 and said[first - 1].token_type is TokenType.DOT:
        first -= 2
    named = said[-1].token_type is TokenType.VAR
    called = named and first == len(said) - 1 and word(said, first) in exp.FUNCTION_BY_NAME
    of_call = called and word(tokens, opened + 1) not in _SAYS_HOW
    return not of_call and word(said, first - 1) not in _LISTS_COLUMNS


def _phrase(tokens: Sequence[Token], opened: int) -> tuple[int, list[Token]]:
    """Past a data phrase in brackets, and what to say instead; before it where there is none."""
    end = after_brackets(tokens, opened)
    types: list[Token] = []
    names: list[Token] = []
    before, depth = "", 0
    for token in tokens[opened + 1 : end - 1]:
        here = token.text.upper()
        depth += (here == "(") - (here == ")")
        if before == "NAMED":
            names.append(token)
        elif here in _TYPES and not (types and here == "CHARACTER"):  # and CHARACTER SET
            types.append(token)
        elif token.token_type in STRINGS:
            if before not in _SHOWN_AS:
                return opened, []
        elif not (here.isdigit() and depth) and here not in _SAYS_HOW | _OF_TYPES:
            return opened, []
        before = here
    if len(types) > 1 or word(tokens, opened + 1) not in _TYPES | _SAYS_HOW:
        return opened, []
    mark = tokens[opened]
    plain = bool(types) and types[0].token_type is not TokenType.INTERVAL
    cast = [made_word(TokenType.DCOLON, "::", mark), types[0]] if plain else []
    return end, cast + names


def _past_normalize(tokens: Sequence[Token], position: int) -> int:
    """Past `NORMALIZE ON MEETS OR OVERLAPS`; the position itself where it is a column."""
    end = position + 1
    if word(tokens, end) == "ON":
        end += 2 + 2 * (word(tokens, end + 2) == "OR")
    elif word(tokens, end) in {",", "FROM", "AS", ".", "(", ""}:
        return position
    return end
