"""Grants: who may read which relation, as SQL grants it or a model's configuration asks for it."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache, partial
from glob import escape
from typing import TYPE_CHECKING, Final

import msgspec

from lineage import Grant, Origin
from lineage.dialects import split_name
from lineage.objects import FUNCTION, PROCEDURE
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
_ROUTINES: Final = (FUNCTION, PROCEDURE)
_CALLS: Final = re.compile(r"(?:all|control|execute)\b", re.IGNORECASE)
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
    given = [grant for grant in grants if _lets_read(grant)]
    reading = list(with_members(given))
    shared = put_into_shares(given)
    named = cache(partial(granted_relations, relations))
    returned = cache(partial(_returned, relations))
    for grant in reading:
        called = grant.relation.startswith(FUNCTION) or _calls(grant)
        outcome = returned(grant.relation.removeprefix(FUNCTION)) if called else ()
        for name in (*_readable(grant, shared, named), *outcome):
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
        if grant.kind.lower() == "share" and _lets_read(grant):
            shared.setdefault(f"{SHARE}{grant.principal}", set()).add(grant.relation)
    return shared


def may_read(grant: Grant) -> bool:
    """True when one of the privileges granted lets somebody read, or none is known."""
    if grant.relation.startswith(FUNCTION):
        return False
    return not grant.privileges or any(map(_reads, grant.privileges))


def _lets_read(grant: Grant) -> bool:
    """True also for who may see a share, or call a routine and so be told what it returns."""
    return may_read(grant) or grant.relation.startswith((FUNCTION, SHARE)) or _calls(grant)


def _calls(grant: Grant) -> bool:
    return any(_CALLS.match(privilege) for privilege in grant.privileges)


def _readable(
    grant: Grant,
    shared: Mapping[str, Collection[str]],
    named: Callable[[str], Sequence[str]],
) -> Iterator[str]:
    """What can be read by itself, or as part of a share."""
    if may_read(grant) or grant.relation.startswith(SHARE):
        for granted in shared.get(grant.relation, (grant.relation,)):
            yield from named(granted)


def _returned(relations: Collection[str], granted: str) -> Sequence[str]:
    """What routines return that somebody may call, of a schema or by name.

    Whether they run as whoever made them is not asked: where they do not, who calls them was
    granted the tables as well.
    """
    routines: dict[str, list[str]] = {}
    for name in relations:
        if name.startswith(_ROUTINES):
            own = name.partition(":")[2].partition("@")[0]
            own = own.rpartition(":")[0] if name.startswith(PROCEDURE) else own
            routines.setdefault(own, []).append(name)
    return [name for own in granted_relations(routines, granted) for name in routines[own]]


def _reads(privilege: str) -> bool:
    """True for all that is not known to let nobody read: engines go on to invent some."""
    return _NOT_READING.fullmatch(privilege.lower()) is None


def _is_granted(key: str) -> bool:
    """True for a setting of dbt's by which somebody may read: BigQuery's privileges are roles."""
    return key.startswith(_GRANTED) and _reads(key.removeprefix(_GRANTED).removeprefix("+"))


def granted_relations(relations: Collection[str], granted: str) -> Sequence[str]:
    """The relations that a grant is about: one, those of a schema, or those a glob matches.

    Where none has that name, those that may be meant: a script that names the database once
    writes shorter names elsewhere. A schema is that of any database of which one is not named.
    """
    if granted in relations:
        return (granted,)
    if granted.startswith("@"):
        at = {name: name[1:].partition("/")[0].lower() for name in relations if name[:1] == "@"}
        wanted = {*granted_relations({*at.values()}, granted[1:].lower())}
        return [name for name, stage in at.items() if stage in wanted]
    inside = (f"{granted.removesuffix('.*')}.", f"{granted}/")
    parts = [_glob(part) for part in split_name(granted)]
    found = [name for name in relations if name.startswith(inside)]
    if "*" in granted:
        pattern = ".".join(parts)
        found = [
            name
            for name in relations
            if name.startswith(inside)
            or fnmatchcase(name, pattern)
            or ("." in name and _may_be_meant(name, parts))
        ]
    return found or [name for name in relations if _may_be_meant(name, parts)]


def _glob(part: str) -> str:
    """A part of a name, in which only a star stands for others: brackets belong to a name."""
    return "*".join(map(escape, part.split("*")))


def _may_be_meant(name: str, granted: list[str]) -> bool:
    """True when one name ends with the other, where a star is any one part."""
    parts = split_name(name) if '"' in name else name.split(".")
    if len(parts) == len(granted) and "*" not in granted:
        return False
    pairs = zip(reversed(parts), reversed(granted), strict=False)
    return all(wanted == "*" or fnmatchcase(part, wanted) for part, wanted in pairs)


def principal_of(written: str, kind: str = "") -> str:
    """A principal in lower case; `public` for every way to say everybody."""
    name = written.lower()
    before, _, rest = name.partition(":")
    if not {kind.lower(), before}.isdisjoint(_WHOLE) or name in _EVERYBODY:
        return EVERYBODY
    return rest if before in _BEFORE_NAMES and rest else name
