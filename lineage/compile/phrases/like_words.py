"""Names that the parser takes for words: CURRENT_ROLE, ANY, TOP, WINDOW, a table FUNCTION."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.phrases.everywhere import BEFORE_VALUES, TYPES
from lineage.compile.scripts.tokens import made_word, word
from lineage.dialects import FOLDING, HIVE_AND_SPARK, LIKE_MYSQL, LIKE_POSTGRES, LIKE_TRINO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

LIKE_WORDS = frozenset(
    """
    ANY CURDATE CURRENT_DATETIME CURRENT_ROLE CURRENT_TIME CURRENT_USER FUNCTION GLOB ILIKE ISNULL
    NOTNULL REGEXP RETURNING RLIKE SAMPLE STREAM TABLESAMPLE TOP UNIQUE WINDOW
    """.split()
)
# What each word is called without brackets in; elsewhere it is a name.
_CALLED_IN = {
    "CURRENT_DATETIME": frozenset({"bigquery", "duckdb", "clickhouse"}),
    "CURRENT_ROLE": LIKE_POSTGRES | LIKE_TRINO | {"teradata", "duckdb", "clickhouse"},
}
_NOT_CALLED_IN = {
    "CURRENT_USER": frozenset({"bigquery", "hive", "oracle", "sqlite"}),
    "CURRENT_TIME": frozenset({"oracle", *HIVE_AND_SPARK}),
}
_BEHIND_NAME = frozenset({"(", "AS", "SELECT", "VALUES", "WITH"})
_BEHIND_VALUE = frozenset(
    {"FROM", "AS", "INTO", "NULL", *",.+-*/%|&)=<>", "||", "::", "!=", "<=", ">="}
)
_BEFORE_JSON = frozenset({"(", ",", ":", "VALUE"})
# What stands behind a value or a table, and is a name where one of these stands.
_BETWEEN_VALUES = frozenset({"GLOB", "ILIKE", "REGEXP", "RLIKE", "SAMPLE", "TABLESAMPLE"})
# Where `a ISNULL` and `a NOTNULL` are tests, and no names for what is put out.
_TESTS_NULL = LIKE_POSTGRES | {"sqlite", "duckdb"}
# Where ANY, and where UNIQUE, may be a column.
_MAY_BE_ANY = LIKE_MYSQL | LIKE_TRINO | HIVE_AND_SPARK | {"sqlite"}
_MAY_BE_UNIQUE = LIKE_TRINO | HIVE_AND_SPARK | {"clickhouse"}


def with_names_like_words(tokens: Sequence[Token], dialect: str) -> list[Token]:
    """Such words are names where their dialect has nothing else of the name there."""
    said = list(tokens)
    for position, token in enumerate(tokens):
        if token.text.upper() not in LIKE_WORDS:
            continue
        here = word(tokens, position)
        called = word(tokens, position + 1) == "("
        if not here or (called and here != "FUNCTION"):
            continue
        if _is_name(here, dialect) or _stands_for_name(tokens, position):
            said[position] = made_word(TokenType.VAR, token.text, token)
        elif _is_column(tokens, position, dialect):  # also where the parser asks for its letters
            said[position] = made_word(TokenType.IDENTIFIER, _folded(token.text, dialect), token)
    return said


def _folded(name: str, dialect: str) -> str:
    """A name in quotes that means the same as it does without them."""
    fold = FOLDING.get(dialect)
    return name if fold == "keep" else name.upper() if fold == "upper" else name.lower()


def _is_name(here: str, dialect: str) -> bool:
    """Whether a word that is not called is a name, wherever it stands."""
    if here in {"ISNULL", "NOTNULL"}:
        return dialect not in _TESTS_NULL
    called = _CALLED_IN.get(here)
    return dialect in _NOT_CALLED_IN.get(here, ()) or (called is not None and dialect not in called)


def _stands_for_name(tokens: Sequence[Token], position: int) -> bool:
    """Whether such a word stands where it can only be a name."""
    here, behind = word(tokens, position), word(tokens, position + 1)
    before = word(tokens, position - 1).rpartition(" ")[2] if position else ""
    if here == "FUNCTION":
        return before in {"TABLE", "VIEW", "INTO", "EXISTS"} and behind in _BEHIND_NAME
    if here == "STREAM":  # a schema
        return behind == "."
    if here == "WINDOW":
        return before in BEFORE_VALUES and word(tokens, position + 2) != "AS"
    if here in _BETWEEN_VALUES:
        return before in BEFORE_VALUES and _ends(tokens, position + 1)
    if here != "TOP" or behind in {"-", "*"}:  # of how many, or of all
        return False
    return _ends(tokens, position + 1) or before not in {"SELECT", "DISTINCT", "ALL"}


def _ends(tokens: Sequence[Token], position: int) -> bool:
    """Whether no value begins here, for one has just ended."""
    return position == len(tokens) or word(tokens, position) in _BEHIND_VALUE


def _is_column(tokens: Sequence[Token], position: int, dialect: str) -> bool:
    here, before = word(tokens, position), word(tokens, position - 1) if position else ""
    if here == "ANY" and dialect in _MAY_BE_ANY:
        return before.rpartition(" ")[2] in BEFORE_VALUES - {"LIKE", "ILIKE"}
    if here == "CURDATE":
        return True
    if here == "RETURNING":  # of a function for JSON
        return before in _BEFORE_JSON and _ends(tokens, position + 1)
    if here != "UNIQUE" or dialect not in _MAY_BE_UNIQUE or before not in {"(", ","}:
        return False
    typed = position + 1 < len(tokens) and tokens[position + 1].token_type in TYPES
    sized = word(tokens, position + 2) == "("  # and no list of columns
    return typed and (not sized or word(tokens, position + 3).isdigit())
