"""What a project states of its relations, as the base commit of a pull request stated it.

New statements count, for somebody has to make them. One that the base commit makes stays as it
was; and a tag or group that a relation has newly got puts it into no place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.globs import matches
from enforcer.words import Saying, SayingChange
from lineage import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enforcer.labels.before import Before
    from enforcer.rules import Place
    from lineage.projects import Fact, Relation

    Keyed = Mapping[str, frozenset[Fact]]

_METAS: Final = ("config.meta.fieldgate.", "meta.fieldgate.")
_LABELS: Final = frozenset({"category", "labels"})
_TAGS: Final = frozenset({"tag", "config.tags"})
_GROUPS: Final = frozenset({"group", "config.group"})
PLACING: Final = _TAGS | _GROUPS


def restated(
    relations: Sequence[Relation], before: Before, places: Mapping[str, Place]
) -> tuple[tuple[Relation, ...], tuple[SayingChange, ...]]:
    """The relations with the statements that count, and which of today's do not."""
    was: dict[str, set[Fact]] = {}
    for relation in before.project.relations:
        was.setdefault(relation.name, set()).update(relation.facts)
    changes: list[SayingChange] = []
    found = []
    for relation in relations:
        facts = _counting(relation, was.get(relation.name, ()), changes)
        left = {fact for fact in facts if not _is_newly_placed(relation, fact, before, places)}
        placed = (_change(relation, fact.value, Saying.PLACED) for fact in facts - left)
        changes += sorted(placed)
        same = left == set(relation.facts)
        found.append(
            relation if same else msgspec.structs.replace(relation, facts=tuple(sorted(left)))
        )
    return tuple(found), tuple(sorted(changes))


def _counting(relation: Relation, was: Iterable[Fact], changes: list[SayingChange]) -> set[Fact]:
    before, now = _by_statement(was), _by_statement(relation.facts)
    facts = set(relation.facts)
    for key, stated in before.items():
        if _said(stated) != _said(now.get(key, frozenset())):
            facts = (facts - now.get(key, frozenset())) | stated
            said = ", ".join(sorted({f"{name}: {value}" for name, value in _said(stated)}))
            changes.append(_change(relation, said))
    tags = {fact for fact in was if fact.key in _TAGS}
    gone = {t.value for t in tags} - {fact.value for fact in facts if fact.key in _TAGS}
    changes += [_change(relation, tag) for tag in sorted(gone)]
    return facts | {tag for tag in tags if tag.value in gone}


def _by_statement(facts: Iterable[Fact]) -> Keyed:
    """The facts of each statement, by its first word: a block stands or falls as a whole."""
    found: dict[str, set[Fact]] = {}
    for fact in facts:
        name = _name(fact)
        key = name.partition(".")[0]
        if name and key not in _LABELS:
            found.setdefault(key, set()).add(fact)
    return {key: frozenset(stated) for key, stated in sorted(found.items())}


def _name(fact: Fact) -> str:
    start = next((meta for meta in _METAS if fact.key.startswith(meta)), "")
    return fact.key.removeprefix(start) if start else ""


def _said(facts: Iterable[Fact]) -> set[tuple[str, str]]:
    return {(_name(fact), fact.value) for fact in facts}


def _is_newly_placed(
    relation: Relation, fact: Fact, before: Before, places: Mapping[str, Place]
) -> bool:
    if (relation.name, fact.value) not in before.added or fact.key not in PLACING:
        return False
    matched = (place.match for place in places.values())
    patterns = (p for m in matched for p in (m.tags if fact.key in _TAGS else m.groups))
    return any(matches(pattern, fact.value) for pattern in patterns)


def _change(relation: Relation, said: str, change: Saying = Saying.RESTATED) -> SayingChange:
    return SayingChange(Column(relation.name, ""), change, said)
