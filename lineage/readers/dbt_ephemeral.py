"""Ephemeral models of which something is said: their code stands in that of others.

There it is read from the model again, as if that were a view, so that a label on it arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lineage.readers.dbt_names import written_name
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Node

_CALLED: Final = "__dbt__cte__"


def code_of(node: Node, ephemeral: Mapping[str, Node], dialect: str) -> str:
    """The compiled code of a node, in which each of some ephemeral models is read by its name."""
    code = node.compiled_code or ""
    for injected in node.extra_ctes or ():
        model = ephemeral.get(injected.id)
        query = (injected.sql or "").strip()
        head, begun, _inner = query.partition("(")
        if model is not None and begun and _CALLED in head:
            lines = "\n" * query.count("\n")  # what comes behind keeps its line
            read = f"{head}(select * from {written_name(model, dialect)}{lines})"  # noqa: S608
            code = code.replace(query, read)
    return code


def unread(
    place: Place, node: Node, ephemeral: Mapping[str, Node], names: Names
) -> tuple[Gap, ...]:
    """A gap where the code of an ephemeral model is there, and the manifest does not say so."""
    whole = node.compiled_code or ""
    injected = {one.id for one in node.extra_ctes or () if one.sql and one.sql.strip() in whole}
    code = whole.lower()
    lost = {
        names.of(model)
        for unique_id, model in ephemeral.items()
        if unique_id not in injected
        and any(f"{_CALLED}{name}".lower() in code for name in (model.alias, model.name) if name)
    }
    if not lost:
        return ()
    message = "what is declared of an ephemeral model may not be what is read"
    return (
        Gap(
            GapReason.OPAQUE_CODE,
            message,
            tuple(sorted({*lost, names.of(node)})),
            Origin(place.path_of(node), 1, 1),
        ),
    )
