"""Forms that the parser refuses, said in others that it takes: tokens in, tokens out.

Looked at only when a statement could not be parsed as it is written, but for the few that the
parser takes for something else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.omissions import without_omissible
from lineage.compile.phrases.bigquery import said_by_bigquery
from lineage.compile.phrases.clickhouse import (
    is_mistaken,
    with_one_limit,
    without_mistakable,
)
from lineage.compile.phrases.duckdb import said_by_duckdb
from lineage.compile.phrases.everywhere import (
    BEGIN_LISTS,
    LISTS,
    TYPES,
    with_columns_like_types,
    with_elements_apart,
    with_plain_columns,
    with_plain_escapes,
    with_words,
    without_booleans,
    without_subsets,
)
from lineage.compile.phrases.exasol import without_join_marks
from lineage.compile.phrases.hive import (
    with_plain_quantifiers,
    with_table_queries,
    with_written_names,
    without_hive_phrases,
    without_streams,
)
from lineage.compile.phrases.json_calls import OF_PAIRS, with_named_pairs
from lineage.compile.phrases.like_words import LIKE_WORDS, with_names_like_words
from lineage.compile.phrases.lost_arguments import with_all_arguments
from lineage.compile.phrases.matched import with_matches_apart
from lineage.compile.phrases.mysql import said_by_mysql, without_priority
from lineage.compile.phrases.oracle import said_by_oracle
from lineage.compile.phrases.postgres import said_by_postgres, with_lower_bounds, with_operators
from lineage.compile.phrases.snowflake import said_by_snowflake
from lineage.compile.phrases.sqlite import with_types
from lineage.compile.phrases.teradata import said_by_teradata
from lineage.compile.phrases.trino import said_by_trino, with_all_grouped, without_branches
from lineage.compile.phrases.tsql import said_by_tsql
from lineage.compile.phrases.units import with_computed_units
from lineage.compile.pipes import with_single_sets, without_pipes_unknown
from lineage.compile.scripts.tokens import made_word, spellings
from lineage.dialects import HIVE_AND_SPARK, LIKE_MYSQL, LIKE_POSTGRES, LIKE_TRINO, LIKE_TSQL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlglot.tokenizer_core import Token

_STREAM = re.compile(r"\bstream\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\bidentifier\b", re.IGNORECASE)
_TABLE = re.compile(r"\btable\b", re.IGNORECASE)
_AUTO = re.compile(r"\bauto\b", re.IGNORECASE)

# Where `a[:n]` are the first n, and no driver's parameter stands for one.
_SLICES = frozenset({*LIKE_POSTGRES, "duckdb"})
_LEFT_OUT = re.compile(r"\[\s*(?::|--|/\*)|:\s+:|:\s*(?:--|/\*)")  # a bound may be, before a colon

# Where `true` is the name of a column like any other, and where it may be one before a dot.
_BOOLEAN = re.compile(r"\b(?:true|false)\b", re.IGNORECASE)
_DOTTED = re.compile(r"\b(?:true|false)\s*(?:\.|/\*|--)", re.IGNORECASE)
_MAY_BE_NAMES = {
    **dict.fromkeys(LIKE_TSQL, _BOOLEAN),
    **dict.fromkeys(("oracle", "sqlite", "clickhouse", *HIVE_AND_SPARK), _DOTTED),
}

# Operators of these that the parser takes for one and a parameter, for one and a step of a path,
# and for a pipe.
_MISTAKEN = ("<%", "<#>", "|>>")

_ALWAYS: dict[str, Callable[[Sequence[Token]], Sequence[Token]]] = {
    **dict.fromkeys(LIKE_MYSQL, without_priority),
    "exasol": without_join_marks,
    "teradata": said_by_teradata,
}
_REWRITES: dict[str, Callable[[Sequence[Token]], list[Token]]] = {
    "bigquery": said_by_bigquery,
    "clickhouse": with_one_limit,
    "duckdb": said_by_duckdb,
    **dict.fromkeys(HIVE_AND_SPARK, without_hive_phrases),
    **dict.fromkeys(LIKE_MYSQL, said_by_mysql),
    "oracle": said_by_oracle,
    "snowflake": said_by_snowflake,
    **dict.fromkeys(LIKE_POSTGRES, said_by_postgres),
    "sqlite": with_types,
    **dict.fromkeys(LIKE_TRINO, said_by_trino),
    **dict.fromkeys(LIKE_TSQL, said_by_tsql),
}


def said_plainly(
    tokens: Sequence[Token], counts: Mapping[str, int], text: str, dialect: str
) -> Sequence[Token]:
    """The same statement without what its dialect's parser takes for something else.

    `counts` are how often each text stands among the tokens, and `text` is the script's.
    """
    if not tokens:
        return tokens
    given = tokens
    start, end = tokens[0].start, tokens[-1].end
    # Where anybody may make operators, and `@ x` is the absolute value of x.
    if dialect in LIKE_POSTGRES and any(text.find(o, start, end) >= 0 for o in _MISTAKEN):
        tokens = with_operators(tokens)
    if dialect in _SLICES and _LEFT_OUT.search(text, start, end) is not None:
        tokens = with_lower_bounds(tokens)
    if text.find("|>", start, end) >= 0:
        one_by_one = with_single_sets(tokens) if dialect in HIVE_AND_SPARK else tokens
        tokens = without_pipes_unknown(one_by_one)
    constant = _MAY_BE_NAMES.get(dialect)
    if constant is not None and constant.search(text, start, end + 1) is not None:
        tokens = without_booleans(tokens, only=constant is _DOTTED)
    if dialect in HIVE_AND_SPARK:
        tokens = _plain_in_spark(tokens, text, dialect)
    if dialect in LIKE_POSTGRES and text.find("@", start, end) >= 0:
        tokens = _with_minus(tokens)
    if dialect in _ALWAYS:
        tokens = _ALWAYS[dialect](tokens)
    if dialect == "clickhouse" and is_mistaken(text, start, end):
        tokens = without_mistakable(tokens)
    words = frozenset(map(str.upper, counts) if tokens is given else spellings(tokens))
    plain = _plain_clauses(tokens, text, dialect, words)
    words = words if plain is tokens else frozenset(spellings(plain))
    tokens = with_all_arguments(plain, dialect, words)
    return with_computed_units(tokens, text, dialect)


def _plain_clauses(
    tokens: Sequence[Token], text: str, dialect: str, words: frozenset[str]
) -> Sequence[Token]:
    """`words` are the tokens' texts in capitals."""
    start, end = tokens[0].start, tokens[-1].end + 1
    if "MATCH_RECOGNIZE" in words:
        tokens = with_matches_apart(tokens)
    if not OF_PAIRS.isdisjoint(words):
        tokens = with_named_pairs(tokens)
    if "[" in words and dialect != "materialize" and (dialect == "duckdb" or "LIST" in words):
        tokens = with_columns_like_types(tokens, TYPES if dialect == "duckdb" else LISTS)
    if "[" in words and not BEGIN_LISTS.isdisjoint(words):
        tokens = with_elements_apart(tokens)
    if not LIKE_WORDS.isdisjoint(words):
        tokens = with_names_like_words(tokens, dialect)
    if dialect in LIKE_TRINO and _AUTO.search(text, start, end) is not None:
        tokens = with_all_grouped(tokens)
    if dialect in LIKE_TRINO and text.find("@", start, end) >= 0:
        tokens = without_branches(tokens)
    return tokens


def _plain_in_spark(tokens: Sequence[Token], text: str, dialect: str) -> Sequence[Token]:
    start, end = tokens[0].start, tokens[-1].end + 1
    tokens = with_plain_quantifiers(tokens)
    if _IDENTIFIER.search(text, start, end) is not None:
        tokens = with_written_names(tokens)
    if _TABLE.search(text, start, end) is not None:
        tokens = with_table_queries(tokens)
    if dialect == "spark" and _STREAM.search(text, start, end) is not None:
        tokens = without_streams(tokens)
    return tokens


def _with_minus(tokens: Sequence[Token]) -> Sequence[Token]:
    """`@ x` as `- x`, which does as little to a value; `@x` is a parameter of some driver.

    `@t.x` is not: a parameter's name has no dot.
    """
    last = tokens[-1]
    return [
        made_word(TokenType.DASH, "-", token)
        if token.token_type is TokenType.PARAMETER
        and (after.text in {"(", "-"} or after.start > token.end + 1 or behind.text == ".")
        else token
        for token, after, behind in zip(
            tokens, [*tokens[1:], last], [*tokens[2:], last, last][: len(tokens)], strict=True
        )
    ]


def said_otherwise(tokens: Sequence[Token], dialect: str) -> list[Token] | None:
    """The same statement without what its dialect's parser trips over, None where all is plain."""
    rewrite = _REWRITES.get(dialect)
    said = without_omissible(rewrite(tokens) if rewrite is not None else tokens, dialect)
    said = with_plain_columns(with_plain_escapes(with_words(without_subsets(said))))
    same = len(said) == len(tokens) and all(a is b for a, b in zip(said, tokens, strict=True))
    loses = _queries(said) < _queries(tokens)  # which no other words for the same may do
    return None if same or loses else said


def _queries(tokens: Sequence[Token]) -> int:
    return sum(token.token_type is TokenType.SELECT for token in tokens)
