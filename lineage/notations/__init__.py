"""The notations of lineage, a file each. They see a `Subgraph` and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.notations.graphviz import render_graphviz
from lineage.notations.json_graph import render_json
from lineage.notations.mermaid import render_mermaid
from lineage.notations.openlineage import render_openlineage
from lineage.notations.text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.subgraph import Subgraph

_RENDERERS: dict[str, Callable[[Subgraph], str]] = {
    "text": render_text,
    "json": render_json,
    "mermaid": render_mermaid,
    "graphviz": render_graphviz,
    "openlineage": render_openlineage,
}
NOTATIONS = tuple(_RENDERERS)

__all__ = [
    "NOTATIONS",
    "render",
    "render_graphviz",
    "render_json",
    "render_mermaid",
    "render_openlineage",
    "render_text",
]


def render(subgraph: Subgraph, notation: str) -> str:
    """A subgraph in one of `NOTATIONS`, safe for where that notation is shown.

    The same subgraph gives the same bytes. Raises ValueError for any other notation.
    """
    renderer = _RENDERERS.get(notation)
    if renderer is None:
        raise ValueError(f"no notation {notation!r}; there are {', '.join(NOTATIONS)}")
    return renderer(subgraph)
