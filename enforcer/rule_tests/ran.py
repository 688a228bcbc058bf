"""What a suite of tests has run."""

from __future__ import annotations

import msgspec

from enforcer.policytest import Suite, Tested, Tried


class Ran(msgspec.Struct, frozen=True):
    """A suite, the rules of it that were asked for, and what became of its trials."""

    suite: Suite
    names: tuple[str, ...]
    tested: tuple[Tested, ...]
    tries: tuple[Tried, ...]
