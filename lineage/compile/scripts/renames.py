"""What gives a table or column another name: SQL Server's procedure, Oracle's FLASHBACK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.texts import code_in
from lineage.compile.scripts.tokens import STRINGS, find_word, made_words, spelt, word
from lineage.objects import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

_OF_DATA = frozenset({"OBJECT", "COLUMN"})


def renames(tokens: Sequence[Token], start: int) -> bool:
    """Whether what is run is `sp_rename` with its names written out."""
    return _name(tokens, start) and len(_texts(tokens)) > 1 and "@" not in _values(tokens)


def read_rename(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """`sp_rename 'a.b', 'c', 'COLUMN'` as `ALTER TABLE a RENAME COLUMN b TO c`."""
    old, new, *further = _texts(tokens)
    kind = further[0].text.upper() if further else "OBJECT"
    table = code_in(old, script.text, script.dialect)
    names = code_in(new, script.text, script.dialect)
    if kind not in _OF_DATA or not table or not names:
        return
    near = tokens[0]
    column, schema = [], list(table[:-1])
    if kind == "COLUMN":
        column, table, schema = [*made_words("column", near), table[-1]], table[:-2], []
    head = [*made_words("alter table", near), *table, *made_words("rename", near)]
    yield script.plain([*head, *column, *made_words("to", near), *schema, *names[-1:]])


def read_flashback(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Oracle's `FLASHBACK TABLE t TO BEFORE DROP RENAME TO u`."""
    renamed = find_word(tokens, {"RENAME"})
    if renamed < 0:
        yield Statement(tokens[0].start)
        return
    named = tokens[2 : find_word(tokens, {"TO"})]
    yield script.plain([*made_words("alter table", tokens[0]), *named, *tokens[renamed:]])


def _name(tokens: Sequence[Token], start: int) -> bool:
    return "SP_RENAME" in {spelt(tokens, n) for n in range(start, start + 7)}


def _texts(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.token_type in STRINGS]


def _values(tokens: Sequence[Token]) -> set[str]:
    """The marks of variables that are no names of parameters."""
    return {
        token.text
        for position, token in enumerate(tokens)
        if token.text == "@" and word(tokens, position + 2) != "="
    }
