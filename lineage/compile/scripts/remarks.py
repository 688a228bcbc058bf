"""Remarks: what DDL says about a relation or column and no value flows through.

Tags, comments, options and policies stand in many statements that the parser keeps as text or
refuses, and mean the same in all of them; so they are found among the tokens. A remark that was
made may hold after all where a statement takes it away; that it does is another (`protections`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.remark_parts import RETENTION, At, said
from lineage.compile.scripts.remark_values import items, pairs_in, value_at
from lineage.compile.scripts.tokens import (
    after_brackets,
    after_words,
    find_end,
    find_word,
    says,
    spellings,
    word,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.objects import TAG, Remark, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.dialects import Naming

_SAYS: Final = frozenset(
    f"TAG TAGS COMMENT OPTIONS POLICY LABEL CLASSIFICATION TBLPROPERTIES {RETENTION}".split()
)
_HOLDS_COLUMNS: Final = frozenset({"TABLE", "VIEW", "COLUMN"})
_CONSTRAINTS: Final = frozenset(
    "PRIMARY FOREIGN UNIQUE CONSTRAINT CHECK INDEX KEY LIKE EXCLUDE PERIOD FULLTEXT".split()
)
# What may follow ADD, ALTER and MODIFY that is no column, where they do not say COLUMN.
_NAMES_NO_COLUMN: Final = _CONSTRAINTS | frozenset(
    """
    SET ROW PARTITION SEARCH COLUMNS ( TAG COMMENT OPTIONS POLICY MASKING STATISTICS PROJECTION
    """.split()
)
# By which a relation that is created is filled, and what masks it from the start.
_FILLS: Final = frozenset({"AS", "SELECT", "CLONE"})
_MASKS: Final = ("masking_policy", "tag.")
_MOVES: Final = frozenset(
    "SELECT AS LOCATION RENAME SWAP FROM TYPE USING CONNECTION FILE_NAME".split()
)


def remarks_in(tokens: Sequence[Token], naming: Naming) -> tuple[Remark, ...]:
    """The remarks of a statement, in the order in which they are written."""
    tokens = tokens[1:] if not tokens[0].text else tokens  # Athena's come with a mark
    reader = _READERS.get(word(tokens, 0))
    if reader is None or not (_replaces(tokens) or _says(tokens)):
        return ()
    return tuple(reader(tokens, naming))


def _says(tokens: Sequence[Token]) -> bool:
    if _SAYS.isdisjoint(spellings(tokens)):  # far faster than to ask which are words
        return False
    return not _SAYS.isdisjoint(word(tokens, n) for n in range(len(tokens)))


def _replaces(tokens: Sequence[Token]) -> bool:
    return says(tokens, 0, "CREATE", "OR", "REPLACE")


def only_remarks(tokens: Sequence[Token]) -> bool:
    """Whether a statement does nothing else, so that the parser need not know it."""
    first, second = word(tokens, 0), word(tokens, 1)
    if first in {"SET", "UNSET"}:
        return second in {"TAG", "TAGS"} and word(tokens, 2) == "ON"
    if first == "COMMENT":
        return second in {"ON", "IF"}
    if first == "ALTER":
        _name, after = altered(tokens)
        if second == "FOREIGN" and find_word(tokens, {"OPTIONS"}) > 0:
            return False  # which table of the other server it is
        return bool(after) and all(_only_says(item) for item in actions(tokens[after:]))
    return first in {"ADD", "DROP"} and second == "SENSITIVITY"


def with_remarks(
    statements: Iterator[Statement], remarks: tuple[Remark, ...]
) -> Iterator[Statement]:
    """Statements, the first of which makes the remarks."""
    first = next(statements, None) or Statement(remarks[0].offset)
    yield replace(first, remarks=remarks)
    yield from statements


# -- a statement a kind -------------------------------------------------------------------------


def _comment(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """`COMMENT ON COLUMN t.c IS 'text'`."""
    on = find_word(tokens, {"ON"})
    given = find_word(tokens, {"IS"}, on)
    kinds = {word(tokens, n) for n in range(on, given)}
    if on < 0 or given < 0 or not kinds & _HOLDS_COLUMNS:
        return
    start = next(n for n in range(given, on, -1) if word(tokens, n - 1) in _HOLDS_COLUMNS)
    at = At(tokens, start, naming, column="COLUMN" in kinds)
    text = value_at(tokens, given + 1)
    if text:
        yield at.remark("comment", text)


def _tag_on(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """Databricks: `SET TAG ON COLUMN t.c key = value`."""
    if not says(tokens, 1, "TAG", "ON") or len(tokens) < 6:  # noqa: PLR2004
        return
    start = next((n for n in range(4, 6) if word(tokens, n - 1) in _HOLDS_COLUMNS), 0)
    if start:
        at = At(tokens, start, naming, column=word(tokens, 3) == "COLUMN")
        for key, value in pairs_in(tokens[end_of_name(tokens, start) :]):
            yield at.remark(f"tag.{key}", value)


def _sensitivity(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """T-SQL: `ADD SENSITIVITY CLASSIFICATION TO t.c, u.d WITH (LABEL = '…')`."""
    to, given = find_word(tokens, {"TO"}), find_word(tokens, {"WITH"})
    if word(tokens, 1) != "SENSITIVITY" or to < 0 or given < 0:
        return
    said = pairs_in(tokens[given + 2 : after_brackets(tokens, given + 1) - 1])
    start = to + 1
    while start < given:
        at = At(tokens, start, naming, column=True)
        for key, value in said:
            yield at.remark(f"sensitivity.{key}", value)
        start = end_of_name(tokens, start) + 1


def _security_label(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """Postgres: `SECURITY LABEL FOR provider ON COLUMN t.c IS 'text'`."""
    on, given = find_word(tokens, {"ON"}), find_word(tokens, {"IS"})
    text = value_at(tokens, given + 1)
    if word(tokens, 1) == "LABEL" and on > 0 and word(tokens, on + 1) == "COLUMN" and text:
        yield At(tokens, on + 2, naming, column=True).remark("security_label", text)


def _create(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """CREATE of a relation, with remarks in its columns and behind them; or of a tag.

    What is created or replaced from a query is rebuilt whenever that runs, without the masks
    that others attached to it.
    """
    kind = next((n for n in range(1, min(len(tokens), 9)) if word(tokens, n) in _CREATED), 0)
    start = after_words(tokens, kind + 1)
    after = end_of_name(tokens, start)
    if not kind or after == start:
        return
    if word(tokens, kind) == "TAG":
        name = name_at(tokens, start, naming).lower()
        at = At(tokens, start, naming, column=False, relation=f"{TAG}{name}")
        yield from said(tokens[after:], at)
        return
    at = At(tokens, start, naming, column=False)
    remarks = tuple(_of_created(tokens, after, at))
    yield from remarks
    if "TRANSIENT" in {word(tokens, n) for n in range(kind)}:
        yield at.remark("setting.transient", "true")
    masked = any(remark.key.startswith(_MASKS) for remark in remarks)
    if not masked and _replaces(tokens) and find_word(tokens, _FILLS, after) >= 0:
        yield at.remark("rebuilt", "true")


def _of_created(tokens: Sequence[Token], after: int, at: At) -> Iterator[Remark]:
    """What is said behind the name of a relation that is created, up to its query."""
    end = after_brackets(tokens, after)
    for item in items(tokens[after + 1 : end - 1]) if end > after else ():
        if word(item, 0).partition(" ")[0] not in _CONSTRAINTS:
            yield from said(item[1:], at.on(item[0]))
    yield from said(tokens[end : find_end(tokens, {"AS", "SELECT"}, end)], at)


def _alter(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """ALTER of a relation: what is said after `COLUMN c` is said of that column."""
    start, after = altered(tokens)
    at = At(tokens, start, naming, column=False)
    for item in actions(tokens[after:]) if after else ():
        column = column_of(item)
        if column:
            at = at.on(item[column])
        if _is_pair(item):
            for key, value in pairs_in(item):
                yield at.remark(f"tag.{key}", value)
        elif column and word(item, 0) == "COMMENT":  # ClickHouse
            yield at.remark("comment", value_at(item, column + 1))
        elif "UNSET" not in {word(item, n) for n in range(len(item))}:
            yield from said(item[column + 1 if column else 0 :], at)


def altered(tokens: Sequence[Token]) -> tuple[int, int]:
    """Where the name of the relation that is altered begins and ends; 0 where it is none."""
    start = after_words(tokens, 1, _ALTERED)
    after = end_of_name(tokens, start)
    named = after > start and not _RELATIONS.isdisjoint(word(tokens, n) for n in range(start))
    return (start, after) if named and after < len(tokens) else (0, 0)


_CREATED: Final = frozenset({"TABLE", "VIEW", "TAG"})
_RELATIONS: Final = frozenset({"TABLE", "VIEW"})
_ALTERED: Final = _RELATIONS | frozenset(
    "MATERIALIZED EXTERNAL DYNAMIC ICEBERG FOREIGN STREAMING HYBRID EVENT IF EXISTS ONLY".split()
)
_READERS: Final[dict[str, Callable[[Sequence[Token], Naming], Iterator[Remark]]]] = {
    "COMMENT": _comment,
    "SET": _tag_on,
    "ADD": _sensitivity,
    "SECURITY": _security_label,
    "CREATE": _create,
    "ALTER": _alter,
}


# -- actions of ALTER ---------------------------------------------------------------------------


def actions(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The actions of an ALTER, also those that stand in brackets together."""
    for item in items(tokens):
        opened = next((n for n in range(1, 3) if word(item, n) == "("), 0)
        if (
            word(item, 0) in {"MODIFY", "ADD"}
            and opened
            and after_brackets(item, opened) == len(item)
        ):
            for inner in items(item[opened + 1 : -1]):
                yield inner if word(inner, 0) == "COLUMN" else [item[0], *inner]
        else:
            yield item


def column_of(item: Sequence[Token]) -> int:
    """Where an action names the column that it is about, 0 where it names none."""
    said = start = next((n for n in range(min(len(item), 3)) if word(item, n) == "COLUMN"), -1) + 1
    if not said and word(item, 0) in {"MODIFY", "ALTER", "CHANGE", "ADD"}:
        start = 1
    start = after_words(item, start) if start else 0
    if not start or start >= len(item):
        return 0
    if not said and word(item, start) in _NAMES_NO_COLUMN:
        return 0
    if word(item, 0) == "CHANGE" and word(item, start + 1) not in {"COMMENT", "SET", "TYPE", ""}:
        return start + 1  # `CHANGE old new type`
    return start


def _is_pair(item: Sequence[Token]) -> bool:
    """A further `key = 'value'` of the SET TAG before it."""
    equals = end_of_name(item, 0)
    return 0 < equals == len(item) - 2 and item[equals].token_type is TokenType.EQ


def _only_says(item: Sequence[Token]) -> bool:
    """Whether an action of an ALTER sets or takes away remarks and does nothing else."""
    column = column_of(item)
    start = column + 1 if column else 0
    if not _MOVES.isdisjoint(word(item, n) for n in range(start, len(item))):
        return False
    if word(item, start) in {"SET", "UNSET"}:
        start += 1
    says = word(item, start) in {"TAG", "TAGS", "OPTIONS", "COMMENT"}
    return says or word(item, 0) == "COMMENT" or _is_pair(item)
