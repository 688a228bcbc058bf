"""Token maps: relations that say which token stands for which value.

A relation that declares `token_map: token` gives, in the column `token`, surrogates of all
its other columns. What flows into one of them therefore flows on into the token, protected
by a surrogate, and so into everything that takes the token by a join.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lineage import Transform, TransformSubtype
from lineage.graph import ROWS, EdgeKind, Graph, GraphIndex, Sites, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# No function of a query can have such a name: what is behind a colon is lineage's own.
_TOKENISED: Final = EdgeKind(Transform(TransformSubtype.TRANSFORMATION, ("join:token_map",)))


def with_token_maps(graph: Graph, maps: Mapping[str, Iterable[str]]) -> Graph:
    """The same graph with a flow from each other column of a token map into its tokens.

    `maps` says which columns of a relation are its tokens; their letter case does not matter.
    """
    pairs: list[tuple[int, int]] = []
    for relation, written in sorted(maps.items()):
        names = {name.lower() for name in written}
        nodes = [n for n in graph.nodes_of(relation) if graph.columns[n].column != ROWS]
        tokens = [n for n in nodes if graph.columns[n].column.lower() in names]
        pairs += [(node, token) for token in tokens for node in nodes if node not in tokens]
    return _with_edges(graph, pairs) if pairs else graph


def _with_edges(graph: Graph, pairs: Sequence[tuple[int, int]]) -> Graph:
    sources = numbers((*graph.sources, *(source for source, _ in pairs)))
    targets = numbers((*graph.targets, *(target for _, target in pairs)))
    nowhere = [-1] * len(pairs)  # no text writes them: they are where the relation is declared
    sites = Sites(
        numbers((*graph.sites.units, *nowhere)),
        numbers((*graph.sites.offsets, *nowhere)),
        graph.sites.ambiguous,
    )
    return msgspec.structs.replace(
        graph,
        sources=sources,
        targets=targets,
        kind_of=numbers((*graph.kind_of, *[len(graph.kinds)] * len(pairs))),
        kinds=(*graph.kinds, _TOKENISED),
        sites=sites,
        index=GraphIndex(graph.columns, graph.inner, sources, targets, graph.parts),
    )
