"""Lineage as a Mermaid flowchart, which GitHub, GitLab and many wikis draw.

https://mermaid.js.org/syntax/flowchart.html. Direct flows are solid arrows, all others
dotted. Labels are the only place where a name of the project is written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.notations.drawing import draw
from lineage.shown import plain

if TYPE_CHECKING:
    from lineage.notations.drawing import Arrow
    from lineage.subgraph import Subgraph

MOST_EDGES = 500  # Mermaid's own default limit, beyond which it draws nothing

# Quotes end a label, `#` starts an entity, `%%{` a directive wherever it stands, backticks
# Markdown, angle brackets HTML. What is left out of the list is written as it is.
_SPECIAL = re.compile(r"[\x21-\x27\x2a\x2b\x3b-\x40\x5b-\x5e\x60\x7b-\x7e]")


def render_mermaid(subgraph: Subgraph) -> str:
    """The flowchart, from left to right, a box for each relation."""
    drawing = draw(subgraph)
    lines = ["flowchart LR"]
    if drawing.not_analysed:
        lines.append(f"  %% not analysed: {drawing.not_analysed}; flows may be missing")
    if len(drawing.arrows) > MOST_EDGES:
        lines.append(f"  %% {len(drawing.arrows)} arrows: raise maxEdges, or narrow with --depth")
    for number, box in enumerate(drawing.boxes):
        lines.append(f'  subgraph r{number}["{_escaped(box.relation)}"]')
        lines += [f'    c{column}["{_escaped(name)}"]' for column, name in box.columns]
        lines.append("  end")
    lines += [f"  c{a.source} {_arrow(a)} c{a.target}" for a in drawing.arrows]
    lines += [f"  style c{column} stroke-width:3px" for column in drawing.focus]
    return "".join(f"{line}\n" for line in lines)


def _arrow(arrow: Arrow) -> str:
    line = "-->" if arrow.direct else "-.->"
    return f'{line}|"{_escaped(arrow.label)}"|' if arrow.label else line


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", plain(text)) or " "
