"""Tokens: finding one's way among them where the parser makes no tree."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from lineage.compile import unparsed
from lineage.dialects import parser_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

T = TypeVar("T")
_TEXT = attrgetter("text")
# What begins a comment, for patterns that look at a text first: one may stand between two words.
COMMENT = r"(?:/\*|--|\#)"
# Words and signs that are put into statements, by kind; all else is a name.
_WORDS = """
    all alter and column create declare delete distinct except exists from function in insert join
    limit not null on or replace schema select set struct table then true unnest update using when
    where with
    """.split()
_KINDS = {
    **{text: TokenType[text.upper()] for text in _WORDS},
    "as": TokenType.ALIAS,
    "exclude": TokenType.EXCEPT,
    "1": TokenType.NUMBER,
    "(": TokenType.L_PAREN,
    ")": TokenType.R_PAREN,
    ",": TokenType.COMMA,
    ".": TokenType.DOT,
    "*": TokenType.STAR,
    "=": TokenType.EQ,
    "@": TokenType.PARAMETER,
    "->": TokenType.ARROW,
}
NAMES = frozenset({TokenType.VAR, TokenType.IDENTIFIER})
INTO = frozenset({"INTO", "BULK COLLECT INTO"})
IF_EXISTS = frozenset({"IF", "NOT", "EXISTS"})  # before the name of what is made or dropped
UNITES = frozenset({"UNION", "EXCEPT", "MINUS", "INTERSECT"})
QUERIES = frozenset({"SELECT", "WITH", "VALUES", "FROM", "TABLE"})  # which they may begin with
STRINGS = unparsed.STRINGS
_NO_WORDS = STRINGS | {TokenType.IDENTIFIER}

_PARAMETER = TokenType.PARAMETER
_BRACKETS = {"(": 1, ")": -1}
_NESTING = {**dict.fromkeys(("(", "[", "CASE"), 1), **dict.fromkeys((")", "]", "END"), -1)}


def word(tokens: Sequence[Token], position: int) -> str:
    """The upper-case text of a token; empty for strings and quoted names, and past the end."""
    if position >= len(tokens) or tokens[position].token_type in _NO_WORDS:
        return ""
    return tokens[position].text.upper()


def words_of(tokens: Sequence[Token]) -> list[str]:
    """The word at each place, as `word` has it."""
    return [word(tokens, position) for position in range(len(tokens))]


def says(tokens: Sequence[Token], position: int, *words: str) -> bool:
    """Whether some words stand one after another at a position."""
    return all(word(tokens, place) == one for place, one in enumerate(words, position))


def spelt(tokens: Sequence[Token], position: int) -> str:
    """The upper-case text of a word or of a quoted name, empty for strings and past the end."""
    if position >= len(tokens) or tokens[position].token_type in STRINGS:
        return ""
    return tokens[position].text.upper()


def spellings(tokens: Sequence[Token]) -> Iterator[str]:
    """The upper-case texts of all tokens, words or not."""
    return map(str.upper, map(_TEXT, tokens))


def places_of(one: T, among: list[T]) -> Iterator[int]:
    """Where a text or a kind stands; a list finds the next one far faster than a loop does."""
    position = -1
    while True:
        try:
            position = among.index(one, position + 1)
        except ValueError:
            return
        yield position


def texts_of(tokens: Iterable[Token]) -> list[str]:
    """The texts of all tokens as they are written, words or not."""
    return [*map(_TEXT, tokens)]


def counts_of(tokens: Iterable[Token]) -> Counter[str]:
    """How often each text stands among tokens, words or not: most stand there again and again."""
    return Counter(map(_TEXT, tokens))


def names_variable(tokens: Sequence[Token], position: int) -> bool:
    """Whether a token is the name behind an `@`, as in `@end`, and so no word."""
    if not position or tokens[position - 1].token_type is not _PARAMETER:
        return False
    return tokens[position].start == tokens[position - 1].end + 1


def without(tokens: Sequence[Token], words: Collection[str]) -> list[Token]:
    """The tokens without some words; a name that is spelt like one of them stays."""
    return [
        token
        for position, token in enumerate(tokens)
        if word(tokens, position) not in words or names_variable(tokens, position)
    ]


def is_text(tokens: Sequence[Token], position: int) -> bool:
    """Whether a literal of a text stands at a position."""
    return position < len(tokens) and tokens[position].token_type in STRINGS


def label_end(tokens: Sequence[Token]) -> int:
    """Behind the `<<label>>` that stands first, of which some tokenizers take each sign; else 0."""
    if tokens[0].text not in {"<", "<<"}:
        return 0
    signs = "".join(token.text for token in tokens[:5])
    closed = signs.find(">>")
    if not signs.startswith("<<") or closed < 0:
        return 0
    end, read = 0, 0
    while read < closed + 2:
        read += len(tokens[end].text)
        end += 1
    return end


_LABELLED = frozenset({"BEGIN", "LOOP", "REPEAT", "WHILE", "FOR"})


def begins_label(tokens: Sequence[Token]) -> bool:
    """Whether `label:` stands first, and not a word with a parameter, as in `return :x`."""
    if len(tokens) < 3 or tokens[1].token_type is not TokenType.COLON:  # noqa: PLR2004
        return False
    name, colon, behind = tokens[:3]
    apart = name.end + 1 == colon.start and colon.end + 1 < behind.start
    return apart or word(tokens, 2) in _LABELLED


def assigns(tokens: Sequence[Token]) -> bool:
    """Whether `name := value` stands here, whatever the name is a word of."""
    return len(tokens) > 1 and tokens[1].token_type is TokenType.COLON_EQ


def brings_function(tokens: Sequence[Token], position: int) -> bool:
    """Whether WITH FUNCTION stands here, and not a query that is called so."""
    here, behind, named = (word(tokens, position + n) for n in range(3))
    return here == "WITH" and behind == "FUNCTION" and named not in {"AS", "("}


def is_query(tokens: Sequence[Token]) -> bool:
    """Whether tokens begin as a query does that stands anywhere."""
    return word(tokens, 0) in {"SELECT", "WITH"}


def find_word(tokens: Sequence[Token], wanted: Collection[str], start: int = 0) -> int:
    """Where one of some words stands outside brackets and CASE … END; -1 where none does."""
    return next(_found(tokens, wanted, start), -1)


def _found(tokens: Sequence[Token], wanted: Collection[str], start: int) -> Iterator[int]:
    """Each place where `find_word` would find a word."""
    depth = 0
    for position in range(start, len(tokens)):
        token = tokens[position]
        if token.token_type in _NO_WORDS:
            continue
        here = token.text.upper()
        if not depth and (here in wanted or (" " in here and here.split(" ")[0] in wanted)):
            if not names_variable(tokens, position):
                yield position  # ORDER BY and the like are one token
        elif here in _NESTING and not names_variable(tokens, position):
            depth = max(depth + _NESTING[here], 0)


def find_end(tokens: Sequence[Token], wanted: Collection[str], start: int = 0) -> int:
    """As `find_word`, but the end of the tokens where none of the words stands."""
    found = find_word(tokens, wanted, start)
    return found if found >= 0 else len(tokens)


def split_at(tokens: Sequence[Token], separator: str) -> Iterator[Sequence[Token]]:
    """The runs of tokens between separators that stand outside brackets."""
    start = 0
    for end in _found(tokens, {separator}, 0):
        yield tokens[start:end]
        start = end + 1
    yield tokens[start:]


def after_brackets(tokens: Sequence[Token], position: int) -> int:
    """Past the bracket that closes the one at a position; the position itself where none opens."""
    if word(tokens, position) != "(":
        return position
    depth = 0
    for place in range(position, len(tokens)):
        here = tokens[place].text
        if here in _BRACKETS and tokens[place].token_type not in _NO_WORDS:
            depth += _BRACKETS[here]
            if not depth:
                return place + 1
    return len(tokens)


def listed(tokens: Sequence[Token], opened: int) -> Iterator[Sequence[Token]]:
    """The items between the brackets that open at a position, an empty one where none do."""
    return split_at(tokens[opened + 1 : after_brackets(tokens, opened) - 1], ",")


def after_words(tokens: Sequence[Token], position: int, words: Collection[str] = IF_EXISTS) -> int:
    """Past the words of a set that stand at a position, as many as there are."""
    while word(tokens, position) in words:
        position += 1
    return position


def unbracketed(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens without brackets around all of them; one that is never closed is around all.

    All are closed in one go: thousands of them, one in another, would each be looked through.
    """
    if word(tokens, 0) != "(":
        return tokens
    opened: list[int] = []
    closed: dict[int, int] = {}
    for place in range(len(tokens)):
        here = word(tokens, place)
        if here == "(":
            opened.append(place)
        elif here == ")" and opened:
            closed[opened.pop()] = place
    first, last = 0, len(tokens)
    while first < last and word(tokens, first) == "(" and closed.get(first, last) >= last - 1:
        first, last = first + 1, last - 1
    return tokens[first : max(first, last)]


def runs(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens of each statement, without its semicolon."""
    start = 0
    for position, token in enumerate(tokens):
        if token.token_type is TokenType.SEMICOLON:
            if position > start:
                yield tokens[start:position]
            start = position + 1
    if start < len(tokens):
        yield tokens[start:]


_NO_CALLS = frozenset("IN VALUES EXISTS ANY ALL SOME OVER AS AND OR NOT ON THEN ELSE WHEN".split())


def calls_unknown(tokens: Sequence[Token], dialect: str) -> bool:
    """Whether something is called that is no function of the engine, as far as is known."""
    known = parser_of(dialect).parser_class.FUNCTIONS
    for name, opened in pairwise(tokens):
        if opened.token_type is TokenType.L_PAREN and name.token_type in NAMES:
            upper = name.text.upper()
            if upper not in known and upper not in _NO_CALLS:
                return True
    return False


_NEVER_CALLED = frozenset(
    """
    CALL CASE DECLARE ELSIF EXECUTE EXIT IF NOT PRINT PROMPT RAISE RAISE_APPLICATION_ERROR RETURN
    SELECT SET TABLE UNTIL VALUES WHEN WHILE WITH
    """.split()
)
_ATTRIBUTES = frozenset({"FOUND", "NOTFOUND", "ISOPEN", "ROWCOUNT", "BULK_ROWCOUNT"})


def is_call(tokens: Sequence[Token]) -> bool:
    """Whether a statement is no more than `package.procedure(…)`."""
    position = 0
    while position < len(tokens) and tokens[position].token_type in NAMES:
        position += 1
        if word(tokens, position) != ".":
            break
        position += 1
    if position == len(tokens):
        return True  # a procedure that takes nothing
    return 0 < position < after_brackets(tokens, position) == len(tokens)


def calls_like_word(tokens: Sequence[Token]) -> bool:
    """Whether a statement is `word(…)` alone: in PL/SQL a call, whatever statements begin so."""
    here = word(tokens, 0)
    calls = bool(here) and here not in _NEVER_CALLED and word(tokens, 1) == "("
    return calls and after_brackets(tokens, 1) == len(tokens)


def closing_unknown(token: Token) -> Token:
    """A bracket behind which the parser is told to look the function's name up nowhere."""
    told = [exp.SQLGLOT_ANONYMOUS]
    return Token(token.token_type, token.text, token.line, token.col, token.start, token.end, told)


def without_attributes(tokens: Sequence[Token]) -> Sequence[Token]:
    """A condition in which `c%NOTFOUND` is no more than the cursor."""
    left: list[Token] = []
    for position, token in enumerate(tokens):
        if word(tokens, position) == "%" and word(tokens, position + 1) in _ATTRIBUTES:
            continue
        if not (position and tokens[position - 1].text == "%" and word([token], 0) in _ATTRIBUTES):
            left.append(token)
    return left


def made_word(kind: TokenType, text: str, near: Token) -> Token:
    """A word that nobody wrote, standing where another one does."""
    return Token(kind, text, near.line, near.col, near.start, near.start, [])


def made_words(text: str, near: Token) -> list[Token]:
    """Words and signs with blanks between them, standing where another one does."""
    return [made_word(_KINDS.get(part, TokenType.VAR), part, near) for part in text.split()]


def in_brackets(tokens: Sequence[Token], near: Token) -> list[Token]:
    """The tokens between brackets that stand where another one does."""
    return [*made_words("(", near), *tokens, *made_words(")", near)]


def with_commas(items: Iterable[Sequence[Token]]) -> list[Token]:
    """The tokens of all items, with a comma before each but the first; empty ones are left out."""
    said: list[Token] = []
    for item in filter(None, items):
        said += [*(made_words(",", item[0]) if said else ()), *item]
    return said
