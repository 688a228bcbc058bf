"""How much an engine may take before a rule counts as not judged."""

from __future__ import annotations

from typing import Final

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of the embedded engine's process, and of one exchange with it, in seconds.

    `memory` is in bytes and covers the input, `processor` is of all rules together.
    """

    memory: int = 3 << 30
    processor: int = 300
    compiling: float = 20.0
    loading: float = 120.0
    judging: float = 60.0


DEFAULT: Final = Limits()
