"""The words of classifying: a proposed label, the reasons for it, and how sure it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from enforcer.words import Message
from lineage import Column, Origin


class Confidence(StrEnum):
    """How sure a proposal is, surest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    def at_least(self, other: Confidence) -> bool:
        """True when this is as sure as `other` or surer."""
        order = list(Confidence)
        return order.index(self) <= order.index(other)


class Reason(msgspec.Struct, frozen=True):
    """Why: by the column's name, its declared type or its seed values, as half a sentence."""

    by: Literal["name", "type", "values"]
    said: Message


class Proposal(msgspec.Struct, frozen=True):
    """Categories for a column that carries no label; `origin` is where its relation is declared."""

    column: Column
    categories: tuple[str, ...]
    confidence: Confidence
    reasons: tuple[Reason, ...]
    origin: Origin
