"""What makes a text look like another one than it is to whoever reviews it.

The text is analysed as it is written; that a person sees something else in it is a gap of its
own. Words of any one script are fine, in names as in comments, and so are blanks and joiners
of all kinds in the data that strings hold. Tables are spelt out here and not asked of Python,
whose answers change with its version.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.unparsed import names_in
from lineage.dialects import LIKE_MYSQL, LIKE_POSTGRES, LIKE_TRINO
from lineage.objects import Hole
from lineage.shown import UNSEEN
from lineage.uris import is_doubtful
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.dialects import Naming

_REORDERS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # also what stands after it
_BREAKS = re.compile("[\x85\u2028\u2029]")  # a line to some, a blank to others
_UNSEEN = re.compile(f"(?![\t\n\r])[{UNSEEN}]")
_COMMENT_START = re.compile(r"--|#|//")
_COMMENT = re.compile(r"(?:--|#|//)[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
# What MySQL runs although it is a comment, but for the settings that dumps are full of.
_RUN_COMMENT = re.compile(r"/\*M?!(?!\d{0,9} ?SET (?:(?i:(?!select))[^*]){1,200}\*/)")

# A name or a text in escapes, `U&"\0065mail"`, which the parser takes for `u & "…"`.
_ESCAPED = re.compile(r"\b[Uu]&['\"]")
_HAS_ESCAPED = LIKE_POSTGRES | LIKE_TRINO | {"teradata"}

_STRINGS = frozenset(t for t in TokenType if t.name.endswith("_STRING") or t.name == "STRING")
_QUOTES = frozenset("'\"`$")

# Letters of other scripts, and odd ones of Latin, each row with those that they are taken for:
# Cyrillic, Greek and Armenian, small and capital, and small capitals.
_ROWS = """
асеһіјӏорԛѕухԁԝѵ acehijlopqsyxdwv
АВСЕНІӀЈКМОРЅТХУҮԌԚԜѴ ABCEHIIJKMOPSTXYYGQWV
οναιρκυγχϲϳ ovaipkuyxcj
ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ ABEZHIKMNOPTYXC
օսոհյզցՕՍ ounhjqgOU
ɑɡſʟɪɴʀʏʜʙɢᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜱꜰ agslinryhbgacdejkmoptuvwzsf
"""  # noqa: RUF001 - that they are taken for others is why they are here
_PAIRS = [row.split() for row in _ROWS.strip().splitlines()]
_LOOKS_LIKE = str.maketrans(*("".join(side) for side in zip(*_PAIRS, strict=True)))
_STYLED = re.compile("[\u2100-\u214f\U0001d400-\U0001d7ff]")  # letters of formulas
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_NEVER_MIXED = re.compile("[\u0400-\u058f\u13a0-\u13ff\u1c80-\u1c8f\ua640-\ua69f\uab70-\uabbf]")
_MOST = 20  # that one text is told of


def disguises(text: str, tokens: Sequence[Token], names: Naming) -> tuple[Hole, ...]:
    """Where a text is not what it looks like, one hole for each way; it may touch all it names."""
    found: dict[str, int] = {}
    for message, offset in _all(text, tokens, names.dialect):
        found.setdefault(message, offset)
        if len(found) == _MOST:
            break
    touched = names_in(tokens, names) if found else ()
    return tuple(Hole(GapReason.MISLEADING, told, touched, at) for told, at in found.items())


def _all(text: str, tokens: Sequence[Token], dialect: str) -> Iterator[tuple[str, int]]:
    if "\r" in text:
        yield from _comments_cut(text)
    if dialect in LIKE_MYSQL and "/*" in text:
        for comment in _RUN_COMMENT.finditer(text):
            yield "a comment that the engine runs", comment.start()
    if dialect in _HAS_ESCAPED and ('&"' in text or "&'" in text):
        yield from _escaped(text, tokens)
    if "://" in text or "/.." in text:
        yield from _addresses(tokens)
    if text.isascii():
        return
    for shown in _REORDERS.finditer(text):
        yield f"U+{ord(shown[0]):04X} shows what follows in another order", shown.start()
    for start, piece in _code_in(text, tokens):
        yield from _in_code(piece, start)


def _addresses(tokens: Sequence[Token]) -> Iterator[tuple[str, int]]:
    for token in tokens:
        text = token.text
        if "/" in text and ("://" in text or "/.." in text) and is_doubtful(text):
            yield "an address that may lead elsewhere than it seems to", token.start


def _escaped(text: str, tokens: Sequence[Token]) -> Iterator[tuple[str, int]]:
    starts = {token.start for token in tokens}
    for name in _ESCAPED.finditer(text):
        if name.start() in starts:
            yield "a name that is written in escapes", name.start()


def _comments_cut(text: str) -> Iterator[tuple[str, int]]:
    """Comments with a carriage return in the middle, where some engines end them."""
    start = 0
    for line in text.split("\n"):
        inner = line.removesuffix("\r")
        comment = _COMMENT_START.search(inner) if "\r" in inner else None
        if comment is not None and "\r" in inner[comment.start() :]:
            yield "a comment ends at U+000D for some engines and not for others", start
        start += len(line) + 1


def _code_in(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """The pieces of a text that are not ASCII and hold no data, and where they start."""
    done = 0
    for token in tokens:
        if token.start > done:
            between = text[done : token.start]
            if not between.isascii():
                yield from _blanks(between, done)
        written = text[token.start : token.end + 1]
        if not written.isascii() and not _is_data(token, written):
            yield token.start, written
        done = token.end + 1
    yield from _blanks(text[done:], done)


def _blanks(between: str, start: int) -> Iterator[tuple[int, str]]:
    """What stands between tokens but comments, and the line ends in these."""
    for broken in _BREAKS.finditer(between):
        yield start + broken.start(), broken[0]
    yield start, _COMMENT.sub(lambda comment: " " * len(comment[0]), between)


def _is_data(token: Token, written: str) -> bool:
    """Whether a token is a text in quotes; the rest of a command comes as a text too."""
    return token.token_type in _STRINGS and not _QUOTES.isdisjoint(written[:3])


def _in_code(piece: str, start: int) -> Iterator[tuple[str, int]]:
    for unseen in _UNSEEN.finditer(piece):
        yield f"U+{ord(unseen[0]):04X} in code, which cannot be seen", start + unseen.start()
    if not unicodedata.is_normalized("NFC", piece):
        yield "a character that has another spelling, as an accent of its own (not NFC)", start
    for word in _WORD.finditer(piece):
        if not word[0].isascii():
            yield from ((why, start + word.start()) for why in _why_misread(word[0]))


def _why_misread(word: str) -> Iterator[str]:
    looks = _STYLED.sub(_plain_letter, word.translate(_LOOKS_LIKE))
    if looks.isascii():
        odd = " ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(word) if not c.isascii())
        yield f"a name that looks like `{looks}` and is written with {odd}"
        return
    for letters in _LETTERS.findall(word):
        other = _NEVER_MIXED.search(letters)
        if other and _LATIN.search(letters):
            yield f"a name that mixes Latin letters with U+{ord(other[0]):04X}"


def _plain_letter(styled: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", styled[0])
    return plain if len(plain) == 1 else styled[0]
