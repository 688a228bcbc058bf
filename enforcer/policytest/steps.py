"""One step up or down from a single value: a number, a duration, a rung, yes or no."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import inspect

from enforcer.words import Method, Protection, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LAST_NUMBER: Final = re.compile(r"(\d+)([A-Z]?)$", re.ASCII)
# How the patterns begin of texts that are lengths of time or numbers.
_MEASURES: Final = ("^P(", "^([0-9]")
_CONTRARY: Final = {"true": "false", "false": "true"}


def steps_of(value: Any, wanted: inspect.Type) -> Iterator[Any]:  # noqa: ANN401 - of that type
    """The values next to one."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value - 1, value + 1)
    elif isinstance(value, Method):
        if ":" in value:
            yield Method(value.partition(":")[0])
    elif isinstance(value, Protection | Severity):
        yield from _neighbours(value, list(type(value)))
    elif isinstance(wanted, inspect.LiteralType):
        yield from (other for other in wanted.values if other != value)
    elif isinstance(wanted, inspect.StrType):
        yield from _of_text(value, wanted)


def _neighbours(value: Any, all_of_them: Sequence[Any]) -> Iterator[Any]:  # noqa: ANN401
    number = all_of_them.index(value)
    yield from all_of_them[max(number - 1, 0) : number]
    yield from all_of_them[number + 1 : number + 2]


def _of_text(value: str, wanted: inspect.StrType) -> Iterator[str]:
    if value in _CONTRARY:
        yield _CONTRARY[value]
    if (wanted.pattern or "").startswith(_MEASURES):
        found = _LAST_NUMBER.search(value)
        assert found is not None
        number, start = int(found[1]), value[: found.start()]
        yield from (f"{start}{n}{found[2]}" for n in (number - 1, number + 1) if n >= 0)
