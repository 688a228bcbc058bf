"""Oracle's MODEL: cells of measures, which rules compute from any others, as a query of columns.

`SELECT a FROM t MODEL DIMENSION BY (d) MEASURES (x AS a) RULES (…)` is said as `SELECT a FROM
(SELECT d, model(x, d) AS a FROM t) WHERE 1 = 1 OR model(d)`: each measure may be made of all
columns of the model, and dimensions decide which rows come to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lineage.compile.scripts.tokens import (
    after_brackets,
    calls_unknown,
    in_brackets,
    made_words,
    split_at,
    with_commas,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

_BEGINS = frozenset({"PARTITION BY", "DIMENSION", "IGNORE", "KEEP", "UNIQUE", "RETURN", "MAIN"})
_COLUMNS = frozenset({"PARTITION BY", "DIMENSION", "MEASURES"})
# Functions of rules, and words in them before brackets.
_OF_RULES = frozenset(
    """
    CV CURRENTV ITERATION_NUMBER PRESENTV PRESENTNNV PREVIOUS ITERATE UNTIL FOR ORDER BY RULES
    UPDATE UPSERT ALL NAV DIMENSION REFERENCE
    """.split()
)


class _Model(NamedTuple):
    """Where a query's FROM and its MODEL stand, what ends that, and the columns of each kind.

    It `repeats` where rules run until a measure says that it is enough.
    """

    start: int
    at: int
    end: int
    columns: dict[str, list[Sequence[Token]]]
    repeats: bool


def with_plain_models(tokens: list[Token]) -> list[Token]:
    """The tokens without MODEL; one that reads more than its columns stays as it is."""
    found = list(_models(tokens))
    for model in reversed(found):  # inner ones come later, and those before stay where they are
        tokens = _said(tokens, model)
    return tokens


def _models(tokens: Sequence[Token]) -> Iterator[_Model]:
    begun = [-1]  # where FROM stands, for each bracket that is open
    for position in range(len(tokens)):
        here = word(tokens, position)
        if here == "(":
            begun.append(-1)
        elif here == ")":
            begun = begun[:-1] or [-1]
        elif here == "FROM":
            begun[-1] = position
        elif here == "MODEL" and word(tokens, position + 1) in _BEGINS and begun[-1] >= 0:
            model = _read(tokens, begun[-1], position)
            if model is not None:
                yield model


def _read(tokens: Sequence[Token], start: int, at: int) -> _Model | None:
    """The parts of a model, None where its rules may read something else."""
    columns: dict[str, list[Sequence[Token]]] = {}
    position = at + 1
    while position < len(tokens) and "MEASURES" not in columns:
        kind = word(tokens, position)
        position += 1 + (word(tokens, position + 1) == "BY")
        closed = after_brackets(tokens, position)
        if kind in _COLUMNS and closed > position:
            listed = tokens[position + 1 : closed - 1]
            columns[kind] = [item for item in split_at(listed, ",") if item]
            position = closed
        elif kind in {"REFERENCE", "(", ")"}:
            return None
    opened = position
    while position < len(tokens) and word(tokens, position) != "(":
        waits = word(tokens, position) in {"ITERATE", "UNTIL"}
        position = after_brackets(tokens, position + 1) if waits else position + 1
    end = after_brackets(tokens, position)
    rules = tokens[opened:end]
    (comma,) = made_words(",", tokens[at])
    computed = [comma if t.text.upper() in _OF_RULES else t for t in rules]
    words = {word(rules, n) for n in range(len(rules))}
    if "MEASURES" not in columns or "SELECT" in words or calls_unknown(computed, "oracle"):
        return None
    return _Model(start, at, end, columns, "UNTIL" in words)


def _said(tokens: list[Token], model: _Model) -> list[Token]:
    near = tokens[model.at]
    kept = [item for kind in ("PARTITION BY", "DIMENSION") for item in model.columns.get(kind, ())]
    measures = model.columns["MEASURES"]
    values = [_value(item) for item in (*measures, *kept)]
    named = [[*_call(values, near), *made_words("as", near), item[-1]] for item in measures]
    made = [*made_words("from ( select", near), *with_commas([*kept, *named])]
    made += tokens[model.start : model.at]
    deciding = [*model.columns.get("DIMENSION", ()), *(measures if model.repeats else ())]
    made += made_words(") where 1 = 1 or", near) + _call([[item[-1]] for item in deciding], near)
    return [*tokens[: model.start], *made, *tokens[model.end :]]


def _value(item: Sequence[Token]) -> Sequence[Token]:
    """An expression without the name that it gets."""
    if len(item) > 1 and word(item, len(item) - 2) == "AS":
        return item[:-2]
    named = len(item) > 1 and word(item, len(item) - 2) != "." and word(item, len(item) - 1) != ")"
    return item[:-1] if named else item


def _call(values: Sequence[Sequence[Token]], near: Token) -> list[Token]:
    """`model(…)` of some values."""
    return [*made_words("model", near), *in_brackets(with_commas(values), near)]
