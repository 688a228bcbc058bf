"""Patterns of column names fit as the dialects say, and never take long."""

from __future__ import annotations

import re

import pytest

from lineage import analyze_sql
from lineage.compile import patterns

_LIKE = [
    ("e%", "email", True),
    ("%ma%", "email", True),
    ("%m%l", "email", True),
    ("e_ail", "email", True),
    ("e.ail", "email", False),
    ("%b%a%", "abba", True),
    ("%b%b%b%", "abba", False),
    ("", "email", False),
    ("email", "email2", False),
]


@pytest.mark.parametrize(("pattern", "name", "fits"), _LIKE)
def test_like_fits_the_whole_name(pattern: str, name: str, fits: bool) -> None:  # noqa: FBT001
    """LIKE compares all of a name, `%` with anything and `_` with one character."""
    assert (re.search(patterns.like(pattern), name) is not None) is fits


_TOO_MUCH = ["(a*)*", "a*b*c*d*", "(a|aa)+", "a{2,3}", "[", "(?=a)", "x" * 300]


@pytest.mark.parametrize("pattern", _TOO_MUCH)
def test_a_pattern_that_might_take_long_fits_everything(pattern: str) -> None:
    """An expression that is broken, or that could be slow, filters nothing."""
    assert patterns.searched(pattern) == patterns.EVERYTHING


def test_a_long_name_fits_every_pattern() -> None:
    """Whoever writes the SQL cannot make a star slow: what would take long is not compared."""
    long = "a" * 1_000
    sql = f"select * like '{'%a' * 50}%b' from t"

    (edge,) = analyze_sql(sql, dialect="duckdb", schema={"t": {long: "int", "b": "int"}}).edges
    assert edge.source.column == long


_TEMPLATES = [r"x_\1", r"\9", r"\g<nope>", "\\"]


@pytest.mark.parametrize("template", _TEMPLATES)
def test_no_template_breaks_the_analysis(template: str) -> None:
    """A template of names that makes no sense leaves the names as they are."""
    sql = f"select columns('^e(.*)') as '{template}' from t"

    assert analyze_sql(sql, dialect="duckdb", schema={"t": {"email": "text"}}).edges
