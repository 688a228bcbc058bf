r"""Make text that a stranger wrote fit for a line that auditors will read for years.

A character that cannot be seen, or that changes how others are seen, is written as
`\u{..}` with its code point; a very long name is cut and keeps a digest of the whole.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, TypeVar

import msgspec

from enforcer.audit.records import Note

# Spelt out, not asked of `unicodedata`: the answer must not change with the Python version. And
# not the longer table of `lineage.shown`, which reports are encoded by: this one is a part of the
# format, for a file that was sealed must verify for years, and equal evidence give equal bytes.
_UNSEEN: Final = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_UNSEEN_CHARACTER: Final = re.compile(f"[{_UNSEEN}]")
# A backslash that would feign an encoded character is encoded itself.
_TO_ENCODE: Final = re.compile(rf"[{_UNSEEN}]|\\(?=u\{{)")
_LONGEST: Final = 400  # characters

_T = TypeVar("_T", bound=Note)


def clean(text: str) -> str:
    """One line of visible characters; two different texts stay different."""
    shown = _TO_ENCODE.sub(_encoded, text)
    if len(shown) <= _LONGEST:
        return shown
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{shown[:_LONGEST]}… sha256:{digest}"


def cleaned(note: _T) -> _T:
    """The same record with every text in it clean, at whatever depth."""
    values = {name: _cleaned_value(getattr(note, name)) for name in note.__struct_fields__}
    return msgspec.structs.replace(note, **values)


def is_clean(line: bytes) -> bool:
    """True when a canonical line holds no character that `clean` would have encoded.

    In canonical JSON only quotes, backslashes and C0 controls are written with a backslash.
    """
    if b"\\" in line and b"\\" in line.replace(b"\\\\", b"").replace(b'\\"', b""):
        return False
    if line.isascii():
        return b"\x7f" not in line  # the quick way, for nearly all lines
    return not _UNSEEN_CHARACTER.search(line.decode())


def _cleaned_value(value: object) -> object:
    if type(value) is str:
        return clean(value)
    if isinstance(value, Note):
        return cleaned(value)
    if isinstance(value, tuple):
        return tuple(_cleaned_value(item) for item in value)
    return value


def _encoded(match: re.Match[str]) -> str:
    return f"\\u{{{ord(match[0]):x}}}"
