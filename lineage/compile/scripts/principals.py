"""Principals: who is granted something, by any name and kind that engines have for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    find_end,
    says,
    spelt,
    split_at,
    word,
)
from lineage.compile.tokenizing import tokens_of
from lineage.compile.unparsed import end_of_name, name_at, parts_at
from lineage.dialects import HIVE_AND_SPARK, LIKE_MYSQL, LIKE_TSQL, join_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.dialects import Naming

    Principal = tuple[str, str]  # name and kind

PUBLIC: Final = "public"
_KINDS: Final = frozenset(
    """
    ACCOUNT APPLICATION DATABASE FUNCTION GROUP IAM_ROLE NAMESPACE PACKAGE PROCEDURE RECIPIENT ROLE
    ROLES SERVICE SHARE USER
    """.split()
)
# What BigQuery writes in the same text: `group:analysts@example.com`.
_PREFIXES: Final = frozenset({"domain", "group", "serviceaccount", "user"})
_EVERYBODY: Final = frozenset({PUBLIC, "allusers", "allauthenticatedusers"})
# … and in single dialects; in quotes ClickHouse's is somebody.
_EVERYBODY_IN: Final = {
    "clickhouse": frozenset({"ALL"}),
    **dict.fromkeys(HIVE_AND_SPARK, frozenset({"USERS"})),
    **dict.fromkeys(LIKE_TSQL, frozenset({"GUEST"})),
}
# What may follow a name.
_ENDS: Final = frozenset(
    "AS BY CONTAINER COPY EXCEPT FOR GRANTED IDENTIFIED IN REQUIRE REVOKE VIA".split()
)


def principals_in(tokens: Sequence[Token], naming: Naming) -> tuple[list[Principal], bool]:
    """Each principal of a list, up to `WITH GRANT OPTION`, and whether that is all of them."""
    items = split_at(tokens[: find_end(tokens, {"WITH"}, 1)], ",")
    found = [_principal(item, naming) for item in items]
    return [one for one in found if one is not None], None not in found


def _principal(tokens: Sequence[Token], naming: Naming) -> Principal | None:
    """None for a name that is computed."""
    kind = ""
    while len(tokens) > 1 and word(tokens, 0) in _KINDS:
        kind, tokens = tokens[0].text.lower(), tokens[1:]
    if says(tokens, 0, "IDENTIFIER", "("):
        text = text_in(tokens)
        inner = _principal(tokens_of(text, naming.dialect), naming) if text else None
        return (inner[0], inner[1] or kind) if inner is not None else None
    end = 1 if tokens and tokens[0].token_type in STRINGS else end_of_name(tokens, 0, must=True)
    if not end or tokens[0].text == "$" or not _is_all(tokens, end):
        return None
    said = (word if naming.dialect == "clickhouse" else spelt)(tokens, 0)
    if said in _EVERYBODY_IN.get(naming.dialect, ()):
        return PUBLIC, PUBLIC
    return _of_kind(_name(tokens, kind, naming), kind, naming)


def text_in(tokens: Sequence[Token]) -> str:
    """The text of IDENTIFIER('a name'), empty where it is computed."""
    inside = tokens[2 : after_brackets(tokens, 1) - 1]
    return inside[0].text if len(inside) == 1 and inside[0].token_type in STRINGS else ""


def _is_all(tokens: Sequence[Token], end: int) -> bool:
    """Whether nothing of a principal follows but the host of MySQL's, or brackets."""
    if end < len(tokens) and tokens[end].text == "@":
        end += 2
    if after_brackets(tokens, end) == end + 2:  # CURRENT_USER()
        end += 2
    return end >= len(tokens) or word(tokens, end) in _ENDS


def _name(tokens: Sequence[Token], kind: str, naming: Naming) -> str:
    """One that is shared is named like a relation, as it is where it is opened."""
    if tokens[0].token_type in STRINGS:
        name = naming.column(tokens[0].text, quoted=True)
        return join_name((name,)) if kind == "share" else name
    parts = parts_at(tokens, 0, naming, must=True)
    if len(parts) == 1 and kind != "share":
        return naming.relation_part(parts[0][0], quoted=parts[0][1])
    return name_at(tokens, 0, naming, must=True)


def _of_kind(name: str, kind: str, naming: Naming) -> Principal:
    prefix, _, rest = name.partition(":")
    if rest and prefix.lower() in _PREFIXES:
        name, kind = rest, prefix.lower()
    anybody = naming.dialect in LIKE_MYSQL and not name
    return name, PUBLIC if anybody or name.lower() in _EVERYBODY else kind
