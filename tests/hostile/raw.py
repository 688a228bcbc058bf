"""Bytes that are no text, or not the text that they seem to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.makers import Hostile, leak

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = b"\xef\xbb\xbf"

# What stands in a comment behind the statement.
INVALID = {
    "lone_continuation": b"\x80",
    "cut_short": b"\xe2\x82",
    "overlong_slash": b"\xc0\xaf",
    "overlong_nul": b"\xc0\x80",
    "surrogate": b"\xed\xa0\x80",
    "surrogate_pair": b"\xed\xa0\xbd\xed\xb8\x80",
    "beyond_unicode": b"\xf4\x90\x80\x80",
    "five_bytes": b"\xf8\x88\x80\x80\x80",
    "latin": "é".encode("latin-1"),
    "shift_jis": "メール".encode("shift-jis"),
    "gbk": "邮箱".encode("gbk"),
}
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037")

UNCLOSED = {
    "quote": "'",
    "name": '"',
    "comment": "/*",
    "dollar": "$a$",
    "bracket": "select (",
    "brace": "select {",
    "case": "select case",
    "with": "with a as (",
    "escape": "select e'\\",
}


def inputs() -> Iterator[Hostile]:
    """Every control character, every encoding, and every text that does not end."""
    for code in (*range(9), 11, 12, *range(14, 32), 127):
        name = f"raw_control_{code}"
        yield Hostile(name, "duckdb", leak(name).encode() + b"-- " + bytes([code]))
    for kind, data in INVALID.items():
        name = f"raw_{kind}"
        yield Hostile(name, "duckdb", leak(name).encode() + b"-- " + data)
    for encoding in ENCODINGS:
        name = f"raw_in_{encoding.replace('-', '_')}"
        yield Hostile(name, "duckdb", leak(name).encode(encoding))
    for kind, opened in UNCLOSED.items():
        name = f"raw_unclosed_{kind}"
        yield Hostile(name, "duckdb", (leak(name) + opened).encode())
    for marks in (1, 2):
        name = f"raw_marked_{marks}"
        yield Hostile(name, "duckdb", MARK * marks + leak(name).encode())
    name = "raw_nul_in_name"
    yield Hostile(name, "duckdb", leak(name, 'email as "a\0b"').encode())
    name = "raw_nul_by_escape"
    yield Hostile(name, "mysql", leak(name, "email as '\\0'").encode())
