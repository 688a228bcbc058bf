"""What Trino and its kin write otherwise: clauses of queries, predicates and table arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.phrases.choices_of_one import with_searched_cases
from lineage.compile.phrases.json_calls import with_plain_documents
from lineage.compile.phrases.window_patterns import with_plain_patterns
from lineage.compile.scripts.tokens import (
    UNITES,
    after_brackets,
    after_words,
    find_end,
    find_word,
    in_brackets,
    is_text,
    made_word,
    made_words,
    says,
    word,
)
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_QUERIES = frozenset({"SELECT", "VALUES", "WITH", "TABLE", "("})
_STATEMENTS = _QUERIES | {"INSERT", "CREATE", "DELETE", "UPDATE", "MERGE"}
_WRITES = {"INSERT": 2, "DELETE": 2, "MERGE": 2, "UPDATE": 1}
_MATCHES = frozenset({"UNIQUE", "SIMPLE", "PARTIAL", "FULL"})
_AFTER_VALUES = UNITES | {"ORDER", "LIMIT", "OFFSET", "FETCH"}
_UNKNOWN_TYPES = frozenset(
    """
    P4HYPERLOGLOG QDIGEST SETDIGEST SPHERICALGEOGRAPHY BINGTILE KDBTREE COLOR JSONPATH JONIREGEXP
    DESCRIPTOR
    """.split()
)
_OF_TABLES = frozenset("PARTITION BY|ORDER BY|PRUNE|KEEP|COPARTITION|,".split("|"))


def said_by_trino(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without what the parser does not know of Trino."""
    said = _without_sessions(_with_known_types(list(tokens)))
    said = with_plain_patterns(with_searched_cases(with_plain_documents(said)))
    said = _with_plain_predicates(_with_queried_values(_with_plain_tables(said)))
    return _with_plain_nearest(said)


def with_all_grouped(tokens: Sequence[Token]) -> Sequence[Token]:
    """`GROUP BY AUTO` as `GROUP BY ALL`, which the parser knows."""
    grouped = [n for n in range(len(tokens)) if word(tokens, n) == "GROUP BY"]
    said = list(tokens)
    for position in reversed(grouped):
        quantified = word(said, position + 1) in {"ALL", "DISTINCT"}
        at = position + 1 + quantified
        if word(said, at) == "AUTO" and word(said, at + 1) not in {".", "(", ","}:
            said[position + 1 : at + 1] = made_words("all", said[at])
    return said if len(said) != len(tokens) or grouped else tokens


def without_branches(tokens: Sequence[Token]) -> Sequence[Token]:
    """`INSERT INTO t @ main`: a branch of a table is taken for the table."""
    start = _WRITES.get(word(tokens, 0), 0)
    end = end_of_name(tokens, start)
    if not start or word(tokens, end) != "@":
        return tokens
    return [*tokens[:end], *tokens[end + 2 :]]


def _with_known_types(tokens: list[Token]) -> list[Token]:
    """Types that the parser does not know as text, and `RUNNING last(x)` as `last(x)`."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        here, token, length = word(tokens, position), tokens[position], 1
        if here in _UNKNOWN_TYPES and word(tokens, position - 1) == "AS":
            token = made_word(TokenType.TEXT, "text", token)
            length = max(after_brackets(tokens, position + 1) - position, 1)
        elif here in {"RUNNING", "FINAL"} and word(tokens, position + 2) == "(":
            position += word(tokens, position + 1) not in {"(", ".", ",", ")"}
            token = tokens[position]
        said.append(token)
        position += length
    return said


def _without_sessions(tokens: list[Token]) -> list[Token]:
    """`WITH SESSION a = 1 SELECT …`: how the query is run."""
    if not says(tokens, 0, "WITH", "SESSION"):
        return tokens
    begins = find_word(tokens, _STATEMENTS - {"("}, 2)
    return tokens[begins:] if begins > 0 else tokens


def _with_queried_values(tokens: list[Token]) -> list[Token]:
    """`(VALUES 1 UNION VALUES 2)` with brackets around each, and a query of them."""
    said: list[Token] = []
    closing: dict[int, Token] = {}
    for position, token in enumerate(tokens):
        if position in closing:
            said.append(closing[position])
        before = word(tokens, position - 1) if position else ""
        united = before.split(" ")[0] in {*UNITES, "ALL", "DISTINCT"}
        if word(tokens, position) == "VALUES" and (united or before == "("):
            end = find_end(tokens, _AFTER_VALUES | {")"}, position)
            if united or word(tokens, end).split(" ")[0] in _AFTER_VALUES:
                said += made_words("select * from (", token)
                closing[end] = made_word(TokenType.R_PAREN, ")", token)
        said.append(token)
    return [*said, *(closed for end, closed in closing.items() if end == len(tokens))]


def _with_plain_predicates(tokens: list[Token]) -> list[Token]:
    """MATCH and UNIQUE as IN, ESCAPE of a value as a part of the pattern, two values DISTINCT."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        here, token, length = word(tokens, position), tokens[position], 1
        if here == "MATCH":
            end = after_words(tokens, position + 1, _MATCHES)
            if _opens_query(tokens, end):
                token, length = made_word(TokenType.IN, "in", token), end - position
        elif here == "UNIQUE" and _opens_query(tokens, position + 1):
            said += made_words("1", token)
            token = made_word(TokenType.IN, "in", token)
        elif here == "ESCAPE" and not is_text(tokens, position + 1):
            token = made_word(TokenType.DPIPE, "||", token)
        elif here == "(" and _takes_several_distinct(tokens, position):
            length = 2
        said.append(token)
        position += length
    return said


def _opens_query(tokens: Sequence[Token], position: int) -> bool:
    return word(tokens, position) == "(" and word(tokens, position + 1) in _QUERIES


def _takes_several_distinct(tokens: Sequence[Token], opened: int) -> bool:
    """Whether a function of two values takes each pair of them once: `corr(DISTINCT x, y)`."""
    if word(tokens, opened + 1) != "DISTINCT":
        return False
    closed = after_brackets(tokens, opened)
    return find_word(tokens[opened + 2 : closed - 1], {","}) > 0


def _with_plain_tables(tokens: list[Token]) -> list[Token]:
    """`TABLE(t) AS x (a) PARTITION BY a ORDER BY b` as `TABLE(SELECT * FROM t AS x (a))`.

    What is left out says how the function gets rows all of whose columns it is given.
    """
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        given = word(tokens, position - 1) in {"=>", "(", ","} if position else False
        if given and says(tokens, position, "TABLE", "("):
            closed = after_brackets(tokens, position + 1)
            end = _end_of_argument(tokens, closed)
            said += _table(tokens[position:closed], tokens[closed:end])
            position = end
        elif word(tokens, position) == "COPARTITION":
            position = after_brackets(tokens, position + 1)
        else:
            said.append(token)
            position += 1
    return said


def _end_of_argument(tokens: Sequence[Token], position: int) -> int:
    """Where what is said of a table that a function is given ends."""
    while word(tokens, position) not in {",", ")", "COPARTITION", ""} or (
        position < len(tokens) and not word(tokens, position)
    ):
        position = max(after_brackets(tokens, position), position + 1)
    return position


def _table(table: Sequence[Token], further: Sequence[Token]) -> list[Token]:
    """The tokens of a table with an alias, as a query of it where there is one."""
    alias = list(further[: find_end(further, _OF_TABLES)])
    if not alias:
        return list(table)
    inside = list(table[2:-1])
    if word(inside, 0) in _QUERIES:
        inside = [*table[1:2], *inside, *table[-1:]]
    return [*table[:2], *made_words("select * from", table[0]), *inside, *alias, table[-1]]


def _with_plain_nearest(tokens: list[Token]) -> list[Token]:
    """`JOIN NEAREST (FROM q WHERE c MATCH q.x <= t.x)` as a join with both for its condition."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        if not says(tokens, position, "NEAREST", "(", "FROM"):
            said.append(tokens[position])
            position += 1
            continue
        closed = after_brackets(tokens, position + 1)
        inside = tokens[position + 2 : closed - 1]
        if word(said, len(said) - 1) == ",":
            said[-1] = made_word(TokenType.JOIN, "join", tokens[position])
        elif word(said, len(said) - 2) == "CROSS":
            del said[-2]
        said += _nearest(_with_plain_nearest(inside))
        on = says(tokens, closed, "ON", "TRUE")
        position = closed + 2 * on
    return said


def _nearest(inside: list[Token]) -> list[Token]:
    """The relation and the conditions of `FROM q WHERE c MATCH m`."""
    near = inside[0]
    where, match = find_word(inside, {"WHERE"}), find_end(inside, {"MATCH"})
    relation = inside[1 : where if 0 < where < match else match]
    conditions = [inside[where + 1 : match]] if 0 < where < match else []
    said, joins = list(relation), "on"
    for condition in (*conditions, inside[match + 1 :]):
        said += [*made_words(joins, near), *in_brackets(condition, near)]
        joins = "and"
    return said
