"""Compile: the text of a script becomes an object, statement by statement, with no schema."""

from __future__ import annotations

import logging
import re
from functools import partial
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from lineage.compile.beside import with_paths
from lineage.compile.bteq import without_bteq
from lineage.compile.computed_places import computed_places, may_compute_places
from lineage.compile.delimiters import with_semicolons
from lineage.compile.disguises import disguises
from lineage.compile.nesting import excess_of_script
from lineage.compile.parsing import parse_statement, release
from lineage.compile.parts import Parts
from lineage.compile.psql import with_names_put_in, without_psql
from lineage.compile.refusals import unparsed, untokenized
from lineage.compile.scripts import script_of
from lineage.compile.scripts.chains import is_chain, read_chain
from lineage.compile.scripts.protections import without_put_back
from lineage.compile.scripts.rights import without_revoked
from lineage.compile.scripts.tokens import places_of
from lineage.compile.settings import mentions_settings, settings_in
from lineage.compile.shortened import compile_shortened
from lineage.compile.spooled import into_files
from lineage.compile.sqlplus import without_sqlplus
from lineage.compile.statements import compile_statement
from lineage.compile.tokenizing import tokens_of
from lineage.compile.unparsed import names_in
from lineage.dialects import (
    HIVE_AND_SPARK,
    LIKE_MYSQL,
    LIKE_POSTGRES,
    check_dialect,
    naming,
    parser_of,
)
from lineage.limits import Excess, ExcessError, excess_of_text
from lineage.objects import Hole, Object, Statement
from lineage.uris import all_without_keys
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.context import Known
    from lineage.compile.scripts.script import Script
    from lineage.dialects import Naming

_PARAMETER = re.compile(r"\?\w+=")
_TEMPLATE = re.compile(r"\{[{%]|\$\{|:\s*Identifier\s*\}|:\"")
_SEMICOLON, _QUOTED = TokenType.SEMICOLON, TokenType.IDENTIFIER
_OPENS, _TEMPLATE_OPENS = TokenType.L_BRACE, TokenType.BLOCK_START
_KIND = attrgetter("token_type")
_MARKS = frozenset({":", "$"})  # which begin what stands for a text, as a brace does
_IN_TEMPLATES = ("{", ':"', "}")  # one of these, each of them

# The parser warns with excerpts of the text it was given, which nobody has made safe to show.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)


def compile_text(text: str, dialect: str) -> Object:
    """The object of a script. A statement that cannot be read is one with a hole.

    Raises `InputError` for an unknown dialect, and nothing for any text.
    """
    check_dialect(dialect)
    excess = excess_of_text(text)
    if excess is not None:
        return Object((_unread(excess, ()),))
    written, text = text, _without_client(text, dialect)
    try:
        tokens = tokens_of(text, dialect)
    except SqlglotError as error:
        return Object((_unread(untokenized(error, text), ()),))
    excess = excess_of_script(text, tokens)
    if excess is not None:
        return Object((_unread(excess, ()),))
    names = naming(dialect)
    find_template = partial(_template_in, dialect) if _may_be_template(text) else _no_template

    def compile_plain(chunk: Sequence[Token], known: Known) -> Statement:
        excess = find_template(chunk)
        if excess is not None:
            return _unread(excess, names_in(chunk, names))
        short = compile_shortened(chunk, text, names, known)
        return short or _compile_chunk(chunk, text, names, known)

    script = script_of(text, dialect, compile_plain)
    chunks = list(_chunks(tokens)) if ";" in text else [tokens] if tokens else []
    read = tuple(s for c in chunks for s in _statements(script, c, find_template))
    read = without_revoked(read) if dialect == "postgres" else read
    statements = without_put_back(read) if script.unprotects else read
    statements = into_files(statements, written, text, dialect)
    holes = disguises(text, tokens, names)
    if mentions_settings(text):
        holes += tuple(hole for c in chunks for hole in settings_in(c, text, names))
    if may_compute_places(text):
        holes += tuple(hole for c in chunks for hole in computed_places(c, names))
    if holes:
        statements = (*statements, Statement(0, holes=holes))
    if "://" in text or _PARAMETER.search(text):
        statements = tuple(map(all_without_keys, statements))
    doubted = script.session_tables.doubted if script.session_tables is not None else ()
    return Object(tuple(map(with_paths, statements)), tuple(doubted))


def _without_client(text: str, dialect: str) -> str:
    """The text, as long as it was, without what only the engine's own client reads."""
    if dialect in LIKE_MYSQL:
        return with_semicolons(text)
    if dialect == "oracle":
        return without_sqlplus(text)
    if dialect == "teradata":
        return without_bteq(text)
    return with_names_put_in(without_psql(text)) if dialect in LIKE_POSTGRES else text


def _statements(
    script: Script,
    tokens: Sequence[Token],
    find_template: Callable[[Sequence[Token]], Excess | None],
) -> Iterator[Statement]:
    """What a chunk of a script comes to; what nobody thought of is a gap."""
    try:
        if find_template(tokens):
            yield script.plain(tokens)
        elif is_chain(script, tokens):
            yield from read_chain(script, tokens)
        else:
            yield from script.statements(tokens)
    except MemoryError:
        raise  # what is left of the process is of no use
    except Exception as error:  # noqa: BLE001 - a form of script nobody thought of is a gap
        message = f"this form of the script is not analysed ({type(error).__name__})"
        yield script.hole(GapReason.UNSUPPORTED, message, tokens)


def _chunks(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens of each statement, without its semicolon."""
    ends = places_of(_SEMICOLON, [*map(_KIND, tokens)])
    start = 0
    for position in (*ends, len(tokens)):
        if position > start:
            yield tokens[start:position]
        start = position + 1


def _compile_chunk(tokens: Sequence[Token], text: str, names: Naming, known: Known) -> Statement:
    try:
        tree = parse_statement(tokens, text, parser_of(names.dialect))
    except ExcessError as error:
        return _unread(error.excess, names_in(tokens, names))
    except (SqlglotError, TypeError, ValueError, RecursionError) as error:
        return _unread(unparsed(error, tokens), names_in(tokens, names))
    if tree is None:
        return Parts(names, text, tokens).statement()
    try:
        return compile_statement(tree, Parts(names, text, tokens, known))
    except MemoryError:
        raise
    except ExcessError as error:
        return _unread(error.excess, names_in(tokens, names))
    except Exception as error:  # noqa: BLE001 - a form of SQL nobody thought of is a gap
        message = f"this form of the statement is not analysed ({type(error).__name__})"
        reason = Excess(GapReason.UNSUPPORTED, message, tokens[0].start)
        return _unread(reason, names_in(tokens, names))
    finally:
        release(tree)


def _may_be_template(text: str) -> bool:
    """False for a text that surely holds no template."""
    marked = any(mark in text for mark in _IN_TEMPLATES)  # far faster than the search
    return marked and _TEMPLATE.search(text) is not None


def _template_in(dialect: str, tokens: Sequence[Token]) -> Excess | None:
    """A template that was not rendered: the parser would take `{{ x }}` for a struct."""
    for token, following in pairwise(tokens):
        if token.text not in _MARKS and "{" not in token.text:
            continue
        close = following.start == token.end + 1
        doubled = token.token_type is following.token_type is _OPENS
        if (
            token.token_type is _TEMPLATE_OPENS
            or (close and doubled)
            or _is_replaced(dialect, token, following, close=close)
            or (token.text == ":" and following.text == "Identifier")
        ):
            message = "a template was left in the text"
            return Excess(GapReason.TEMPLATE, message, token.start)
    return None


def _is_replaced(dialect: str, token: Token, following: Token, *, close: bool) -> bool:
    """Hive's and Spark's `${x}`, and psql's `:"x"`: text that stands there before it is read."""
    if token.token_type is _QUOTED and "${" in token.text:
        return dialect in HIVE_AND_SPARK
    if token.text == "$":
        return close and following.token_type is _OPENS
    name = close and following.token_type is _QUOTED
    return name and dialect in LIKE_POSTGRES and token.text == ":"


def _no_template(_tokens: Sequence[Token]) -> None:
    """In a text that holds none there is none."""


def _unread(excess: Excess, relations: tuple[str, ...]) -> Statement:
    hole = Hole(excess.reason, excess.message, relations, excess.offset)
    return Statement(excess.offset, holes=(hole,))
