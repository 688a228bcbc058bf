"""What stands between the words of a statement is no part of it: comments, and ends of lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from lineage.compile.tokenizing import tokens_of
from tests.lineage.test_analyze_sql import _BLOCKS, _analysed

if TYPE_CHECKING:
    from lineage import Analysis

_BETWEEN = {"a comment": " /* from x where */ ", "a line": " -- from x;\n", "an end": "\r\n\t"}
_MARKS = frozenset("@:$")  # behind which a name stands at once


def _spread(sql: str, dialect: str, between: str) -> str:
    """The text with something else in the place of each blank between two words."""
    written, end, before = [], 0, ""
    for token in tokens_of(sql, dialect):
        blank = sql[end : token.start]
        if blank.isspace() and "\n" not in blank and before not in _MARKS:
            blank = between
        written += [blank, sql[token.start : token.end + 1]]
        end, before = token.end + 1, token.text
    return "".join((*written, sql[end:]))


def _flows(analysis: Analysis) -> set[tuple[str, ...]]:
    """Source, target and transform of each edge, but for names that are made of places."""
    return {
        tuple(re.sub(r"chain:\d+", "", str(part)) for part in (e.source, e.target, e.transform))
        for e in analysis.edges
    }


def _cases() -> list[object]:
    found: list[object] = []
    for block in _BLOCKS:
        head, *lines = block.split("\n")
        if "/*" not in block and "--" not in block:
            sql = "\n".join(line for line in lines if not line.startswith("= "))
            found.append(pytest.param(head[2:].partition(":")[0], sql, id=head[2:]))
    return found


@pytest.mark.parametrize("kind", _BETWEEN)
@pytest.mark.parametrize(("dialect", "sql"), _cases())
def test_what_stands_between_words_changes_nothing(dialect: str, sql: str, kind: str) -> None:
    """The same flows are found with a comment between any two words, or there is a gap more."""
    plain = _analysed(sql, dialect)
    spread = _analysed(_spread(sql, dialect, _BETWEEN[kind]), dialect)

    missed = _flows(plain) - _flows(spread)
    assert not missed or len(spread.gaps) > len(plain.gaps)
