"""How much SQL is read: what is larger or deeper is a gap, decided before it is parsed.

The numbers are the defaults of the threat model; they are far above what people write and
far below what makes a parser slow or kills it.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import msgspec

from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

MAX_BYTES = 1 << 20
MAX_SEED_BYTES = 16 << 20
MAX_TOKENS = 250_000
MAX_STATEMENTS = 5_000
MAX_DEPTH = 320  # the parser's time can be cubic in it: some seconds here, a minute at 1,000
MAX_RUN = 200  # of prefix operators: NOT NOT NOT …, - - - …


def _spellings(word: str) -> list[str]:
    """Every way to write a word in capitals and small letters."""
    return ["".join(letters) for letters in product(*zip(word.lower(), word.upper(), strict=True))]


# What a token does to the depth; a prefix operator does nothing, but a long run of them does.
_STEP = {
    **dict.fromkeys([*"([{", *_spellings("case")], 1),
    **dict.fromkeys([*")]}", *_spellings("end")], -1),
    **dict.fromkeys(
        ["-", "~", "+", "@", "!", "<", "::", *_spellings("not"), *_spellings("exists")], 0
    ),
}


class Excess(msgspec.Struct, frozen=True):
    """A limit that was passed: which, and where in the text."""

    reason: GapReason
    message: str
    offset: int


def excess_of_text(text: str) -> Excess | None:
    """The limit that a text passes before a token of it is read, if any."""
    if len(text) > MAX_BYTES:
        return Excess(GapReason.TOO_LARGE, f"more than {MAX_BYTES} characters", 0)
    if text.count(";") > MAX_STATEMENTS:
        return Excess(GapReason.TOO_LARGE, f"more than {MAX_STATEMENTS} statements", 0)
    return None


def excess_of_tokens(tokens: Sequence[Token]) -> Excess | None:
    """The limit that one statement's tokens pass, if any."""
    if len(tokens) > MAX_TOKENS:
        return Excess(GapReason.TOO_LARGE, f"more than {MAX_TOKENS} tokens", tokens[0].start)
    return _too_deep(tokens) if len(tokens) > MAX_DEPTH else None


def _too_deep(tokens: Sequence[Token]) -> Excess | None:
    steps = [step for token in tokens if (step := _STEP.get(token.text)) is not None]
    if steps.count(1) <= MAX_DEPTH and steps.count(0) <= MAX_RUN:
        return None
    depth = run = 0
    for token in tokens:
        step = _STEP.get(token.text)
        depth = max(depth + (step or 0), 0)
        run = run + 1 if step == 0 else 0
        if depth > MAX_DEPTH or run > MAX_RUN:
            return Excess(
                GapReason.TOO_DEEP, f"nested more than {MAX_DEPTH} levels deep", token.start
            )
    return None
