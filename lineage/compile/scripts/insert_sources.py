"""INSERT of what code puts out or a file holds, and into directories and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.scripts.results import redirected, touching, whole
from lineage.compile.scripts.tokens import (
    QUERIES,
    STRINGS,
    after_brackets,
    find_word,
    made_words,
    split_at,
    word,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.objects import Statement, Write
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script


def from_infile(script: Script, tokens: Sequence[Token], infile: int) -> Statement:
    """ClickHouse's INSERT INTO t FROM INFILE 'place'."""
    start = 1 + (word(tokens, 1) == "INTO") + (word(tokens, 2) == "TABLE")
    name = name_at(tokens, start, script.context.naming)
    place = next((t.text for t in tokens[infile:] if t.token_type in STRINGS), "")
    at = tokens[0].start
    write = Write(name, 0, "insert", by_name=True, offset=at)
    return Statement(at, whole(place, at).scopes, (0,), (write,))


def from_code(script: Script, tokens: Sequence[Token], run: int) -> Iterator[Statement]:
    """INSERT … EXEC: what a text or a procedure puts out goes into the table."""
    called = run + 1
    if word(tokens, called) == "@" and word(tokens, called + 2) == "=":
        called += 3  # EXEC @returned = procedure
    if name_at(tokens, called, script.context.naming) and word(tokens, called) != "SP_EXECUTESQL":
        yield _put_out(script, tokens[:run], tokens[called : end_of_name(tokens, called)])
        yield from script.statements([tokens[run], *tokens[called:]])
        return
    start = 2 if word(tokens, 1) == "INTO" else 1
    marked = word(tokens, start) == "@"
    name = name_at(tokens, start + marked, script.context.naming)
    opened = next((n for n in range(start, run) if word(tokens, n) == "("), run)
    listed = split_at(tokens[opened + 1 : run - 1], ",")
    columns = tuple(script.context.name(item[-1]) for item in listed if item)
    relation = f"@{name}" if marked else name
    for statement in script.statements(tokens[run:]):
        yield touching(redirected(statement, relation, "insert", columns), relation)


def _put_out(script: Script, insert: Sequence[Token], name: Sequence[Token]) -> Statement:
    """INSERT of all that a procedure puts out, which some text may make."""
    statement = script.plain([*insert, *put_out_by(name)])
    message = "which rows a procedure puts out is not followed"
    holes = tuple(replace(h, message=message) if h.unless else h for h in statement.holes)
    return replace(statement, holes=holes)


def put_out_by(name: Sequence[Token]) -> Sequence[Token]:
    """The query of all that a procedure puts out."""
    return [*made_words("select * from", name[0]), *name, *made_words("( )", name[0])]


def into_outside(script: Script, tokens: Sequence[Token]) -> Statement | None:
    """INSERT into a directory, or into files, None where it is into anything else."""
    if "DIRECTORY" in {word(tokens, n) for n in range(4)}:
        return _into_directory(script, tokens)
    if [word(tokens, n) for n in (2, 3, 5)] == ["FILES", "(", "="]:
        return _into_files(script, tokens)
    return None


def _into_directory(script: Script, tokens: Sequence[Token]) -> Statement:
    """INSERT OVERWRITE [LOCAL] DIRECTORY 'place' [USING format OPTIONS (…)] query."""
    query = find_word(tokens, QUERIES, 3)
    strings = [t for t in tokens[: max(query, 0)] if t.token_type in STRINGS]
    after = tokens.index(strings[0]) + 1 if strings else 0
    if strings and strings[0].text.lower() == "path" and after < len(tokens):
        strings = [tokens[after + (word(tokens, after) == "=")]]
    if query < 0 or not strings:
        message = "this form of INSERT OVERWRITE DIRECTORY is not analysed"
        return script.hole(GapReason.UNSUPPORTED, message, tokens)
    return redirected(script.value(tokens[query:]), strings[0].text, "external")


def _into_files(script: Script, tokens: Sequence[Token]) -> Statement:
    """StarRocks' INSERT INTO FILES ('path' = 'place', 'format' = …) query."""
    end = after_brackets(tokens, 3)
    path = next((n for n in range(4, end) if tokens[n].text.lower() == "path"), end)
    query = find_word(tokens, QUERIES, end)
    if query < 0 or path + 2 >= end or tokens[path + 2].token_type not in STRINGS:
        message = "this form of INSERT INTO FILES is not analysed"
        return script.hole(GapReason.UNSUPPORTED, message, tokens)
    return redirected(script.value(tokens[query:]), tokens[path + 2].text, "external")
