"""Bytes to text: strict UTF-8, and no character that a text does not need.

Whoever takes text from elsewhere takes it by these functions, so that the same bytes are text
everywhere or nowhere.
"""

from __future__ import annotations

import re

# C0 but for tab, line feed and carriage return; and what JSON can smuggle past UTF-8.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32), 127])  # the same, of what UTF-8 can say
_BOM = "\ufeff"
BOM_UTF8 = b"\xef\xbb\xbf"


class NotTextError(ValueError):
    """What keeps bytes from being text."""


def text_of(data: bytes) -> str:
    """The text that bytes are, without its byte order mark; raises `NotTextError`."""
    try:
        text = data.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise NotTextError(f"not UTF-8 at byte {error.start}") from None
    if _has_control(data):
        raise NotTextError(why_not_text(text))
    return text


def why_not_text(text: str) -> str:
    """What a string holds that no text should, or nothing."""
    try:
        found = _NOT_TEXT.search(text) if _has_control(text.encode()) else None
    except UnicodeEncodeError:
        found = _NOT_TEXT.search(text)
    if found is None:
        return ""
    line = text.count("\n", 0, found.start()) + 1
    return f"control character U+{ord(found.group()):04X} in line {line}"


def _has_control(data: bytes) -> bool:
    """Whether UTF-8 holds a control character, ten times as fast as a pattern says where."""
    return len(data.translate(None, _CONTROL)) != len(data)
