"""Data tests of a dbt manifest, as facts of the columns that they look at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from lineage.projects import DeclaredColumn, Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_words import Manifest, Node

    # By node, and by column in lower case, what is tested.
    Tests = Mapping[str, Mapping[str, tuple[Fact, ...]]]

_SOURCE: Final = re.compile(r"source\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]\s*\)")


def column_tests(manifest: Manifest, names: Names) -> Tests:
    """The generic tests of columns: `test`, its name, and `refers_to`, the other relation.

    The latter is what a test of relationships says: each value is also in that relation.
    """
    sources = {(s.source_name, s.name): s.unique_id for s in manifest.sources.values()}
    found: dict[str, dict[str, list[Fact]]] = {}
    for node in manifest.nodes.values():
        metadata = node.test_metadata
        if node.resource_type != "test" or metadata is None or not node.column_name:
            continue
        target = node.attached_node or _source_of(metadata.kwargs, sources)
        facts = found.setdefault(target, {}).setdefault(_plain(node.column_name), [])
        facts.append(Fact("test", ".".join(filter(None, (metadata.namespace, metadata.name)))))
        facts += _references(node, target, names)
    return {
        target: {column: tuple(sorted(set(facts))) for column, facts in columns.items()}
        for target, columns in found.items()
    }


def _source_of(
    arguments: Mapping[str, object] | None, sources: Mapping[tuple[str | None, str], str]
) -> str:
    """The source that is a test's model; empty where it is none."""
    model = (arguments or {}).get("model")
    named = _SOURCE.search(model) if isinstance(model, str) else None
    return sources.get((named[1], named[2]), "") if named else ""


def _plain(column: str) -> str:
    return column.strip('"`[]').lower()


def _references(node: Node, target: str, names: Names) -> Iterator[Fact]:
    if node.test_metadata is not None and node.test_metadata.name == "relationships":
        for other in node.depends_on.nodes:
            name = names.of_id(other)
            if other != target and name:
                yield Fact("refers_to", name)


def with_tests(
    columns: Iterable[DeclaredColumn], tests: Mapping[str, tuple[Fact, ...]]
) -> tuple[DeclaredColumn, ...]:
    """The columns with the facts of the tests that look at them."""
    return tuple(
        msgspec.structs.replace(column, facts=(*column.facts, *facts))
        if (facts := tests.get(column.name.lower()))
        else column
        for column in columns
    )
