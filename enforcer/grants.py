"""Grants: who may read which relation, as SQL grants it or a model's configuration asks for it."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache
from glob import escape
from typing import TYPE_CHECKING, Final

import msgspec

from lineage import Grant, Origin
from lineage.dialects import split_name
from lineage.words import ROLE, SHARE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from lineage.projects import Relation

EVERYBODY: Final = "public"
# Whom a model with `access: public` is offered to.
PROJECTS: Final = "every dbt project"
_EVERYBODY: Final = frozenset(
    {
        EVERYBODY,
        "account",
        "account users",
        "all users",
        "allauthenticatedusers",
        "allusers",
        "everyone",
        "specialgroup:allauthenticatedusers",
    }
)
# Kinds of principals that are everybody: all there are, or all with an address of a domain.
_WHOLE: Final = frozenset({"domain", "public"})
# What BigQuery writes before the name of a principal that is not everybody.
_BEFORE_NAMES: Final = frozenset({"group", "serviceaccount", "user"})
_GRANTED: Final = "config.grants."
_NOT_READING: Final = re.compile(
    r"""
    (?:alter|browse|connect|create|delete|drop|evolve[ ]schema|execute|index|insert|lock[ ]tables
    |maintain|modify|monitor|operate|rebuild|refresh|references|show[ ]view|temp|temporary|trigger
    |truncate|update|usage|use|use[ ]catalog|use[ ]schema|view[ ]definition)
    | create[ ](?!any\b).+
    """,
    re.VERBOSE,
)


class Reader(msgspec.Struct, frozen=True, order=True):
    """Somebody who may read a relation, and where that is written."""

    relation: str
    principal: str
    origin: Origin


def readers_granted(relations: Mapping[str, Relation], grants: Iterable[Grant]) -> Iterator[Reader]:
    """Who may read which relation, by GRANT and by the configuration of models.

    Who may see a share may read all that is in it, and who is a member of a role all that it may.
    """
    given = [grant for grant in grants if may_read(grant) or grant.relation.startswith(SHARE)]
    reading = list(with_members(given))
    shared = put_into_shares(given)
    for grant in reading:
        for granted in shared.get(grant.relation, {grant.relation}):
            for name in granted_relations(relations, granted):
                yield Reader(name, principal_of(grant.principal, grant.kind), grant.origin)
    configured = (
        Reader(name, principal_of(fact.value), relation.origin)
        for name, relation in relations.items()
        for fact in relation.facts
        if _is_granted(fact.key)
    )
    yield from and_members(configured, given)


def and_members(readers: Iterable[Reader], grants: Iterable[Grant]) -> Iterator[Reader]:
    """Readers, and those who become one where they are made a member of such a role."""
    members_of = _members(grants)
    for reader in readers:
        yield reader
        for one in members_of(reader.principal):
            yield Reader(reader.relation, principal_of(one.principal, one.kind), one.origin)


def with_members(grants: Iterable[Grant]) -> Iterator[Grant]:
    """What is granted, also to those who are members of the role that it is granted to."""
    grants = tuple(grants)
    members_of = _members(grants)
    for grant in grants:
        if grant.relation.startswith(ROLE):
            continue
        yield grant
        for one in members_of(principal_of(grant.principal, grant.kind)):
            yield Grant(grant.relation, one.principal, one.kind, grant.privileges, one.origin)


def _members(grants: Iterable[Grant]) -> Callable[[str], Sequence[Grant]]:
    """For each role the grants of it, and of the roles that are members of it."""
    direct: dict[str, list[Grant]] = {}
    for grant in grants:
        if grant.relation.startswith(ROLE):
            role = principal_of(grant.relation.removeprefix(ROLE))
            direct.setdefault(role, []).append(grant)

    @cache
    def members_of(role: str) -> Sequence[Grant]:
        seen, found = {role}, [*direct.get(role, ())]
        for one in found:  # which grows
            name = principal_of(one.principal, one.kind)
            if name not in seen:
                found += direct.get(name, ())
            seen.add(name)
        return found

    return members_of


def put_into_shares(grants: Iterable[Grant]) -> dict[str, set[str]]:
    """What can be read in which share, by how a grant on the share names it."""
    shared: dict[str, set[str]] = {}
    for grant in with_members(grants):
        if grant.kind.lower() == "share" and may_read(grant):
            shared.setdefault(f"{SHARE}{grant.principal}", set()).add(grant.relation)
    return shared


def may_read(grant: Grant) -> bool:
    """True when one of the privileges granted lets somebody read, or none is known."""
    return not grant.privileges or any(map(_reads, grant.privileges))


def _reads(privilege: str) -> bool:
    """True for all that is not known to let nobody read: engines go on to invent some."""
    return _NOT_READING.fullmatch(privilege.lower()) is None


def _is_granted(key: str) -> bool:
    """True for a setting of dbt's by which somebody may read: BigQuery's privileges are roles."""
    return key.startswith(_GRANTED) and _reads(key.removeprefix(_GRANTED).removeprefix("+"))


def granted_relations(relations: Collection[str], granted: str) -> Sequence[str]:
    """The relations that a grant is about: one, those of a schema, or those a glob matches.

    Where none has that name, those that may be meant: a script that names the database once
    writes shorter names elsewhere.
    """
    if granted in relations:
        return (granted,)
    if granted.startswith("@"):
        stages = {name: name[1:].partition("/")[0] for name in relations if name.startswith("@")}
        wanted = {*granted_relations({*stages.values()}, granted[1:])}
        return [name for name, stage in stages.items() if stage in wanted]
    whole, parts = granted.removesuffix(".*"), split_name(granted)
    pattern = ".".join(part if part == "*" else escape(part) for part in parts)
    inside = [
        name
        for name in relations
        if name.startswith((f"{whole}.", f"{whole}/"))
        or ("*" in parts and fnmatchcase(name, pattern))
    ]
    return inside or [name for name in relations if _may_be_meant(split_name(name), parts)]


def _may_be_meant(name: list[str], granted: list[str]) -> bool:
    """True when one name ends with the other, where a star is any one part."""
    if "*" in granted and len(name) > len(granted):
        return False
    if "*" not in granted and len(name) == len(granted):
        return False
    pairs = zip(reversed(name), reversed(granted), strict=False)
    return all(wanted in ("*", part) for part, wanted in pairs)


def principal_of(written: str, kind: str = "") -> str:
    """A principal in lower case; `public` for every way to say everybody."""
    name = written.lower()
    before, _, rest = name.partition(":")
    if not {kind.lower(), before}.isdisjoint(_WHOLE) or name in _EVERYBODY:
        return EVERYBODY
    return rest if before in _BEFORE_NAMES and rest else name
