"""Sinks of Materialize and RisingWave: rows of a relation or query, sent out or into a table."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.alters import carry_over
from lineage.compile.parsing import parsed
from lineage.compile.queries import compile_query, top_frame
from lineage.compile.scripts.tokens import STRINGS, after_words, find_word, word
from lineage.compile.unparsed import made_from, name_at, names_in
from lineage.objects import Write
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.parts import Parts

# The last words of options that say where rows go, and what they are there.
_SAYS_WHERE = frozenset("SERVER URL URI PATH BUCKET HOST ENDPOINT NODES".split())
_SAYS_WHAT = frozenset({"TOPIC", "TABLE", "NAME", "CHANNEL", "INDEX", "COLLECTION"})


def add_sink(node: exp.Expr, parts: Parts, tokens: Sequence[Token]) -> None:
    """`CREATE SINK s [INTO t] {FROM v | AS query} …`; what is outside is `kafka:server/topic`."""
    sent, options = _apart(tokens)
    into, given = find_word(sent, {"INTO"}), find_word(sent, {"AS"})
    table = name_at(sent, into + 1, parts.naming) if into >= 0 else ""
    inside = bool(table) and word(sent, into + 2) != "CONNECTION"  # as INTO KAFKA CONNECTION c
    target = table if inside else _place(_name(sent, parts), sent, options)
    kind = "insert" if inside else "external"
    old = made_from(sent[:given] if given >= 0 else sent, parts.naming)
    code = sent[given + 1 :] if given >= 0 else ()
    query = parsed(code, parts.text, parts.naming.dialect) if code else None
    if isinstance(query, exp.Query):
        scope = compile_query(query, top_frame(parts.draft))
        parts.writes.append(Write(target, scope, kind, by_name=True, offset=parts.offset))
    elif old:
        carry_over(old, target, parts, parts.offset, kind)
    else:
        message = "the parser does not know this form of CREATE"
        parts.hole(GapReason.UNSUPPORTED, message, node, names_in(tokens, parts.naming))


def _apart(tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """What is sent, and the options behind the last WITH that has some."""
    pairs = enumerate(pairwise(tokens))
    begins = [n for n, (a, b) in pairs if a.text.upper() == "WITH" and b.text == "("]
    return (tokens[: begins[-1]], tokens[begins[-1] :]) if begins else (tokens, ())


def _name(sent: Sequence[Token], parts: Parts) -> str:
    return name_at(sent, after_words(sent, find_word(sent, {"SINK"}) + 1), parts.naming)


def _place(name: str, sent: Sequence[Token], options: Sequence[Token]) -> str:
    """The address of what is outside: as of other queues, its kind, server and topic."""
    at = find_word(sent, {"CONNECTION"})
    said = [(sent[n - 1].text, t.text) for n, t in enumerate(sent) if n and t.token_type in STRINGS]
    said += [
        (options[n - 2].text, t.text) for n, t in enumerate(options) if t.token_type in STRINGS
    ]
    kind = sent[at - 1].text if at > 0 else dict(said).get("connector", "sink")
    where = [text for key, text in said if key.upper() in _SAYS_WHERE]
    where += [sent[at + 1].text] if 0 < at < len(sent) - 1 else []
    what = [text for key, text in said if key.upper() in _SAYS_WHAT]
    server, held = "/".join(where), "/".join(what)
    return f"{kind.lower()}:{server}/{held or name}"
