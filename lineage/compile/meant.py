"""What names mean behind USE: with the schema and database in which they are looked up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from msgspec.structs import replace

from lineage.addresses import stage_and_path
from lineage.compile.names import MARKS_SESSIONS
from lineage.dialects import SESSIONS_IN_SCHEMAS, first_part, in_quotes, is_path, split_name
from lineage.objects import (
    MADE,
    NO_TABLES,
    POLICY,
    SESSION,
    TAG,
    Behind,
    Declaration,
    Hole,
    Permission,
    Remark,
    Removal,
    Source,
    Statement,
    Write,
)
from lineage.uris import FILE_ENDINGS
from lineage.words import ROLE, SHARE, GapReason

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

Naming = TypeVar("Naming", Source, Write, Declaration, Removal, Permission, Remark)

_NEVER = (*NO_TABLES, SESSION, TAG, POLICY, ROLE, SHARE, "exposure:", "program:", "uri:")


UNKNOWN_PLACE = "in which schema tables are whose name has none is not known from here on"
UNKNOWN_STAGE = "in which schema a stage is whose name has none is not known"
_OWN_STAGE = re.compile(r"(?:\A|\.)[~%@:]")  # of a user or a table
_WHOLE = 3  # parts of a stage's whole name
_PUT_INTO = MADE | {"insert", "update"}  # a table, and no file


class SearchPath(NamedTuple):
    """A database, empty for none, and schemas with it; a table is made in the first of these.

    A schema that is empty is the one that a name without one means anyway.
    """

    database: str = ""
    schemas: tuple[str, ...] = ()

    def meanings(self, name: str) -> list[str]:
        """The full names that a name may stand for, itself where it is one."""
        parts = len(split_name(name))
        if parts == 1 and self.schemas:
            return [f"{schema}.{name}" if schema else name for schema in self.schemas]
        if parts == 2 and self.database:  # noqa: PLR2004 - a schema and a table
            return [f"{self.database}.{name}"]
        return [name]


NOWHERE = SearchPath()


def as_meant(
    statement: Statement, paths: Sequence[SearchPath], databases: Container[str], dialect: str
) -> Statement:
    """A statement with the names that its own stand for where these paths may be in force.

    The first path is the likeliest. What else a name may be the statement says of each. A name
    that begins with one of the `databases` is whole.
    """
    return _Meant(statement, paths or (NOWHERE,), databases, dialect).statement()


def of_unknown_place(statement: Statement) -> Statement:
    """A statement that nobody knows the schema of, as what it is looked up in is computed."""
    written = [w.relation for w in statement.writes if not w.temporary]
    written += [d.relation for d in statement.declarations if not d.temporary]
    named = [n for n in written if n and not n.startswith(_NEVER) and not is_path(n)]
    if all(len(split_name(name)) > 1 for name in named):
        return statement
    read = (source.relation for scope in statement.scopes for source in scope.sources)
    names = tuple(dict.fromkeys(filter(None, (*named, *read))))
    hole = Hole(GapReason.DYNAMIC_SQL, UNKNOWN_PLACE, names, statement.offset)
    return replace(statement, holes=(*statement.holes, hole))


class _Meant:
    def __init__(
        self,
        statement: Statement,
        paths: Sequence[SearchPath],
        databases: Container[str],
        dialect: str,
    ) -> None:
        self._statement = statement
        self._paths = paths
        self._databases = databases
        self._in_files = dialect == "duckdb"
        self._in_stages = dialect == "snowflake" and any(path != NOWHERE for path in paths)
        self._doubted = False  # which stage one is
        self._in_schemas = dialect in SESSIONS_IN_SCHEMAS
        self._never = (*_NEVER, "#") if dialect in MARKS_SESSIONS else _NEVER
        self._behind = {b.name: b for b in statement.behind if b.or_else or b.if_there}
        self._whole = {b.name: b for b in statement.behind if b.name not in self._behind}
        self._before = frozenset(b.name for b in statement.behind)  # of a block inside

    def statement(self) -> Statement:
        old = self._statement
        places = tuple((self._place(place), address) for place, address in old.places)
        named = replace(
            old,
            scopes=tuple(
                replace(s, sources=self._all(s.sources)) if s.sources else s for s in old.scopes
            ),
            writes=self._all(old.writes),
            declarations=self._all(old.declarations),
            removals=self._all(old.removals),
            permissions=self._all(old.permissions),
            remarks=self._all(old.remarks),
            holes=tuple(
                replace(h, relations=tuple(map(self._name, h.relations))) for h in old.holes
            ),
            places=places,
        )
        behind = (*self._behind.values(), *self._whole.values())
        if self._doubted:
            read = (source.relation for scope in named.scopes for source in scope.sources)
            names = tuple(dict.fromkeys(filter(None, (*(w.relation for w in named.writes), *read))))
            hole = Hole(GapReason.DYNAMIC_SQL, UNKNOWN_STAGE, names, old.offset)
            named = replace(named, holes=(*named.holes, hole))
        return replace(named, behind=behind) if behind else named if self._in_stages else old

    def _all(self, several: Iterable[Naming]) -> tuple[Naming, ...]:
        return tuple(self._one(one) for one in several)

    def _one(self, one: Naming) -> Naming:
        of_session = getattr(one, "temporary", False)
        if of_session and self._in_schemas:
            self._name(one.relation)  # by which it is known too
        meant = one.relation if of_session else self._name(one.relation)
        kind = getattr(one, "kind", "")
        if kind in _PUT_INTO and self._paths[0].schemas and self._is_like_a_file(meant):
            meant = self._like_a_file(meant)
        if kind in MADE and not of_session and meant in self._behind:
            self._whole[meant] = Behind(meant, (), ())  # no session's own
        return one if meant == one.relation else replace(one, relation=meant)

    def _is_like_a_file(self, name: str) -> bool:
        if self._in_files and name.lower().endswith(FILE_ENDINGS):
            return True
        return is_path(name) and "://" not in name and not name.startswith(_NEVER)

    def _like_a_file(self, name: str) -> str:
        """A table that DuckDB makes under a name that is a file's where it is read."""
        meant = self._paths[0].meanings(in_quotes(name))[0]
        self._behind.setdefault(meant, Behind(meant, (name,), ()))
        return meant

    def _place(self, place: str) -> str:
        return f"={self._name(place[1:])}" if place.startswith("=") else place

    def _stage(self, name: str) -> str:
        """A stage by its whole name, where it is one, and not a user's or a table's own."""
        stage, path = stage_and_path(name)
        whole = ".." in stage or len(split_name(stage)) >= _WHOLE
        if not self._in_stages or whole or not stage or _OWN_STAGE.search(stage):
            return name
        meant = [path.meanings(stage)[0] for path in self._paths]
        self._doubted |= len(set(meant)) > 1
        return f"@{meant[0]}{path}"

    def _name(self, name: str) -> str:
        if name.startswith("@"):
            return self._stage(name)
        if not name or name in self._before or name.startswith(self._never) or is_path(name):
            return name
        if first_part(name) in self._databases and first_part(name) != name:
            return name
        first, *others = self._paths
        meant, *further = first.meanings(name)
        or_else = [path.meanings(name)[0] for path in others]
        further += [n for path in others for n in path.meanings(name)[1:]]
        if any(n != name for n in (meant, *or_else, *further)):
            known = Behind(meant, tuple(dict.fromkeys(or_else)), (name, *further))
            self._behind.setdefault(meant, known)
        elif len(split_name(name)) > 1:
            self._whole[name] = Behind(name, (), ())
        return meant
