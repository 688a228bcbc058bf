"""Settings of dbt nodes that go into SQL as they are written, where they could be more than that.

A type, a condition or a name is put between brackets or behind a word. One that closes these
brackets, begins another statement or asks a query of its own does what no compiled code says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lineage.readers.dbt_words import strings_in
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Manifest, Node

# A string or comment that is never closed takes the rest: no text is gone through again and again.
_STRING: Final = r"""'[^']*(?:'|\Z)|"[^"]*(?:"|\Z)"""
_STRINGS: Final = re.compile(_STRING)
_BLANKED: Final = re.compile(_STRING + r"|--[^\n]*|/\*(?:.*?\*/|.*)", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\.", re.DOTALL)
_QUERY: Final = re.compile(r"\bselect\b", re.IGNORECASE)
_COMMENT: Final = re.compile(r"--|/\*|\*/")
# What is read elsewhere, is never put into SQL, or is SQL that is analysed.
_ELSEWHERE: Final = frozenset(
    {"description", "docs", "meta", "post-hook", "pre-hook", "sql_header", "tags"}
)
# Most texts hold none of these, and are looked at no further.
_ENDS: Final = re.compile(r"[;()]")
_BEGINS: Final = re.compile(f"select|{_COMMENT.pattern}", re.IGNORECASE)
_SETTLED: Final = frozenset({"loaded_at_query"})  # a query by nature
_ESCAPES: Final = re.compile(r"\\(?:['\",\n]|\Z)")
_SHORTEST: Final = 2  # `;` alone is a delimiter


def check_settings(place: Place, manifest: Manifest, names: Names) -> tuple[Gap, ...]:
    """A gap for each node with a setting, and for each test with a text or row, that breaks out."""
    nodes = [*manifest.run(), *manifest.sources.values()]
    found = [
        _gap(key, names.of(node), place.path_of(node))
        for node in nodes
        for key in sorted(set(_breaking(node)))
    ]
    tests = manifest.unit_tests.values()
    leaving = {place.path_of(test) for test in tests if any(map(_leaves_row, test.rows()))}
    return (*found, *(_gap("rows of a unit test", "", path) for path in sorted(leaving)))


def _gap(key: str, relation: str, path: str) -> Gap:
    return Gap(
        GapReason.DYNAMIC_SQL,
        f"a setting goes into SQL and is more than a name, type or condition: {key[:200]}",
        (relation,) if relation else (),
        Origin(path, 1, 1),
    )


def _breaking(node: Node) -> Iterator[str]:
    for key, value in node.config.items():
        if key not in _ELSEWHERE and any(
            _breaks_out(text) or (key not in _SETTLED and _asks(text)) for text in strings_in(value)
        ):
            yield key
    for column in node.columns.values():
        typed = [column.data_type or "", *strings_in(column.constraints)]
        if any(_breaks_out(text) or _asks(text) for text in typed):
            yield "columns"
    signature = (*strings_in(node.arguments), *strings_in(node.returns))
    if any(_breaks_out(text) or _asks(text) for text in signature):
        yield "the signature"
    is_test = node.resource_type == "test" and not node.keeps_failures
    if is_test and _breaks_out((node.compiled_code or "").rstrip().rstrip(";")):
        yield "the test"


def _leaves_row(text: str) -> bool:
    """Whether a row of a unit test, or the query for some, ends what it is put into.

    Values are put in quotes by doubling or escaping theirs, so only a backslash before the end
    or another quote gets out; a query is put between brackets.
    """
    if _QUERY.search(text) is not None and _breaks_out(text):
        return True
    return _ESCAPES.search(text) is not None


def _asks(text: str) -> bool:
    """Whether a text has a query in it, or a comment that would hide what comes behind."""
    if _BEGINS.search(text) is None:
        return False
    if _COMMENT.search(_STRINGS.sub("''", text)):
        return True
    return _QUERY.search(_BLANKED.sub("''", text)) is not None


def _breaks_out(text: str) -> bool:
    """Whether a text ends what it is put into: a statement, or the brackets around it."""
    if len(text) < _SHORTEST or _ENDS.search(text) is None:
        return False
    # Engines disagree on whether a backslash takes a quote along, so both readings have to hold.
    readings = (text, _ESCAPED.sub("", text))
    return any(_is_open(_BLANKED.sub("", reading)) for reading in readings)


def _is_open(bare: str) -> bool:
    depth = 0
    for character in _ENDS.findall(bare):
        depth += (character == "(") - (character == ")")
        if character == ";" or depth < 0:
            return True
    return depth > 0
