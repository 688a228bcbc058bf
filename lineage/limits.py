"""How much SQL is read: what is larger or deeper is a gap, decided before it is parsed.

The numbers are far above what people and generators write, and far below what makes a parser
slow or kills it. What they let through has a budget of memory and time besides.
"""

from __future__ import annotations

import msgspec

from lineage.words import GapReason

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


def expect_at_most(number: int, most: int, what: str, offset: int) -> None:
    """Raises `ExcessError` where a statement has more of something than is read."""
    if number > most:
        raise ExcessError(Excess(GapReason.TOO_LARGE, f"more than {most} {what}", offset))
