"""Which columns say whose row it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.check.selectors import select_sources
from enforcer.protection.reach import reached_from, row_successors
from enforcer.rules import Choice
from enforcer.shared import shared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.estate import Estate

_KEYS: Final = Choice(
    any_of=(
        "user.unique_id",
        "user.account",
        "user.contact.email",
        "user.contact.phone_number",
        "user.government_id",
        "user.device",
        "user.health_and_medical.record_id",
    )
)


@shared
def subject_keys(estate: Estate) -> Mapping[str, frozenset[str]]:
    """By relation, the columns that identify a subject: declared, labelled so, or made of such.

    A pseudonym is a key as well: it says of two rows that they are one person's.
    """
    graph = estate.analysis.graph
    keys = {source.column for source in select_sources(estate, _KEYS)}
    keys |= estate.subject_keys
    starts = [node for node in map(graph.find, keys) if node is not None]
    reached = reached_from(row_successors(graph), starts) - graph.inner
    found: dict[str, set[str]] = {}
    for column in keys | {graph.columns[node] for node in reached}:
        found.setdefault(column.relation, set()).add(column.column)
    return {name: frozenset(columns) for name, columns in found.items()}
