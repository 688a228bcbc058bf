"""Places of tables, schemas and copies that a statement works out, or gives to another service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import STRINGS, word, words_of
from lineage.compile.unparsed import names_in
from lineage.objects import Hole
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.dialects import Naming

_MAKES = frozenset({"CREATE", "ALTER", "COPY"})
_SAY_WHERE = frozenset({"LOCATION", "EXTERNAL_LOCATION", "STORAGE_URI"})
_OPTIONS = frozenset({"WITH", "OPTIONS", "PROPERTIES"})
_GOES_ON = frozenset({"||", "+"})
_QUERIES = frozenset({"AS", "SELECT"})


def may_compute_places(text: str) -> bool:
    """Whether a text may say where something is."""
    folded = text.casefold()
    return any(name in folded for name in ("location", "storage_uri", "endpoint"))


def computed_places(tokens: Sequence[Token], names: Naming) -> tuple[Hole, ...]:
    """The gap of a statement that works out where something is; none for any other."""
    if word(tokens, 0) not in _MAKES:
        return ()
    words = words_of(tokens)
    other_service = names.dialect == "snowflake" and words[0] == "COPY" and "ENDPOINT" in words
    if not (other_service or (words[0] != "COPY" and _computes(tokens, words, names))):
        return ()
    message = "the place of a table or COPY is computed"
    return (Hole(GapReason.DYNAMIC_SQL, message, names_in(tokens, names), tokens[0].start),)


def _computes(tokens: Sequence[Token], words: Sequence[str], names: Naming) -> bool:
    end = next((n for n, here in enumerate(words) if here in _QUERIES), len(words))
    for n in range(2, end - 2):
        says = words[n] in _SAY_WHERE and words[n + 1] == "="
        told = tokens[n + 2].token_type in STRINGS and word(tokens, n + 3) not in _GOES_ON
        before = words[n - 2] if tokens[n - 1].text == "(" else words[n - 1]
        if says and not told and (before in _OPTIONS or tokens[n - 1].text == ","):
            return names.dialect != "snowflake"  # which has stages there
    return False
