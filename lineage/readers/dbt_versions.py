"""Manifests of dbt 2 (and of Fusion, which is one), put as dbt 1 writes them.

They have the same version of their form, and leave out or repeat what dbt 1 does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from lineage.readers.dbt_calls import with_calls
from lineage.readers.dbt_freshness import END_OF_SNAPSHOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineage.readers.dbt_words import Manifest, Node, NodeColumn

_MAJOR: Final = re.compile(r"\d+")
_FIRST: Final = 1


def as_dbt_1(manifest: Manifest) -> Manifest:
    """The manifest as dbt 1 would have written it.

    Macros say what they call, columns what is said of them alone, and snapshots have their own
    block for their code and not all those of their file.
    """
    manifest = with_calls(manifest)
    major = _MAJOR.match(manifest.metadata.dbt_version or "")
    if major is None or int(major.group()) <= _FIRST:
        return manifest
    return replace(manifest, nodes=_own(manifest.nodes), sources=_own(manifest.sources))


def _own(nodes: Mapping[str, Node]) -> dict[str, Node]:
    return {unique_id: _with_own_block(_with_own_columns(n)) for unique_id, n in nodes.items()}


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


def _with_own_block(node: Node) -> Node:
    raw = node.raw_code or ""
    if node.resource_type != "snapshot" or END_OF_SNAPSHOT.search(raw) is None:
        return node
    tag = re.search(rf"\{{%[-+]?\s*snapshot\s+{re.escape(node.name)}\s*[-+]?%\}}", raw)
    own = raw if tag is None else raw[tag.end() :]
    return replace(node, raw_code=END_OF_SNAPSHOT.split(own, maxsplit=1)[0])
