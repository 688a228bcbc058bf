"""Stages: names for places outside, and what is fetched from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.compile.scripts.raising import read_diagnostics
from lineage.compile.scripts.results import redirected, whole
from lineage.compile.scripts.tokens import after_words, find_word, is_text, says, word
from lineage.compile.unparsed import end_of_name, name_at
from lineage.objects import Statement
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

_OTHER = frozenset({"RENAME", "CLONE", "LIKE"})
_FETCHED = re.compile(r"get\s+('[^']*'|\S+)\s+('[^']*'|\S+)", re.IGNORECASE)


def read_stage(script: Script, tokens: Sequence[Token], position: int) -> Iterator[Statement]:
    """CREATE or ALTER STAGE name … URL = 'place': what is in one is in the other.

    So it is of one that is called anew, and of one that is made like another.
    """
    start = after_words(tokens, position + 1)
    naming, rest = script.context.naming, tokens[end_of_name(tokens, start) :]
    name = name_at(tokens, start, naming)
    other = next((n for n in range(len(rest)) if word(rest, n) in _OTHER), -1)
    other_name = name_at(rest, other + 1 + (word(rest, other + 1) == "TO"), naming)
    said = [n + 2 for n in range(len(rest)) if says(rest, n, "URL", "=")]
    urls = [rest[n].text for n in said if is_text(rest, n)]  # a tag may be called so, too
    if not name or word(tokens, start + 1) == "(" or len(urls) < len(said):
        yield script.hole(GapReason.DYNAMIC_SQL, "the place of a stage is computed", tokens)
        return
    at = next((n + 2 for n in range(len(rest)) if word(rest, n) == "ENDPOINT"), len(rest))
    if is_text(rest, at):
        urls = [url.replace("://", f"://{rest[at].text}/") for url in urls]
    if other >= 0 and other_name:
        urls.append(f"@{other_name}")
        name, urls = (other_name, [f"@{name}"]) if word(rest, other) == "RENAME" else (name, urls)
    yield Statement(tokens[0].start, places=tuple((name.lower(), url) for url in urls))


def read_get(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Snowflake's GET of files from a stage; others' GET DIAGNOSTICS."""
    at = tokens[0].start
    if find_word(tokens, {"DIAGNOSTICS"}, 1) in {1, 2}:
        yield from read_diagnostics(script, tokens)
        return
    found = _FETCHED.match(script.text, at, tokens[-1].end + 1)
    if found is None:
        yield script.hole(GapReason.UNSUPPORTED, "this form of GET is not analysed", tokens)
        return
    stage, file = (part.strip("'") for part in found.groups())
    yield redirected(whole(stage, at), file, "external")
