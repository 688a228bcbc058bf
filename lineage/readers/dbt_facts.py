"""What a dbt node declares about itself, flattened to facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lineage.projects import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lineage.readers.dbt_words import CatalogColumn, Node, NodeColumn

MAX_FACTS = 2_000
MAX_DEPTH = 32
MAX_KEY = 512
MAX_VALUE = 8_192

# Parts of a node's config that say nothing about its data, or that the name says already.
_NOISE = frozenset(
    {
        "alias",
        "database",
        "docs",
        "enabled",
        "packages",
        "persist_docs",
        "quoting",
        "schema",
        "static_analysis",
        "tags",
    }
)


class TooManyFactsError(ValueError):
    """More declared than anybody writes: cutting it short could cut off a label."""


def node_facts(node: Node) -> tuple[Fact, ...]:
    """The facts of a model, seed, snapshot or source, sorted.

    `meta.*`; `config.*`, which holds `config.meta.*`, `config.materialized` and
    `config.grants.<privilege>`; `tag`; `name`, `package`, `source`, `loader`, `access`,
    `group`, `external.*`, `freshness.*`; `documented_in`, the properties file.
    """
    singles = {
        "name": node.name,
        "package": node.package_name,
        "source": node.source_name,
        "loader": node.loader,
        "access": node.access,
        "group": node.group,
        "documented_in": (node.patch_path or "").partition("://")[2],
        "external": node.external,
        "freshness": node.freshness,
    }
    return _bounded(_of_mapping(singles), _declared(node))


def exposure_facts(node: Node) -> tuple[Fact, ...]:
    """The facts of an exposure: `type`, `url`, `maturity`, `owner.*`, and as above."""
    singles = {
        "name": node.name,
        "package": node.package_name,
        "type": node.type,
        "url": node.url,
        "maturity": node.maturity,
        "owner": node.owner,
    }
    return _bounded(_of_mapping(singles), _declared(node))


def column_facts(column: NodeColumn) -> tuple[Fact, ...]:
    """`meta.*`, `config.meta.*`, `tag`, `policy_tag`, `data_type`, `description`, `constraint`."""
    config = column.config or {}
    singles = {
        "description": column.description,
        "meta": column.meta,
        "config.meta": config.get("meta"),
        "tag": [column.tags, config.get("tags")],
        "policy_tag": [column.policy_tags, config.get("policy_tags")],
        "data_type": column.data_type,
        "constraint": [constraint.get("type") for constraint in column.constraints or ()],
    }
    return _bounded(_of_mapping(singles))


def catalog_facts(column: CatalogColumn) -> tuple[Fact, ...]:
    """`catalog.comment`: what the warehouse has for a comment on the column."""
    return tuple(_flatten("catalog.comment", column.comment))


def _declared(node: Node) -> Iterator[Fact]:
    yield from _flatten("meta", node.meta)
    yield from _flatten("tag", [node.tags, node.config.get("tags")])
    for key, value in node.config.items():
        if key not in _NOISE:
            yield from _flatten(f"config.{key}", value)


def _bounded(*groups: Iterable[Fact]) -> tuple[Fact, ...]:
    facts: set[Fact] = set()
    for group in groups:
        for fact in group:
            facts.add(fact)
            if len(facts) > MAX_FACTS:
                raise TooManyFactsError(f"more than {MAX_FACTS} declared values")
    return tuple(sorted(facts))


def _of_mapping(values: dict[str, Any]) -> Iterator[Fact]:
    for key, value in values.items():
        yield from _flatten(key, value)


def _flatten(key: str, value: Any, depth: int = 0) -> Iterator[Fact]:  # noqa: ANN401 - any JSON
    """One fact a scalar; a null or empty text is no fact."""
    if depth > MAX_DEPTH or len(key) > MAX_KEY:
        raise TooManyFactsError(f"values nested more than {MAX_DEPTH} deep or keys too long")
    if isinstance(value, dict):
        for inner, element in value.items():
            yield from _flatten(f"{key}.{inner}", element, depth + 1)
    elif isinstance(value, list):
        for element in value:
            yield from _flatten(key, element, depth + 1)
    elif isinstance(value, bool):
        yield Fact(key, "true" if value else "false")
    elif value is not None and value != "":
        yield Fact(key, str(value)[:MAX_VALUE])
