"""The sentence of a finding that a rule in Rego makes: its own words, with values put in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from enforcer.words import Spoken, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.words import Message

Scalar: TypeAlias = str | int | float | bool
Filling: TypeAlias = Scalar | list[Scalar]

_HOLE: Final = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)\}")


def sentence(en: str, zh: str, values: Mapping[str, Filling]) -> Message:
    """The message in both languages. Raises `KeyError` for a `{name}` that nothing fills."""
    return say("verbatim", text=Spoken(_filled(en, values, ", "), _filled(zh, values, "、")))


def _filled(text: str, values: Mapping[str, Filling], join: str) -> str:
    def fill(hole: re.Match[str]) -> str:
        return _shown(values[hole[1]], join) if hole[1] else hole[0][0]

    return _HOLE.sub(fill, text)


def _shown(value: Filling, join: str) -> str:
    if isinstance(value, list):
        return join.join(_shown(part, join) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
