"""Parsing: the tokens of one statement become a tree; nothing is looked up or copied."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from lineage.compile.nesting import excess_of_tokens
from lineage.compile.node_kinds import NodeClasses
from lineage.compile.phrases import said_otherwise, said_plainly
from lineage.compile.phrases.lost_arguments import call_by_own_names
from lineage.compile.rereading import refuse_rereading
from lineage.compile.scripts.tokens import counts_of
from lineage.compile.tokenizing import tokens_of
from lineage.dialects import parser_of
from lineage.limits import ExcessError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlglot.dialects.dialect import Dialect
    from sqlglot.parser import Parser
    from sqlglot.tokenizer_core import Token

_HAS_PARTS = NodeClasses(frozenset({exp.Identifier, exp.Literal, exp.Var, exp.Boolean, exp.Null}))

_HOLD_NO_ROWS = frozenset(
    "INDEX FUNCTION PROCEDURE SEQUENCE TRIGGER TYPE MACRO CREDENTIAL ROLE USER DATABASE".split()
)
_NEAR_KIND = 4  # words of CREATE UNIQUE CLUSTERED INDEX


def parsed(tokens: Sequence[Token], text: str, dialect: str) -> exp.Expr | None:
    """As `parse_statement`, None also for what the parser refuses. Raises `ExcessError`."""
    try:
        return parse_statement(tokens, text, parser_of(dialect))
    except (SqlglotError, ValueError):
        return None


def parse_statement(tokens: Sequence[Token], text: str, dialect: Dialect) -> exp.Expr | None:
    """The tree of one statement's tokens, None where they are none but comments.

    Raises `SqlglotError`, `ValueError` or `RecursionError` for what cannot be parsed, and
    `ExcessError`, before anything is, for what is too large or too deep.
    """
    counts = counts_of(tokens)
    _refuse(tokens, counts)
    plainly = said_plainly(tokens, counts, text, type(dialect).__name__.lower())
    if plainly is tokens:
        return _parse_plain(tokens, text, dialect)
    _refuse(plainly, counts_of(plainly))
    tree = _parse_plain(plainly, text, dialect)
    if tree is not None:
        call_by_own_names(tree)
    return tree


def _parse_plain(tokens: Sequence[Token], text: str, dialect: Dialect) -> exp.Expr | None:
    """As `parse_statement`, of a statement that is said plainly, and otherwise if need be."""
    name = type(dialect).__name__.lower()
    try:
        tree = _parse(list(tokens), text, dialect)
    except (SqlglotError, TypeError, ValueError):
        otherwise = said_otherwise(tokens, name)
        if otherwise is None and _is_read_by_words(tokens):
            return exp.Command(this=tokens[0].text)
        if name == "spark":  # whose parser has no `variant:field`
            otherwise, dialect = otherwise or list(tokens), parser_of("databricks")
        if otherwise is None:
            raise
        return _parse(otherwise, text, dialect)
    if type(tree) is exp.Command:
        return _better_read(tokens, text, dialect) or tree
    return tree


def _is_read_by_words(tokens: Sequence[Token]) -> bool:
    """Whether a statement need have no tree: an ALTER, or one about what holds no rows.

    Or what it means is found among its tokens, as of Snowflake's semantic views.
    """
    first, near = tokens[0].token_type, tokens[1:_NEAR_KIND]
    kinds = {token.text.upper() for token in near}
    if first is TokenType.DROP:
        return not kinds.isdisjoint(_HOLD_NO_ROWS)
    semantic = any(token.token_type is TokenType.SEMANTIC_VIEW for token in near)
    created = first is TokenType.CREATE and (semantic or "INDEX" in kinds)
    return created or first is TokenType.ALTER


def _refuse(tokens: Sequence[Token], counts: Mapping[str, int]) -> None:
    excess = excess_of_tokens(tokens, counts)
    if excess is not None:
        raise ExcessError(excess)


def _better_read(tokens: Sequence[Token], text: str, dialect: Dialect) -> exp.Expr | None:
    """The tree of what the parser keeps as text, said otherwise; None where it keeps that too."""
    otherwise = said_otherwise(tokens, type(dialect).__name__.lower())
    try:
        tree = _parse(otherwise, text, dialect) if otherwise is not None else None
    except SqlglotError:
        return None
    return tree if type(tree) is not exp.Command else None


def parse_text(text: str, dialect: str) -> exp.Expr | None:
    """The tree of a text that holds one statement, None where it cannot be parsed.

    Raises `ExcessError` for what is too large or too deep.
    """
    parser = parser_of(dialect)
    try:
        return parse_statement(tokens_of(text, dialect), text, parser)
    except (SqlglotError, TypeError, ValueError, RecursionError):
        return None


def _parse(tokens: list[Token], text: str, dialect: Dialect) -> exp.Expr | None:
    """Parse with the implicit unnest of the dialect off.

    `FROM t, t.items` stays a table of two names: the parser would copy all that stands in
    FROM to find out that `t` is an alias, which `lineage.compile.sources` knows anyway.
    """
    refuse_rereading(tokens)
    parser = _parser_of(type(dialect))
    kind = type(parser)
    unnests = kind.SUPPORTS_IMPLICIT_UNNEST
    kind.SUPPORTS_IMPLICIT_UNNEST = False  # of the class: it is compiled, so it has no subclass
    try:
        (tree,) = parser.parse(tokens, text)
    finally:
        kind.SUPPORTS_IMPLICIT_UNNEST = unnests
    return tree


@cache
def _parser_of(dialect: type[Dialect]) -> Parser:
    """The parser of a dialect, which starts anew with each statement."""
    return dialect().parser()


def release(tree: exp.Expr) -> None:
    """Free a tree at once, which the collector would otherwise have to find: it is a circle.

    Each node lets go of its parts, so that leaves need not be looked at, which are half of all.
    Nothing may use the tree afterwards.
    """
    waiting = [tree]
    while waiting:
        parts = waiting.pop().args
        for part in parts.values():
            if type(part) is list:
                waiting += [p for p in part if _HAS_PARTS[type(p)]]
            elif _HAS_PARTS[type(part)]:
                waiting.append(part)
        parts.clear()
