"""SQL that dbt runs while it compiles: `run_query` and its kin, in a model, a test or a macro.

What such a query writes is in no compiled code, and what it reads may stand there as literals.
The manifest keeps the templates as they are written, and nothing is rendered, so that is a gap.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lineage.readers.dbt_calls import dispatched, name_of, without_texts, words_of
from lineage.readers.dbt_macros import RUNNERS
from lineage.readers.dbt_rendered import tags
from lineage.readers.dbt_words import strings_in
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.readers.dbt_macros import Macros
    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Macro, Manifest, Node, UnitTest

# What an adapter is asked or told without any text of SQL; all else may run or move something.
_ADAPTER: Final = re.compile(
    r"\badapter\b(?!\s*\.\s*(?:behavior|check_schema_exists|dispatch|get_column_schema_from_query"
    r"|get_columns_in_relation|get_missing_columns|get_relation|list_relations_without_caching"
    r"|quote|quote_as_configured|quote_seed_column|type|verify_database)\b)"
)
_SQL: Final = re.compile(r";|\b(?:select|insert|update|delete|create|copy|call)\b", re.IGNORECASE)
_RUNNERS: Final = RUNNERS | {"context"}  # by which everything can be called without its name
_ASKING_NO_MORE: Final = frozenset(
    {
        "check_schema_exists",
        "get_catalog",
        "get_catalog_relations",
        "get_columns_in_relation",
        "list_relations_without_caching",
        "list_schemas",
    }
)
# They run a query that counts between two values which they are given.
_COUNTING: Final = frozenset({"date_spine", "get_intervals_between"})
_NOT_COMPILED: Final = frozenset({"operation", "seed"})


def check_side_queries(
    place: Place, manifest: Manifest, names: Names, macros: Macros
) -> tuple[Gap, ...]:
    """A gap for each file that runs SQL while it is compiled, and for each macro that does.

    A macro is told once, with all relations whose code calls it; a test has no relation.
    """
    packages = _packages(macros)
    running = _running(place, macros, packages)
    own = {i.rpartition(".")[2] for i in macros.foreign}
    found: dict[tuple[str, str], list[tuple[str, Origin]]] = {}
    for thing, name, texts in _compiled(manifest, names):
        for way in {way for text in texts for way in _ways(text, running, packages)}:
            path = place.path_of(thing)
            once = "" if name and way in own else path
            found.setdefault((way, once), []).append((name, Origin(path, 1, 1)))
    return tuple(_gap(way, where) for (way, _once), where in sorted(found.items()))


def _compiled(
    manifest: Manifest, names: Names
) -> Iterator[tuple[Node | UnitTest, str, Iterator[str]]]:
    """All that dbt compiles, each with its relation and the texts that are rendered for it."""
    for node in manifest.run():
        if node.resource_type not in _NOT_COMPILED:
            yield node, names.of(node), _texts(node)
    for test in manifest.unit_tests.values():
        yield test, "", test.rows()


def _texts(node: Node) -> Iterator[str]:
    """What dbt renders of a node: its code, and the arguments of a generic test."""
    yield node.raw_code or ""
    yield from strings_in(node.test_metadata.kwargs if node.test_metadata is not None else None)


def _ways(text: str, running: frozenset[str], packages: re.Pattern[str]) -> frozenset[str]:
    """The words in the tags of a text by which it runs SQL."""
    words, is_sql = _words(text, packages)
    ways = words & running
    return ways if is_sql else ways - _COUNTING


def _words(text: str, packages: re.Pattern[str]) -> tuple[frozenset[str], bool]:
    """The words in a text's tags, those of strings left out, and whether a tag looks like SQL."""
    found: set[str] = set()
    is_sql = False
    for tag in tags(text):
        is_sql = is_sql or _SQL.search(tag) is not None
        bare, told = without_texts(tag), dispatched(tag)
        words = words_of(tag) | told
        runs = _ADAPTER.search(bare) or (not told and "dispatch" in words)
        found |= words if runs else words - {"adapter"}
        found |= {"context"} if packages.search(bare) else set()
    return frozenset(found), is_sql


def _running(place: Place, macros: Macros, packages: re.Pattern[str]) -> frozenset[str]:
    """The names by which SQL is run: dbt's own, and macros of others that say one of them."""
    running = {"adapter", *_RUNNERS, *_of_dbt(macros)}
    words = {i: _words(macro.macro_sql, packages)[0] for i, macro in macros.foreign.items()}
    names = {i: i.rpartition(".")[2] for i in macros.foreign if not _counts(place, macros, i)}
    waiting = dict(names)
    while True:
        new = {i for i in waiting if not words[i].isdisjoint(running)}
        if not new:
            return frozenset(running | _COUNTING)
        running |= {part for i in new for part in (names[i], name_of(i))}
        waiting = {i: name for i, name in waiting.items() if i not in new}


def _packages(macros: Macros) -> re.Pattern[str]:
    """A package from which a macro is taken by anything but its name after a dot."""
    names = sorted({macro.package_name for macro in macros.of_id.values()} | {"dbt"})
    either = "|".join(map(re.escape, names))
    taken = r"(?!\s*\.\s*(?!(?:copy|get|items|keys|pop|popitem|setdefault|values)\b)[^\W\d])"
    return re.compile(rf"(?<![.\w])(?:{either})\b{taken}")


def _counts(place: Place, macros: Macros, unique_id: str) -> bool:
    macro: Macro = macros.foreign[unique_id]
    return name_of(unique_id) in _COUNTING and not place.is_own(macro)


def _of_dbt(macros: Macros) -> set[str]:
    """Names of dbt's own macros that run SQL which they are given, or change a relation."""
    runners = macros.dbts(lambda i, _macro: name_of(i) in RUNNERS)
    found = macros.dbts_calling(runners, _ASKING_NO_MORE)
    return {i.rpartition(".")[2] for i in found} - _COUNTING


def _gap(way: str, where: list[tuple[str, Origin]]) -> Gap:
    return Gap(
        GapReason.DYNAMIC_SQL,
        f"SQL is run while this is compiled, and what it does is not known: {way[:200]}",
        tuple(sorted({name for name, _origin in where if name})),
        min(origin for _name, origin in where),
    )
