r"""Encode text that a stranger wrote for the place where it is shown. Nothing else does.

Names, paths and messages come from the checked project, so they may hold terminal
escapes, text that runs backwards, HTML, or commands to a build server. Each function here
is for one channel; all of them write a character that cannot be seen as `\u{..}`, with its
code point in hexadecimal.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

# Controls (C0, DEL, C1), blanks other than the space, format and bidi characters, fillers
# and variation selectors (Unicode's Default_Ignorable_Code_Point), lone surrogates, private
# use and noncharacters. Spelt out, not asked of `unicodedata`, whose answers change with
# the Python version: the same report must have the same bytes on all of them.
UNSEEN = (
    "\x00-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2800\u3000\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
# GitHub's runner finds `##[command]` anywhere in a line, Azure's agent `##vso[...]`.
_COMMAND = r"#(?=#\w*\[)"
# A backslash that would make the text look as if something had been encoded.
_FEIGNED = r"\\(?=u\{)"

_ENCODED = re.compile(f"[{UNSEEN}]|{_COMMAND}")
_PLAIN = re.compile(f"[{UNSEEN}]|{_COMMAND}|{_FEIGNED}")
_IN_JSON = re.compile(rf"[^\x20-\x7e\n]|[<>&]|{_COMMAND}")
_LINE_COMMAND = re.compile(r"^((?:[ \t]|\x1b\[[\d;]*m)*):(?=:)|" + _COMMAND, re.MULTILINE)

LONGEST = 400  # characters of one name or message that people are asked to read
_FIRST_ASTRAL = 0x10000


def plain(text: str, *, longest: int | None = None) -> str:
    r"""One line of visible characters, for a terminal, a log or a page.

    Reversible unless `longest` cuts it: `\u{..}` stands for nothing but what was encoded.
    """
    kept = text if longest is None else text[:longest]
    left_out = len(text) - len(kept)
    return _PLAIN.sub(_visible, kept) + (f"… ({left_out} more characters)" if left_out else "")


def plain_again(text: str) -> str:
    r"""As `plain`, for text in which somebody has put `\u{..}` for some of these already."""
    return _ENCODED.sub(_visible, text)


def brief(text: str) -> str:
    """As `plain`, but no longer than a reader can use: a name of a megabyte is an attack."""
    return plain(text, longest=LONGEST)


def folded(text: str) -> str:
    """Running text on one line, not yet encoded: line breaks and indents become one space."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def prose(text: str) -> str:
    """As `plain`, for running text that a rule's author broke into lines."""
    return plain(folded(text))


def guarded(output: str) -> str:
    """The finished output, no line of which is a command to a build server.

    GitHub's runner obeys `::command::` at the start of a line, after any blanks, and
    wrapping may have put any word there.
    """
    return _LINE_COMMAND.sub(_disarmed, output)


def json_text(value: Any) -> str:  # noqa: ANN401 - whatever the json module takes
    """JSON in printable ASCII, in the key order given; also safe inside HTML and logs.

    A lone surrogate, which is no character and which strict readers refuse, is shown as
    `plain` shows it.
    """
    written = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return _IN_JSON.sub(_escaped, written) + "\n"


def json_line(value: Any) -> str:  # noqa: ANN401 - whatever the json module takes
    """As `json_text`, on one line and without a line end."""
    return _IN_JSON.sub(_escaped, json.dumps(value, ensure_ascii=False, allow_nan=False))


def relative_uri(path: str) -> str:
    """A percent-encoded URI reference that stays below its base, whatever the path says."""
    parts = [part for part in path.split("/") if part not in {"", ".", ".."}]
    return quote("/".join(parts) or ".", safe="/", errors="backslashreplace")


def _visible(match: re.Match[str]) -> str:
    return f"\\u{{{ord(match[0]):x}}}"


def _disarmed(match: re.Match[str]) -> str:
    return "\\u{23}" if match[1] is None else f"{match[1]}\\u{{3a}}"


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if "\ud800" <= match[0] <= "\udfff":
        return f"\\\\u{{{code:x}}}"
    if code < _FIRST_ASTRAL:
        return f"\\u{code:04x}"
    high, low = divmod(code - _FIRST_ASTRAL, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
