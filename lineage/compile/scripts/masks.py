"""Masks: a column is shown as what a function or policy returns, which may read other tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.policies import named_at
from lineage.compile.scripts.tokens import (
    after_brackets,
    after_words,
    calls_unknown,
    find_word,
    listed,
    made_words,
    word,
)
from lineage.compile.unparsed import column_of, end_of_name, name_at
from lineage.objects import CALLED, Dep, Output, Scope, Statement, Write
from lineage.words import TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.dialects import Naming
    from lineage.objects import Remark


def policy_as_function(
    tokens: Sequence[Token], position: int, dialect: str
) -> Sequence[Token] | None:
    """`MASKING POLICY p AS (x t) RETURNS t -> value`, or `WITH (x t) USING (value)`, as a function.

    `position` is that of POLICY. None for any other policy, and for one that reads nothing else.
    """
    start = after_words(tokens, position + 1)
    named = end_of_name(tokens, start)
    closed = after_brackets(tokens, named + 1)
    given = find_word(tokens, {"->", "USING"}, closed)
    if word(tokens, position - 1) != "MASKING" or closed == named + 1 or given < 0:
        return None
    said = {word(tokens, n) for n in range(given, len(tokens))}
    if "SELECT" not in said and not calls_unknown(tokens[given:], dialect):
        return None
    near = tokens[position]
    head = [*made_words("function", near), *tokens[start:named], *tokens[named + 1 : closed]]
    return [*head, *made_words("returns text ->", near), *tokens[given + 1 :]]


def shown_by_remarks(remarks: Iterable[Remark]) -> Iterator[Statement]:
    """Columns with a masking policy."""
    for remark in remarks:
        if remark.key == "masking_policy" and remark.column:
            yield _shown(remark.relation, remark.column, remark.value, remark.offset)


def shown_by_masks(tokens: Sequence[Token], naming: Naming) -> Iterator[Statement]:
    """Databricks' `ALTER COLUMN c SET MASK f`, and `c type MASK f` where a table is created."""
    start = named_at(tokens, len(tokens))
    relation, end = name_at(tokens, start, naming), end_of_name(tokens, start)
    altered = find_word(tokens, {"COLUMN"}, end)
    for item in [tokens[altered + 1 :]] if altered > 0 else listed(tokens, end):
        mask = find_word(item, {"MASK"}, 1)
        function = name_at(item, mask + 1, naming).lower() if mask > 0 else ""
        if relation and function:
            yield _shown(relation, column_of(item[0], naming), function, item[0].start)


def shown_where_attached(tokens: Sequence[Token], naming: Naming) -> Iterator[Statement]:
    """Redshift's `ATTACH MASKING POLICY p ON t (c)`."""
    on = find_word(tokens, {"ON"}, 3)
    if on < 0:
        return
    policy, end = name_at(tokens, 3, naming).lower(), end_of_name(tokens, on + 1)
    for item in listed(tokens, end):
        if item:
            column = column_of(item[0], naming)
            yield _shown(name_at(tokens, on + 1, naming), column, policy, item[0].start)


def _shown(relation: str, column: str, function: str, at: int) -> Statement:
    """What a function returns of its own is in the column, for whoever reads it."""
    dep = Dep(0, CALLED, function, TransformSubtype.TRANSFORMATION, (), at)
    scope = Scope("", -1, (), (Output(column, (dep,), at),), offset=at)
    write = Write(relation, 0, "add", by_name=True, appends=False, offset=at)
    return Statement(at, (scope,), (0,), (write,), calls=(function,))
