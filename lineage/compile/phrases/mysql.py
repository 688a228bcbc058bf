"""What MySQL writes otherwise: targets with stars, partitions, sorted groups, views made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    after_words,
    find_word,
    made_word,
    made_words,
    says,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_ENDS_GROUP = frozenset({"HAVING", "WINDOW", "ORDER", "LIMIT", "FOR", "INTO", "UNION", "WITH"})
_BEGINS_QUERY = frozenset({"AS", "SELECT", "WITH", "IGNORE", "REPLACE", "TABLE"})
# What may stand before VALUES where it is no part of an INSERT.
_BEFORE_QUERY = frozenset({"", "(", "AS", "UNION", "ALL", "DISTINCT", "EXCEPT", "INTERSECT"})
_PRIORITIES = frozenset({"LOW_PRIORITY", "QUICK", "IGNORE"})
_ATTRIBUTES = frozenset({"ZEROFILL", "VISIBLE", "INVISIBLE"})
_SHAPES = frozenset(
    "POINT LINESTRING POLYGON MULTIPOINT MULTILINESTRING MULTIPOLYGON GEOMETRYCOLLECTION".split()
)
_NEAR_NAME = 8  # tokens of CREATE TABLE IF NOT EXISTS d.t (
_NEAR_VIEW = 20  # tokens of ALTER ALGORITHM = … DEFINER = … SQL SECURITY … VIEW


def said_by_mysql(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without what the parser does not know of MySQL."""
    said = _FORMS[word(tokens, 0)](tokens) if word(tokens, 0) in _FORMS else list(tokens)
    said = _with_rows(_with_plain_searches(_with_unsorted_groups(said)))
    return _without_defaults(said)


def without_priority(tokens: Sequence[Token]) -> Sequence[Token]:
    """`DELETE QUICK FROM t`, whose word the parser takes for a table."""
    end = after_words(tokens, 1, _PRIORITIES)
    return tokens if end == 1 or word(tokens, 0) != "DELETE" else [tokens[0], *tokens[end:]]


def _deleted(tokens: Sequence[Token]) -> list[Token]:
    """`DELETE a.*, b.* FROM …` and `DELETE FROM a.* USING …`: rows of a and b."""
    end = find_word(tokens, {"USING"}, 1)
    end = end if end > 0 else find_word(tokens, {"FROM"}, 2)
    stars = {n for n in range(2, end) if word(tokens, n) == "*" and word(tokens, n - 1) == "."}
    return [t for n, t in enumerate(tokens) if n not in stars and n + 1 not in stars]


def _created(tokens: Sequence[Token]) -> list[Token]:
    """CREATE TABLE without what says how columns are shown, and where rows lie."""
    tokens = _without_attributes(tokens)
    start, query = (find_word(tokens, wanted, 3) for wanted in ({"PARTITION BY"}, _BEGINS_QUERY))
    if word(tokens, 1) not in {"TABLE", "TEMPORARY"} or start < 0 or 0 < query < start:
        return list(tokens)
    end = find_word(tokens, _BEGINS_QUERY, start)
    return [*tokens[:start], *(tokens[end:] if end > 0 else ())]


def _without_attributes(tokens: Sequence[Token]) -> list[Token]:
    """`INT(5) ZEROFILL`, `POINT SRID 0`, `INT INVISIBLE`, as plain types."""
    said = [t for n, t in enumerate(tokens) if word(tokens, n) not in _ATTRIBUTES or n < _NEAR_NAME]
    numbered = {n for n in range(len(said)) if word(said, n) == "SRID"}
    plain = [
        made_word(TokenType.VAR, "text", t) if _is_shape(said, n) else t for n, t in enumerate(said)
    ]
    return [t for n, t in enumerate(plain) if not numbered & {n, n - 1}]


def _is_shape(tokens: Sequence[Token], position: int) -> bool:
    """Whether a type of geometry stands behind the name of a column."""
    return word(tokens, position) in _SHAPES and word(tokens, position - 2) in {"(", ","}


def _altered(tokens: Sequence[Token]) -> list[Token]:
    """`ALTER ALGORITHM = … VIEW v AS query`: by what rights a view is read is not looked at.

    A CHECK is a constraint, with a name or without one.
    """
    view = find_word(tokens[:_NEAR_VIEW], {"VIEW", "TABLE", "AS"}, 1)
    if view > 1 and word(tokens, view) == "VIEW":
        return [tokens[0], *tokens[view:]]
    said: list[Token] = []
    for position, token in enumerate(tokens):
        if word(tokens, position) == "CHECK" and word(tokens, position - 1) in {"ADD", "DROP"}:
            said.append(made_word(TokenType.CONSTRAINT, "constraint", token))
            if word(tokens, position - 1) == "DROP":
                continue
            said.append(made_word(TokenType.VAR, "unnamed", token))
        said.append(token)
    return said


def _with_unsorted_groups(tokens: list[Token]) -> list[Token]:
    """GROUP BY a ASC, b DESC: groups are the same in any order."""
    said: list[Token] = []
    depth, inside = 0, -1  # how deep the brackets are, and those of the GROUP BY that is read
    for position, token in enumerate(tokens):
        here = word(tokens, position)
        depth += {"(": 1, ")": -1}.get(here, 0)
        if here == "GROUP BY":
            inside = depth
        elif depth < inside or (depth == inside and here.partition(" ")[0] in _ENDS_GROUP):
            inside = -1
        if not (inside == depth and here in {"ASC", "DESC"}):
            said.append(token)
    return said


def _with_plain_searches(tokens: list[Token]) -> list[Token]:
    """`MATCH (a, b) AGAINST (x)` as a function of the columns and of any expression."""
    said = list(tokens)
    for position in range(len(tokens) - 1, -1, -1):
        if word(tokens, position) != "MATCH" or word(tokens, position + 1) != "(":
            continue
        closed = after_brackets(tokens, position + 1)
        if says(tokens, closed, "AGAINST", "("):
            said[closed - 1 : closed + 2] = made_words(",", tokens[closed])
            said[position] = made_word(TokenType.VAR, "match_against", tokens[position])
    return said


def _with_rows(tokens: list[Token]) -> list[Token]:
    """`VALUES (1, 2), (3, 4)` as a query, each of its rows as the parser knows it: `ROW(1, 2)`."""
    said: list[Token] = []
    listed = False  # whether rows of such a query are listed here
    position = 0
    while position < len(tokens):
        here, before = word(tokens, position), word(tokens, position - 1) if position else ""
        if here == "VALUES":
            listed = before in _BEFORE_QUERY
        elif here == "(" and listed:
            end = after_brackets(tokens, position)
            said += [*made_words("row", tokens[position]), *tokens[position:end]]
            listed = word(tokens, end) == ","
            said += tokens[end : end + listed]
            position = end + listed
            continue
        said.append(tokens[position])
        position += 1
    return said


def _without_defaults(tokens: list[Token]) -> list[Token]:
    """`DEFAULT(c)` as a value is what the table says of c, and nothing that is in it."""
    if word(tokens, 0) in {"CREATE", "ALTER"}:
        return tokens
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        end = after_brackets(tokens, position + 1) if word(tokens, position) == "DEFAULT" else 0
        if end > position + 1:
            said += made_words("null", tokens[position])
            position = end
        else:
            said.append(tokens[position])
            position += 1
    return said


_FORMS = {"DELETE": _deleted, "CREATE": _created, "ALTER": _altered}
