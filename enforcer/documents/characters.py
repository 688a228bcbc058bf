"""Characters that no text needs which people write for people to read."""

from __future__ import annotations

import re
from typing import Final

from enforcer.words import PolicyError
from lineage import Origin

# C0 and C1 but for tab and line ends, DEL, what YAML 1.1 takes for line ends, surrogates,
# and what shows text in another order than it is read in (CVE-2021-42574).
_NOT_TEXT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def refuse_hidden_text(text: str, start: Origin) -> None:
    """Raises `PolicyError` at the first character of a file that controls or hides text."""
    found = _NOT_TEXT.search(text)
    if found is not None:
        line = start.line + text.count("\n", 0, found.start())
        column = found.start() - text.rfind("\n", 0, found.start())
        raise _error(found.group(), Origin(start.file, line, column))


def refuse_escaped_text(value: str, at: Origin) -> None:
    """Raises `PolicyError` at `at` when a value, its escapes resolved, holds such a character."""
    found = _NOT_TEXT.search(value)
    if found is not None:
        raise _error(found.group(), at)


def _error(character: str, at: Origin) -> PolicyError:
    what = f"character U+{ord(character):04X}, which controls or hides text"
    return PolicyError(at, what, "remove it")
