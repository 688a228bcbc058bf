"""How a subject's rows can be erased from a relation, as far as the project says or shows it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, get_args

from enforcer.check.lifetimes import expires, keeps_rows
from enforcer.check.subjects import subject_keys
from enforcer.estate import is_stated, says_nothing
from enforcer.rules import ErasureMethod
from enforcer.shared import shared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enforcer.estate import Estate
    from lineage import Delete
    from lineage.projects import Relation

DELETE: Final = "delete"
METHODS: Final[tuple[str, ...]] = get_args(ErasureMethod)
# Other spellings of the methods that rules name.
_SPELLINGS: Final = {
    "anonymize": "anonymise",
    "de_identify": "deidentify",
    "deletion": DELETE,
    "erase": DELETE,
    "restrict": "freeze",
}


def follows_sources(estate: Estate, relation: Relation) -> bool:
    """True when a relation keeps nothing of its own accord, or every run empties it first."""
    return not keeps_rows(relation) or any(
        not delete.columns and not delete.reads for delete in deletes_of(estate, relation.name)
    )


def erased_by(estate: Estate, relation: Relation) -> frozenset[str]:
    """The methods by which a subject's rows go from a relation that keeps them.

    DELETE must test the subject's key; where no key is known any condition will do. A job
    that states no method deletes.
    """
    return _erased_by(estate, relation.name)


@shared
def _erased_by(estate: Estate, name: str) -> frozenset[str]:
    relation = estate.relations[name]
    found: set[str] = set()
    if expires(estate, relation) or is_deleted_from(estate, relation):
        found.add(DELETE)
    if is_stated(relation, "erasure") or estate.facts(relation.name, "erasure"):
        found |= _declared(estate, relation)
    return frozenset(found)


def is_deleted_from(estate: Estate, relation: Relation) -> bool:
    """True when a DELETE of the project reaches the rows of a subject."""
    keys = subject_keys(estate).get(relation.name, frozenset())
    return any(
        keys & set(delete.columns) if keys else bool(delete.columns or delete.reads)
        for delete in deletes_of(estate, relation.name)
    )


def _declared(estate: Estate, relation: Relation) -> set[str]:
    """What `erasure` says: a job, or a block of facts with the methods that it applies."""
    said = estate.facts(relation.name, "erasure") or estate.facts(relation.name, "erasure.job")
    if said and all(map(says_nothing, said)):
        return set()
    stated = estate.facts(relation.name, "erasure.methods")
    if not stated:
        stated = tuple(word for word in said if _method(word) in METHODS)
    return {_method(word) for word in stated} or {DELETE}


def _method(word: str) -> str:
    folded = word.strip().lower().replace("-", "_")
    return _SPELLINGS.get(folded, folded)


def deletes_of(estate: Estate, relation: str) -> Sequence[Delete]:
    """The statements that remove rows of a relation."""
    return _deletes(estate).get(relation, ())


@shared
def _deletes(estate: Estate) -> Mapping[str, Sequence[Delete]]:
    listed: dict[str, list[Delete]] = defaultdict(list)
    for delete in estate.analysis.deletes:
        listed[delete.relation].append(delete)
    return dict(listed)
