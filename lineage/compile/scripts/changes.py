"""INSERT, UPDATE, DELETE and MERGE in forms that the parser does not take as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.counting import where_the_cursor_is
from lineage.compile.scripts.inline_views import of_named_view
from lineage.compile.scripts.insert_sources import from_code, from_infile, into_outside
from lineage.compile.scripts.oracle_errors import logged, of_refused
from lineage.compile.scripts.oracle_merge import merge_of_oracle
from lineage.compile.scripts.replacing import replaces_on, replacing_on
from lineage.compile.scripts.results import redirected
from lineage.compile.scripts.tokens import (
    COMMENT,
    INTO,
    after_brackets,
    find_end,
    find_word,
    made_words,
    says,
    spelt,
    split_at,
    word,
)
from lineage.compile.scripts.update_variables import set_by_update
from lineage.compile.scripts.variables import into_variables, names_of
from lineage.compile.unparsed import name_at
from lineage.dialects import LIKE_TSQL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement


_UNUSUAL = re.compile(
    rf"\b(infile|output|returning|directory|evolution|errors|exec(ute)?)\b|\.\s*(\*|{COMMENT})|"
    rf"\b(update|from|into|delete|with|top|files)\s*(\(|{COMMENT})|\bdelete\b.*\bfrom\b|"
    rf"\breplace\s*(\bon\b|{COMMENT})|\bby\s*(\bposition\b|{COMMENT})|"
    rf"\bvalues\s*(\b\w|{COMMENT})|\bmerge\b.*\b(where|duplicates)\b",
    re.IGNORECASE | re.DOTALL,
)


_AFTER_INTO = frozenset({"SELECT", "VALUES", "FROM", "WHERE", "USING", "OPTION", "DEFAULT", "WITH"})


def read_change(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """One that the parser takes is plain; what it does not take is rewritten or cut out."""
    if script.dialect in LIKE_TSQL and word(tokens, 0) == "UPDATE":
        pending = script.pending
        yield from set_by_update(script, tokens)
        script.pending = pending  # which decides about the UPDATE as well
    yield from where_the_cursor_is(script, tokens)
    yield from _read_change(script, tokens)


def _read_change(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    tokens = _without_columns(tokens) if script.dialect == "clickhouse" else tokens
    if _UNUSUAL.search(script.text, tokens[0].start, tokens[-1].end + 1) is None:
        yield script.plain(tokens)
        return
    outside = into_outside(script, tokens)
    if outside is not None:
        yield outside
        return
    infile = find_word(tokens, {"INFILE"}, 2)
    if infile > 0 and word(tokens, infile - 1) == "FROM":
        yield from_infile(script, tokens, infile)
        return
    tokens = _without_evolution(tokens)
    if word(tokens, 0) == "INSERT" and replaces_on(tokens):
        yield from replacing_on(script, tokens)
        return
    if script.dialect in LIKE_TSQL:
        tokens = _delete_of_tsql(_without_hints(tokens))
        run = find_word(tokens, {"EXEC", "EXECUTE"}, 1)
        if run > 0 and word(tokens, 0) == "INSERT":
            yield from from_code(script, tokens, run)
            return
    tokens = _without_position(tokens)
    if says(tokens, len(tokens) - 2, "REMOVE", "DUPLICATES"):
        both = "when matched then update set * when not matched then insert *"
        tokens = [*tokens[:-2], *made_words(both, tokens[-1])]  # Redshift: rows give way to others
    if script.dialect == "oracle":
        refused, tokens = logged(tokens)
        yield from of_refused(script, refused, tokens)
        tokens = _of_row(script, _of_either_row(tokens))
        merges = word(tokens, 0) == "MERGE"
        tokens = of_named_view(merge_of_oracle(tokens) if merges else tokens)
    tokens = _spread(tokens)
    put_out = find_word(tokens, {"OUTPUT", "RETURNING", "RETURN"}, 1)
    into = find_word(tokens, INTO, put_out + 1) if put_out > 0 else -1
    if into > 0:
        yield _into_receiver(script, tokens, into)
    else:
        yield script.plain(tokens)


def _of_row(script: Script, tokens: Sequence[Token]) -> Sequence[Token]:
    """Oracle's `INSERT INTO t VALUES row` takes the fields of a variable one by one."""
    values = find_word(tokens, {"VALUES"}, 1)
    name = script.context.name(tokens[values + 1]) if 0 < values < len(tokens) - 1 else ""
    held = script.context.variables.get(name)
    if held is None or not held.rows:
        return tokens
    return [*tokens[:values], *made_words("select * from", tokens[values]), *tokens[values + 1 :]]


def _spread(tokens: Sequence[Token]) -> Sequence[Token]:
    """`VALUES (1, row.*)` is `SELECT 1, row.*`, as a row is spread out in a query."""
    values = find_word(tokens, {"VALUES"}, 1)
    end = after_brackets(tokens, values + 1)
    spreads = any(says(tokens, n, ".", "*") for n in range(values, end))
    if values < 0 or not spreads or word(tokens, end) == ",":
        return tokens
    select = made_words("select", tokens[values])
    return [*tokens[:values], *select, *tokens[values + 2 : end - 1], *tokens[end:]]


def _of_either_row(tokens: Sequence[Token]) -> Sequence[Token]:
    """Oracle's `RETURNING OLD a, NEW b` without these words: `a` is a column, and no alias."""
    put_out = find_word(tokens, {"RETURNING", "RETURN"}, 1)
    if put_out < 0:
        return tokens
    ends = frozenset({"", ",", ".", "AS", "INTO"})
    return [
        token
        for position, token in enumerate(tokens)
        if position <= put_out
        or word(tokens, position) not in {"OLD", "NEW"}
        or (word(tokens, position + 1) in ends and not _is_quoted(tokens, position + 1))
    ]


def _is_quoted(tokens: Sequence[Token], position: int) -> bool:
    return position < len(tokens) and tokens[position].token_type is TokenType.IDENTIFIER


def _without_columns(tokens: Sequence[Token]) -> Sequence[Token]:
    """ClickHouse's INSERT INTO FUNCTION f(…) (a, b): what a place outside calls its columns."""
    if "FUNCTION" not in {word(tokens, n) for n in (2, 3)}:
        return tokens
    opened = find_word(tokens, {"("}, 3)
    end = after_brackets(tokens, opened) if opened > 0 else 0
    listed = after_brackets(tokens, end)
    query = word(tokens, end + 1) in {"SELECT", "WITH"}
    return tokens if not end or listed == end or query else [*tokens[:end], *tokens[listed:]]


def _without_hints(tokens: Sequence[Token]) -> Sequence[Token]:
    """T-SQL's TOP (n) and WITH (TABLOCK) before and after the target."""
    top = 1 if word(tokens, 1) == "TOP" else -1
    if top > 0:
        tokens = [*tokens[:1], *tokens[after_brackets(tokens, 2) :]]
        if word(tokens, 1) == "PERCENT":
            tokens = [*tokens[:1], *tokens[2:]]
    hint = find_word(tokens, {"WITH"}, 1)
    if 0 < hint < 10 and word(tokens, hint + 1) == "(":  # noqa: PLR2004 - near the target
        tokens = [*tokens[:hint], *tokens[after_brackets(tokens, hint + 1) :]]
    return tokens


def _delete_of_tsql(tokens: Sequence[Token]) -> Sequence[Token]:
    """OUTPUT stands last; of `DELETE [FROM] a FROM b JOIN c` the second FROM is USING.

    Where the second names the first, as a table or by its alias, the first FROM has to go.
    """
    if word(tokens, 0) != "DELETE":
        return tokens
    put_out = find_word(tokens, {"OUTPUT"}, 1)
    if put_out > 0:
        end = find_end(tokens, {"FROM", "WHERE", "OPTION"}, put_out)
        tokens = [*tokens[:put_out], *tokens[end:], *tokens[put_out:end]]
    second, start = find_word(tokens, {"FROM"}, 2), 2 if word(tokens, 1) == "FROM" else 1
    if second < 0:
        return tokens
    name, others = spelt(tokens, second - 1), tokens[second + 1 :]
    if name in {spelt(others, n) for n in range(len(others)) if word(others, n + 1) != "."}:
        return [*tokens[:1], *tokens[start:]]
    first, using = made_words("from using", tokens[second])
    return [tokens[0], first, *tokens[start:second], using, *others]


def _without_evolution(tokens: Sequence[Token]) -> Sequence[Token]:
    """Databricks' WITH SCHEMA EVOLUTION, which lets a statement add columns."""
    if says(tokens, 1, "WITH", "SCHEMA", "EVOLUTION"):
        return [*tokens[:1], *tokens[4:]]
    return tokens


def _without_position(tokens: Sequence[Token]) -> Sequence[Token]:
    """DuckDB's BY POSITION, which says what is so anyway."""
    at = find_word(tokens, {"BY"}, 1)
    if at > 0 and word(tokens, at + 1) == "POSITION":
        return [*tokens[:at], *tokens[at + 2 :]]
    return tokens


def _into_receiver(script: Script, tokens: Sequence[Token], into: int) -> Statement:
    """OUTPUT … INTO a table (T-SQL) or RETURNING … INTO variables, cut out and sent there."""
    end = find_end(tokens, _AFTER_INTO, into + 1)
    receiver = tokens[into + 1 : end]
    before = into - 2 if word(tokens, into - 2) == "BULK" else into
    statement = script.plain([*tokens[:before], *tokens[end:]])
    if script.dialect not in LIKE_TSQL:
        names = [script.context.name(t) for t in names_of(script, receiver) if t.text != "COLLECT"]
        unknown = [n for n in names if n not in script.context.variables]
        declared = [d for n in unknown for d in script.context.declare(n, 0).declarations]
        targets = [(n, script.context.variables[n]) for n in names]
        filled = into_variables(statement, targets)
        return replace(filled, declarations=(*filled.declarations, *declared))
    marked = receiver[0].text == "@" if receiver else False
    name = name_at(receiver, 1 if marked else 0, script.context.naming)
    opened = next((n for n, t in enumerate(receiver) if t.text == "("), len(receiver))
    listed = split_at(receiver[opened + 1 : -1], ",")
    columns = tuple(script.context.name(item[-1]) for item in listed if item)
    return redirected(statement, f"@{name}" if marked else name, "insert", columns)
