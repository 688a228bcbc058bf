"""INSERT, UPDATE, DELETE and MERGE in forms that the parser does not take as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.script import whole
from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    find_word,
    made_word,
    split_at,
    word,
)
from lineage.compile.scripts.variables import into_variables, names_of
from lineage.compile.unparsed import name_at
from lineage.objects import Statement, Write
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

_UNUSUAL = re.compile(
    r"\binfile\b|"
    r"\bwith\s*\(|\btop\s*\(|"
    r"\b(output|returning|directory|evolution|replace\s+where)\b|\bby\s+position\b"
    r"|\bmerge\b.*\b(where|duplicates)\b|\bexec(ute)?\b",
    re.IGNORECASE | re.DOTALL,
)
_QUERY = frozenset({"SELECT", "WITH", "VALUES", "FROM", "TABLE"})
_AFTER_INTO = frozenset({"SELECT", "VALUES", "FROM", "WHERE", "USING", "OPTION", "DEFAULT", "WITH"})


def read_change(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """One that the parser takes is plain; what it does not take is rewritten or cut out."""
    if _UNUSUAL.search(script.text, tokens[0].start, tokens[-1].end + 1) is None:
        yield script.plain(tokens)
        return
    if "DIRECTORY" in {word(tokens, n) for n in range(4)}:
        yield _into_directory(script, tokens)
        return
    infile = find_word(tokens, {"INFILE"}, 2)
    if infile > 0 and word(tokens, infile - 1) == "FROM":
        yield _from_infile(script, tokens, infile)
        return
    tokens = _without_evolution(tokens)
    if script.dialect in {"tsql", "fabric"}:
        tokens = _without_hints(tokens)
        run = find_word(tokens, {"EXEC", "EXECUTE"}, 1)
        if run > 0 and word(tokens, 0) == "INSERT":
            yield from _from_code(script, tokens, run)
            return
    tokens = _without_position(tokens)
    if [word(tokens, n) for n in range(len(tokens) - 2, len(tokens))] == ["REMOVE", "DUPLICATES"]:
        tokens = [*tokens[:-2], *_replacing(tokens[-1])]
    if word(tokens, 0) == "MERGE" and script.dialect == "oracle":
        tokens = _merge_of_oracle(tokens)
    put_out = find_word(tokens, {"OUTPUT", "RETURNING", "RETURN"}, 1)
    into = find_word(tokens, {"INTO"}, put_out + 1) if put_out > 0 else -1
    if into > 0:
        yield _into_receiver(script, tokens, into)
    else:
        yield script.plain(tokens)


def _from_infile(script: Script, tokens: Sequence[Token], infile: int) -> Statement:
    """ClickHouse's INSERT INTO t FROM INFILE 'place'."""
    start = 1 + (word(tokens, 1) == "INTO") + (word(tokens, 2) == "TABLE")
    name = name_at(tokens, start, script.context.naming)
    place = next((t.text for t in tokens[infile:] if t.token_type in STRINGS), "")
    at = tokens[0].start
    write = Write(name, 0, "insert", by_name=True, offset=at)
    return Statement(at, whole(place, at).scopes, (0,), (write,))


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


def _from_code(script: Script, tokens: Sequence[Token], run: int) -> Iterator[Statement]:
    """INSERT … EXEC 'text': what the text puts out goes into the table."""
    start = 2 if word(tokens, 1) == "INTO" else 1
    marked = word(tokens, start) == "@"
    name = name_at(tokens, start + marked, script.context.naming)
    opened = next((n for n in range(start, run) if word(tokens, n) == "("), run)
    listed = split_at(tokens[opened + 1 : run - 1], ",")
    columns = tuple(script.context.name(item[-1]) for item in listed if item)
    relation = f"@{name}" if marked else name
    for statement in script.statements(tokens[run:]):
        holes = tuple(replace(h, relations=(*h.relations, relation)) for h in statement.holes)
        yield replace(sent_to(statement, relation, "insert", columns), holes=holes)
    if not any(t.token_type in STRINGS for t in tokens[run:]):
        message = "which rows a procedure puts out is not followed"
        yield script.hole(GapReason.OPAQUE_CODE, message, tokens, names=(relation,))


def _without_evolution(tokens: Sequence[Token]) -> Sequence[Token]:
    """Databricks' WITH SCHEMA EVOLUTION, which lets a statement add columns."""
    if [word(tokens, n) for n in range(1, 4)] == ["WITH", "SCHEMA", "EVOLUTION"]:
        return [*tokens[:1], *tokens[4:]]
    return tokens


def _without_position(tokens: Sequence[Token]) -> Sequence[Token]:
    """DuckDB's BY POSITION, which says what is so anyway."""
    at = find_word(tokens, {"BY"}, 1)
    if at > 0 and word(tokens, at + 1) == "POSITION":
        return [*tokens[:at], *tokens[at + 2 :]]
    return tokens


def _replacing(near: Token) -> list[Token]:
    """Redshift's REMOVE DUPLICATES: rows of the source take the place of those they match."""
    kinds = {"when": TokenType.WHEN, "then": TokenType.THEN, "not": TokenType.NOT}
    kinds |= {"update": TokenType.UPDATE, "set": TokenType.SET, "insert": TokenType.INSERT}
    kinds |= {"*": TokenType.STAR}
    written = "when matched then update set * when not matched then insert *"
    return [made_word(kinds.get(text, TokenType.VAR), text, near) for text in written.split()]


def _into_directory(script: Script, tokens: Sequence[Token]) -> Statement:
    """INSERT OVERWRITE [LOCAL] DIRECTORY 'place' [USING format OPTIONS (…)] query."""
    query = find_word(tokens, _QUERY, 3)
    strings = [t for t in tokens[: max(query, 0)] if t.token_type in STRINGS]
    after = tokens.index(strings[0]) + 1 if strings else 0
    if strings and strings[0].text.lower() == "path" and after < len(tokens):
        strings = [tokens[after + (word(tokens, after) == "=")]]
    if query < 0 or not strings:
        message = "this form of INSERT OVERWRITE DIRECTORY is not analysed"
        return script.hole(GapReason.UNSUPPORTED, message, tokens)
    return sent_to(script.value(tokens[query:]), strings[0].text, "external")


def sent_to(
    statement: Statement, relation: str, kind: str, columns: tuple[str, ...] = ()
) -> Statement:
    """The statement, with its result going to a relation."""
    by_name = kind == "external"
    writes = tuple(
        Write(relation, w.scope, kind, columns, by_name=by_name, offset=w.offset)
        if w.kind == "result"
        else w
        for w in statement.writes
    )
    return replace(statement, writes=writes)


def _into_receiver(script: Script, tokens: Sequence[Token], into: int) -> Statement:
    """OUTPUT … INTO a table (T-SQL) or RETURNING … INTO variables, cut out and sent there."""
    end = find_word(tokens, _AFTER_INTO, into + 1)
    end = end if end > 0 else len(tokens)
    receiver = tokens[into + 1 : end]
    statement = script.plain([*tokens[:into], *tokens[end:]])
    if script.dialect not in {"tsql", "fabric"}:
        names = [script.context.name(t) for t in names_of(receiver) if t.text != "COLLECT"]
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
    return sent_to(statement, f"@{name}" if marked else name, "insert", columns)


def read_apply(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Databricks' APPLY CHANGES INTO m FROM source KEYS (…) SEQUENCE BY …, or AUTO CDC."""
    into, given = (find_word(tokens, {mark}, 1) for mark in ("INTO", "FROM"))
    keys, order = (find_word(tokens, {mark}, given) for mark in ("KEYS", "SEQUENCE"))
    if not 0 < into < given < keys or order < 0:
        yield script.plain(tokens)
        return
    name = name_at(tokens, into + 1, script.context.naming)
    near = tokens[0]
    end = find_word(tokens, {"COLUMNS", "STORED", "TRACK", "APPLY", "IGNORE"}, order)
    words = ((TokenType.SELECT, "select"), (TokenType.STAR, "*"))
    start = [made_word(kind, text, near) for kind, text in words]
    sort = [made_word(TokenType.ORDER_BY, "order by", near)]
    comma = made_word(TokenType.COMMA, ",", near)
    by = [*tokens[keys + 2 : after_brackets(tokens, keys + 1) - 1], comma]
    by += tokens[order + 2 : end if end > 0 else len(tokens)]
    gone = find_word(tokens, {"DELETE"}, keys)
    if gone > 0 and word(tokens, gone + 1) == "WHEN":
        tested = tokens[gone + 2 : order] if gone < order else tokens[gone + 2 :]
        sort = [made_word(TokenType.WHERE, "where", near), *tested, *sort]
    cut = [made_word(TokenType.LIMIT, "limit", near), made_word(TokenType.NUMBER, "1", near)]
    query = [*start, *tokens[given:keys], *sort, *by, *cut]
    statement = script.value(query)
    writes = tuple(
        Write(name, w.scope, "insert", by_name=True, offset=w.offset) for w in statement.writes
    )
    yield replace(statement, writes=writes)


# -- Oracle's MERGE ----------------------------------------------------------------------------


def _merge_of_oracle(tokens: Sequence[Token]) -> Sequence[Token]:
    """`UPDATE SET … WHERE a DELETE WHERE b` as `WHEN … AND a THEN UPDATE`, `AND b THEN DELETE`."""
    first = find_word(tokens, {"WHEN"})
    if first < 0:
        return tokens
    found: list[Token] = list(tokens[:first])
    for branch in split_at(tokens[first + 1 :], "WHEN"):
        then = find_word(branch, {"THEN"})
        delete = find_word(branch, {"DELETE"}, then + 2)
        where = find_word(branch, {"WHERE"}, then)
        matched, near = branch[:then], branch[0]
        if 0 < delete < where or (delete > 0 and where < 0):
            where = delete
        action = branch[then + 1 : where if where > 0 else len(branch)]
        tested = branch[where + 1 : delete if delete > 0 else len(branch)] if where > 0 else []
        found += _when(near, matched, tested if word(branch, where) == "WHERE" else [], action)
        if delete > 0:
            gone = branch[delete + 2 :]
            found += _when(near, matched, gone, branch[delete : delete + 1])
    return found


def _when(
    near: Token, matched: Sequence[Token], tested: Sequence[Token], action: Sequence[Token]
) -> list[Token]:
    condition = [made_word(TokenType.AND, "and", near), *_bracketed(tested)] if tested else []
    when = made_word(TokenType.WHEN, "when", near)
    return [when, *matched, *condition, made_word(TokenType.THEN, "then", near), *action]


def _bracketed(tokens: Sequence[Token]) -> list[Token]:
    near = tokens[0]
    opened, closed = TokenType.L_PAREN, TokenType.R_PAREN
    return [made_word(opened, "(", near), *tokens, made_word(closed, ")", near)]
