"""Names that stand for places: servers, links, directories, volumes, data sources.

What is called `server/t` is where the server is. A place that ends with `/` is such a name.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import STRINGS, after_words, says, word
from lineage.compile.unparsed import end_of_name, name_at
from lineage.dialects import LIKE_MYSQL, LIKE_POSTGRES, LIKE_TSQL
from lineage.objects import VOLUMES, Statement
from lineage.uris import server_in, without_keys
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

_BEFORE_KIND = frozenset(
    "OR REPLACE ALTER EXTERNAL FOREIGN PUBLIC SHARED DATABASE DATA IF NOT EXISTS".split()
)
# By the word before the name, the dialects that have it and the words before where it is.
_SERVERS = {
    "SERVER": (LIKE_POSTGRES | LIKE_MYSQL, {"HOST", "SERVICE", "HOSTADDR", "SOCKET"}),
    "CONNECTION": ({"databricks"}, {"HOST"}),
    "LINK": ({"oracle"}, {"USING"}),
    "DIRECTORY": ({"oracle"}, {"AS"}),
    "VOLUME": ({"databricks"}, {"LOCATION"}),
    "SOURCE": (LIKE_TSQL, {"LOCATION"}),
    "CONNECTOR": ({"hive"}, {"URL"}),
}
_DATABASE = frozenset({"DBNAME", "DATABASE"})
_COMPUTED = "the place that a name stands for is computed"


def stands_for(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """What a CREATE or ALTER says of the place that a name stands for from here on."""
    kind = next((n for n in range(1, 7) if word(tokens, n) not in _BEFORE_KIND), 1)
    dialects, keys = _SERVERS.get(word(tokens, kind), (frozenset(), set()))
    if script.dialect not in dialects:
        return
    start = after_words(tokens, kind + 1)
    name = _named(script, tokens, start)
    rest = tokens[end_of_name(tokens, start) :]
    if not name:
        return
    at = tokens[0].start
    if says(rest, 0, "RENAME", "TO"):
        renamed = _named(script, [*tokens[:2], *rest[2:]], 2)
        yield Statement(at, places=((renamed, name),))
        return
    database = next(_texts(rest, _DATABASE), "")
    addresses = [a if "://" in a else server_in(a) for a in _texts(rest, keys)]
    for address in filter(None, addresses):
        held = (without_keys(address).rstrip("/"), database, "")
        yield Statement(at, places=((name, "/".join(dict.fromkeys(held))),))
    told = any(word(rest, n) in keys for n in range(len(rest)))
    if not all(addresses) or (told and not addresses):
        yield script.hole(GapReason.DYNAMIC_SQL, _COMPUTED, tokens)


def _named(script: Script, tokens: Sequence[Token], start: int) -> str:
    """What the names of all that is in a place begin with."""
    name = name_at(tokens, start, script.context.naming)
    if "VOLUME" in {word(tokens, n) for n in range(1, 4)} and script.dialect == "databricks":
        name = f"{VOLUMES}{name}"
    return name and f"{name}/"


def _texts(tokens: Sequence[Token], keys: frozenset[str] | set[str]) -> Iterator[str]:
    """The texts behind some keys, which may be in quotes, with `=` between or without."""
    told = [token for token in tokens if token.text != "="]
    for before, here in pairwise(told):
        if before.text.upper() in keys and here.token_type in STRINGS:
            yield here.text
