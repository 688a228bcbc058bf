"""Single values: a text as the type that is wanted reads it.

Numbers and truth are what YAML 1.2 and JSON have in common, so that an editor which checks
against the JSON Schema says the same.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec import inspect

from enforcer.documents.nearest import nearest_or_all, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.documents.nodes import Scalar

_TRUTH: Final = dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(
    ("false", "False", "FALSE"), False
)
_WHOLE: Final = re.compile(r"[-+]?[0-9]{1,15}", re.ASCII)
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]{1,15}\.?[0-9]{0,15}|\.[0-9]{1,15})", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Number = TypeVar("Number", int, float)


class UnfitError(ValueError):
    """A text that does not fit: what is wrong, and what to do next."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


def read_scalar(node: Scalar, wanted: inspect.Type, said: str) -> Any:  # noqa: ANN401 - by type
    """The value of a type that a scalar says; `said` is how people call what is wanted.

    Raises `UnfitError`.
    """
    words = said or in_words(wanted)
    if node.is_null:
        raise UnfitError(f"nothing stands where {words} should be", f"write {words}")
    return _READERS[type(wanted)](node, wanted, words)


def in_words(wanted: inspect.Type) -> str:
    """How people call a type."""
    return _WORDS.get(type(wanted), "a single value")


def is_scalar(wanted: inspect.Type) -> bool:
    """True when a single text can say a value of that type."""
    if isinstance(wanted, inspect.Metadata):
        return is_scalar(wanted.type)
    return type(wanted) in _READERS


def _unfit(node: Scalar, words: str) -> UnfitError:
    return UnfitError(f"{quoted(node.text)} where {words} should be", f"write {words}")


def _text(node: Scalar, wanted: inspect.StrType, words: str) -> str:
    length, most = len(node.text), wanted.max_length
    if length < (wanted.min_length or 0) or (most is not None and length > most):
        raise _unfit(node, words)
    if wanted.pattern and not re.search(wanted.pattern, node.text):
        raise _unfit(node, words)
    return node.text


def _truth(node: Scalar, _: inspect.BoolType, words: str) -> bool:
    if not node.plain or node.text not in _TRUTH:
        raise _unfit(node, words)
    return _TRUTH[node.text]


def _whole(node: Scalar, wanted: inspect.IntType, words: str) -> int:
    if not node.plain or not _WHOLE.fullmatch(node.text):
        raise _unfit(node, words)
    return _in_range(int(node.text), wanted)


def _number(node: Scalar, wanted: inspect.FloatType, words: str) -> float:
    if not node.plain or not _NUMBER.fullmatch(node.text):
        raise _unfit(node, words)
    return _in_range(float(node.text), wanted)


def _in_range(value: Number, wanted: inspect.IntType | inspect.FloatType) -> Number:
    if wanted.ge is not None and value < wanted.ge:
        raise UnfitError(f"{value} is less than {wanted.ge}", "write a larger number")
    if wanted.le is not None and value > wanted.le:
        raise UnfitError(f"{value} is more than {wanted.le}", "write a smaller number")
    return value


def _date(node: Scalar, _: inspect.DateType, words: str) -> date:
    try:
        if _DATE.fullmatch(node.text):
            return date.fromisoformat(node.text)
    except ValueError:
        pass
    raise _unfit(node, words)


def _member(node: Scalar, wanted: inspect.EnumType, _: str) -> Any:  # noqa: ANN401 - an enum
    words = {str(member.value): member for member in wanted.cls}
    return _word(node, words)


def _literal(node: Scalar, wanted: inspect.LiteralType, _: str) -> Any:  # noqa: ANN401 - its words
    words = {str(value): value for value in wanted.values}
    return _word(node, words)


def _word(node: Scalar, words: dict[str, Any]) -> Any:  # noqa: ANN401 - what the word stands for
    found = words.get(node.text)
    if found is None or (isinstance(found, int) and not node.plain):
        raise UnfitError(f"unknown word {quoted(node.text)}", nearest_or_all(node.text, words))
    return found


_WORDS: Final = {
    inspect.StrType: "a text",
    inspect.BoolType: "true or false",
    inspect.IntType: "a whole number",
    inspect.FloatType: "a number",
    inspect.DateType: "a date such as 2026-01-31",
    inspect.EnumType: "a word",
    inspect.LiteralType: "a word",
}
_READERS: Final[dict[type, Callable[[Scalar, Any, str], Any]]] = {
    inspect.StrType: _text,
    inspect.BoolType: _truth,
    inspect.IntType: _whole,
    inspect.FloatType: _number,
    inspect.DateType: _date,
    inspect.EnumType: _member,
    inspect.LiteralType: _literal,
}
