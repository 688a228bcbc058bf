"""Manifests of dbt 2 (and of Fusion, which is one), put as dbt 1 writes them.

They have the same version of their form, and leave out or repeat what dbt 1 does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from lineage.readers.dbt_calls import with_calls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineage.readers.dbt_words import Manifest, Node, NodeColumn

_MAJOR: Final = re.compile(r"\d+")
_FIRST: Final = 1


def as_dbt_1(manifest: Manifest) -> Manifest:
    """The manifest, in which macros say what they call, and columns only what is said of them."""
    manifest = with_calls(manifest)
    major = _MAJOR.match(manifest.metadata.dbt_version or "")
    if major is None or int(major.group()) <= _FIRST:
        return manifest
    return replace(manifest, nodes=_own(manifest.nodes), sources=_own(manifest.sources))


def _own(nodes: Mapping[str, Node]) -> dict[str, Node]:
    return {unique_id: _with_own_columns(node) for unique_id, node in nodes.items()}


def _with_own_columns(node: Node) -> Node:
    """A node without what its columns took over from it: `meta` and tags that they have none of.

    What somebody wrote at a column stands in its `config`.
    """
    columns = {name: _without(column, node) for name, column in node.columns.items()}
    return replace(node, columns=columns)


def _without(column: NodeColumn, node: Node) -> NodeColumn:
    config = column.config or {}
    if "meta" not in config and column.meta == node.meta:
        column = replace(column, meta=None)
    if "tags" not in config and column.tags == node.tags:
        column = replace(column, tags=None)
    return column
