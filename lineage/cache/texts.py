"""The compiled texts of a project: each name of a text once, numbers in flat arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from lineage.cache.flat import Numbers, flat, numbers_in, once
from lineage.cache.layers import Layers
from lineage.link.compiled import Compiled, Kept
from lineage.link.segments import Edges

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class _KeptText(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A text whose segment is without nodes and edges; these are apart, as they are many."""

    text: Kept
    relations: list[str]
    names: list[str]
    # of each node: its relation or label and its column, as positions in these
    relation_of: Numbers
    name_of: Numbers
    sources: Numbers
    targets: Numbers
    kind_of: Numbers
    offsets: Numbers
    ambiguous: Numbers


_KEPT = msgspec.msgpack.Decoder(_KeptText)
_NO_EDGES = Edges([], [], [], [], [])


class Texts:
    """Texts by their keys."""

    def __init__(self, folder: Path, code: bytes) -> None:
        self._layers = Layers(folder, "texts", dict[bytes, memoryview], code)

    def find(self, keys: Sequence[bytes]) -> list[Compiled | None]:
        """The texts of these keys, None where one is not known."""
        known = self._layers.read()
        return [_text(known[key]) if key in known else None for key in keys]

    def keep(self, texts: Mapping[bytes, Compiled]) -> None:
        """Keep these texts; others may be forgotten."""
        changed = {
            key: memoryview(msgspec.msgpack.encode(_plain(text.keep())))
            for key, text in texts.items()
            if text.is_new and not text.is_unread
        }
        self._layers.keep(texts.keys(), changed)


def _text(kept: memoryview) -> Compiled | None:
    try:
        return Compiled.of_kept(_restored(_KEPT.decode(kept)))
    except (msgspec.MsgspecError, IndexError, ValueError, RecursionError):
        return None


def _plain(text: Kept) -> _KeptText:
    segment = text.segment
    edges = segment.edges
    relations, relation_of = once(relation for relation, _column in segment.nodes)
    names, name_of = once(column for _relation, column in segment.nodes)
    return _KeptText(
        replace(text, segment=replace(segment, nodes=[], edges=_NO_EDGES)),
        relations,
        names,
        relation_of,
        name_of,
        flat(edges.sources),
        flat(edges.targets),
        flat(edges.kind_of),
        flat(edges.offsets),
        flat(edges.ambiguous),
    )


def _restored(plain: _KeptText) -> Kept:
    """The text. Raises IndexError or ValueError for numbers that no text has."""
    relations = map(plain.relations.__getitem__, numbers_in(plain.relation_of))
    names = map(plain.names.__getitem__, numbers_in(plain.name_of))
    edges = Edges(
        numbers_in(plain.sources),
        numbers_in(plain.targets),
        numbers_in(plain.kind_of),
        numbers_in(plain.offsets),
        numbers_in(plain.ambiguous),
    )
    nodes = list(zip(relations, names, strict=True))
    return replace(plain.text, segment=replace(plain.text.segment, nodes=nodes, edges=edges))
