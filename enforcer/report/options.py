"""What the reader of a report may choose about its look; none of it changes the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.words import ENGLISH, Lang

if TYPE_CHECKING:
    from collections.abc import Mapping


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """`lang` is the language of the words; `width` in terminal cells and `colour` are for text.

    `include_accepted` lists waived and baselined findings too; they are counted always.
    """

    lang: Lang = ENGLISH
    width: int = 80
    colour: bool = False
    include_accepted: bool = False


def wants_colour(*, terminal: bool, environment: Mapping[str, str]) -> bool:
    """True on a terminal that shows colour and whose owner did not refuse it (no-color.org)."""
    return terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
