"""Lineage in Graphviz's DOT language, for `dot -Tsvg` and its relatives.

https://graphviz.org/doc/info/lang.html. Direct flows are solid, all others dashed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.notations.drawing import draw
from lineage.shown import plain

if TYPE_CHECKING:
    from lineage.notations.drawing import Arrow
    from lineage.subgraph import Subgraph


def render_graphviz(subgraph: Subgraph) -> str:
    """The digraph, from left to right, a cluster for each relation."""
    drawing = draw(subgraph)
    lines = ["digraph lineage {", "  rankdir=LR;", "  node [shape=box];"]
    if drawing.not_analysed:
        said = f"not analysed: {drawing.not_analysed}; flows may be missing"
        lines += [f"  label={_quoted(said)};", "  labelloc=t;"]
    for number, box in enumerate(drawing.boxes):
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(box.relation)};"]
        lines += [f"    c{column} [label={_quoted(name)}];" for column, name in box.columns]
        lines.append("  }")
    lines += [f"  c{a.source} -> c{a.target}{_attributes(a)};" for a in drawing.arrows]
    lines += [f"  c{column} [penwidth=3];" for column in drawing.focus]
    return "".join(f"{line}\n" for line in (*lines, "}"))


def _attributes(arrow: Arrow) -> str:
    found = [f"label={_quoted(arrow.label)}"] if arrow.label else []
    found += [] if arrow.direct else ["style=dashed"]
    return f" [{', '.join(found)}]" if found else ""


def _quoted(text: str) -> str:
    """A quoted string: no escape of its own, which would expand, and no character entity."""
    shown = plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{shown.replace("&", "&amp;")}"'
