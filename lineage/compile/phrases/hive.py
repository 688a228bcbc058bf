"""What Hive and Spark say around a statement that moves no data and that the parser refuses."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    NAMES,
    STRINGS,
    UNITES,
    after_brackets,
    find_word,
    made_word,
    made_words,
    says,
    split_at,
    with_commas,
    word,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlglot.tokenizer_core import Token

# What may follow a constraint of a column or of a table.
_STATES = frozenset({"ENABLE", "DISABLE", "ENFORCED", "VALIDATE", "NOVALIDATE", "RELY", "NORELY"})
_MANNERS = frozenset({"TRANSACTIONAL", "MANAGED"})
_LAID_OUT = frozenset({"CLUSTERED", "DISTRIBUTED", "SORTED", "PARTITIONED"})
_PROPERTIES = frozenset({"SERDEPROPERTIES", "DBPROPERTIES"})
_QUANTIFIERS = frozenset({TokenType.ALL, TokenType.DISTINCT})
_ENDS_COLUMN = frozenset({",", ")", "FROM", "AS"})
_PARTS = re.compile(r"`((?:[^`]|``)+)`|([^.`]+)")
_BEFORE_RELATIONS = frozenset({"INTO", "OVERWRITE", "TABLE", "VIEW", "EXISTS", "UPDATE"})


def without_hive_phrases(tokens: Sequence[Token]) -> list[Token]:
    """The same statement without them."""
    said = list(tokens)
    for rewrite in _OF_STATEMENT.get(word(tokens, 0), ()):
        said = rewrite(said)
    return said


def with_table_queries(tokens: Sequence[Token]) -> Sequence[Token]:
    """`TABLE t` as `SELECT * FROM t`: in brackets the parser would take `t` for an alias of it."""
    places = {n for n, token in enumerate(tokens) if _is_query(tokens, n, token)}
    if not places:
        return tokens
    said: list[Token] = []
    for position, token in enumerate(tokens):
        said += made_words("select * from", token) if position in places else [token]
    return said


def without_streams(tokens: Sequence[Token]) -> Sequence[Token]:
    """`FROM STREAM t`, the table as it grows, as `FROM t`; the parser takes `t` for an alias."""
    return [
        token
        for position, token in enumerate(tokens)
        if not (
            position
            and word(tokens, position) == "STREAM"
            and word(tokens, position - 1) in {"FROM", "JOIN"}
            and (word(tokens, position + 1) == "(" or _is_named(tokens, position + 1))
        )
    ]


def with_written_names(tokens: Sequence[Token]) -> Sequence[Token]:
    """`IDENTIFIER('a.' || 'b')` as `a.b`, and one that is computed as a parameter, for a relation.

    The parser takes it for a table called as the function, with what is in brackets for columns.
    """
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        end = position
        if says(tokens, position, "IDENTIFIER", "("):
            end = after_brackets(tokens, position + 1)
        token, given = tokens[position], tokens[position + 2 : end - 1]
        if given and all(t.token_type in STRINGS or t.text == "||" for t in given):
            name = "".join(t.text for t in given if t.text != "||")
            parts = [quoted.replace("``", "`") or plain for quoted, plain in _PARTS.findall(name)]
            for number, part in enumerate(parts):
                said += made_words("." if number else "", token)
                said.append(made_word(TokenType.IDENTIFIER, part, token))
        elif given and position and word(tokens, position - 1) in _BEFORE_RELATIONS:
            said += made_words(f"@ {token.text}", token)
        else:
            end = position + 1
            said.append(token)
        position = end
    return said


def _is_named(tokens: Sequence[Token], position: int) -> bool:
    return position < len(tokens) and tokens[position].token_type in NAMES


def _is_query(tokens: Sequence[Token], at: int, token: Token) -> bool:
    named = tokens[at + 1].token_type in NAMES if at + 1 < len(tokens) else False
    if token.token_type is not TokenType.TABLE or not named:
        return False
    before, second = word(tokens, at - 1) if at else "", word(tokens, at - 2) if at > 1 else ""
    if before == "(":  # behind a name it is what a function is given
        return at < 2 or second == "LATERAL" or tokens[at - 2].token_type not in NAMES  # noqa: PLR2004
    if before in {"ALL", "DISTINCT"}:
        return second in UNITES
    return not at or before in UNITES | {"AS", ")"}


def with_plain_quantifiers(tokens: Sequence[Token]) -> Sequence[Token]:
    """`SELECT all, a FROM t`, where a column is called as what the parser would leave out."""
    kinds = [token.token_type for token in tokens]
    if TokenType.ALL not in kinds and TokenType.DISTINCT not in kinds:
        return tokens
    said: list[Token] | None = None
    for at in [n for n, kind in enumerate(kinds) if kind in _QUANTIFIERS]:
        selected = at and kinds[at - 1] is TokenType.SELECT
        if selected and word(tokens, at + 1) in _ENDS_COLUMN:
            said = said or list(tokens)
            said[at] = made_word(TokenType.IDENTIFIER, tokens[at].text, tokens[at])
    return said or tokens


def _without_states(tokens: list[Token]) -> list[Token]:
    """`NOT NULL ENABLE`, `PRIMARY KEY (id) DISABLE NOVALIDATE RELY`."""
    return [t for n, t in enumerate(tokens) if not _is_state(tokens, n)]


def _is_state(tokens: Sequence[Token], at: int) -> bool:
    here = word(tokens, at)
    if here == "NOT":
        return word(tokens, at + 1) == "ENFORCED"
    if here not in _STATES or word(tokens, at - 1) in {"(", ","}:
        return False
    after = word(tokens, at + 1)
    return after in {",", ")", "NOT"} or _is_state(tokens, at + 1)


def _without_layout(tokens: list[Token]) -> list[Token]:
    """`SKEWED BY (a) ON (1)`, `CLUSTERED ON (a)`, `ENABLE REWRITE`, `TRANSACTIONAL TABLE`."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        width = _layout(tokens, position)
        if not width:
            said.append(tokens[position])
        position += width or 1
    return said


def _layout(tokens: Sequence[Token], at: int) -> int:
    """How many tokens say how rows are laid out, from one on; 0 where none does."""
    here, after = word(tokens, at), word(tokens, at + 1)
    if (here in _MANNERS and after == "TABLE") or (here == "STORED" and after == "AS"):
        directories = word(tokens, at + 2) == "DIRECTORIES"
        return 1 if here in _MANNERS else 3 * directories
    if after == "REWRITE" and here in {"ENABLE", "DISABLE"}:
        return 2
    if here in _LAID_OUT and after == "ON" and word(tokens, at + 2) == "(":
        return after_brackets(tokens, at + 2) - at
    if here == "SKEWED" and after == "BY":
        on = after_brackets(tokens, at + 2)
        return after_brackets(tokens, on + 1) - at if word(tokens, on) == "ON" else 0
    return 0


def _with_known_types(tokens: list[Token]) -> list[Token]:
    """A value of UNIONTYPE<a, b> is one of several things, as a struct holds all of them."""
    return [
        made_word(TokenType.STRUCT, "struct", t) if word([t], 0) == "UNIONTYPE" else t
        for t in tokens
    ]


def _with_equals(tokens: list[Token]) -> list[Token]:
    """`TBLPROPERTIES ('k' 'v')`, where Spark lets the sign of equality be left out."""
    at = find_word(tokens, {"TBLPROPERTIES"})
    end = after_brackets(tokens, at + 1) if at > 0 else 0
    if end < at + 2:
        return tokens
    pairs: list[Sequence[Token]] = []
    for item in split_at(tokens[at + 2 : end - 1], ","):
        equals = made_words("" if find_word(item, {"="}) > 0 else "=", tokens[at])
        pairs.append([*item[:-1], *equals, *item[-1:]])
    return [*tokens[: at + 2], *with_commas(pairs), *tokens[end - 1 :]]


def _without_existence(tokens: list[Token]) -> list[Token]:
    """`INSERT OVERWRITE … IF NOT EXISTS`: whether a partition is there says nothing of its rows."""
    at = find_word(tokens, {"IF"})
    there = says(tokens, at + 1, "NOT", "EXISTS")
    return tokens[:at] + tokens[at + 3 :] if at > 0 and there else tokens


def _with_no_partitions(tokens: list[Token]) -> list[Token]:
    """ALTER of the name of a partition, or of the type of its column, is as good as nothing."""
    if not alters_partition(words_of(tokens)):
        return tokens
    return [*tokens[: find_word(tokens, {"PARTITION"})], *made_words("touch", tokens[0])]


def alters_partition(words: Sequence[str]) -> bool:
    """`PARTITION (…) RENAME TO PARTITION (…)` and `PARTITION COLUMN (…)`."""
    pairs = set(pairwise(words))
    return "PARTITION" in words and bool(pairs & {("TO", "PARTITION"), ("PARTITION", "COLUMN")})


def _with_as(tokens: list[Token]) -> list[Token]:
    """`CREATE TABLE t WITH q AS (…) SELECT …`, where the word AS may be left out."""
    at = find_word(tokens, {"WITH"}, 1)
    while at > 0 and not _names_query(tokens, at + 1):
        at = find_word(tokens, {"WITH"}, at + 1)
    if at < 0 or word(tokens, at - 1) == "AS":
        return tokens
    return [*tokens[:at], *made_words("as", tokens[at]), *tokens[at:]]


def _names_query(tokens: Sequence[Token], at: int) -> bool:
    """`name AS (…`, `name (…) AS (…`; properties are followed by the query itself."""
    after = after_brackets(tokens, at + 1)
    named = word(tokens, at) not in _PROPERTIES and word(tokens, after) == "AS"
    return named and word(tokens, after + 1) == "("


_OF_STATEMENT: dict[str, tuple[Callable[[list[Token]], list[Token]], ...]] = {
    "CREATE": (_without_layout, _without_states, _with_known_types, _with_as, _with_equals),
    "ALTER": (_with_no_partitions, _without_states, _with_known_types),
    "INSERT": (_without_existence,),
    "FROM": (_without_existence,),
}
