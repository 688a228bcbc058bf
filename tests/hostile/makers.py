"""Hostile SQL, made and not kept: each input tries to carry `crm.users.email` into `ads` unseen.

An input is a name, a dialect, and the bytes of a file. Its name is also that of the table it
fills, so that whoever judges it knows what to look for: a finding about `ads.<name>`, or a gap
in the file. Nothing of it may pass.
"""

from __future__ import annotations

from typing import NamedTuple


class Hostile(NamedTuple):
    """One file."""

    name: str
    dialect: str
    data: bytes


def leak(name: str, value: str = "email", rest: str = "", before: str = "") -> str:
    """The statement that must not pass."""
    return f"{before}create table ads.{name} as select {value} from crm.users {rest};\n"


def made(name: str, sql: str, dialect: str = "duckdb") -> Hostile:
    """An input that is text."""
    return Hostile(name, dialect, sql.encode("utf-8", "surrogatepass"))


def every() -> list[Hostile]:
    """All inputs that are made here, sorted by name."""
    from tests.hostile import bombs, deep, disguised, raw, wide  # noqa: PLC0415 - they use this one

    found = [hostile for part in (deep, wide, bombs, disguised, raw) for hostile in part.inputs()]
    assert len({hostile.name for hostile in found}) == len(found)
    return sorted(found)
