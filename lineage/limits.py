"""How much SQL is read: what is larger or deeper is a gap, decided before it is parsed.

The numbers are far above what people and generators write, and far below what makes a parser
slow or kills it. What they let through has a budget of memory and time besides.
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
MAX_TOKENS = 250_000  # of one statement
MAX_STATEMENTS = 5_000
MAX_DEPTH = 320  # the parser's time can be cubic in it: some seconds here, a minute at 1,000
MAX_RUN = 200  # of prefix operators: NOT NOT NOT …, - - - …
MAX_LINKS = 200  # of a chain a[1][2]… or a.f().g()…, for which the parser's time is quadratic
MAX_FUNCTIONS = 320  # around one value, each of which the flow carries along
MAX_BRANCHES = 2_000  # of all set operations of one statement
MAX_NAMED_QUERIES = 2_000  # in the WITH clauses of one statement
MAX_COLUMNS = 20_000  # that one query writes out

# Nodes and edges that a text comes to once its stars are spread out, which a few hundred
# characters can double again and again. Those of real projects have some thousands.
MAX_FLOWS = 500_000
MAX_FLOWS_OF_ALL = 10_000_000  # texts of a project; takes some gigabytes

MEMORY_BYTES = 1536 << 20  # of addresses, beside the stack, for a process that parses
CPU_SECONDS = 15  # for one text


def _spellings(word: str) -> list[str]:
    """Every way to write a word in capitals and small letters."""
    return ["".join(letters) for letters in product(*zip(word.lower(), word.upper(), strict=True))]


_OPENS, _CLOSES, _RUNS, _UNITES = 1, -1, 2, 3  # none is 0, as what does nothing is left out
# What a token does: to the depth, to a run of prefix operators, or to the number of branches.
_STEP = {
    **dict.fromkeys([*"([{", *_spellings("case")], _OPENS),
    **dict.fromkeys([*")]}", *_spellings("end")], _CLOSES),
    **dict.fromkeys(
        ["-", "~", "+", "@", "!", "<", "::", *_spellings("not"), *_spellings("exists")], _RUNS
    ),
    **dict.fromkeys(
        [s for word in ("union", "except", "intersect", "minus") for s in _spellings(word)],
        _UNITES,
    ),
}
_AFTER_VALUE = frozenset(")]}")
# What may spell any of these and is none of them.
_QUOTED = frozenset(
    """
    STRING IDENTIFIER RAW_STRING NATIONAL_STRING HEREDOC_STRING UNICODE_STRING BIT_STRING HEX_STRING
    BYTE_STRING NATIONAL_RAW_STRING
    """.split()
)


class Excess(msgspec.Struct, frozen=True):
    """A limit that was passed: which, and where in the text."""

    reason: GapReason
    message: str
    offset: int


class ExcessError(Exception):
    """A limit that was passed in the middle of something."""

    def __init__(self, excess: Excess) -> None:
        super().__init__(excess.message)
        self.excess = excess


def excess_of_text(text: str) -> Excess | None:
    """The limit that a text passes before a token of it is read, if any."""
    if len(text) > MAX_BYTES:
        return Excess(GapReason.TOO_LARGE, f"more than {MAX_BYTES} characters", 0)
    return None


def excess_of_script(text: str, tokens: Sequence[Token]) -> Excess | None:
    """The limit that all tokens of a text pass, if any."""
    if text.count(";") <= MAX_STATEMENTS:  # far faster than to count tokens
        return None
    ends = sum(token.text == ";" and not _is_quoted(token) for token in tokens)
    if ends > MAX_STATEMENTS:
        return Excess(GapReason.TOO_LARGE, f"more than {MAX_STATEMENTS} statements", 0)
    return None


def excess_of_tokens(tokens: Sequence[Token]) -> Excess | None:
    """The limit that one statement's tokens pass, if any."""
    if len(tokens) > MAX_TOKENS:
        return Excess(GapReason.TOO_LARGE, f"more than {MAX_TOKENS} tokens", tokens[0].start)
    return _excess_of_steps(tokens) if len(tokens) > MAX_DEPTH else None


def expect_at_most(number: int, most: int, what: str, offset: int) -> None:
    """Raises `ExcessError` where a statement has more of something than is read."""
    if number > most:
        raise ExcessError(Excess(GapReason.TOO_LARGE, f"more than {most} {what}", offset))


def _excess_of_steps(tokens: Sequence[Token]) -> Excess | None:
    steps = list(filter(None, map(_STEP.get, [token.text for token in tokens])))
    if (
        steps.count(_OPENS) <= MAX_DEPTH
        and steps.count(_RUNS) <= MAX_RUN
        and steps.count(_UNITES) < MAX_BRANCHES
    ):
        return None
    return _nesting(tokens)


def _nesting(tokens: Sequence[Token]) -> Excess | None:
    """The limit that is passed by brackets, CASE, prefix operators or set operations."""
    cases = run = branches = 0
    last = -1  # of a run, where its last operator stands
    links = [0]  # of the chain that each open bracket stands in, outermost first
    texts = [token.text for token in tokens]
    for number, step in enumerate(map(_STEP.get, texts)):
        if step is None or _is_quoted(tokens[number]):
            continue
        if step == _RUNS:
            run, last = run + 1 if number == last + 1 else 1, number
        elif step == _UNITES:
            branches += 1
        elif len(texts[number]) > 1:
            cases = max(cases + step, 0) if _text(texts, number - 1) != "." else cases
        elif step == _OPENS:
            links[-1] = links[-1] + 1 if _continues(texts, number) else 0
            links.append(0)
        elif len(links) > 1:
            links.pop()
        if (
            len(links) - 1 + cases > MAX_DEPTH
            or run > MAX_RUN
            or branches >= MAX_BRANCHES
            or max(links[-2:]) > MAX_LINKS
        ):
            return Excess(*_passed((len(links) - 1 + cases, run, branches)), tokens[number].start)
    return None


def _passed(counts: tuple[int, int, int]) -> tuple[GapReason, str]:
    """The limit that a depth, a run or a number of branches passes, or else a chain."""
    depth, run, branches = counts
    if depth > MAX_DEPTH or run > MAX_RUN:
        return GapReason.TOO_DEEP, f"nested more than {MAX_DEPTH} levels deep"
    if branches >= MAX_BRANCHES:
        return GapReason.TOO_LARGE, f"more than {MAX_BRANCHES} branches of set operations"
    return GapReason.TOO_DEEP, f"more than {MAX_LINKS} links of one chain"


def _continues(texts: Sequence[str], number: int) -> bool:
    """Whether an opening bracket goes on with what the one before it made."""
    if texts[number] == "[":
        return _text(texts, number - 1) in _AFTER_VALUE
    return _text(texts, number - 2) == "." and _text(texts, number - 3) in _AFTER_VALUE


def _text(texts: Sequence[str], number: int) -> str:
    return texts[number] if number >= 0 else ""


def _is_quoted(token: Token) -> bool:
    return token.token_type.name in _QUOTED
