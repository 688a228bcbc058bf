"""Statements that the parser keeps as raw text: a few are read here, the rest are gaps."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError

from lineage.compile.parsing import parse_statement
from lineage.compile.queries import compile_query, top_frame
from lineage.compile.raw_alters import add_raw_alter, add_renames
from lineage.compile.raw_creates import add_raw_create
from lineage.compile.scripts.texts import code_in, spread
from lineage.compile.scripts.tokens import STRINGS, after_words, words_of
from lineage.compile.sinks import add_sink
from lineage.compile.unparsed import dotted_names, made_from, name_at, names_in
from lineage.dialects import parser_of
from lineage.objects import Removal, Write
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.parts import Parts

# First words of statements that move no data and open nothing to anybody.
_INERT = frozenset(
    """
    ALTER ANALYZE BEGIN CLOSE COMMENT COMMIT CREATE DEALLOCATE DECLARE DESC DESCRIBE DROP
    END EXPLAIN FETCH GO INSTALL LIST LOAD LOCK LS MSCK OPEN OPTIMIZE PRAGMA RAISE REFRESH
    REINDEX REMOVE REVOKE RM ROLLBACK SAVEPOINT SECURITY SET SHOW START SUSPEND RESUME
    UNDROP UNLOCK UNSET USE VACUUM CHECKPOINT RESET DISCARD CLUSTER ASSERT BREAK CONTINUE
    RETURN PRINT ZORDER ATTACH DETACH
    """.split()
)
_AGAIN = frozenset({"OR", "REPLACE"})
# … unless one of these words follows, which can hold or move data.
_HOLDS_CODE = frozenset(
    """
    PROCEDURE FUNCTION TASK PIPE VIEW TABLE SHARE EXECUTE AS SELECT STREAM TRIGGER SYNONYM ALIAS
    SUBSCRIPTION SNAPSHOT EXTERNAL MATERIALIZED DICTIONARY CLONE LIKE PUBLICATION NOTEBOOK LISTING
    """.split()
)


# Under another name they are called elsewhere.
_CALLED = frozenset({"FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE"})
# What ALTER may say of code without changing it.
_ABOUT_CODE = frozenset({*_CALLED, "TRIGGER", "PACKAGE", "EVENT", "TASK", "PIPE", "STREAM"})
_LEAVES_IT = frozenset(
    """
    ADD CALLED COMPILE COST DEPENDS DISABLE ENABLE IMMUTABLE LEAKPROOF MODIFY OWNER PARALLEL REFRESH
    REMOVE RESET RESUME ROWS SECURITY SET STABLE STRICT SUPPORT SUSPEND UNSET VOLATILE
    """.split()
)
# … unless it is of another schema from then on, or what it does is said anew.
_MAY_CHANGE_IT = frozenset(
    """
    SCHEMA SEARCH_PATH CURRENT_SCHEMA SELECT INSERT UPDATE DELETE MERGE CALL DO AS ACTION CONDITION
    BODY NAME
    """.split()
)
_HOLDS_RELATIONS = frozenset({"SCHEMA", "DATABASE", "CATALOG", "NAMESPACE"})
_MOVES_ALL = frozenset({"RENAME", "SWAP"})
# What CREATE makes that holds no data and runs nothing, whatever follows.
_KINDS_WITHOUT_DATA = frozenset(
    """
    SHARE DOMAIN TYPE CAST OPERATOR CATALOG SOURCE LOCATION VOLUME INTEGRATION FORMAT SCHEME
    COLLECTION DEFAULT DIRECTORY LIBRARY PROVIDER RESOURCE WORKLOAD CONNECTION CREDENTIAL
    LANGUAGE CONFIGURATION COLLATION CONVERSION TABLESPACE TRANSFORM SEQUENCE LOGIN CERTIFICATE
    """.split()
)

# What CREATE makes FROM something that is no relation, or tells nothing of its rows.
_MADE_FROM_OTHERS = frozenset(
    "USER STATISTICS EXTENSION ASSEMBLY ASYMMETRIC SYMMETRIC COLUMN MASTER FULLTEXT".split()
)

# What runs code of its own with the rights of who makes it, and shows what it finds.
_RUNS = frozenset({"AGENT", "APPLICATION", "MCP", "SERVICE", "STREAMLIT"})
_BEFORE_KIND = frozenset(
    """
    OR REPLACE IF NOT EXISTS EXTERNAL STORAGE FILE PARTITION XML SCHEMA IDENTITY DATABASE SCOPED
    DATA SECURITY API NOTIFICATION FOREIGN PUBLIC TEMPORARY TEMP ROW ACCESS
    """.split()
)


def add_command(node: exp.Expr, parts: Parts) -> None:
    """Read what a raw command does, or record it as a gap that names its relations."""
    tokens = spread(parts.tokens, parts.text, parts.naming.dialect)
    words = words_of(tokens)
    first = words[0] if words else ""
    singly = [part for t in tokens[1:] for part in t.text.upper().split()]
    if first == "UNLOAD":
        _add_unload(node, parts, tokens)
    elif first == "CREATE" and [w for w in words[1:4] if w not in _AGAIN][:1] == ["SHARE"]:
        return  # nobody has a share before it is granted
    elif first in _RAW and _RAW[first](node, parts, tokens):
        return
    elif words[:2] == ["RENAME", "USER"]:
        return  # who reads what then is another question (`scripts/rights`)
    elif first in {"RENAME", "EXCHANGE"}:
        add_renames(node, parts, tokens)
    elif _copies_elsewhere(words):
        message = f"{first} REPLICATION: which relations go over is not known"
        parts.hole(GapReason.UNSUPPORTED, message, node, tuple(dotted_names(tokens, parts.naming)))
    elif _moves_relations(tokens):
        message = f"which relations the {words[1].lower()} holds that is renamed is not known"
        names = dict.fromkeys(dotted_names(tokens[2:], parts.naming))
        parts.hole(GapReason.UNSUPPORTED, message, node, tuple(names))
    elif _holds_nothing(first, words):
        return
    elif (
        first not in _INERT
        or _HOLDS_CODE.intersection(singly) - _harmless(first)
        or (first == "ALTER" and _CALLED.intersection(words[1:2]))
        or (
            first == "CREATE"
            and _kind(words) not in _MADE_FROM_OTHERS
            and made_from(tokens, parts.naming)
        )
    ):
        message = f"the parser does not know this form of {first or 'statement'}"
        parts.hole(GapReason.UNSUPPORTED, message, node, names_in(tokens, parts.naming))


def _copies_elsewhere(words: Sequence[str]) -> bool:
    """Snowflake's CREATE REPLICATION GROUP, and ALTER DATABASE d ENABLE REPLICATION TO ACCOUNTS."""
    groups = {("REPLICATION", "GROUP"), ("FAILOVER", "GROUP")}
    altered = words[:1] == ["ALTER"] and {"REPLICATION", "ACCOUNTS"}.issubset(words)
    return altered or (words[:1] == ["CREATE"] and not groups.isdisjoint(pairwise(words[1:6])))


def _moves_relations(tokens: Sequence[Token]) -> bool:
    """ALTER SCHEMA a RENAME TO b, and SWAP WITH b: all that it holds has other names."""
    words = words_of(tokens)
    return (
        words[0] == "ALTER"
        and words[1:2] != []
        and words[1] in _HOLDS_RELATIONS
        and (not _MOVES_ALL.isdisjoint(words) or ["MODIFY", "NAME"] in map(list, pairwise(words)))
    )


def _holds_nothing(first: str, words: Sequence[str]) -> bool:
    if first == "ALTER":
        leaves = bool(_LEAVES_IT.intersection(words)) and not _MAY_CHANGE_IT.intersection(words)
        leaves = leaves or ("RENAME" in words and not _CALLED.intersection(words[1:2]))
        return bool(_ABOUT_CODE.intersection(words[1:2])) and leaves
    kind = _kind(words)
    outside = words[1:3] == ["EXTERNAL", "SCHEMA"]
    filled = kind == "TYPE" and not {"SELECT", "FROM"}.isdisjoint(words)  # DuckDB's ENUM of a query
    return first == "CREATE" and (outside or (kind in _KINDS_WITHOUT_DATA and not filled))


def _kind(words: Sequence[str]) -> str:
    return next((word for word in words[1:] if word not in _BEFORE_KIND), "")


def _add_create(node: exp.Expr, parts: Parts, tokens: Sequence[Token]) -> bool:
    """CREATE of what holds columns, and of Snowflake's applications, agents and services."""
    words = words_of(tokens[:8])
    kind = _kind(words)
    inside = kind in words and words[words.index(kind) + 1 :][:1] in (["PACKAGE"], ["ROLE"])
    if kind == "SINK":
        add_sink(node, parts, tokens)
        return True
    if parts.naming.dialect != "snowflake" or kind not in _RUNS or inside:
        return add_raw_create(node, parts, tokens)
    message = f"what CREATE {kind} runs is not known"
    parts.hole(GapReason.OPAQUE_CODE, message, node, names_in(tokens, parts.naming))
    return True


def _harmless(first: str) -> frozenset[str]:
    """SHOW TABLES, DROP VIEW and the like name a kind without touching its data."""
    moves = first in {"ALTER", "BEGIN", "CREATE", "DECLARE", "EXPLAIN"}
    return frozenset() if moves else _HOLDS_CODE


def _add_truncate(_node: exp.Expr, parts: Parts, tokens: Sequence[Token]) -> bool:
    """ClickHouse's `TRUNCATE TABLE IF EXISTS t ON CLUSTER c SYNC`; false where it names nothing."""
    name = name_at(tokens, after_words(tokens, 1, {"TABLE", "IF", "EXISTS"}), parts.naming)
    if name:
        parts.removals.append(Removal(name, (), -1, parts.offset))
    return bool(name)


def _add_unload(node: exp.Expr, parts: Parts, tokens: Sequence[Token]) -> None:
    """Redshift: UNLOAD ('select …') TO 's3://…'; the query is a string."""
    strings = [t for t in tokens if t.token_type in STRINGS]
    if len(strings) < 2:  # noqa: PLR2004 - the query and the destination
        parts.hole(GapReason.DYNAMIC_SQL, "UNLOAD of a computed query", node)
        return
    query, place = strings[0], strings[1]
    dialect = parts.naming.dialect
    try:
        inner = code_in(query, parts.text, dialect)
        tree = parse_statement(inner, parts.text, parser_of(dialect))
    except (SqlglotError, ValueError):
        tree = None
    if not isinstance(tree, (exp.Query, exp.Subquery)):
        message = "the query inside UNLOAD cannot be parsed"
        parts.hole(GapReason.PARSE_ERROR, message, node)
        return
    frame = top_frame(parts.draft)
    scope = compile_query(tree, frame)
    write = Write(place.text, scope, "external", by_name=True, offset=query.start)
    parts.writes.append(write)


_RAW = {"CREATE": _add_create, "ALTER": add_raw_alter, "TRUNCATE": _add_truncate}
