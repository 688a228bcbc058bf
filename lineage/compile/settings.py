"""Settings that change how an engine reads the text after them: what quotes a name, or a string.

The text is read here as the engine reads it by itself, so one that sets them is a gap. So is one
that sets which service addresses are of, or where paths begin.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import word
from lineage.compile.unparsed import names_in
from lineage.objects import Hole
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.dialects import Naming

# The last parts of their names, with what sets them to what is read here anyway.
_HARMLESS = {
    "standard_conforming_strings": r"['\"]?(on|true|yes|1)['\"]?(,.*)?",
    "quoted_identifiers_ignore_case": "false",
    "doublequotedidentifiers": "false",
    "escapedstringliterals": "false",
    "quotedregexcolumnnames": "false",
    "prefer_column_name_to_alias": r"(0|false)(\W.*)?",
    "hive.support.quoted.identifiers": "column",
    # MySQL's has many values; which one a variable of the script holds is not known.
    "sql_mode": (
        r"((?!ansi|no_backslash|oracle|mssql|postgresql|db2|maxdb|(?<!@)@(?!@|old_sql)).)*"
    ),
}
_NAMED = re.compile("|".join(map(re.escape, _HARMLESS)), re.IGNORECASE)
_SET = re.compile(rf"({_NAMED.pattern})['\"`]?(?::?=|,|to)(.*)", re.IGNORECASE | re.DOTALL)
_SETS = frozenset({"SET", "ALTER", "SET_CONFIG", "SETTINGS", "PRAGMA"})
# Settings of which service an address is, and where paths begin, with what they are anyway.
_REDIRECTS = re.compile(
    r"""
    (?:s3_endpoint|azure_(?:endpoint|account_name|storage_connection_string)|home_directory
      |fs\.defaultfs|fs\.[\w.-]{0,200}(?:endpoint|impl)|warehouse\.dir|metastore\.uris
      |aws\.s3\.endpoint)
    ['"`]?(?:=|,|to)(?!['"]?(?:https?://)?s3[\w.-]*\.amazonaws\.com)""",
    re.IGNORECASE | re.VERBOSE,
)
_MAY_REDIRECT = (
    "endpoint",
    "azure_",
    "home_directory",
    "fs.",
    "warehouse.dir",
    "metastore.uris",
    "secret",
)
# What many of these have in common: a text without it is not searched for each of them.
_NAMES = (*_HARMLESS, *_MAY_REDIRECT)
_SHARING = {part: tuple(n for n in _NAMES if part in n) for part in ("quoted", "string")}
_OTHERS = tuple(name for name in _NAMES if not any(part in name for part in _SHARING))
_NAMES_SERVER = frozenset({"ENDPOINT", "HOST", "ACCOUNT_NAME", "CONNECTION_STRING"})
_IN_PROPERTIES = frozenset({"starrocks", "doris"})  # of what is written


def mentions_settings(text: str) -> bool:
    """Whether a text names one of these settings, if only in a comment."""
    folded = text.casefold()  # far faster than to search a text for them in any case
    holds = folded.__contains__
    if any(map(holds, _OTHERS)):
        return True
    return any(holds(part) and any(map(holds, names)) for part, names in _SHARING.items())


def settings_in(tokens: Sequence[Token], text: str, names: Naming) -> tuple[Hole, ...]:
    """The gap of a statement that changes how the text is read; none for any other."""
    written = "".join(text[t.start : t.end + 1] for t in tokens)
    sets = any(word(tokens, n) in _SETS for n in range(len(tokens)))
    redirects = sets or names.dialect in _IN_PROPERTIES
    if _is_secret(tokens) or (redirects and _REDIRECTS.search(written) is not None):
        message = "a setting that changes where addresses lead"
        return (Hole(GapReason.UNSUPPORTED, message, names_in(tokens, names), tokens[0].start),)
    found = _SET.search(written) if sets else None
    if found is None or re.fullmatch(_HARMLESS[found[1].lower()], found[2], re.IGNORECASE):
        return ()
    message = "a setting that changes how text is read"
    return (Hole(GapReason.UNSUPPORTED, message, names_in(tokens, names), tokens[0].start),)


def _is_secret(tokens: Sequence[Token]) -> bool:
    """DuckDB's CREATE SECRET that names a server, to which addresses in its scope lead."""
    if word(tokens, 0) != "CREATE" or "SECRET" not in {word(tokens, n) for n in range(1, 6)}:
        return False
    return any(word(tokens, n) in _NAMES_SERVER for n in range(len(tokens)))
