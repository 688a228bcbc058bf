"""How a column and its fields hang together in a graph.

Whoever reads a column reads each of its fields, so these lead to it. A value that is said to be
in a column may be in any field of it, but one that came from one field is in no other: so it
begins in a node of its own, which leads to the column and to all its fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parts_linked(
    fields: Mapping[int, Sequence[int]], first: int
) -> tuple[list[tuple[int, int]], dict[int, int]]:
    """The edges between columns and fields, and the node in which a value of each whole begins.

    `fields` has the fields of each node that has some; `first` is the number of the first of
    the nodes that are new, one for each of these, in order.
    """
    begins = {whole: number for number, whole in enumerate(sorted(fields), first)}
    edges: list[tuple[int, int]] = []
    for whole, begin in begins.items():
        edges.append((begin, whole))
        edges += [(field, whole) for field in fields[whole]]
        edges += [(begin, begins.get(field, field)) for field in fields[whole]]
    return edges, begins
