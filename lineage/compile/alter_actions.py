"""ALTER with several actions of which the parser does not know one, and with computed columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from lineage.compile.alters import add_alter
from lineage.compile.expressions import collect
from lineage.compile.parsing import parsed
from lineage.compile.queries import top_frame
from lineage.compile.scripts.tokens import (
    after_brackets,
    after_words,
    find_end,
    find_word,
    made_word,
    says,
    split_at,
    word,
)
from lineage.compile.unparsed import name_at
from lineage.dialects import HIVE_AND_SPARK
from lineage.objects import Declaration, Output, Write
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.parts import Parts

_VERBS = frozenset(
    """
    ADD ALTER ATTACH CHANGE CLEAR COMMENT CONVERT DETACH DISABLE DROP ENABLE FREEZE MATERIALIZE
    MODIFY MOVE OWNER REMOVE RENAME RESET SET VALIDATE
    """.split()
)
# What computes a column, and what may follow the expression.
_COMPUTES = frozenset({"DEFAULT", "MATERIALIZED", "ALIAS", "EPHEMERAL"})
_ENDS = frozenset({"COMMENT", "CODEC", "TTL", "AFTER", "FIRST", "SETTINGS", "STATISTICS"})
# What can move or read data.
MOVES = frozenset(
    """
    SELECT AS UPDATE DELETE FROM WITH APPEND SWITCH EXCHANGE ATTACH INHERIT MOVE REPLACE LOCATION
    RENAME SWAP FETCH CLONE CALL EXECUTE ADD_FILES HISTORY_TABLE
    """.split()
)
# What may stand behind a column where it gets no other name.
_SAYS_OF_COLUMN = frozenset({"FIRST", "AFTER", "TYPE", "COMMENT", "SET", "DROP"})
_KEEPS_ROWS = frozenset({"CONSTRAINT", "INDEX", "PARTITION"})
# Actions on a table that neither move nor read its rows.
_INERT = frozenset(
    """
    AUTO_INCREMENT CHARACTER COLLATE COMMENT COMPACT COMPILE CONCATENATE CONSTRAINT ENCODE ENGINE
    IDENTITY INDEX KEY KEYS LOGGING MANAGED MASKED MODIFY NOLOGGING NOPARALLEL NULL OPTIONS ORDER
    PARALLEL PARTITION PARTITIONS PRIMARY PROJECTION PROPERTIES SCHEDULE SETTING SHRINK STATISTICS
    STORAGE TABLESPACE TTL TYPE UNIQUE UNUSED PERIOD VERSIONING
    """.split()
)


def read_actions(node: exp.Expr, parts: Parts, tokens: Sequence[Token], end: int) -> bool:
    """Read each action for itself; `end` is where the name of what is altered does.

    False where there is only one, and that one is no computed column.
    """
    actions = _actions(tokens[end:])
    if says(tokens, end, "PARTITION", "("):
        end = after_brackets(tokens, end + 1)  # Hive: of this partition alone
        actions = _actions(tokens[end:])
    if _places(parts, tokens, end):
        return True
    if len(actions) == 1 and _added(actions[0]) is None:
        return _add_computed(parts, tokens, actions[0]) or _is_inert(actions[0])
    for action in (one for listed in actions for one in _apart(listed)):
        tree = parsed([*tokens[:end], *action], parts.text, parts.naming.dialect)
        if isinstance(tree, exp.Alter):
            add_alter(tree, parts)
        elif not (_add_computed(parts, tokens, action) or _is_inert(action)):
            message = "the parser does not know this form of ALTER"
            parts.hole(GapReason.UNSUPPORTED, message, node)
    return True


def _places(parts: Parts, tokens: Sequence[Token], end: int) -> bool:
    """Spark's `ALTER COLUMN a AFTER b, c FIRST`: whether that is what it does.

    https://spark.apache.org/docs/latest/sql-ref-syntax-ddl-alter-table.html
    """
    if parts.naming.dialect not in HIVE_AND_SPARK or word(tokens, end) not in {"ALTER", "CHANGE"}:
        return False
    start = end + 1 + (word(tokens, end + 1) == "COLUMN")
    relation, placed = name_at(tokens, 2, parts.naming), False
    for item in split_at(tokens[start:], ","):
        first = word(item, len(item) - 1) == "FIRST"
        behind = not first and word(item, len(item) - 2) == "AFTER"
        renamed = word(tokens, end) == "CHANGE" and word(item, 1) not in _SAYS_OF_COLUMN
        if word(item, 1) == "." or (renamed and word(item, 1) != word(item, 0)):
            return False  # a field has a place in its struct, and another name is not told here
        if first or behind:
            names = (item[0].text, item[-1].text if behind else "")
            column, before = (parts.naming.column(name) for name in names)
            both = ((column, ""), (before, ""))
            parts.declarations.append(Declaration(relation, both, "place", offset=parts.offset))
            placed = True
    return placed


def _actions(tokens: Sequence[Token]) -> list[list[Token]]:
    """The actions between commas; what begins with no verb goes on with the one before it."""
    found: list[list[Token]] = []
    for item in split_at(tokens, ","):
        if found and word(item, 0) not in _VERBS:
            found[-1] += item
        else:
            found.append(list(item))
    return found


def _added(action: Sequence[Token]) -> list[list[Token]] | None:
    """What each column is added by of `ADD (a INT, b INT)` and `ADD COLUMN (…)`; else None."""
    opened = 2 if word(action, 1) == "COLUMN" else 1
    closed = after_brackets(action, opened)
    if word(action, 0) != "ADD" or not opened < closed == len(action):
        return None
    inside = split_at(action[opened + 1 : -1], ",")
    return [[action[0], *item] for item in inside if item]


def _apart(action: Sequence[Token]) -> list[list[Token]]:
    """The actions that one in brackets stands for."""
    added = _added(action)
    return [list(action)] if added is None else added


def _is_inert(action: Sequence[Token]) -> bool:
    words = {part for n in range(len(action)) for part in word(action, n).split()}
    first = word(action, 0)
    if first == "REBUILD" or (first == "ADD" and "PROJECTION" in words):
        return True  # the same rows, in another order
    if first == "MOVE" and "TO" not in words and {"PARTITION", "SUBPARTITION"} & words:
        return True
    if first in {"DROP", "TRUNCATE"} and "PARTITION" in words:
        return True
    if first == "RENAME" and _KEEPS_ROWS & {word(action, 1), word(action, 2)}:
        return True
    about_itself = {"AS"} if "IDENTITY" in words else {"MOVE"} if "TABLESPACE" in words else set()
    moved = words & MOVES - about_itself
    return bool(words & _INERT) and not moved and not {"TYPE", "USING"} <= words


def _add_computed(parts: Parts, tokens: Sequence[Token], action: Sequence[Token]) -> bool:
    """ClickHouse's `MODIFY COLUMN a type DEFAULT expression`."""
    column = find_word(action, {"COLUMN"}) + 1
    computes = find_word(action, _COMPUTES, column)
    if parts.naming.dialect != "clickhouse" or not column or computes < 0:
        return False
    column = after_words(action, column)
    value = action[computes + 1 : find_end(action, _ENDS, computes)]
    query = [made_word(TokenType.SELECT, "select", action[computes]), *value]
    tree = parsed(query, parts.text, parts.naming.dialect) if value else None
    relation = name_at(tokens, 2, parts.naming)
    if not isinstance(tree, exp.Select) or not relation:
        return not value
    frame = top_frame(parts.draft)
    frame.add_relation(relation)
    deps = tuple(collect(tree.expressions[0], frame, Subtype.TRANSFORMATION))
    at = action[computes].start
    frame.outputs.append(Output(parts.naming.column(action[column].text), deps, at))
    number = frame.finish("", at)
    parts.writes.append(Write(relation, number, "update", by_name=True, appends=False, offset=at))
    return True
