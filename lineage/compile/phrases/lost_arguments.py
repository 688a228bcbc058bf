"""Calls of which the parser loses arguments, taking them for a function that has fewer.

A project may have a function `uuid(a, b)` of its own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from lineage.compile.phrases.everywhere import BEFORE_VALUES
from lineage.compile.scripts.tokens import (
    after_brackets,
    closing_unknown,
    is_text,
    made_word,
    places_of,
    says,
    spellings,
    split_at,
    word,
)
from lineage.dialects import HIVE_AND_SPARK, LIKE_POSTGRES, LIKE_TRINO, parser_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.dialects.dialect import Dialect
    from sqlglot.tokenizer_core import Token

    Lost = dict[int, tuple[int, ...]]  # positions of arguments, by how many there are

OF_NO_PARSER = "\0"  # behind the name of a function that is none of those the parser knows
_MOST = 4  # arguments that are tried
_TRIED = ("c", "yyyy")  # names of columns; the second is like a format of T-SQL's
_UNSAID = "dialect"  # the parser's own name for none
# Calls of which an argument may be a query, a table or a place.
_MAKE_ROWS = frozenset("DIRECTORY SEMANTIC_VIEW GAP_FILL FEATURES_AT_TIME VECTOR_SEARCH".split())
_OF_NO_ENGINE = frozenset({"NET_FUNC", "NEXT_VALUE_FOR"})  # called so, with brackets
# With which BigQuery's WEEK(MONDAY) begins.
_DAYS = frozenset("SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY".split())
_NOTHING: frozenset[str] = frozenset()
# Calls in which an argument may be a type.
_TAKE_TYPES = frozenset({"CONVERT", "TRY_CONVERT"})
_KNOW_NO_CONVERT = frozenset(
    {*LIKE_POSTGRES, *HIVE_AND_SPARK, *LIKE_TRINO, "bigquery", "druid", "duckdb", "sqlite"}
) - {"redshift"}


def with_all_arguments(
    tokens: Sequence[Token], dialect: str, words: frozenset[str]
) -> Sequence[Token]:
    """Such calls as those of a function that the parser does not know.

    `words` are the tokens' texts in capitals.
    """
    said: list[Token] | None = None
    for position, losing in _calls(tokens, dialect, words):
        end = after_brackets(tokens, position) - 1
        inside = tokens[position + 1 : end]
        arguments = list(split_at(inside, ",")) if inside else []
        lost = [arguments[n] for n in losing.get(len(arguments), ())]
        name = tokens[position - 1]
        said_there = _DAYS if name.text.upper() == "WEEK" else _NOTHING
        if all(_says_itself(argument, said_there) for argument in lost):
            continue
        value = _is_value(tokens, position - 1, end)
        if _makes_rows(name) and not (value and all(map(_is_column, lost))):
            continue
        said = list(tokens) if said is None else said
        said[end] = closing_unknown(tokens[end])
        if value:  # what has a parser of its own is not told by the bracket
            said[position - 1] = made_word(TokenType.VAR, name.text + OF_NO_PARSER, name)
    return tokens if said is None else said


def call_by_own_names(tree: exp.Expr) -> None:
    """Give such functions in a tree the names that they are called by."""
    for call in tree.find_all(exp.Anonymous):
        if isinstance(call.this, str):
            call.set("this", call.this.removesuffix(OF_NO_PARSER))


def _says_itself(argument: Sequence[Token], names: frozenset[str]) -> bool:
    """Whether an argument is a text, or one of the names that are none of columns there."""
    return len(argument) == 1 and (is_text(argument, 0) or word(argument, 0) in names)


def _makes_rows(name: Token) -> bool:
    return name.text.upper() in _MAKE_ROWS


def _is_column(argument: Sequence[Token]) -> bool:
    """Whether an argument is a name, or names with dots between them."""
    separators = argument[1::2]
    names = all(word(argument, n) or argument[n].text for n in range(0, len(argument), 2))
    return names and all(token.text == "." for token in separators) and argument[0].text != "@"


def _is_value(tokens: Sequence[Token], position: int, end: int) -> bool:
    """Whether a name in front of brackets is called, and not that of a table or query in WITH."""
    while position > 1 and tokens[position - 1].text == ".":
        position -= 2
    before = word(tokens, position - 1).rpartition(" ")[2] if position else ""
    return before in BEFORE_VALUES and not says(tokens, end + 1, "AS", "(")


def _calls(
    tokens: Sequence[Token], dialect: str, words: frozenset[str]
) -> Iterator[tuple[int, Lost]]:
    """Where brackets open behind functions of the parser, and what it loses of each."""
    called = _functions(dialect).intersection(words)
    losing = {name: lost for name in called if (lost := _losing(name, dialect))}
    written = list(spellings(tokens)) if losing else []  # of which each name has many
    for name, lost in losing.items():
        for position in places_of(name, written):
            behind = position + 1
            opens = behind < len(tokens) and tokens[behind].token_type is TokenType.L_PAREN
            if opens and word(tokens, position) == name:  # and no text that says so
                yield behind, lost


@cache
def _functions(dialect: str) -> frozenset[str]:
    kind = parser_of(dialect if dialect != _UNSAID else "").parser_class
    takes_types = frozenset() if dialect in _KNOW_NO_CONVERT else _TAKE_TYPES
    return frozenset({*kind.FUNCTIONS, *kind.FUNCTION_PARSERS}) - {"TABLE"} - takes_types


@cache
def _losing(name: str, dialect: str) -> Lost:
    """Which arguments the parser loses, by how many there are; those are there that it moves."""
    kind = parser_of(dialect if dialect != _UNSAID else "")
    tried = {n: _lost(name, n, kind) for n in range(1, _MOST + 1)}
    return {n: lost for n, lost in tried.items() if lost}


def _lost(name: str, count: int, kind: Dialect) -> tuple[int, ...]:
    if name in _OF_NO_ENGINE:
        return tuple(range(count))
    lost = (_lost_of(name, [f"{column}{n}" for n in range(count)], kind) for column in _TRIED)
    return tuple(sorted(set().union(*lost)))


def _lost_of(name: str, columns: list[str], kind: Dialect) -> set[int]:
    """The positions of the columns that are not in what a call of all of them is read as."""
    arguments = [exp.column(column) for column in columns]
    read = _parsed if name in kind.parser_class.FUNCTION_PARSERS or name == "MAP" else _made
    try:
        call = read(name, arguments, kind)
    except (SqlglotError, LookupError, TypeError, ValueError, AttributeError):
        return set()
    if not isinstance(call, exp.Expr) or call.error_messages(arguments):
        return set()
    if isinstance(call, exp.WeekStart):
        return {0}
    found = {part.name.lower() for part in call.find_all(exp.Identifier, exp.Var, exp.Literal)}
    return {n for n, column in enumerate(columns) if column not in found}


def _made(name: str, arguments: list[exp.Column], kind: Dialect) -> exp.Expr | None:
    make = kind.parser_class.FUNCTIONS[name]
    try:
        made: exp.Expr | None = make(arguments)
    except TypeError:
        made = make(arguments, dialect=kind)
    return made


def _parsed(name: str, arguments: list[exp.Column], kind: Dialect) -> exp.Expr | None:
    """What a function comes to that has a parser of its own; no name of it is that of a column."""
    called = f"SELECT {name}({', '.join(f't.{column.name}' for column in arguments)})"
    (tree,) = kind.parser().parse(list(kind.tokenize(called)), called)
    kept = tree.find_all(exp.Column, exp.Var, exp.Literal) if tree is not None else ()
    return exp.Tuple(expressions=[exp.column(part.name) for part in kept])
