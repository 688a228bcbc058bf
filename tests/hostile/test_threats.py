"""The table of threats: every row is held by a test, and the page says by which."""

from __future__ import annotations

from .threats import PAGE, holders, page, rows

# Rows that are in scope and that no test holds yet. It must be empty.
STILL_OPEN = frozenset[int]()


def test_every_row_in_scope_is_held_by_a_test() -> None:
    """A row without a test is a promise that nobody looks after."""
    held = holders()
    open_rows = {row.number for row in rows() if not row.out and row.number not in held}
    assert open_rows == STILL_OPEN


def test_all_rows_are_told_and_marks_name_nothing_else() -> None:
    """There are 76 rows, each with an answer or the reason why there is none yet."""
    assert [row.number for row in rows()] == list(range(1, 77))
    assert all(row.attack and row.answer for row in rows())
    assert holders().keys() <= {row.number for row in rows()}


def test_the_page_is_what_rows_and_marks_say() -> None:
    """docs/threats.md is up to date: `python -m tests.hostile.threats` writes it."""
    assert PAGE.read_text("utf-8") == page()
