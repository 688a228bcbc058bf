"""Tokens that no tree was made of: which relations they seem to name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from lineage.compile.tokenizing import tokens_of
from lineage.dialects import join_written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.dialects import Naming

_AFTER_THESE = frozenset(
    """
    FROM JOIN INTO UPDATE TABLE VIEW USING ON INSERT MERGE DELETE OVERWRITE CLONE COPY LIKE
    RENAME EXCHANGE HANDLER SUMMARIZE DESCRIBE PIVOT UNPIVOT
    """.split()
)
_NO_NAMES = _AFTER_THESE | frozenset(
    """
    SELECT IF ONLY VALUES LATERAL SET ALL FIRST WHEN THEN IGNORE STREAM IN AS AND OR NOT TRUE FALSE
    """.split()
)
STRINGS = frozenset(
    {
        TokenType.STRING,
        TokenType.HEREDOC_STRING,
        TokenType.RAW_STRING,
        TokenType.NATIONAL_STRING,
    }
)


def names_in(tokens: Sequence[Token], naming: Naming) -> tuple[str, ...]:
    """The relations that unparsed tokens seem to name: what follows FROM, JOIN, INTO, ….

    The texts of strings are looked through too, one level deep: code is often written there.
    """
    found = _names(tokens, naming)
    for token in tokens:
        if _may_be_code(token):
            inner = _tokens_of(token.text, naming)
            found |= _names(inner, naming)
            for deeper in inner:
                if _may_be_code(deeper):
                    found |= _names(_tokens_of(deeper.text, naming), naming)
    return tuple(found)


def _may_be_code(token: Token) -> bool:
    """A string with more than one word; other languages quote theirs as SQL quotes names."""
    quoted = token.token_type in STRINGS or token.token_type is TokenType.IDENTIFIER
    return quoted and " " in token.text


def _names(tokens: Sequence[Token], naming: Naming) -> dict[str, None]:
    found: dict[str, None] = {}
    for position, token in enumerate(tokens):
        if token.text.upper() in _AFTER_THESE:
            first = position + 1
            while first < len(tokens) and tokens[first].text == "(":  # FROM ((t JOIN u …
                first += 1
            name = name_at(tokens, first, naming)
            if name:
                found[name] = None
            if position + 2 < len(tokens) and tokens[position + 2].text == "(":
                inner = name_at(tokens, position + 3, naming)  # STREAM(t), TABLE(t)
                if inner:
                    found[inner] = None
    return found


def _tokens_of(text: str, naming: Naming) -> Sequence[Token]:
    try:
        return tokens_of(text, naming.dialect)
    except SqlglotError:
        return ()


def name_at(tokens: Sequence[Token], position: int, naming: Naming, *, must: bool = False) -> str:
    """The dotted name that starts at a token, empty where none does.

    Where one `must` stand there, it may be called like a word that otherwise ends what is named.
    """
    parts = parts_at(tokens, position, naming, must=must)
    folded = [(naming.relation_part(part, quoted=quoted), quoted) for part, quoted in parts]
    return join_written(folded, naming.dialect)


def made_from(tokens: Sequence[Token], naming: Naming) -> str:
    """The name behind FROM: what something is made from that no query makes, empty if nothing.

    A partition's `FOR VALUES FROM (1)` names none, nor does a file or a server's own word.
    """
    words = [t.text.upper() for t in tokens]
    return name_at(tokens, words.index("FROM") + 1, naming) if "FROM" in words else ""


def column_of(token: Token, naming: Naming) -> str:
    """The name of a column or variable, as a token has it."""
    return naming.column(token.text, quoted=token.token_type is TokenType.IDENTIFIER)


def parts_at(
    tokens: Sequence[Token], position: int, naming: Naming, *, must: bool = False
) -> list[tuple[str, bool]]:
    """The parts of the dotted name that starts at a token, and whether each is quoted."""
    parts: list[tuple[str, bool]] = []
    while position < len(tokens) and (
        _is_name(tokens[position]) or ((parts or must) and _is_word(tokens[position]))
    ):
        token = tokens[position]
        quoted = token.token_type is TokenType.IDENTIFIER
        written = token.text.split(".") if naming.dialect == "bigquery" else [token.text]
        parts += [(part, quoted) for part in written]
        dots = _dots(tokens, position + 1)
        if not dots:
            break
        if dots > 1 and naming.left_out:
            parts.append((naming.left_out, False))
        position += 1 + dots
    return parts


def _dots(tokens: Sequence[Token], position: int) -> int:
    """How many dots stand at a position: two, of `database..table`, leave out a schema."""
    dots = 0
    while dots < 2 and position + dots < len(tokens):  # noqa: PLR2004
        if tokens[position + dots].token_type is not TokenType.DOT:
            break
        dots += 1
    return dots


def end_of_name(tokens: Sequence[Token], position: int, *, must: bool = False) -> int:
    """Past the dotted name that starts at a token; the position itself where none does."""
    named = position < len(tokens) and (_is_word if must else _is_name)(tokens[position])
    if not named and not (position < len(tokens) and _is_name(tokens[position])):
        return position
    position += 1
    while dots := _dots(tokens, position):
        behind = position + dots
        if behind >= len(tokens) or not (_is_name(tokens[behind]) or _is_word(tokens[behind])):
            break
        position = behind + 1
    return position


def _is_name(token: Token) -> bool:
    if token.token_type is TokenType.IDENTIFIER:
        return True
    if token.token_type in STRINGS or token.text.upper() in _NO_NAMES:
        return False
    return token.token_type is TokenType.VAR or token.text.isidentifier()


def _is_word(token: Token) -> bool:
    """Whether a token can be a name where one must stand, as after a dot."""
    return token.token_type not in STRINGS and token.text.isidentifier()


def dotted_names(tokens: Sequence[Token], naming: Naming) -> list[str]:
    """Every dotted name among tokens, in order."""
    found: list[str] = []
    position = 0
    while position < len(tokens):
        name = name_at(tokens, position, naming)
        if name:
            found.append(name)
        position = max(end_of_name(tokens, position), position + 1)
    return found
