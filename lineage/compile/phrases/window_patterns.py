"""Windows with a pattern of rows: `v OVER (… MEASURES x AS v … PATTERN (a b) DEFINE a AS c)`.

A condition of the pattern decides about a window as a key of its partitions does, and what is
measured is some value of the rows in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    find_end,
    find_word,
    in_brackets,
    made_word,
    made_words,
    split_at,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlglot.tokenizer_core import Token

    Measures = dict[str, list[Token]]

_FRAMES = frozenset({"ROWS", "RANGE", "GROUPS"})
_BEHIND = frozenset({"AFTER", "INITIAL", "SEEK", "PATTERN"})
_SIGNS = frozenset({"", ".", "(", ")", ",", "="})
_SAYS_WHEN = frozenset({"RUNNING", "FINAL"})


class _Window(NamedTuple):
    """A window without its pattern, and what is measured in it."""

    tokens: list[Token]
    measures: Measures


def with_plain_patterns(tokens: list[Token]) -> list[Token]:
    """The tokens with windows that have no patterns."""
    windows = {n: w for n in range(1, len(tokens)) if (w := _window(tokens, n)) is not None}
    if not windows:
        return tokens
    named = {
        word(tokens, n - 2): w.measures for n, w in windows.items() if word(tokens, n - 1) == "AS"
    }
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        window = windows.get(position)
        if window is not None:
            said += window.tokens
            position = after_brackets(tokens, position)
            continue
        over = word(tokens, position + 1) == "OVER"
        there = windows.get(position + 2)
        measures = there.measures if there else named.get(word(tokens, position + 2), {})
        measured = measures.get(word(tokens, position)) if over else None
        said += measured if measured is not None else [tokens[position]]
        position += 1
    return said


def _window(tokens: Sequence[Token], opened: int) -> _Window | None:
    """The window with a pattern that opens at a position, None where none does."""
    if word(tokens, opened) != "(" or word(tokens, opened - 1) not in {"OVER", "AS"}:
        return None
    inside = tokens[opened + 1 : after_brackets(tokens, opened) - 1]
    pattern = find_word(inside, {"PATTERN"})
    if pattern < 0 or word(inside, pattern + 1) != "(":
        return None
    define = find_end(inside, {"DEFINE"}, pattern)
    definitions = list(filter(None, split_at(inside[define + 1 :], ",")))
    variables = {word(inside, n) for n in range(pattern + 1, define)} - _SIGNS
    conditions = [_plain(item[2:], variables) for item in definitions]
    measures = find_word(inside[:pattern], {"MEASURES"})
    frame = find_word(inside[:pattern], _FRAMES, max(measures, 0))
    frame = frame if frame >= 0 else pattern
    begins = measures if measures >= 0 else frame
    behind = find_word(inside, _BEHIND, frame)
    plain = [*_partitioned(inside[:begins], conditions, tokens[opened]), *inside[frame:behind]]
    measured = inside[measures + 1 : frame] if measures >= 0 else []
    return _Window(in_brackets(plain, tokens[opened]), dict(_measures(measured, variables)))


def _measures(tokens: Sequence[Token], variables: set[str]) -> Iterable[tuple[str, list[Token]]]:
    """What is measured under each name, as a value of some row."""
    for item in filter(None, split_at(tokens, ",")):
        near = item[0]
        value = in_brackets(_plain(item[:-2], variables), near)
        yield word(item, len(item) - 1), [*made_words("any_value", near), *value]


def _plain(tokens: Sequence[Token], variables: set[str]) -> list[Token]:
    """An expression in which columns are not of a row that the pattern names."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        here, behind = word(tokens, position), word(tokens, position + 1)
        before = [word(tokens, place) for place in range(max(position - 2, 0), position)]
        if here in variables and behind == "." and before[-1:] != ["."]:
            position += 2
            continue
        tense = here in _SAYS_WHEN and word(tokens, position + 2) == "("
        if not tense and (here == ")" or before != ["CLASSIFIER", "("]):
            said.append(tokens[position])
        position += 1
    return said


def _partitioned(
    tokens: Sequence[Token], conditions: list[list[Token]], near: Token
) -> list[Token]:
    """What begins a window, with conditions among the keys of its partitions."""
    ordered = find_end(tokens, {"ORDER BY"})
    said = list(tokens[:ordered])
    for condition in conditions:
        if find_word(said, {"PARTITION BY"}) < 0:
            said.append(made_word(TokenType.PARTITION_BY, "partition by", near))
        else:
            said += made_words(",", near)
        said += in_brackets(condition, near)
    return [*said, *tokens[ordered:]]
