"""ALTER, RENAME and EXCHANGE in forms that the parser keeps as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.alter_actions import MOVES, read_actions
from lineage.compile.alters import SAYS_WHERE, be_at, carry_over
from lineage.compile.phrases.hive import alters_partition
from lineage.compile.scripts.tokens import STRINGS, says, split_at, word, words_of
from lineage.compile.unparsed import end_of_name, name_at
from lineage.dialects import LIKE_MYSQL, last_part
from lineage.objects import Permission
from lineage.words import SHARE, GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp
    from sqlglot.tokenizer_core import Token

    from lineage.compile.parts import Parts

_KINDS = frozenset(
    "TABLE VIEW EXTERNAL DYNAMIC MATERIALIZED FOREIGN ICEBERG IF EXISTS ONLY STREAMING".split()
)
# What may be altered without a word of data: one of these must follow the name, and none of
# the words that can move or read data.
_INERT = frozenset(
    """
    POLICY POLICIES MASK MASKING FILTER TAG OPTIMIZATION REFRESH SUSPEND RESUME OWNER COMMENT
    TBLPROPERTIES PROPERTIES CLUSTER RECLUSTER STATISTICS TRIGGER RULE SECURITY COMPRESSION
    DISTSTYLE SORTKEY ENCODE CONSTRAINT CHECK OPTIMIZE COMPUTE FREEZE VALIDATE ENABLE DISABLE
    COMPACT CONCATENATE REBUILD CLUSTERED SKEWED CONVERT ARCHIVE UNARCHIVE
    FILE_FORMAT TBLPROPERTY SERDEPROPERTIES FILEFORMAT TTL NODELAY TOUCH LOGGED UNLOGGED
    AUTHORIZATION
    """.split()
)
_SETS = (["SET"], ["UNSET"], ["RESET"])  # parameters, where nothing behind it moves data
# What moves data, but where it begins one of these.
_HARMLESS = frozenset({("UPDATE", "STATISTICS"), ("AS", "DIRECTORIES")})

# What ALTER TABLE … EXECUTE of Trino does to files of the same rows.
_TIDIES = frozenset(
    """
    OPTIMIZE OPTIMIZE_MANIFESTS EXPIRE_SNAPSHOTS REMOVE_ORPHAN_FILES DROP_EXTENDED_STATS
    """.split()
)
# Postgres, whose partitions are tables.
_TO_PARTITIONS = (["SPLIT", "PARTITION"], ["MERGE", "PARTITIONS"])


def add_raw_alter(node: exp.Expr, parts: Parts, tokens: Sequence[Token]) -> bool:
    """Read an ALTER; false where what it does is not known."""
    words = words_of(tokens)
    if words[1:2] and words[1] in {"SHARE", "DATASHARE", "PUBLICATION"}:
        return _share(parts, tokens, words)
    if words[1:2] == ["FOREIGN"] and "OPTIONS" in words:
        return False  # it may be another table of the other server from here on
    if "TRANSFER" in words:
        return _transferred(parts, tokens, words.index("TRANSFER"))
    return _altered(node, parts, tokens, words)


def _altered(node: exp.Expr, parts: Parts, tokens: Sequence[Token], words: Sequence[str]) -> bool:
    start = 1
    while start < len(words) and words[start] in _KINDS:
        start += 1
    name = name_at(tokens, start, parts.naming)
    end = end_of_name(tokens, start)
    after = words[end:]
    if name and parts.naming.dialect in LIKE_MYSQL:
        _be_elsewhere(parts, tokens[end:], name)
    if parts.naming.dialect == "postgres" and after[:2] in _TO_PARTITIONS:
        return False
    if parts.naming.dialect == "clickhouse" and after[:1] == ["EXPORT"]:
        return _carried(parts, (tokens, words, name), "TO", backwards=False)
    tidies = after[:1] == ["EXECUTE"] and not _TIDIES.isdisjoint(after[1:2])
    known = start == 1 or not name or tidies or alters_partition(after)
    if known or read_actions(node, parts, tokens, end):
        return start > 1 and bool(name)
    if after[:2] == ["SET", "SCHEMA"]:
        schema = name_at(tokens, end + 2, parts.naming)
        carry_over(name, f"{schema}.{last_part(name)}", parts, parts.offset)
        return True
    after = [w for n, w in enumerate(after) if tuple(after[n : n + 2]) not in _HARMLESS]
    moved = _moved(parts, (tokens, words, name), after)
    if moved is not None:
        return moved
    adds_partition = after[:1] == ["ADD"] and "PARTITION" in after
    said = {part for several in after for part in several.split()}
    known = adds_partition or after[:1] in _SETS or bool(_INERT.intersection(said))
    return known and not MOVES.intersection(said)


def _be_elsewhere(parts: Parts, tokens: Sequence[Token], name: str) -> None:
    """`CONNECTION = 'place'`: a table of MySQL that is one of another server from here on."""
    for at in range(len(tokens) - 2):
        told = word(tokens, at).lower() in SAYS_WHERE and word(tokens, at + 1) == "="
        if told and tokens[at + 2].token_type in STRINGS:
            be_at(tokens[at + 2].text, name, parts, parts.offset)


def _transferred(parts: Parts, tokens: Sequence[Token], at: int) -> bool:
    """T-SQL's `ALTER SCHEMA s TRANSFER OBJECT::t`: the table goes by another name."""
    schema = name_at(tokens, 2, parts.naming)
    marks = [n for n in range(at, len(tokens)) if word(tokens, n) in {"::", ":"}]
    old = name_at(tokens, max([at, *marks]) + 1, parts.naming)
    if schema and old:
        carry_over(old, f"{schema}.{last_part(old)}", parts, parts.offset)
    return bool(schema and old)


def _moved(
    parts: Parts, statement: tuple[Sequence[Token], Sequence[str], str], after: Sequence[str]
) -> bool | None:
    """Whether rows that go from table to table are followed, None where none seem to go."""
    if parts.naming.dialect == "clickhouse" and "ATTACH" in after and "FROM" not in after:
        return True  # what was detached from it
    if "ATTACH" in after and parts.naming.dialect == "postgres":  # what is put in is passed on
        _carried(parts, statement, "ATTACH", backwards=False)
    for mark, backwards in (("APPEND", True), ("ATTACH", True), ("INHERIT", False)):
        if mark in after:
            return _carried(parts, statement, mark, backwards=backwards)
    if "SWITCH" in after or ("MOVE" in after and "TABLE" in after):
        return _carried(parts, statement, "TO", backwards=False)
    if "EXCHANGE" in after and "TABLE" in after:
        both = _carried(parts, statement, "TABLE", backwards=True)
        return both and _carried(parts, statement, "TABLE", backwards=False)
    return _located(parts, statement[0], statement[2]) if "LOCATION" in after else None


def _carried(
    parts: Parts,
    statement: tuple[Sequence[Token], Sequence[str], str],
    mark: str,
    *,
    backwards: bool,
) -> bool:
    """The other table that is named last after a mark, and its rows going over."""
    tokens, words, name = statement
    at = len(words) - 1 - list(reversed(words)).index(mark)
    start = at + 1
    while start < len(words) and words[start] in {"PARTITION", "TABLE", "FROM", "TO"}:
        start += 1
    if mark == "ATTACH" and "FROM" in words[start:] and "VALUES" not in words[start:]:
        start = words.index("FROM", start) + 1
    other = name_at(tokens, start, parts.naming)
    if not other or other.isdigit():
        return False
    source, target = (other, name) if backwards else (name, other)
    carry_over(source, target, parts, parts.offset, "insert")
    return True


def _located(parts: Parts, tokens: Sequence[Token], name: str) -> bool:
    """A table, or a partition of it, is where these files are."""
    places = [t.text for t in tokens if t.token_type in STRINGS and "/" in t.text]
    for place in places:
        be_at(place, name, parts, parts.offset)
    return bool(places)


def _share(parts: Parts, tokens: Sequence[Token], words: Sequence[str]) -> bool:
    """`ALTER SHARE s ADD TABLE t`: whoever sees the share may read the table."""
    named = 4 if words[2:4] == ["IF", "EXISTS"] else 2
    share, after = name_at(tokens, named, parts.naming), end_of_name(tokens, named)
    if share and words[after + 1 : after + 2] == ["ACCOUNTS"] and words[after] in {"ADD", "SET"}:
        _open_share(parts, share, tokens[after + 2 :])
        return True
    new = word(tokens, after + 1) == "INCLUDENEW" and "TRUE" in words[after:]
    sets = word(tokens, after) == "SET" and (new or word(tokens, after + 1) in _SHARED)
    if word(tokens, after) != "ADD" and not sets:
        return word(tokens, after) in {"REMOVE", "SET", "UNSET", "OWNER"}
    inside = {"SCHEMA": ".*", "TABLES": ".*"}
    start = next((n for n in range(after + 1, len(words)) if words[n] in _SHARED), 0)
    if not start or not share:
        return False
    suffix = inside.get(words[start], "")
    for item in split_at(tokens[start + 1 :], ","):
        first = 2 if says(item, 0, "IN", "SCHEMA") else 0
        shared = name_at(item, first, parts.naming)
        if not shared:
            return False
        permission = Permission(shared + suffix, share, "share", ("select",), parts.offset)
        parts.permissions.append(permission)
    return True


def _open_share(parts: Parts, share: str, tokens: Sequence[Token]) -> None:
    """`ACCOUNTS = a, b`: who may see what is in a share."""
    for item in split_at(tokens, ","):
        account = name_at(item, 1 if word(item, 0) == "=" else 0, parts.naming)
        if account:
            opened = Permission(SHARE + share, account, "account", ("usage",), parts.offset)
            parts.permissions.append(opened)


_SHARED = frozenset({"TABLE", "TABLES", "VIEW", "SCHEMA", "MODEL", "VOLUME"})


def add_renames(node: exp.Expr, parts: Parts, tokens: Sequence[Token]) -> None:
    """RENAME TABLE a TO b, c TO d; EXCHANGE TABLES a AND b."""
    start = 2 if word(tokens, 1) in {"TABLE", "TABLES", "VIEW", "DICTIONARY", "OBJECT"} else 1
    start += word(tokens, start) == "::"
    both = word(tokens, 0) == "EXCHANGE"
    for item in split_at(tokens[start:], ","):
        old = name_at(item, 0, parts.naming)
        new = name_at(item, end_of_name(item, 0) + 1, parts.naming) if old else ""
        if not new:
            parts.hole(GapReason.UNSUPPORTED, "this form of renaming is not analysed", node)
            return
        carry_over(old, new, parts, parts.offset)
        if both:
            carry_over(new, old, parts, parts.offset)
