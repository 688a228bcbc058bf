"""Data that goes in or out by statements that the parser makes no tree of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.elsewhere import attached, imported, places_made
from lineage.compile.scripts.masks import shown_where_attached
from lineage.compile.scripts.results import redirected, whole
from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    after_words,
    find_word,
    made_word,
    made_words,
    says,
    word,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.objects import Dep, Output, Scope, Source, Statement, Write
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script


def read_replace(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """MySQL's REPLACE is an INSERT that may take the place of a row."""
    insert = made_word(TokenType.INSERT, "insert", tokens[0])
    if word(tokens, 1) in {"TABLE", "VIEW"}:
        insert = made_word(TokenType.CREATE, "create", tokens[0])
    yield from script.statements([insert, *tokens[1:]])


def read_table(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """MySQL's TABLE t INTO OUTFILE is SELECT * FROM t INTO OUTFILE."""
    into = find_word(tokens, {"INTO"}, 1)
    if into < 0 or word(tokens, into + 1) not in {"OUTFILE", "DUMPFILE"}:
        yield script.plain(tokens)
        return
    yield into_file(script, [*made_words("select * from", tokens[0]), *tokens[1:]], into + 2)


def into_file(script: Script, tokens: Sequence[Token], into: int) -> Statement:
    """MySQL's and ClickHouse's SELECT … INTO OUTFILE 'place'."""
    place = next((t for t in tokens[into:] if t.token_type in STRINGS), None)
    if place is None:
        return script.hole(GapReason.DYNAMIC_SQL, "INTO OUTFILE of a computed name", tokens)
    ends = {"FROM", "WHERE", "ORDER", "LIMIT", "GROUP", "HAVING"}
    rest = find_word(tokens, ends, into)
    query = [*tokens[:into], *(tokens[rest:] if rest > 0 else [])]
    return redirected(script.value(query), place.text, "external")


def read_load(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """MySQL's LOAD DATA INFILE; others' LOAD DATA is plain."""
    if script.dialect == "bigquery":
        yield script.plain(_load_of_bigquery(tokens))
        return
    if word(tokens, 1) == "LABEL":
        yield from _by_brokers(script, tokens)
        return
    infile = find_word(tokens, {"INFILE"}, 1)
    table = find_word(tokens, {"TABLE"}, 1)
    if infile < 0 or table < 0 or infile + 1 >= len(tokens):
        yield script.plain(tokens)
        return
    place = tokens[infile + 1].text
    target = name_at(tokens, table + 1, script.context.naming)
    listed, end = _listed(tokens, end_of_name(tokens, table + 1))
    names = [t.text for t in tokens[listed:end] if t.text not in {",", "@"}]
    assigned = find_word(tokens, {"SET"}, max(end, table))
    computed = [tokens[n - 1] for n in _equals(tokens, assigned)] if assigned > 0 else []
    yield _loaded(script, (place, target), (names, computed), tokens[0].start)
    if assigned > 0 and "SELECT" in {word(tokens, n) for n in range(assigned, len(tokens))}:
        message = "what a query in SET of LOAD DATA takes is not followed"
        yield script.hole(GapReason.UNSUPPORTED, message, tokens, names=[target])


def _listed(tokens: Sequence[Token], start: int) -> tuple[int, int]:
    """Where the columns and variables stand that LOAD DATA fills, behind partitions."""
    if word(tokens, start) == "PARTITION":
        start = after_brackets(tokens, start + 1)
    listed = find_word(tokens, {"(", "="}, start)
    if listed < 0 or word(tokens, listed) == "=":  # of what is assigned, where all are filled
        return 0, 0
    return listed + 1, after_brackets(tokens, listed) - 1


def _by_brokers(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """StarRocks' and Doris' LOAD LABEL l (DATA INFILE ('place', …) INTO TABLE t …, …)."""
    end = after_brackets(tokens, find_word(tokens, {"("}, 2))
    for infile in (n for n in range(2, end) if word(tokens, n) == "INFILE"):
        listed = after_brackets(tokens, infile + 1)
        table = next((n for n in range(listed, end) if word(tokens, n) == "TABLE"), end)
        name = name_at(tokens, table + 1, script.context.naming)
        write = Write(name, 0, "insert", by_name=True, offset=tokens[infile].start)
        for place in (t for t in tokens[infile + 1 : listed] if t.token_type in STRINGS):
            yield Statement(place.start, whole(place.text, place.start).scopes, (0,), (write,))


def _load_of_bigquery(tokens: Sequence[Token]) -> Sequence[Token]:
    """LOAD DATA without what says how the table is kept; columns of names of files come last."""
    start = find_word(tokens, {"INTO", "OVERWRITE"}) + 1
    start = after_words(tokens, start, {"TEMP", "TEMPORARY", "TABLE"})
    named = end_of_name(tokens, start)
    listed = named
    if word(tokens, listed) == "PARTITIONS":
        listed = after_brackets(tokens, listed + 1)
    closed = after_brackets(tokens, listed)
    files = find_word(tokens, {"FROM"}, closed)
    if files < 0 or word(tokens, files + 1) != "FILES":
        return tokens
    end = after_brackets(tokens, files + 2)
    columns = tokens[listed:closed]
    more = find_word(tokens, {"COLUMNS"}, end)
    if columns and more > 0 and word(tokens, more + 1) == "(":
        comma = made_words(",", tokens[more])
        columns = [*columns[:-1], *comma, *tokens[more + 2 : after_brackets(tokens, more + 1)]]
    elif more > 0:
        columns = []  # the names of files say which there are
    return [*tokens[:named], *columns, *tokens[files:end]]


def _equals(tokens: Sequence[Token], start: int) -> Iterator[int]:
    while (at := find_word(tokens, {"="}, start + 1)) > 0:
        yield at
        start = at


def _loaded(
    script: Script, way: tuple[str, str], columns: tuple[list[str], Sequence[Token]], at: int
) -> Statement:
    """Columns of the file by name; what is computed in SET may be made of any of them."""
    place, target = way
    names, computed = columns
    taken = [script.context.naming.column(n) for n in names]
    outputs = [Output(n, (Dep(0, 0, n, Subtype.IDENTITY, (), at),), at) for n in taken]
    made = tuple(Dep(0, 0, n, Subtype.TRANSFORMATION, (), at) for n in taken or ["*"])
    outputs += [Output(script.context.name(c), made, at) for c in computed]
    if not taken:
        from_ = whole(place, at)
        write = Write(target, 0, "insert", by_name=True, offset=at)
        return Statement(at, from_.scopes, (0,), (write,))
    scope = Scope("", -1, (Source(place, place, -1, offset=at),), tuple(outputs), offset=at)
    return Statement(at, (scope,), (0,), (Write(target, 0, "insert", by_name=True, offset=at),))


def read_bulk(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """T-SQL's BULK INSERT table FROM 'file'."""
    name = name_at(tokens, 2, script.context.naming)
    place = next((t.text for t in tokens if t.token_type in STRINGS), "")
    if not name or not place:
        yield script.hole(GapReason.UNSUPPORTED, "this form of BULK INSERT", tokens)
        return
    at = tokens[0].start
    write = Write(name, 0, "insert", by_name=True, offset=at)
    yield Statement(at, whole(place, at).scopes, (0,), (write,))


def read_copy(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """DuckDB's COPY FROM DATABASE; any other COPY is plain."""
    if says(tokens, 1, "FROM", "DATABASE"):
        yield _of_everything(script, tokens, "COPY FROM DATABASE")
    else:
        yield script.plain(tokens)


def read_export(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """EXPORT and IMPORT of a whole database (DuckDB) or of a table (Hive)."""
    naming = script.context.naming
    if says(tokens, 1, "FOREIGN", "SCHEMA"):
        yield from imported(script, tokens)
        return
    place = next((t.text for t in tokens if t.token_type in STRINGS), "")
    outward = word(tokens, 0) == "EXPORT"
    table = find_word(tokens, {"TABLE"})
    name = name_at(tokens, table + 1, naming) if table > 0 else ""
    if name and place:
        source, target = (name, place) if outward else (place, name)
        at = tokens[0].start
        content = whole(source, at)
        kind = "external" if outward else "insert"
        write = Write(target, 0, kind, by_name=True, offset=at)
        yield Statement(at, content.scopes, (0,), (write,))
    elif word(tokens, 1) == "DATA" and outward:
        yield script.plain(tokens)
    else:
        yield _of_everything(script, tokens, f"{word(tokens, 0)} {word(tokens, 1)}", place)


def read_backup(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """BACKUP and RESTORE of a table to and from a place; of all else, a gap."""
    table = find_word(tokens, {"TABLE"}, 1)
    name = name_at(tokens, table + 1, script.context.naming) if table > 0 else ""
    place = next((t.text for t in tokens if t.token_type in STRINGS), "")
    outward, at = word(tokens, 0) == "BACKUP", tokens[0].start
    if name and place and "AS" not in {word(tokens, n) for n in range(len(tokens))}:
        source, target = (name, place) if outward else (place, name)
        kind = "external" if outward else "insert"
        write = Write(target, 0, kind, by_name=True, offset=at)
        yield Statement(at, whole(source, at).scopes, (0,), (write,))
    elif not outward and word(tokens, find_word(tokens, {"TO"}) + 1) in {"VERSION", "TIMESTAMP"}:
        yield Statement(at)  # Databricks: an older version of the same table
    else:
        yield _of_everything(script, tokens, word(tokens, 0), place)


def read_vacuum(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """SQLite's VACUUM INTO writes the whole database to another file."""
    into = find_word(tokens, {"INTO"}, 1)
    if into > 0:
        place = next((t.text for t in tokens[into:] if t.token_type in STRINGS), "")
        yield _of_everything(script, tokens, "VACUUM INTO", place)
    else:
        yield Statement(tokens[0].start)


def read_attach(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ClickHouse's ATTACH TABLE is CREATE TABLE over files; elsewhere it brings databases near."""
    if script.dialect == "clickhouse" and word(tokens, 1) in {"TABLE", "VIEW", "DICTIONARY"}:
        create = made_word(TokenType.CREATE, "create", tokens[0])
        tokens = [create, *tokens[1:]]
        place = next((n for n, t in enumerate(tokens) if t.token_type in STRINGS), 0)
        if place and word(tokens, place - 1) == "FROM":
            name = name_at(tokens, 2, script.context.naming)
            at = tokens[0].start
            write = Write(name, 0, "insert", by_name=True, offset=at)
            yield Statement(at, whole(tokens[place].text, at).scopes, (0,), (write,))
            tokens = [*tokens[: place - 1], *tokens[place + 1 :]]
        yield from script.statements(tokens)
    elif word(tokens, 1) == "MASKING":
        yield from shown_where_attached(tokens, script.context.naming)
    elif script.dialect == "clickhouse":
        yield from places_made(script, tokens)
        yield Statement(tokens[0].start)
    else:
        yield from attached(script, tokens)


def read_unload(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Athena's UNLOAD (query) TO 'place'; Redshift's, of a text, is plain."""
    end = after_brackets(tokens, 1)
    place = next((t.text for t in tokens[end:] if t.token_type in STRINGS), "")
    if word(tokens, 2) in {"SELECT", "WITH"} and place:
        yield redirected(script.value(tokens[2 : end - 1]), place, "external")
    else:
        yield script.plain(tokens)


def _of_everything(
    script: Script, tokens: Sequence[Token], what: str, place: str = ""
) -> Statement:
    """What goes from database to database cannot be told without knowing what is in it."""
    message = f"{what}: which relations go over is not known"
    names = [place, *_databases(script, tokens)]
    return script.hole(GapReason.UNSUPPORTED, message, tokens, names=names)


def _databases(script: Script, tokens: Sequence[Token]) -> list[str]:
    starts = [n + 1 for n in range(len(tokens)) if word(tokens, n) in {"DATABASE", "TO", "SCHEMA"}]
    return [name_at(tokens, start, script.context.naming) for start in starts]


def read_psql(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    r"""Psql's `\copy` is COPY, with files on the client's side."""
    if word(tokens, 1) == "COPY":
        yield from script.statements(tokens[1:])
    else:
        yield script.plain(tokens)
