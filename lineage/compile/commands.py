"""Statements that the parser keeps as raw text: a few are read here, the rest are gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from lineage.compile.grants import EVERYBODY
from lineage.compile.queries import compile_query, top_frame
from lineage.dialects import join_name, parser_of
from lineage.objects import Permission, Write
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.parts import Parts
    from lineage.dialects import Naming

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
# … unless one of these words follows, which can hold or move data.
_HOLDS_CODE = frozenset(
    """
    PROCEDURE FUNCTION TASK PIPE VIEW TABLE SHARE EXECUTE AS SELECT STREAM TRIGGER
    """.split()
)


def add_command(node: exp.Expr, parts: Parts) -> None:
    """Read what a raw command does, or record it as a gap that names its relations."""
    tokens = _tokens(parts)
    words = [t.text.upper() for t in tokens]
    first = words[0] if words else ""
    if first == "UNLOAD":
        _add_unload(node, parts, tokens)
    elif first == "GRANT":
        _add_grant(node, parts)
    elif first in {"CALL", "EXEC", "EXECUTE", "DO"}:
        reason = GapReason.DYNAMIC_SQL if "IMMEDIATE" in words[:2] else GapReason.OPAQUE_CODE
        message = f"what {first} runs is not known"
        parts.hole(reason, message, node, names_in(tokens, parts.naming))
    elif first not in _INERT or _HOLDS_CODE.intersection(words[1:]) - _harmless(first):
        message = f"the parser does not know this form of {first or 'statement'}"
        parts.hole(GapReason.UNSUPPORTED, message, node, names_in(tokens, parts.naming))


def _harmless(first: str) -> frozenset[str]:
    """SHOW TABLES, DROP VIEW and the like name a kind without touching its data."""
    moves = first in {"CREATE", "ALTER", "BEGIN", "DECLARE", "EXPLAIN"}
    return frozenset() if moves else _HOLDS_CODE


def _tokens(parts: Parts) -> Sequence[Token]:
    """The command's tokens; where the tokenizer took the rest as one text, those of the text."""
    first, *rest = parts.tokens
    if len(rest) != 1 or rest[0].token_type is not TokenType.STRING:
        return parts.tokens
    text = " " * (first.end + 1) + parts.text[first.end + 1 : rest[0].end + 1]
    try:
        return [first, *parser_of(parts.naming.dialect).tokenize(text)]
    except SqlglotError:
        return parts.tokens


def _add_unload(node: exp.Expr, parts: Parts, tokens: Sequence[Token]) -> None:
    """Redshift: UNLOAD ('select …') TO 's3://…'; the query is a string."""
    strings = [t for t in tokens if t.token_type is TokenType.STRING]
    if len(strings) < 2:  # noqa: PLR2004 - the query and the destination
        parts.hole(GapReason.DYNAMIC_SQL, "UNLOAD of a computed query", node)
        return
    query, place = strings[0], strings[1]
    try:
        tree = parser_of(parts.naming.dialect).parse(query.text)[0]
    except SqlglotError:
        tree = None
    if not isinstance(tree, (exp.Query, exp.Subquery)):
        message = "the query inside UNLOAD cannot be parsed"
        parts.hole(GapReason.PARSE_ERROR, message, node)
        return
    frame = top_frame(parts.draft)
    scope = compile_query(tree, frame)
    write = Write(place.text, scope, "external", by_name=True, offset=query.start)
    parts.writes.append(write)


def _add_grant(node: exp.Expr, parts: Parts) -> None:
    """GRANT … ON [ALL|FUTURE] TABLES IN SCHEMA s TO ROLE|SHARE r, and GRANT ROLE."""
    tokens = parts.tokens
    words = [t.text.upper() for t in tokens]
    if "ON" not in words or "TO" not in words:
        return
    on, to = words.index("ON"), len(words) - 1 - words[::-1].index("TO")
    names = _dotted(tokens[on + 1 : to], parts.naming)
    if not names or to + 1 >= len(tokens):
        parts.hole(GapReason.UNSUPPORTED, "the parser does not know this form of GRANT", node)
        return
    inside = {"SCHEMA", "DATABASE", "ALL", "FUTURE"}.intersection(words[on:to])
    relation = f"{names[-1]}.*" if inside else names[-1]
    kinds = {"ROLE", "USER", "SHARE", "GROUP"}
    kind = words[to + 1].lower() if words[to + 1] in kinds else ""
    rest = tokens[to + 2 if kind else to + 1 :]
    privileges = tuple(w.lower() for w in words[1:on] if w != ",")
    for principal in _dotted(rest, parts.naming)[:1]:
        role = "public" if principal.lower() in EVERYBODY else kind
        at = tokens[0].start
        parts.permissions.append(Permission(relation, principal, role, privileges, at))


_AFTER_THESE = frozenset({"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "VIEW", "USING", "ON"})


def names_in(tokens: Sequence[Token], naming: Naming) -> tuple[str, ...]:
    """The relations that unparsed tokens seem to name: what follows FROM, JOIN, INTO, …."""
    found: dict[str, None] = {}
    for position, token in enumerate(tokens):
        if token.text.upper() in _AFTER_THESE:
            name = _name_at(tokens, position + 1, naming)
            if name:
                found[name] = None
        elif token.token_type is TokenType.STRING and " " in token.text:
            for name in _names_in_string(token.text, naming):
                found[name] = None
    return tuple(found)


def _names_in_string(text: str, naming: Naming) -> tuple[str, ...]:
    try:
        inner = parser_of(naming.dialect).tokenize(text)
    except SqlglotError:
        return ()
    return names_in([t for t in inner if t.token_type is not TokenType.STRING], naming)


def _name_at(tokens: Sequence[Token], position: int, naming: Naming) -> str:
    parts: list[str] = []
    while position < len(tokens) and _is_name(tokens[position]):
        token = tokens[position]
        quoted = token.token_type is TokenType.IDENTIFIER
        parts.append(naming.relation_part(token.text, quoted=quoted))
        if position + 1 < len(tokens) and tokens[position + 1].token_type is TokenType.DOT:
            position += 2
        else:
            break
    return join_name(parts)


def _is_name(token: Token) -> bool:
    return token.token_type in {TokenType.VAR, TokenType.IDENTIFIER} or (
        token.text.isidentifier() and token.token_type is not TokenType.STRING
    )


def _dotted(tokens: Sequence[Token], naming: Naming) -> list[str]:
    """Every dotted name among tokens, in order."""
    found: list[str] = []
    position = 0
    while position < len(tokens):
        name = _name_at(tokens, position, naming)
        dots = name.count(".")
        if name:
            found.append(name)
        position += 1 + 2 * dots
    return found
