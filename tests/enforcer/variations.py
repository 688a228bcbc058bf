"""Documents that differ in one place from a good one: what people write by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.documents.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator


Path = tuple[str, ...]


def scalar(text: str) -> Scalar:
    return Scalar(1, 1, text, plain=True)


WORD: Final = scalar("x")
WRONG: Final[tuple[Node, ...]] = (
    WORD,
    scalar("1"),
    scalar("null"),
    Sequence(1, 1, ()),
    Mapping(1, 1, ()),
    Mapping(1, 1, ((WORD, WORD),)),
)


def variations(node: Node, path: Path = ()) -> Iterator[tuple[str, Node]]:
    """With one key or element left out, put in, or in another form; and what was changed.

    It is said without what stands further up, so that what is alike is called alike.
    """
    if isinstance(node, Mapping):
        yield f"{path} put in", Mapping(1, 1, (*node.entries, (scalar("unknown_key"), WORD)))
        for number, (key, value) in enumerate(node.entries):
            before, after = node.entries[:number], node.entries[number + 1 :]
            yield f"{path} without {key.text}", Mapping(1, 1, (*before, *after))
            for what, other in _others(value, (*path, key.text)):
                yield what, Mapping(1, 1, (*before, (key, other), *after))
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            before_it, after_it = node.items[:number], node.items[number + 1 :]
            yield f"{path} without one", Sequence(1, 1, (*before_it, *after_it))
            for what, other in _others(item, (*path, "…")):
                yield what, Sequence(1, 1, (*before_it, other, *after_it))


def _others(node: Node, path: Path) -> Iterator[tuple[str, Node]]:
    for other in WRONG:
        yield f"{path} as {other}", other
    yield from variations(node, path[-2:])
