"""GRANT: who may read what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import column_name, offset_of, relation_name
from lineage.compile.scripts.tokens import word, words_of
from lineage.compile.unparsed import dotted_names, name_at, parts_at
from lineage.dialects import LIKE_MYSQL, LIKE_TSQL, join_name
from lineage.objects import Permission
from lineage.words import SHARE, GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.parts import Parts
    from lineage.dialects import Naming

# What a grant on these is a grant on: everything inside.
_INSIDE = {"SCHEMA": ".*", "DATASET": ".*", "DATABASE": ".*.*", "CATALOG": ".*.*"}
_SHARES = frozenset({"SHARE", "DATASHARE"})
_PRINCIPALS = frozenset("ROLE USER SHARE GROUP ACCOUNT RECIPIENT NAMESPACE".split())
_SECURABLES = frozenset(
    """
    ALL FUTURE TABLE TABLES VIEW VIEWS SCHEMA SCHEMAS DATABASE DATABASES DATASET CATALOG IN
    OBJECT ::
    EXTERNAL MATERIALIZED DYNAMIC STAGE STAGES DATASHARE FUNCTIONS SEQUENCES STREAM STREAMS SHARE
    """.split()
)
EVERYBODY = frozenset({"public", "allusers", "allauthenticatedusers"})

_MAKERS = LIKE_TSQL | {"oracle"}
# Privileges by which nobody reads what others have.
_MAKES = re.compile(r"CREATE (?!ANY |PUBLIC )[A-Z ]+|UNLIMITED TABLESPACE|ALTER SESSION")


def add_grant(node: exp.Expr, parts: Parts) -> None:
    """One permission for each principal; a schema or database stands for all inside it."""
    securable = node.args.get("securable")
    kind = str(node.args.get("kind") or "").upper()
    if not isinstance(securable, exp.Table) or not node.args.get("principals"):
        parts.hole(GapReason.UNSUPPORTED, "this form of GRANT is not analysed", node)
        return
    if isinstance(securable.this, exp.Anonymous):  # T-SQL lists columns behind the table
        listed = exp.Table(this=exp.to_identifier(securable.this.name))
        listed.args.update({k: securable.args[k] for k in ("db", "catalog") if k in securable.args})
        securable = listed
    begin = SHARE if kind in _SHARES else ""
    relation = begin + relation_name(securable, parts.naming) + _INSIDE.get(kind, "")
    privileges = tuple(p.name.lower() for p in node.args.get("privileges") or ())
    for principal in node.args.get("principals") or ():
        name, role = _principal(principal, parts.naming)
        at = offset_of(node)
        parts.permissions.append(Permission(relation, name, role, privileges, at))


def _principal(node: exp.Expr, naming: Naming) -> tuple[str, str]:
    """Name and kind; BigQuery writes both in one string: `group:analysts@example.com`."""
    name = column_name(node.this, naming) if isinstance(node.this, exp.Identifier) else node.name
    kind = str(node.args.get("kind") or "").lower()
    prefix, _, rest = name.partition(":")
    if rest and prefix.lower() in {"user", "group", "domain", "serviceaccount"}:
        name, kind = rest, prefix.lower()
    if kind == "share":
        name = join_name((name,))
    return name, "public" if name.lower() in EVERYBODY else kind


def add_raw_grant(node: exp.Expr, parts: Parts, tokens: Sequence[Token]) -> None:
    """A GRANT that the parser keeps as text: many relations, many principals, or all in a schema.

    What a role may do once it is granted to another is not followed, so that is a gap.
    """
    words = words_of(tokens)
    on = words.index("ON") if "ON" in words else 0
    if _opens_nothing(words, on, parts.naming.dialect):
        return
    to = next((n for n in range(len(words) - 1, on, -1) if words[n] == "TO"), 0)
    first = next((n for n in range(on + 1, to) if words[n] not in _SECURABLES), to)
    names = dotted_names(tokens[first:to], parts.naming) if on else []
    principals = _principals(tokens[to + 1 :], parts.naming) if to else []
    if not names or not principals:
        message = "who may read what by this form of GRANT is not known"
        parts.hole(GapReason.UNSUPPORTED, message, node)
    begin = "" if _SHARES.isdisjoint(words[on:first]) else SHARE
    inside = _inside(words[on:first], words[first:to])
    privileges = tuple(w.lower() for w in words[1:on] if w != ",")
    at = tokens[0].start
    for name in names:
        for principal, kind in principals:
            permission = Permission(begin + name + inside, principal, kind, privileges, at)
            parts.permissions.append(permission)


def _opens_nothing(words: Sequence[str], on: int, dialect: str) -> bool:
    """Whether it is MySQL's USAGE, which is no privilege, or those to make things."""
    if on and dialect in LIKE_MYSQL:
        return words[1:on] == ["USAGE"]
    end = on or (words.index("TO") if "TO" in words else 0)
    given = " ".join(words[1:end]).split(" , ")
    return dialect in _MAKERS and all(_MAKES.fullmatch(one) for one in given)


def _inside(before: Sequence[str], named: Sequence[str]) -> str:
    """What follows a name for all that is inside it, as the words before the name say."""
    found = next((_INSIDE[word] for word in reversed(before) if word in _INSIDE), "")
    return found or (".*" if {"ALL", "FUTURE"} & set(before) or "*" in named else "")


def _principals(tokens: Sequence[Token], naming: Naming) -> list[tuple[str, str]]:
    """Each principal of a list with its kind, up to `WITH GRANT OPTION`."""
    found: list[tuple[str, str]] = []
    start = 0
    words = words_of(tokens)
    end = words.index("WITH") if "WITH" in words else len(tokens)
    for position in range(end + 1):
        if position < end and words[position] != ",":
            continue
        principal = _principal_of(tokens[start:position], naming)
        if principal is not None:
            found.append(principal)
        start = position + 1
    return found


def _principal_of(tokens: Sequence[Token], naming: Naming) -> tuple[str, str] | None:
    kind = ""
    while len(tokens) > 1 and word(tokens, 0) in _PRINCIPALS | {"DATABASE"}:
        kind = tokens[0].text.lower()
        tokens = tokens[1:]
    if not tokens:
        return None
    parts = parts_at(tokens, 0, naming)
    if len(parts) == 1 and kind != "share":  # which is named like a relation where it is opened
        name = naming.relation_part(parts[0][0], quoted=parts[0][1])
    else:
        name = name_at(tokens, 0, naming) or tokens[0].text
    return name, "public" if name.lower() in EVERYBODY else kind
