"""Units of time that are computed: in brackets, for the parser takes a bare column for a word."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    in_brackets,
    is_text,
    made_word,
    split_at,
    with_commas,
)
from lineage.dialects import HIVE_AND_SPARK, LIKE_TRINO

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

# Functions whose first argument is a text with the unit, where no word may stand for one.
_TAKE_UNITS: dict[str, frozenset[str]] = {
    "postgres": frozenset({"DATE_TRUNC", "DATE_PART", "DATE_BIN"}),
    "redshift": frozenset({"DATE_TRUNC"}),
    **dict.fromkeys(("materialize", "risingwave"), frozenset({"DATE_TRUNC", "DATE_BIN"})),
    **dict.fromkeys(
        LIKE_TRINO | {"duckdb"},
        frozenset({"DATE_TRUNC", "DATETRUNC", "DATE_DIFF", "DATEDIFF", "DATE_ADD", "TIME_BUCKET"}),
    ),
    **dict.fromkeys(HIVE_AND_SPARK, frozenset({"DATE_TRUNC", "TRUNC"})),
}
_NONE: frozenset[str] = frozenset()
_DATED = frozenset({"DATE_PART", "DATE_DIFF", "DATE_BIN"})  # which no "trunc" gives away
_NAMES_BEHIND = frozenset({"INTO", "TABLE", "VIEW", "EXISTS", "WITH"})  # of relations
# Where a unit stands that is not the first argument: behind the date, and where the parser looks
# for one although the engine has an origin there.
_PLACES = {"TRUNC": 1, "TIME_BUCKET": 2, "DATE_BIN": 2}


def with_computed_units(tokens: Sequence[Token], text: str, dialect: str) -> Sequence[Token]:
    """`date_trunc(a, b)` as `date_trunc((a), b)`, and in Spark as `trunc(b, (a))`.

    `text` is the script's that the tokens are of.
    """
    names = _TAKE_UNITS.get(dialect, _NONE)
    if not names or not tokens:
        return tokens
    lowered = text[tokens[0].start : tokens[-1].end + 1].lower()  # far faster than to look at each
    dated = "date" in lowered and not names.isdisjoint(_DATED)
    if not dated and "trunc" not in lowered and "bucket" not in lowered:
        return tokens
    found = [n for n in range(len(tokens) - 1) if _is_call(tokens, n, names)]
    if not found:
        return tokens
    return list(_Saying(tokens, found, swaps=dialect in HIVE_AND_SPARK).between(0, len(tokens)))


def _is_call(tokens: Sequence[Token], at: int, names: frozenset[str]) -> bool:
    """Whether a function is called whose unit is no text that is written out."""
    if tokens[at + 1].token_type is not TokenType.L_PAREN or tokens[at].text.upper() not in names:
        return False
    if at and tokens[at - 1].text.upper().rpartition(" ")[2] in _NAMES_BEHIND:
        return False
    end = after_brackets(tokens, at + 1)
    items = list(split_at(tokens[at + 2 : end - 1], ","))
    place = _PLACES.get(tokens[at].text.upper(), 0)
    unit = items[place] if len(items) > max(place, 1) else []
    return bool(unit) and not (len(unit) == 1 and is_text(unit, 0))


class _Saying:
    """Tokens, and the places in them of calls whose unit has to stand in brackets."""

    def __init__(self, tokens: Sequence[Token], found: list[int], *, swaps: bool) -> None:
        self._tokens = tokens
        self._found = found
        self._swaps = swaps  # the parser keeps no computed unit of DATE_TRUNC, but of TRUNC

    def between(self, start: int, end: int) -> Iterator[Token]:
        """The tokens of a range with their calls said otherwise."""
        position = start
        for place in range(bisect_left(self._found, start), bisect_left(self._found, end)):
            at = self._found[place]
            if at >= position:
                yield from self._tokens[position:at]
                position = after_brackets(self._tokens, at + 1)
                yield from self._call(at, position)
        yield from self._tokens[position:end]

    def _call(self, at: int, end: int) -> Iterator[Token]:
        name, start = self._tokens[at], at + 2
        items: list[list[Token]] = []
        for item in split_at(self._tokens[start : end - 1], ","):
            items.append(list(self.between(start, start + len(item))))
            start += len(item) + 1
        unit = _PLACES.get(name.text.upper(), 0)
        items[unit] = in_brackets(items[unit], name)
        if self._swaps and unit == 0:
            name, items = made_word(TokenType.VAR, "trunc", name), items[::-1]
        yield from (name, self._tokens[at + 1], *with_commas(items), self._tokens[end - 1])
