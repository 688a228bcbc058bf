"""Where data enters: the relations that nothing of the project itself fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.shared import shared
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from enforcer.estate import Estate

_LOADED: Final = frozenset({RelationKind.SOURCE, RelationKind.SEED})
# What others are shown is no entry, whoever fills it.
_SHOWN: Final = frozenset({RelationKind.EXPOSURE, RelationKind.RESULT})


@shared
def collected(estate: Estate) -> frozenset[str]:
    """Sources and seeds, and what no other relation flows into, files aside."""
    return frozenset(
        name
        for name, relation in estate.relations.items()
        if relation.kind in _LOADED or (relation.kind not in _SHOWN and not _is_fed(estate, name))
    )


def _is_fed(estate: Estate, name: str) -> bool:
    """True when something of another relation, that is no file, flows into this one.

    What a tool says to be built from others is, whether its text could be read or not.
    """
    graph = estate.analysis.graph
    if any(fact.key == "depends_on" for fact in estate.relations[name].facts):
        return True
    waiting = list(graph.nodes_of(name))
    seen = set(waiting)
    while waiting:
        for edge in graph.incoming(waiting.pop()):
            node = graph.sources[edge]
            if node in seen:
                continue
            seen.add(node)
            if node in graph.inner:
                waiting.append(node)
            elif estate.relations[graph.columns[node].relation].kind is not RelationKind.EXTERNAL:
                return True
    return False
