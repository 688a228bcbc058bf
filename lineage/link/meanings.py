"""Which relation a name in SQL means.

Nobody knows in which schema a text runs. So a name means each relation whose dotted name ends with
it, and a relation is called by the longest name that anybody gives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.dialects import DEFAULT_SCHEMA, last_part
from lineage.link.name_schemas import in_session, is_of_engine, side_by_side
from lineage.objects import FUNCTION, MADE, SESSION, VARIABLE
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lineage.link.outlines import Outline
    from lineage.objects import Behind
    from lineage.projects import Project


class Meanings:
    """Every name that is declared, written or read, and what each means."""

    def __init__(self, project: Project) -> None:
        self.kinds: dict[str, RelationKind] = {}
        # of each unit; empty where there is no other one
        self.files = [u.file if len(project.units) > 1 else "" for u in project.units]
        self._dialects = [u.dialect for u in project.units]
        self._order: dict[str, int] = {}  # in which the names became known
        self._known: dict[str, list[str]] = {}  # by their last parts
        self._longer: dict[str, list[str]] = {}  # by each name that they end with
        self._declared = {relation.name for relation in project.relations}
        self._only_read: set[str] = set()
        self._created: set[str] = set()
        self._apart: set[str] = set()  # that mean their own relation and those that fit them
        self._meant: dict[str, tuple[str, ...]] = {}
        # Tables of sessions: by unit and name, of all texts by their own name, and names of
        # which it is doubted.
        self._temporary: dict[tuple[int, str], str] = {}
        self._sessions: dict[str, list[str]] = {}
        self._doubted_sessions: set[tuple[int, str]] = set()
        # Names behind USE: what else they may be, those that are also written with their
        # schema, those that are short, and those of which others are known to be there.
        self._behind: dict[tuple[int, str], list[Behind]] = {}
        self._whole: set[tuple[int, str]] = set()
        self._unless_longer: list[tuple[int, str, str]] = []
        self._doubted: set[str] = set()

    def add(self, outlines: Sequence[tuple[int, Outline]]) -> None:
        """Note what texts name, each given with its number."""
        for unit, outline in outlines:
            self._doubted_sessions.update((unit, name) for name in outline.doubted)
            for known in outline.behind:
                if known.or_else or known.if_there:
                    self._behind.setdefault((unit, known.name), []).append(known)
                else:
                    self._whole.add((unit, known.name))
        for unit, outline in outlines:
            self._keep_apart(unit, outline)
        self._note_names(outlines)

    def of(self, name: str, unit: int) -> tuple[str, ...]:
        """The relations that a name may mean.

        A session's own table first, then the relation of exactly that name, then those
        whose dotted name ends with it or that it ends with, then what another text makes for its
        session, which may be the same; else a new relation. Where it is none yet, it may also be a
        file beside us that some text writes. A wildcard table means every relation whose name it
        fits.
        """
        if self._behind and (unit, name) in self._behind:
            return self._meant_behind(unit, name)
        return self._plainly_meant(name, unit)

    def _meant_behind(self, unit: int, name: str) -> tuple[str, ...]:
        """What a name behind USE means: those that are known of it, or by its shorter name."""
        behind = self._behind[unit, name]
        short = [n for known in behind for n in known.if_there]
        own = [n for n in short if (unit, n) in self._temporary]
        of_session = [self._temporary[unit, n] for n in own]
        doubted = any((unit, n) in self._doubted_sessions for n in own)
        if own and not doubted and (unit, name) not in self._whole:
            return (of_session[0],)
        sure = [name, *(n for known in behind for n in known.or_else)]
        found = [m for n in sure for m in self._plainly_meant(n, unit)]
        if name not in self.kinds or name in self._doubted:
            further = [n for known in behind for n in known.if_there[1:]]
            there = [known for known in self._known_of(unit, further) if known != name]
            found = (there if there and found == [name] else found + further) + [
                m for m in self._known_of(unit, short) if (unit, m) not in self._behind
            ]
        return tuple(dict.fromkeys((*found, *of_session)))

    def _known_of(self, unit: int, names: Iterable[str]) -> list[str]:
        return [m for n in names for m in self._plainly_meant(n, unit) if m in self.kinds]

    def _plainly_meant(self, name: str, unit: int) -> tuple[str, ...]:
        if name.startswith(SESSION):
            return tuple(self._sessions.get(VARIABLE + name.removeprefix(SESSION), ()))
        if self._temporary:
            session = self._temporary.get((unit, name))
            session = session or self._temporary.get((unit, in_session(name)))
            also = self._temporary.get((unit, name.removeprefix("main.")))
            if session is None and also is not None and self._dialects[unit] == "duckdb":
                return (also, *self._meant_by_others(name))  # `temp.main` is called so too
            if session is not None:
                sure = (unit, name) not in self._doubted_sessions
                return (session,) if sure else (session, *self._meant_by_others(name))
        return self._meant_by_others(name)

    def _meant_by_others(self, name: str) -> tuple[str, ...]:
        """What a name means that is no session's own."""
        if name in self.kinds and name not in self._apart:
            # one that nobody makes but for a session may be of that session
            return (name, *self._sessions.get(name, ())) if name in self._only_read else (name,)
        found = self._meant.get(name)
        if found is None:
            fitting = self._fitting(name)
            found = self._meant[name] = (name, *fitting) if name in self._apart else fitting
        return found

    def _fitting(self, name: str) -> tuple[str, ...]:
        begin = last_part(name)[:-1] if name.endswith("*") else ""
        if begin:  # BigQuery's `d.events_*`, and others beside these
            fitting = [names for one, names in self._known.items() if one.startswith(begin)]
            several = [n for names in fitting for n in names if n[-1:] != "*"]
            near = sorted(several, key=self._order.__getitem__)
            return (*(n for n in near if side_by_side(n, name)), name)
        meant = [*self._longer.get(name, ()), *self._shorter(name)]
        meant.sort(key=self._order.__getitem__)
        if not meant and self._sessions:
            meant = self._sessions.get(name) or self._sessions.get(in_session(name)) or []
        beside = f"./{name}"
        found = tuple(meant) or (name,)
        return (*found, beside) if beside in self.kinds else found

    def _shorter(self, name: str) -> Iterator[str]:
        """The known names that a name ends with."""
        return (end for end in _ends(name) if end in self._order and not end.startswith(FUNCTION))

    def _note_names(self, outlines: Sequence[tuple[int, Outline]]) -> None:
        """Note what texts name, the longest names first: a shorter one may mean such a one."""
        named: list[tuple[int, str, str, int]] = []
        for unit, outline in outlines:
            for name, kind, temporary in (*outline.writes, *outline.declares):
                if temporary and self.files[unit]:
                    self._note_of_session(unit, name, _KINDS[kind])
                else:
                    named.append((-name.count("."), kind, name, unit))
            named += ((-n.count("."), "", n, unit) for n in outline.reads if "." in n)
        for _dots, kind, name, unit in sorted(named, key=_longest_first):
            if kind:
                self._note_written(unit, name, kind)
            elif (unit, name) not in self._behind or (unit, name) in self._whole:
                self._note_read(name)
        for unit, name, kind in self._unless_longer:
            if not any(m.endswith(f".{name}") for m in self._plainly_meant(name, unit)):
                self._note_long(name, _KINDS[kind])
        self._unless_longer.clear()

    def _note_read(self, name: str) -> None:
        """A table that is read by a name with its schema is there, if no other one is meant."""
        if name in self.kinds or is_of_engine(name):
            return
        fitting = set(self._fitting(name)).difference(self._sessions.get(name, ()))
        shorter = all(f".{name}".endswith(f".{m}") for m in fitting)  # and no file beside us
        if shorter and self._declared.isdisjoint(fitting):
            self.note(name, RelationKind.TABLE)
            self._only_read.add(name)

    def note(self, name: str, kind: RelationKind) -> None:
        """A relation exists under this full name, so shorter names may mean it."""
        if name in self._only_read:
            self._only_read.discard(name)
            self.kinds[name] = kind
        if name not in self.kinds:
            self.kinds[name] = kind
            self._order[name] = len(self._order)
            if name.startswith(FUNCTION):
                return  # what is called is no relation of that name
            self._known.setdefault(last_part(name), []).append(name)
            for end in _ends(name):
                self._longer.setdefault(end, []).append(name)
            self._meant.clear()

    def _keep_apart(self, unit: int, outline: Outline) -> None:
        """Two relations, of which the shorter name may mean the other one as well.

        Where it is none yet and other relations fit it, it means those.
        """
        named = (*outline.writes, *outline.declares) if self.files[unit] else ()
        own = {name for name, _kind, temporary in named if temporary}  # nobody else's anyway
        meant = DEFAULT_SCHEMA.get(self._dialects[unit], "")
        for short, long, schema in outline.apart:
            one = self._dialects[unit] == "duckdb" and long == f"main.{short}"  # `temp.main` too
            if one or (schema and schema.lower() == meant):
                continue
            alone = short in self.kinds or {short, long}.issuperset(self._fitting(short))
            if alone and not own.intersection((short, long)):
                self.note(short, RelationKind.TABLE)
                self.note(long, RelationKind.TABLE)
                self._apart.add(short)

    def _note_of_session(self, unit: int, name: str, kind: RelationKind) -> None:
        """What a text makes for its session, which nobody else sees."""
        shown = f"{name}@{self.files[unit]}"
        self._temporary[unit, name] = shown
        of_all = self._sessions.setdefault(name, []) if name[:1] != "@" else []
        if shown not in of_all:
            of_all.append(shown)
        self.note(shown, kind)
        self._meant.clear()

    def _note_written(self, unit: int, name: str, written: str) -> None:
        """What a text writes: what a longer name calls, where there is one such, or its own.

        Of several longer ones it is any, or one of just this name where a text creates such; so
        it is where the longer one is created too.
        """
        if name.startswith(VARIABLE):
            self._sessions.setdefault(name, [name])
        kind = _KINDS[written]
        if kind is RelationKind.TABLE and "/" in name:  # of another server, or a file
            kind = RelationKind.EXTERNAL
        if (unit, name) in self._behind:
            self._note_behind(unit, name, written)
            return
        self._doubted.discard(name)
        created = written in _CREATED
        meant = self._plainly_meant(name, unit)
        if not created and meant == (self._temporary.get((unit, name)),):
            return
        longer = [m for m in meant if m.endswith(f".{name}")]
        if len(longer) == 1 and not (created and longer[0] in self._created):
            self.note(longer[0], kind)
        elif not longer:
            self._note_long(name, kind)
        elif created:
            self.note(name, kind)
            self._apart.add(name)
        if created:
            self._created.add(name)

    def _note_behind(self, unit: int, name: str, written: str) -> None:
        """What is written behind USE has its full name, and each that it has just as well."""
        if name not in self.kinds and written not in _CREATED:
            self._doubted.add(name)
        for known in self._behind[unit, name]:
            for meant in (name, *known.or_else):
                if "." in meant:
                    self._note_long(meant, _KINDS[written])
                else:
                    self._unless_longer.append((unit, meant, written))
        if written in _CREATED:
            self._doubted.discard(name)

    def _note_long(self, name: str, kind: RelationKind) -> None:
        """A relation of just this name; what is declared under a part of it may be the same."""
        if name not in self.kinds and any(end in self._declared for end in self._shorter(name)):
            self._apart.add(name)
        self.note(name, kind)


def _ends(name: str) -> Iterator[str]:
    """What stands behind each dot of a name: `b.c` and `c` of `a.b.c`."""
    place = name.find(".")
    while place >= 0:
        yield name[place + 1 :]
        place = name.find(".", place + 1)


def told_of(name: str, meanings: tuple[str, ...]) -> tuple[str, ...]:
    """Of which relations DDL tells the columns: of that of just this name, where there is one."""
    return meanings[:1] if meanings[0] == name else meanings


def _longest_first(named: tuple[int, str, str, int]) -> tuple[int, int, bool]:
    """What is written comes before what is read under a name of as many parts."""
    dots, kind, _name, unit = named
    return dots, unit, not kind


_CREATED = MADE | {"external"}
_KINDS = {
    "table": RelationKind.TABLE,
    "view": RelationKind.VIEW,
    "insert": RelationKind.TABLE,
    "update": RelationKind.TABLE,
    "add": RelationKind.TABLE,
    "partition": RelationKind.TABLE,
    "aside": RelationKind.TABLE,
    "generated": RelationKind.TABLE,
    "external": RelationKind.EXTERNAL,
    "result": RelationKind.RESULT,
    "variable": RelationKind.RESULT,
}
