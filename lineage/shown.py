r"""Encode text that a stranger wrote for the place where it is shown. Nothing else does.

Names, paths and messages come from the checked project, so they may hold terminal
escapes, text that runs backwards, HTML, or commands to a build server. Each function here
is for one channel; all of them write a character that cannot be seen as `\u{..}`, with its
code point in hexadecimal.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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

_PLAIN = re.compile(f"[{UNSEEN}]|{_COMMAND}|{_FEIGNED}")
_NOT_YET_PLAIN = re.compile(f"[{UNSEEN}]|{_COMMAND}")
_IN_JSON = re.compile(rf"[^\x20-\x7e\n]|[<>&]|{_COMMAND}")
_LINE_COMMAND = re.compile(r"^((?:[ \t]|\x1b\[[\d;]*m)*):(?=:)|" + _COMMAND, re.MULTILINE)
_NOT_A_LINE_END = re.compile(rf"(?!\n)[{UNSEEN}]")
_NOR_A_COLOUR = re.compile(rf"(?!\n|(?:\x1b\[[\d;]*m))[{UNSEEN}]")
# An annotation as `lineage.shown` encodes it: nothing in it ends a line or begins a property.
_ANNOTATION = re.compile(
    r"::(?:error|warning|notice)(?: [a-zA-Z]+=[^,:\n]*(?:,[a-zA-Z]+=[^,:\n]*)*)?::.*"
)

_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False)

_BLOCK = 1 << 16  # characters, and those up to the end of the line
_BACKTICKS = 3  # in a row; a parser gives up counting somewhere
LONGEST = 400  # characters of one name or message that people are asked to read
_FIRST_ASTRAL = 0x10000


def plain(text: str, *, longest: int | None = None) -> str:
    r"""One line of visible characters, for a terminal, a log or a page.

    Reversible unless `longest` cuts it: `\u{..}` stands for nothing but what was encoded.
    """
    if longest is None and _is_plain(text):
        return text
    kept = text if longest is None else text[:longest]
    left_out = len(text) - len(kept)
    return _PLAIN.sub(_visible, kept) + (f"… ({left_out} more characters)" if left_out else "")


def _is_plain(text: str) -> bool:
    """True for what almost all text is, and `_PLAIN` changes nothing of: a tenth of its time."""
    return text.isascii() and text.isprintable() and "##" not in text and "\\u" not in text


def brief(text: str) -> str:
    """As `plain`, but no longer than a reader can use: a name of a megabyte is an attack."""
    return plain(text, longest=LONGEST)


def plain_again(text: str) -> str:
    """As `plain`, for a line put together of parts most of which are plain already."""
    return _NOT_YET_PLAIN.sub(_visible, text)


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
    if "::" not in output and "##" not in output:  # far faster than the pattern
        return output
    return _LINE_COMMAND.sub(_disarmed, output)


def inert(output: str, *, colour: bool = False, annotations: bool = False) -> str:
    """Any output as a terminal and a build log may have it: the last layer, for what others missed.

    Text that was encoded already stays as it is. Escape codes of colours pass with `colour`,
    and whole lines that are annotations for GitHub's runner with `annotations`.
    """
    return "".join(
        block if _is_inert(block) else _made_inert(block, colour=colour, annotations=annotations)
        for block in _blocks(output)
    )


def _is_inert(output: str) -> bool:
    """True for what almost all lines are, and nothing is changed of: a tenth of its time."""
    seen = output.isascii() and output.replace("\n", "").isprintable()
    return seen and "::" not in output and "##" not in output


def _made_inert(output: str, *, colour: bool, annotations: bool) -> str:
    seen = (_NOR_A_COLOUR if colour else _NOT_A_LINE_END).sub(_visible, output)
    if not annotations:
        return guarded(seen)
    lines = seen.split("\n")
    return "\n".join(line if _ANNOTATION.fullmatch(line) else guarded(line) for line in lines)


def _blocks(output: str) -> Iterator[str]:
    """The output in whole lines, some thousands at a time: no rule looks beyond one."""
    start = 0
    while start < len(output):
        end = output.find("\n", start + _BLOCK) + 1 or len(output)
        yield output[start:end]
        start = end


def annotation(kind: str, lines: Iterable[str], **properties: str | int) -> str:
    """A command to GitHub's runner that marks a place: `::error file=a.sql,line=3::text`.

    The runner decodes what is encoded here after it has found the command's parts, so no
    text can end the command, add a property or begin a line of the log. Texts are cut as
    `brief` cuts them.
    """
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = "%0A".join(_data(brief(line)) for line in lines)
    return f"::{kind}{' ' if said else ''}{said}::{text}"


def code_span(text: str) -> str:
    r"""Text as code in Markdown, in which no viewer looks for links, mentions or markup.

    A bar, which would end a cell, is written as `\u{7c}`, and so are backticks of which there
    are more than people write. Empty for empty text: two backticks alone begin a code span.
    """
    shown = brief(folded(text)).replace("|", "\\u{7c}")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    if longest > _BACKTICKS:
        shown, longest = shown.replace("`", "\\u{60}"), 0
    if not longest:
        return f"`{shown}`" if shown else ""
    fence = "`" * (longest + 1)
    return f"{fence} {shown} {fence}"


def json_text(value: Any) -> str:  # noqa: ANN401 - whatever the json module takes
    """JSON in printable ASCII, in the key order given; also safe inside HTML and logs.

    A lone surrogate, which is no character and which strict readers refuse, is shown as
    `plain` shows it.
    """
    written = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return _IN_JSON.sub(_escaped, written) + "\n"


def json_line(value: Any) -> str:  # noqa: ANN401 - whatever the json module takes
    """As `json_text`, on one line and without a line end."""
    written = _LINE.encode(value)
    if _is_plain(written) and not any(mark in written for mark in "<>&"):
        return written
    return _IN_JSON.sub(_escaped, written)


def relative_path(path: str) -> str:
    """The path without what would lead out of its root; `.` where nothing is left of it."""
    return "/".join(part for part in path.split("/") if part not in {"", ".", ".."}) or "."


def relative_uri(path: str) -> str:
    """A percent-encoded URI reference that stays below its base, whatever the path says."""
    return quote(relative_path(path), safe="/", errors="backslashreplace")


def _data(shown: str) -> str:
    return shown.replace("%", "%25")  # line ends, the other two that count, are encoded already


def _property(text: str) -> str:
    return _data(brief(text)).replace(":", "%3A").replace(",", "%2C")


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
