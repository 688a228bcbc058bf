"""T-SQL's statements, which need nothing between them, and those that a line of Oracle's ends."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import after_words, names_variable, says, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token


_STARTS = frozenset(
    """
    SELECT INSERT UPDATE DELETE MERGE CREATE ALTER DROP EXEC EXECUTE DECLARE SET IF ELSE WHILE
    BEGIN END TRUNCATE PRINT RETURN THROW RAISERROR COMMIT ROLLBACK OPEN FETCH CLOSE DEALLOCATE
    USE GRANT DENY REVOKE WITH BULK BREAK CONTINUE WAITFOR GO GOTO SAVE
    """.split()
)


_JOINS_ON = frozenset(
    """
    BULK UNION ALL EXCEPT INTERSECT AS ( THEN FOR OR AFTER ON OF TABLE VIEW PROCEDURE COLUMN , = IN
    EXISTS INSTEAD
    """.split()
)  # fmt: skip


# A column that a trigger asks about, a way to join, and how a privilege is given.
_OTHERWISE = frozenset({("UPDATE", "("), ("MERGE", "JOIN"), ("GRANT", "OPTION")})

# What the rows of an INSERT come from, after which nothing of it follows.
_SOURCES = frozenset({"SELECT", "EXEC", "EXECUTE", "VALUES"})

_PRIVILEGES = frozenset("SELECT INSERT UPDATE DELETE EXECUTE ALTER CREATE".split())
# What may still follow in a statement that starts with these words.
_TAKES = {
    "INSERT": {"SELECT", "EXEC", "EXECUTE", "WITH"},
    "UPDATE": {"SET", "WITH"},
    "MERGE": {"INSERT", "UPDATE", "DELETE", "SET", "WITH"},
    "ALTER": {"ALTER", "DROP", "SET", "WITH"},
    **dict.fromkeys(("GRANT", "DENY", "REVOKE"), _PRIVILEGES),
    "WITH": {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "SET"},
    "FETCH": set(),
}


# Statements about privileges, which are called like other statements, and whom they are given to.
_RIGHTS = frozenset({"GRANT", "DENY", "REVOKE"})
_BEFORE_WHOM = frozenset({"TO", "FROM"})


# The same behind AS and FOR: in a view, a cursor, a function that is a query, and in a procedure.
_IN_BODIES = {
    "WITH": {"SELECT"},
    "RETURN": {"SELECT", "WITH"},
    **{verb: _TAKES[verb] for verb in ("INSERT", "UPDATE", "MERGE")},
}


def starts_of_statements(tokens: Sequence[Token]) -> list[int]:
    """Where T-SQL's statements start, which need no semicolon between them."""
    found = [0]
    verb = word(tokens, 0)
    waits = set(_TAKES.get(verb, ()))
    for position in _outside(tokens):
        here = word(tokens, position)
        before = word(tokens, position - 1) if not names_variable(tokens, position - 1) else ""
        verb, goes_on = _after(verb, here, before, waits)
        if goes_on:
            continue
        label = _is_label(tokens, position)
        if not label and (here not in _STARTS or _goes_on(tokens, position)):
            continue
        if before in _JOINS_ON and not _is_apart(tokens, found[-1], position):
            if before in {"AS", "FOR"} and here in _IN_BODIES:
                verb, waits = here, waits | _IN_BODIES[here]
        elif label or here not in waits:
            found.append(position)
            verb, waits = here, set(_TAKES.get(here, ()))
        elif verb == "WITH":
            verb, waits = here, set(_TAKES.get(here, ()))
        elif here in {"SELECT", "SET"} and verb != "MERGE":
            waits.discard(here)
    return found


def _after(verb: str, here: str, before: str, waits: set[str]) -> tuple[str, bool]:
    """What a statement waits for behind a word: the verb from there on, and whether it goes on.

    The rows of an INSERT come but once, and of privileges nothing follows to whom they are given.
    """
    if here in _BEFORE_WHOM and verb in _RIGHTS:
        waits.clear()
    if verb != "INSERT" or here not in _SOURCES or before in _JOINS_ON:
        return verb, False
    goes_on = here == "VALUES" or here in waits
    if goes_on:
        waits.clear()
    return here, goes_on


def _outside(tokens: Sequence[Token]) -> Iterator[int]:
    """The places but the first that are in no brackets and in no CASE."""
    depth = 0
    for position in range(1, len(tokens)):
        if names_variable(tokens, position):
            continue
        here = word(tokens, position)
        if here in {"(", "CASE"}:
            depth += 1
        elif here == ")" or (here == "END" and depth):
            depth = max(depth - 1, 0)
        elif not depth:
            yield position


def _is_label(tokens: Sequence[Token], position: int) -> bool:
    """Whether `name:` stands here, which GOTO goes to, and no `type::method`."""
    if word(tokens, position + 1) != ":" or not word(tokens, position).isidentifier():
        return False
    return ":" not in {word(tokens, position - 1), word(tokens, position + 2)}


def _goes_on(tokens: Sequence[Token], position: int) -> bool:
    """Whether a word that starts statements elsewhere is a part of one here."""
    if word(tokens, position) == "WITH":
        return not _names_query(tokens, position)
    return (word(tokens, position), word(tokens, position + 1)) in _OTHERWISE


def _names_query(tokens: Sequence[Token], position: int) -> bool:
    """Whether WITH is followed by `name AS (` or `name (…) AS`, and by no option of something."""
    if word(tokens, position + 2) == "AS":
        return word(tokens, position + 3) == "("
    return word(tokens, position + 1) != "(" and word(tokens, position + 2) == "("


def _is_apart(tokens: Sequence[Token], start: int, position: int) -> bool:
    """Whether what starts goes on with nothing, though the word before it does elsewhere.

    `SET IDENTITY_INSERT m ON` ends with such a word, and `DISABLE TRIGGER ALL`.
    """
    if word(tokens, position - 1) == "ALL":
        return word(tokens, position - 2) not in {"UNION", "EXCEPT", "INTERSECT"}
    return word(tokens, start) == "SET" and word(tokens, start + 1) != "@"


def pieces(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """The statements of tokens that nothing separates."""
    starts = [*starts_of_statements(tokens), len(tokens)]
    return [tokens[a:b] for a, b in pairwise(starts) if b > a]


def parted_by_slashes(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Oracle's statements, each behind a slash that stands alone on its line.

    The client runs there what stands before it, with a semicolon or without.
    """
    starts, depth = [0], 0
    for position, token in enumerate(tokens[1:], 1):
        depth += {"(": 1, ")": -1}.get(word(tokens, position - 1), 0)
        if token.token_type is TokenType.SLASH and depth <= 0 and _is_alone(tokens, position):
            starts.append(position)
    return [tokens[a:b] for a, b in pairwise([*starts, len(tokens)])]


_OF_MEMBERS = frozenset(
    "NOT OVERRIDING FINAL INSTANTIABLE MAP ORDER STATIC MEMBER CONSTRUCTOR".split()
)


def as_routine(tokens: Sequence[Token]) -> Sequence[Token]:
    """A method of one of Oracle's object types, without the words that say what it is called on."""
    start = after_words(tokens, 0, _OF_MEMBERS)
    if not start or word(tokens, start) not in {"FUNCTION", "PROCEDURE"}:
        return tokens
    result = next((n for n in range(len(tokens)) if _says_as_result(tokens, n)), len(tokens))
    return [*tokens[start:result], *tokens[result + 2 :]]


def _says_as_result(tokens: Sequence[Token], position: int) -> bool:
    """`RETURN SELF AS RESULT`, behind which a constructor's body begins."""
    return says(tokens, position - 1, "SELF", "AS", "RESULT")


def _is_alone(tokens: Sequence[Token], position: int) -> bool:
    """Whether a token has a line to itself."""
    line, around = (
        tokens[position].line,
        (*tokens[position - 1 : position], *tokens[position + 1 : position + 2]),
    )
    return all(token.line != line for token in around)
