"""Stages: names for places outside, and what is fetched from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.compile.scripts.raising import read_diagnostics
from lineage.compile.scripts.results import redirected, whole
from lineage.compile.scripts.tokens import STRINGS, find_word, word
from lineage.compile.unparsed import name_at
from lineage.objects import Statement
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

_FETCHED = re.compile(r"get\s+('[^']*'|\S+)\s+('[^']*'|\S+)", re.IGNORECASE)


def read_stage(script: Script, tokens: Sequence[Token], position: int) -> Iterator[Statement]:
    """CREATE or ALTER STAGE name … URL = 'place': what is in one is in the other."""
    start = position + 1
    while word(tokens, start) in {"IF", "NOT", "EXISTS"}:
        start += 1
    name = name_at(tokens, start, script.context.naming)
    urls = (
        tokens[n + 2]
        for n in range(start, len(tokens) - 2)
        if word(tokens, n) == "URL" and word(tokens, n + 1) == "="
    )
    url = next((token for token in urls if token.token_type in STRINGS), None)
    places = ((name.lower(), url.text),) if name and url is not None else ()
    yield Statement(tokens[0].start, places=places)


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
