"""Which macros each macro calls, where the manifest does not say so, as dbt 2 does not of its own.

Found by what is called in its tags, in any package that has a macro of the name. That is more than
it calls, and a macro that is taken for called is at worst a gap too many.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from lineage.readers.dbt_rendered import QUOTED, tags
from lineage.readers.dbt_words import DependsOn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.readers.dbt_words import Macro, Manifest

_TEXT: Final = re.compile(QUOTED, re.DOTALL)
_WORD: Final = re.compile(r"[^\W\d]\w*")
# What stands before a name that is called: what makes it none, or what it is looked up in.
_CALLED: Final = re.compile(r"(?:(\||\bmacro\b)\s*|(\w+)\s*\.\s*)?\b([^\W\d]\w*)\s*\(")
_DISPATCHED: Final = re.compile(r"\bdispatch\s*\(\s*(?:macro_name\s*=\s*)?['\"](\w+)['\"]\s*[,)]")


def with_calls(manifest: Manifest) -> Manifest:
    """The manifest, in which dbt's own macros say what they call."""
    macros = manifest.macros
    if any(macro.depends_on.macros for macro in macros.values() if macro.package_name == "dbt"):
        return manifest
    named: dict[str, list[str]] = {}
    for unique_id in macros:
        for name in {unique_id.rpartition(".")[2], name_of(unique_id)}:
            named.setdefault(name, []).append(unique_id)
    packages = {macro.package_name for macro in macros.values()} | {"", "context"}
    found = {unique_id: _calling(macro, named, packages) for unique_id, macro in macros.items()}
    return replace(manifest, macros=found)


def _calling(macro: Macro, named: dict[str, list[str]], packages: set[str]) -> Macro:
    if macro.depends_on.macros:
        return macro
    words = {word for tag in tags(macro.macro_sql) for word in _called(tag, packages)}
    called = {unique_id for word in words for unique_id in named.get(word, ())}
    return replace(macro, depends_on=DependsOn(macros=sorted(called)))


def _called(tag: str, packages: set[str]) -> Iterator[str]:
    """The names that a tag calls by themselves or out of a package, or dispatches."""
    yield from dispatched(tag)
    for not_called, owner, name in _CALLED.findall(without_texts(tag)):
        if not not_called and owner in packages:
            yield name


def name_of(unique_id: str) -> str:
    """The name of a macro, without the adapter that it is for."""
    return unique_id.rpartition(".")[2].rpartition("__")[2]


def without_texts(tag: str) -> str:
    """A tag in which the texts are empty; one that is never closed hides nothing."""
    return _TEXT.sub("''", tag)


def words_of(tag: str) -> set[str]:
    """The words in a tag, but for those in its texts."""
    return set(_WORD.findall(without_texts(tag)))


def dispatched(tag: str) -> set[str]:
    """The macros that a tag calls by a text, for whichever adapter there is."""
    return set(_DISPATCHED.findall(tag))
