"""GRANT: who may read what.

Engines have many forms of it and go on to invent some, of which the parser knows a few; so all are
read among tokens. What is granted lets somebody read, or surely lets nobody, or is a gap.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.principals import principals_in, text_in
from lineage.compile.scripts.tokens import find_word, made_word, says, split_at, word
from lineage.compile.tokenizing import tokens_of
from lineage.compile.unparsed import end_of_name, name_at, names_in
from lineage.dialects import (
    HIVE_AND_SPARK,
    LIKE_MYSQL,
    LIKE_POSTGRES,
    LIKE_TSQL,
    join_name,
    split_name,
)
from lineage.objects import FUNCTION, Hole, Permission, Statement
from lineage.words import ROLE, SHARE, GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.dialects import Naming

_UNKNOWN: Final = "who may read what by this form of GRANT is not known"

# What is read where it is granted, and what a grant on it is a grant on: everything inside.
_READ: Final = frozenset("OBJECT STREAM TABLE VIEW".split())
_INSIDE: Final = {
    **dict.fromkeys(("DATASET", "SCHEMA"), ".*"),
    **dict.fromkeys(("CATALOG", "DATABASE", "PROJECT"), ".*.*"),
}
_ARE_SCHEMAS: Final = HIVE_AND_SPARK | LIKE_MYSQL | {"clickhouse"}  # databases there
# Where all that may be done with a schema is to use it and to make things in it.
_OPENS_NOT: Final = LIKE_POSTGRES | {"snowflake"}
_ROUTINES: Final = frozenset("FUNCTION PROC PROCEDURE ROUTINE".split())
_PEOPLE: Final = frozenset("LOGIN ROLE USER".split())
_MARKS: Final = {
    **dict.fromkeys(("DATASHARE", "SHARE"), SHARE),
    **dict.fromkeys(_ROUTINES, FUNCTION),
    "STAGE": "@",
    "VOLUME": "/Volumes/",
}
# What holds no data and runs nothing, or with the rights of whoever owns it from then on.
_IDLE: Final = frozenset(
    """
    ALERT DOMAIN EDITION FORMAT INDEX LANGUAGE MONITOR PARAMETER PIPE POOL QUOTA REPOSITORY SEQUENCE
    TABLESPACE TASK TYPE WAREHOUSE
    """.split()
)
# What runs code with the rights of whoever made it.
_RUNS: Final = frozenset("AGENT APPLICATION NOTEBOOK SERVICE STREAMLIT".split())
# Where these stand for a name, they are not one.
_WHOLE: Final = {
    "databricks": frozenset({"CATALOG", "METASTORE"}),
    "snowflake": frozenset({"ACCOUNT"}),
}
# Privileges by which nobody reads what others have, on things that are not known to be read.
_HARMLESS: Final = re.compile(
    r"""
    usage | operate | set | use(?:[ ].+)? | monitor(?:[ ].+)? | write(?:[ ].+)? | audit
    | attach[ ]policy | bind[ ]service[ ]endpoint | execute[ ](?:managed[ ])?(?:alert|task)
    | modify[ ].+ | read[ ]session | resolve[ ]all | view[ ]lineage
    | create[ ](?!(?:any|data[ ]exchange|listing|public|share)\b).+
    """,
    re.VERBOSE,
)
# … and where nothing is named at all: Oracle's roles CONNECT and RESOURCE are of this kind.
_MAKES: Final = re.compile(
    r"create (?!any |public ).+|unlimited tablespace|alter session|connect|resource"
)
_MAKERS: Final = LIKE_TSQL | {"oracle"}
# By which all that there is may be read, where nothing is named.
_EVERYTHING: Final = frozenset(
    {"all", "all privileges", "control", "control server", "read any table", "select"}
    | {"select all user securables", "select any table"}
)
_LIKE: Final = re.compile(r"\\([%_])|%")  # what MySQL knows in the name of a database
_IMPERSONATES: Final = frozenset({"impersonate", "proxy"})
_SEVERAL: Final = frozenset("FUNCTIONS PROCEDURES SCHEMAS TABLES".split())


class _Given(NamedTuple):
    """What is granted by one list of privileges: on these, or for all there is."""

    privileges: tuple[Sequence[Token], ...]
    securables: tuple[Sequence[Token], ...]


def read_grant(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """What a GRANT lets somebody read."""
    if script.pending is not None:
        script.last, script.pending = script.pending, None
    yield granted(tokens, script.context.naming)


def granted(tokens: Sequence[Token], naming: Naming) -> Statement:
    """One permission for each principal; a schema or database stands for all inside it."""
    at = tokens[0].start
    start = 4 if says(tokens, 1, "ON", "CLUSTER") else 1
    to = find_word(tokens, {"TO"}, start)
    who, known = principals_in(tokens[to + 1 :], naming) if to > 0 else ([], False)
    permissions, messages = [], [] if known else [_UNKNOWN]
    for given in _lists(tokens[start:to]) if to > 0 else ():
        for relation, said, where in _opened(given, naming):
            permissions += [Permission(relation, name, kind, said, where) for name, kind in who]
            if relation.startswith(ROLE):
                role = relation.removeprefix(ROLE)
                messages += [_of_role(role, name or kind) for name, kind in who]
            elif not relation:
                messages.append(_UNKNOWN)
    names = names_in(tokens, naming) if _UNKNOWN in messages else ()
    holes = (Hole(GapReason.UNSUPPORTED, m, names, at) for m in dict.fromkeys(messages))
    return Statement(
        at, permissions=tuple(p for p in permissions if p.relation), holes=tuple(holes)
    )


def _of_role(role: str, who: str) -> str:
    """That somebody may do from now on what a role may, whatever that is."""
    return f"what `{role}` may read, and {who} with it, is not known"


def _lists(tokens: Sequence[Token]) -> Iterator[_Given]:
    """ClickHouse's `SELECT ON a, INSERT ON b` are two, `SELECT, INSERT ON a, b` is one."""
    items = list(split_at(tokens, ","))
    where = [_on(item) for item in items]
    last = max((n for n, on in enumerate(where) if on >= 0), default=-1)
    privileges: list[Sequence[Token]] = []
    securables: list[Sequence[Token]] = []
    for n, (item, on) in enumerate(zip(items, where, strict=True)):
        if securables and n <= last:
            yield _Given(tuple(privileges), tuple(securables))
            privileges, securables = [], []
        if on >= 0:
            privileges.append(item[:on])
            securables.append(item[on + 1 :])
        elif securables:
            securables.append(item)
        else:
            privileges.append(item)
    yield _Given(tuple(privileges), tuple(securables))


def _on(item: Sequence[Token]) -> int:
    """Where the last ON stands; Redshift's FOR TABLES IN is one as well. Else -1."""
    found = -1
    while (on := find_word(item, {"ON", "FOR"}, found + 1)) >= 0:
        if word(item, on) == "FOR" and word(item, on + 1) not in _SEVERAL:
            break
        found = on
    return found


def _phrase(tokens: Sequence[Token]) -> str:
    """A privilege as it is written, without the columns behind it."""
    columns = next((n for n in range(len(tokens)) if word(tokens, n) == "("), len(tokens))
    return " ".join(token.text.lower() for token in tokens[:columns])


def _opened(given: _Given, naming: Naming) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Each relation with the privileges on it and its place; no name for what nobody knows."""
    said = tuple(map(_phrase, given.privileges))
    if not given.securables:
        for written, phrase in zip(given.privileges, said, strict=True):
            if naming.dialect not in _MAKERS or _MAKES.fullmatch(phrase) is None:
                at, every = written[0].start if written else 0, phrase in _EVERYTHING
                what = "*" if every else _role(written, naming)
                yield what, (phrase if every else "member",), at
        return
    kind: list[str] = [] if _IMPERSONATES.isdisjoint(said) else ["USER"]
    for written in given.securables:
        words, rest = _kind(written, naming.dialect)
        kind = words or kind
        found = _named(kind, rest, naming)
        if found and said == ("execute",) and _nouns(kind)[0] in {"", "OBJECT"}:
            found = FUNCTION + found
        if found:
            at = rest[end_of_name(rest, 0, must=True) - 1].start
            yield found, _that_open(said, kind, naming.dialect), at
        elif _IDLE.isdisjoint(_nouns(kind)) and not _are_harmless(said, kind):
            yield "", said, 0


def _that_open(said: tuple[str, ...], kind: Sequence[str], dialect: str) -> tuple[str, ...]:
    """The privileges, where ALL that there are on a schema let nobody read what is in it."""
    if dialect not in _OPENS_NOT or _nouns(kind)[0] not in _INSIDE:
        return said
    return tuple("usage" if one.startswith("all") else one for one in said)


def _are_harmless(said: tuple[str, ...], kind: Sequence[str]) -> bool:
    return _RUNS.isdisjoint(kind) and all(map(_HARMLESS.fullmatch, said))


def _role(tokens: Sequence[Token], naming: Naming) -> str:
    """What a role is called where it is granted: named like a principal."""
    if naming.dialect in LIKE_TSQL and word(tokens, 0) not in _PEOPLE:
        return ""  # a privilege of its own
    found, known = principals_in(tokens, naming)
    return f"{ROLE}{found[0][0]}" if known and len(found) == 1 and found[0][0] else ""


# -- what a privilege is on ---------------------------------------------------------------------


def _kind(tokens: Sequence[Token], dialect: str) -> tuple[list[str], Sequence[Token]]:
    """The words before a name, and what is left: `ALL TABLES IN SCHEMA` and `s`."""
    position = 0
    while position + 1 < len(tokens) and _goes_on(tokens, position):
        position += 1
    words = [one for n in range(position) for one in word(tokens, n).split()]
    if position == len(tokens) - 1 and word(tokens, position) in _WHOLE.get(dialect, ()):
        return [*words, word(tokens, position)], ()
    return [w for w in words if w[:1] != ":"], tokens[position:]


def _goes_on(tokens: Sequence[Token], position: int) -> bool:
    """Whether a word, or the mark of T-SQL's `SCHEMA::s`, stands before a name."""
    after = tokens[position + 1].text
    return bool(word(tokens, position)) and after not in {".", "(", "*", "-", "@"}


def _nouns(kind: Sequence[str]) -> tuple[str, str]:
    """What is granted, and where it is: `TABLE` and `SCHEMA` of `ALL TABLES IN SCHEMA`."""
    last = kind.index("IN") if "IN" in kind else len(kind)
    nouns = [part[-1].removesuffix("S") if part else "" for part in (kind[:last], kind[last + 1 :])]
    return nouns[0], nouns[1]


def _named(kind: Sequence[str], tokens: Sequence[Token], naming: Naming) -> str:
    """The relation that is granted, or the glob for all of them; empty where none is known."""
    what, where = _nouns(kind)
    if what in _PEOPLE:
        return _role([made_word(TokenType.VAR, "role", t) for t in tokens[:1]] + [*tokens], naming)
    begin, inside = _MARKS.get(what, ""), where or what
    if where not in _INSIDE and where:
        begin, what = "", where
    name = _name(tokens, naming)
    if not name or not (begin or not what or what in _READ or what in _INSIDE):
        return ""
    if begin == _MARKS["VOLUME"]:
        return begin + "/".join(split_name(name)) if naming.dialect == "databricks" else ""
    one = inside == "DATABASE" and naming.dialect in _ARE_SCHEMAS
    return f"{begin}{name}{_INSIDE['SCHEMA' if one else inside] if inside in _INSIDE else ''}"


def _name(tokens: Sequence[Token], naming: Naming) -> str:
    """A dotted name, a star for what there is, or IDENTIFIER('a name'); empty for any other."""
    if says(tokens, 0, "IDENTIFIER", "("):
        text = text_in(tokens)
        return _name(tokens_of(text, naming.dialect), naming) if text else ""
    if naming.dialect == "bigquery" and "-" in {t.text for t in tokens}:
        written = "".join(token.text for token in tokens)  # a project's name may have dashes
        return join_name(naming.relation_part(part) for part in written.split("."))
    end = end_of_name(tokens, 0, must=True)
    name, rest = name_at(tokens, 0, naming, must=True), [t.text for t in tokens[end:]]
    if not rest or (rest[0] == "(" and name != "$"):
        return name
    if "*" not in rest:
        return ""
    if not name:
        return "*"
    if naming.dialect in LIKE_MYSQL:
        name = _LIKE.sub(lambda sign: sign[1] or "*", name)
    glob = "".join((name, *rest))  # ClickHouse has `d.a*` and `a*.*`
    return "*" if glob == "*.*" else glob
