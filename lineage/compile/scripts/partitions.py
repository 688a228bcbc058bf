"""Partitions of Postgres: the keys of a table decide in which of them a row is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.scripts.policies import hidden, named_at
from lineage.compile.scripts.tokens import after_brackets, find_word, listed, made_words, says, word
from lineage.compile.unparsed import end_of_name, name_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement


def rows_of_partitions(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """CREATE of a table with partitions, whose keys are noted, and CREATE or ATTACH of a partition.

    Which keys a table of another text has is not known.
    """
    if script.dialect != "postgres":
        return
    naming = script.context.naming
    start = named_at(tokens, len(tokens))
    name = tokens[start : end_of_name(tokens, start)]
    whole, part = name, name
    behind = start + len(name)
    if says(tokens, behind, "PARTITION", "OF"):
        whole = tokens[behind + 2 : end_of_name(tokens, behind + 2)]
    elif says(tokens, behind, "ATTACH", "PARTITION"):
        part = tokens[behind + 2 : end_of_name(tokens, behind + 2)]
    by = find_word(tokens, {"PARTITION BY"}, behind)
    if by > 0 and name:
        script.context.partition_keys[name_at(part, 0, naming)] = list(_keys(tokens, by))
    keys = script.context.partition_keys.get(name_at(whole, 0, naming)) if whole else None
    if keys and part and whole is not part:
        decided = hidden(script, whole, keys)
        removals = (replace(r, relation=name_at(part, 0, naming)) for r in decided.removals)
        yield replace(decided, removals=tuple(removals))


def _keys(tokens: Sequence[Token], by: int) -> Iterator[Token]:
    """The keys as one condition: columns and expressions, without classes of operators."""
    opened = next((n for n in range(by, len(tokens)) if word(tokens, n) == "("), len(tokens))
    first = True
    for item in listed(tokens, opened):
        called = next((n for n in range(len(item)) if word(item, n) == "("), 0)
        for position, token in enumerate(item[: after_brackets(item, called) or 1]):
            if not (position or first):
                yield from made_words("and", token)
            first = False
            yield token
