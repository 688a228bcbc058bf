"""What looks like another text than it is, in six dialects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.makers import leak, made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile.makers import Hostile

DIALECTS = ("duckdb", "snowflake", "bigquery", "mysql", "tsql", "postgres")

# A value to select, and what may follow the table. Escapes, or one could not read this.
VALUES: dict[str, tuple[str, str]] = {
    "reordered_comment": ("email", "-- \u202e tes era seulav lla"),
    "reordered_text": ("email, '\u2066 as x, \u2069' as y", ""),
    "unseen_in_name": ("em\u200bail", ""),
    "joined_name": ("em\u2060ail", ""),
    "soft_hyphen": ("em\u00adail", ""),
    "no_break_space": ("email\u00a0as x", ""),
    "wide_space": ("email\u3000as x", ""),
    "cyrillic_letter": ("em\u0430il", ""),
    "cyrillic_name": ("email as \u0441\u043e\u0440\u0435", ""),
    "greek_letter": ("em\u03b1il", ""),
    "armenian_letter": ("\u0570\u0585 as x, email", ""),
    "mixed_scripts": ("email as \u043c\u0430il", ""),
    "formula_letters": ("\U0001d41e\U0001d426\U0001d41a\U0001d422\U0001d425", ""),
    "small_capitals": ("\u1d07\u1d0d\u1d00\u026a\u029f", ""),
    "own_accent": ("email as cafe\u0301", ""),
    "byte_order_mark": ("\ufeffemail", ""),
    "tag_letter": ("email\U000e0061", ""),
    "filler": ("email as \u3164", ""),
    "variation": ("email\ufe0f", ""),
    "private_use": ("email as \ue000", ""),
    "control": ("email\x9b as x", ""),
    "line_separator": ("email", "-- \u2028 where false"),
    "next_line": ("email", "/* \x85 where false */"),
    "carriage_return": ("email", "-- \r where false"),
}


def inputs() -> Iterator[Hostile]:
    """Every disguise in every dialect."""
    for dialect in DIALECTS:
        for kind, (value, rest) in VALUES.items():
            name = f"disguise_{kind}_{dialect}"
            yield made(name, leak(name, value, f"{rest}\n"), dialect)
    for dialect in ("mysql", "singlestore"):
        name = f"disguise_run_comment_{dialect}"
        yield made(name, leak(name, "id /*!40000 , email */"), dialect)
