"""What lets somebody read in other words than GRANT: owners, members and new names of roles.

Each is said as the GRANT that it comes to: of a relation to own, or of a role.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from lineage.compile.scripts.grants import granted
from lineage.compile.scripts.tokens import (
    IF_EXISTS,
    after_words,
    find_end,
    find_word,
    made_words,
    says,
    spellings,
    split_at,
    word,
    words_of,
)
from lineage.compile.unparsed import end_of_name
from lineage.dialects import LIKE_MYSQL, LIKE_POSTGRES, LIKE_TSQL, may_mean
from lineage.objects import FUNCTION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.dialects import Naming
    from lineage.objects import Permission, Statement

    Said = Iterator[Sequence[Token]]

_PEOPLE: Final = frozenset("GROUP LOGIN ROLE USER".split())
_CONTAINERS: Final = frozenset("CATALOG DATABASE SCHEMA".split())
_OWNED: Final = _CONTAINERS | frozenset("LOCATION ROLE SHARE TABLE VIEW VOLUME".split())
_OF_KIND: Final = frozenset(
    "DYNAMIC EXTERNAL FOREIGN MATERIALIZED OR REPLACE SERVER STREAMING".split()
)
# Who may read all that there is, or make himself somebody who may.
_POWERS: Final = frozenset("BYPASSRLS CREATEROLE CREATEUSER REPLICATION SUPERUSER".split())
# What says in CREATE ROLE whose member it is, and who are members of it.
_MEMBER_OF: Final = (["IN", "ROLE"], ["IN", "GROUP"], ["DEFAULT", "ROLE"])
_GRANTS_DEFAULT: Final = LIKE_MYSQL | {"clickhouse"}  # elsewhere it is one that was granted
_MEMBERS: Final = frozenset({"ADMIN", "ROLE", "USER"})
_CLAUSES: Final = frozenset(
    """
    ACCOUNT AND CONNECTION CONNECT CREATEDB DEFAULT ENCRYPTED GRANTEES HOST IDENTIFIED IN INHERIT
    LOGIN NOINHERIT NOLOGIN PASSWORD REQUIRE SETTINGS SYSID VALID WITH
    """.split()
).union(_MEMBERS, _POWERS)
_FIRST: Final = 6  # words, of which one may be INTO
# Where an engine keeps who may read what.
_KEPT: Final = {
    "mysql": frozenset(
        """
        columns_priv db default_roles global_grants procs_priv proxies_priv role_edges tables_priv
        user
        """.split()
    ),
    "postgres": frozenset(
        """
        pg_attribute pg_auth_members pg_authid pg_class pg_database pg_default_acl pg_namespace
        pg_policy pg_proc
        """.split()
    ),
}
# Postgres lets everybody call what is made there, whosever rights it runs with.
_BY_DEFAULT: Final = "execute by default"
_REVOKED: Final = "revoked"
_CALLED: Final = frozenset("FUNCTION FUNCTIONS PROCEDURE PROCEDURES ROUTINE ROUTINES".split())


def without_revoked(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements of a text, without what everybody may call by default and it revokes."""
    given = [one for statement in statements for one in statement.permissions]
    revoked = [one.relation for one in given if one.privileges == (_REVOKED,)]

    def stays(one: Permission) -> bool:
        default = one.privileges == (_BY_DEFAULT,)
        return one.privileges != (_REVOKED,) and not (
            default and any(_is_of(one.relation, name) for name in revoked)
        )

    return tuple(
        replace(statement, permissions=tuple(filter(stays, statement.permissions)))
        if revoked and statement.permissions
        else statement
        for statement in statements
    )


def _is_of(routine: str, revoked: str) -> bool:
    name, other = (one.removeprefix(FUNCTION) for one in (routine, revoked))
    return may_mean(name, other) or (other.endswith("*") and name.startswith(other[:-1]))


def rights_in(tokens: Sequence[Token], naming: Naming) -> Iterator[Statement]:
    """The grants that a statement comes to which is none."""
    reader = _READERS.get(word(tokens, 0))
    for said in reader(tokens, naming.dialect) if reader is not None else ():
        yield granted([*made_words("grant", tokens[0]), *said], naming)


def _member(role: Sequence[Token], of: Sequence[Token]) -> Sequence[Token]:
    """`ROLE role TO of`, of which either may be a list where the other is one."""
    if not role or not of:
        return ()  # and so a gap
    return [*made_words("role", role[0]), *role, *made_words("to", role[0]), *of]


def _named(tokens: Sequence[Token]) -> tuple[str, int, int]:
    """The kind of what is made or altered, and where its name begins and ends."""
    start = after_words(tokens, 1, _OF_KIND)
    start += says(tokens, start, "DATABASE", "ROLE")
    kind, start = word(tokens, start), after_words(tokens, start + 1, IF_EXISTS | {"ONLY"})
    end = end_of_name(tokens, start, must=True)
    if end == start and start < len(tokens):  # MySQL's are texts
        end += 1
    return kind, start, end + 2 if end < len(tokens) and tokens[end].text == "@" else end


def _alter(tokens: Sequence[Token], dialect: str) -> Said:
    """ALTER of who owns something, of roles, users and groups."""
    if word(tokens, 1) == "AUTHORIZATION":
        if not says(tokens[-2:], 0, "SCHEMA", "OWNER"):
            yield [*made_words("ownership", tokens[0]), *tokens[2:]]
        return
    kind, start, end = _named(tokens)
    if start < end and _runs_for_all(kind, tokens[end:], dialect):
        yield _called_by_all(tokens[start:end])
    if kind in _PEOPLE:
        yield from _of_people(tokens[start:end], tokens[end:], dialect)
    owner = _owner(tokens, end) if kind in _OWNED else ()
    if owner and not (dialect in LIKE_POSTGRES and kind in _CONTAINERS):
        yield [*_owned(tokens[1:end]), *made_words("to", tokens[0]), *owner]


def _owned(tokens: Sequence[Token]) -> Sequence[Token]:
    """`OWNERSHIP ON TABLE t`, as it is altered."""
    left = [t for n, t in enumerate(tokens) if word(tokens, n) not in {"IF", "EXISTS", "ONLY"}]
    return [*made_words("ownership on", tokens[0]), *left]


def _owner(tokens: Sequence[Token], start: int) -> Sequence[Token]:
    """Who stands behind OWNER TO, SET OWNER or SET AUTHORIZATION, where an action begins so."""
    for action in split_at(tokens[start:], ","):
        sets = word(action, 0) == "SET"
        if word(action, sets) in {"AUTHORIZATION", "OWNER"}:
            to = word(action, sets + 1) == "TO"
            return action[sets + 1 + to :] if sets or to else ()
    return ()


def _of_people(who: Sequence[Token], rest: Sequence[Token], dialect: str) -> Said:
    """Members that are added, another name, and what makes somebody more than others."""
    words = words_of(rest)
    other = {("RENAME", "TO"): 2, ("WITH", "NAME"): 3, ("WITH", "LOGIN"): 3}
    if words[:2] in (["ADD", "MEMBER"], ["ADD", "USER"], ["ADD", "GROUP"]):
        yield _member(who, rest[2:])
    elif tuple(words[:2]) in other:
        yield _member(who, next(split_at(rest[other[words[0], words[1]] :], ",")))
    elif words[:3] == ["GRANT", "CONNECT", "THROUGH"]:
        yield _member(who, rest[3:4])
    elif dialect in LIKE_POSTGRES:
        yield from (_member([t], who) for n, t in enumerate(rest) if words[n] in _POWERS)


def _create(tokens: Sequence[Token], dialect: str) -> Said:
    """CREATE of a role with members, of a user in a role, and of what is somebody's."""
    kind, start, end = _named(tokens)
    if start < end and _runs_for_all(kind, tokens[end:], dialect):
        yield _called_by_all(tokens[start:end])
    if kind in _PEOPLE and word(tokens, start) != "MAPPING":
        yield from _with_members(tokens[start:end], tokens[end:], dialect)
    elif kind == "SCHEMA" and dialect in LIKE_TSQL and word(tokens, end) == "AUTHORIZATION":
        owner = tokens[end + 1 : end + 2]
        yield [*_owned(tokens[1:end]), *made_words("to", tokens[0]), *owner]
    elif dialect == "bigquery" and "ACCESS" in {word(tokens, n) for n in range(2, 6)}:
        yield from _of_rows(tokens)


def _with_members(who: Sequence[Token], rest: Sequence[Token], dialect: str) -> Said:
    """`CREATE ROLE b IN ROLE a ADMIN c`: b is given a, and c is given b."""
    words = words_of(rest)
    for n, one in enumerate(words):
        before = words[n - 1] if n else ""
        if one in _POWERS and dialect in LIKE_POSTGRES:
            yield _member(rest[n : n + 1], who)
        elif [before, one] in _MEMBER_OF:
            if before == "IN" or dialect in _GRANTS_DEFAULT:
                yield from (_member(role, who) for role in split_at(_clause(rest, n + 1), ","))
        elif one in _MEMBERS and before != "ADMIN":
            skipped = 1 + (one == "ADMIN" and words[n + 1 : n + 2] in (["ROLE"], ["USER"]))
            yield _member(who, _clause(rest, n + skipped))


def _clause(tokens: Sequence[Token], start: int) -> Sequence[Token]:
    """What stands up to the next clause."""
    return tokens[start : find_end(tokens, _CLAUSES, start + 1)]


def _runs_for_all(kind: str, rest: Sequence[Token], dialect: str) -> bool:
    """Whether it is a routine of Postgres that runs with the rights of whoever made it."""
    called = dialect == "postgres" and kind in _CALLED
    return called and ("SECURITY", "DEFINER") in pairwise(words_of(rest))


def _called_by_all(name: Sequence[Token]) -> Sequence[Token]:
    near = name[0]
    on = made_words(f"{_BY_DEFAULT} on function", near)
    return [*on, *name, *made_words("to public", near)]


def _revoke(tokens: Sequence[Token], dialect: str) -> Said:
    """`REVOKE ALL ON FUNCTION f FROM PUBLIC`, which everybody may call by default."""
    on, source = find_word(tokens, {"ON"}), find_word(tokens, {"FROM"})
    words = words_of(tokens)
    away = words[1:2] in (["ALL"], ["EXECUTE"]) and "PUBLIC" in words[source:]
    if dialect == "postgres" and away and 0 < on < source and _CALLED & {*words[on:source]}:
        head, to = made_words(f"{_REVOKED} on", tokens[0]), made_words("to public", tokens[0])
        yield [*head, *tokens[on + 1 : source], *to]


def _of_rows(tokens: Sequence[Token]) -> Said:
    """BigQuery's row access policy names in GRANT TO ('user:a@b.c') who may see rows."""
    on, given = find_word(tokens, {"ON"}), find_word(tokens, {"GRANT"})
    to = find_word(tokens, {"TO"}, given)
    filters = find_word(tokens, {"FILTER"}, to)
    if 0 < on < given < to < filters:
        head = made_words("roles/bigquery.filtereddataviewer on", tokens[0])
        who = tokens[to + 2 : filters - 1]
        yield [*head, *tokens[on + 1 : given], *made_words("to", tokens[0]), *who]


def _reassign(tokens: Sequence[Token], _dialect: str) -> Said:
    """Postgres: `REASSIGN OWNED BY a, b TO c`."""
    to = find_word(tokens, {"TO"})
    if to > 3:  # noqa: PLR2004 - behind REASSIGN OWNED BY and a name
        yield from (_member(role, tokens[to + 1 :]) for role in split_at(tokens[3:to], ","))


def _rename(tokens: Sequence[Token], _dialect: str) -> Said:
    """MySQL: `RENAME USER a TO b, c TO d`."""
    for item in split_at(tokens[2:], ",") if word(tokens, 1) == "USER" else ():
        to = find_word(item, {"TO"})
        if to > 0:
            yield _member(item[:to], item[to + 1 :])


def _set(tokens: Sequence[Token], dialect: str) -> Said:
    """MySQL's roles that everybody has."""
    if dialect in LIKE_MYSQL and "MANDATORY_ROLES" in spellings(tokens):
        yield made_words("role mandatory_roles to public", tokens[0])


def _change(tokens: Sequence[Token], dialect: str) -> Said:
    """A change of what the engine itself keeps of who may read what."""
    start = find_word(tokens[:_FIRST], {"INTO"}) + 1 or 1
    start = after_words(tokens, start, {"IGNORE", "LOW_PRIORITY", "ONLY"})
    named = [t.text.lower() for t in tokens[start : end_of_name(tokens, start, must=True)]]
    own = dialect not in LIKE_MYSQL or named[:1] == ["mysql"]
    if named and own and named[-1] in _KEPT.get(dialect, ()):
        yield ()  # and so a gap


_READERS: Final[dict[str, Callable[[Sequence[Token], str], Said]]] = {
    "ALTER": _alter,
    "CREATE": _create,
    **dict.fromkeys(("INSERT", "MERGE", "REPLACE", "UPDATE"), _change),
    "REASSIGN": _reassign,
    "RENAME": _rename,
    "REVOKE": _revoke,
    "SET": _set,
}
