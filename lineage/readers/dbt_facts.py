"""What a dbt node declares about itself, flattened to facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lineage.projects import Fact

if TYPE_CHECKING:
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
    return _facts(singles, node)


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
    return _facts(singles, node)


def column_facts(column: NodeColumn) -> tuple[Fact, ...]:
    """`meta.*`, `config.meta.*`, `tag`, `policy_tag`, `data_type`, `description`, `constraint`.

    What dbt 2 calls a classifier is a tag here.
    """
    config = column.config or {}
    singles = {
        "description": column.description,
        "meta": column.meta,
        "config.meta": config.get("meta"),
        "tag": [column.tags, config.get("tags"), column.classifiers],
        "policy_tag": [column.policy_tags, config.get("policy_tags")],
        "data_type": column.data_type,
        "constraint": [constraint.get("type") for constraint in column.constraints or ()],
    }
    return _facts(singles)


def catalog_facts(column: CatalogColumn) -> tuple[Fact, ...]:
    """`catalog.comment`: what the warehouse has for a comment on the column."""
    found: dict[Fact, None] = {}
    _flatten("catalog.comment", column.comment, found)
    return tuple(found)


def _facts(singles: dict[str, Any], node: Node | None = None) -> tuple[Fact, ...]:
    """What is said under some keys, and what a node declares in its `meta`, tags and config."""
    found: dict[Fact, None] = {}
    for key, value in singles.items():
        if value or value == 0:
            _flatten(key, value, found)
    if node is not None:
        _flatten("meta", node.meta, found)
        _flatten("tag", [node.tags, node.config.get("tags")], found)
        for key, value in node.config.items():
            if (value or value == 0) and key not in _NOISE:
                _flatten(f"config.{key}", value, found)
    return tuple(sorted(found))


def _flatten(
    key: str,
    value: Any,  # noqa: ANN401 - any JSON
    found: dict[Fact, None],
    depth: int = 0,
) -> None:
    """One fact a scalar; what is empty is none, but 0 and `false` are."""
    if depth > MAX_DEPTH or len(key) > MAX_KEY:
        raise TooManyFactsError(f"values nested more than {MAX_DEPTH} deep or keys too long")
    if isinstance(value, dict):
        for inner, element in value.items():
            if element or element == 0:
                _flatten(f"{key}.{inner}", element, found, depth + 1)
    elif isinstance(value, list):
        for element in value:
            if element or element == 0:
                _flatten(key, element, found, depth + 1)
    elif value or value == 0:
        text = str(value)
        _note(Fact(key, text.lower() if isinstance(value, bool) else text[:MAX_VALUE]), found)


def _note(fact: Fact, found: dict[Fact, None]) -> None:
    found[fact] = None
    if len(found) > MAX_FACTS:
        raise TooManyFactsError(f"more than {MAX_FACTS} declared values")
