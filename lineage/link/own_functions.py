"""Functions as one text has them: those that it makes, and what it asks of those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from lineage.link.instances import with_calls
from lineage.link.segments import ANY
from lineage.link.summaries import Summaries
from lineage.link.ways import Summary, put_out_by
from lineage.objects import CALL, FUNCTION, PROCEDURE, SURE
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.link.functions import Functions
    from lineage.link.holders import RelationHolder
    from lineage.link.segments import Note, SegmentBuilder
    from lineage.objects import Routine, Statement

_ONLY_NAMES = frozenset({GapReason.UNRESOLVED_STAR})  # what a body does is known all the same


class Text(Protocol):
    """The text that is being linked."""

    unit: int
    builder: SegmentBuilder
    changed: dict[str, None]

    def meanings(self, name: str) -> tuple[str, ...]:
        """The relations that a name means."""
        ...

    def holder(self, name: str) -> RelationHolder:
        """The relation of that name."""
        ...


class FunctionsOfText:
    """What is known of functions where a statement of the text stands."""

    def __init__(self, text: Text, others: Functions, later: Sequence[Summary]) -> None:
        """`later` is what the text's functions came to when it was linked before, if it was."""
        self.called_early = False  # whether a call stands before what makes its function
        self.asked: dict[str, tuple[Summary, ...]] = {}
        self._text = text
        self._others = others
        self._later = later
        self._made: list[Routine] = []
        self._reading = ""  # what stands for the one whose body is being linked
        self._doubted: set[str] = set()  # likewise, those with a gap in their bodies
        self._running: set[str] = set()  # and those that run texts which nobody knows
        self._put_out: dict[str, list[str]] = {}  # relations of the rows that each puts out
        self._runs: dict[str, list[str]] = {}  # what is called in the body of each
        self._known: dict[int, Summary] = {}
        self._graph: Summaries | None = None

    def into(self, statement: Statement) -> Statement:
        """The statement as it is linked, with what it calls in place of names."""
        self._reading = statement.routine
        if statement.calls:
            self._runs.setdefault(self._reading, []).extend(statement.calls)
            statement = with_calls(statement, self._called)
        self._made += statement.routines
        return statement

    def rows_put_out(self) -> str:
        """The relation of what a query of a procedure's body puts out; empty outside of one."""
        if not self._reading.startswith(PROCEDURE):
            return ""
        known = self._put_out.setdefault(self._reading, [])
        known.append(f"{self._reading}:{len(known) + 1}")
        return known[-1]

    def doubt(self, statement: Statement, notes: Sequence[Note]) -> None:
        """A routine does what nobody knows where a statement of its body left these gaps."""
        if any(note.reason not in _ONLY_NAMES for note in notes):
            self._doubted.add(statement.routine)
        if any(note.reason is GapReason.DYNAMIC_SQL for note in notes):
            self._running.add(statement.routine)

    def know(self, name: str) -> bool:
        """Whether some text makes a routine of that name in SQL."""
        if not name:
            return False
        if name.startswith(SURE):
            sure = name.removeprefix(SURE)
            found = self._called(sure.removeprefix(CALL))
            if sure.startswith(CALL):
                return not any(summary.runs for summary in found)
            return bool(found) and all(summary.certain for summary in found)
        called = name.removeprefix(CALL)
        known = [s for s in self._called(called) if s.certain or s.parameters or s.reads]
        if called != name:
            return bool(known)
        if any(not s.relation.startswith(PROCEDURE) for s in known):
            return True
        return put_out_by(self._called(called)) is not None

    def finished(self) -> list[Summary]:
        """The functions that the text makes, once all of it is linked."""
        self._reading = ""
        return [self._summary(n) for n, r in enumerate(self._made) if not r.opaque]

    def hidden(self) -> Iterator[tuple[str, str]]:
        """What is to be said of functions under names that the engine has, and their relations.

        Nobody sees in a call of one that it reads relations, or does not just test or take apart.
        """
        for number, routine in enumerate(self._made):
            summary = self._known.get(number)
            reads = routine.hides and summary is not None and summary.reads
            if reads or routine.misread:
                message = f"calls of `{routine.name}`, which the engine has too, are not followed"
                yield message, self._relation_of(routine)

    def _called(self, name: str) -> tuple[Summary, ...]:
        """What is known of the routines that a name means, in this text and in others."""
        unit = self._text.unit
        others = self.asked.get(name)
        if others is None:
            others = self.asked[name] = self._others.summaries(name, unit)
        held = self._others.called(name, unit) if self._others.some else ()
        return (*(s for relation in held for s in self._own(name, relation)), *others)

    def _own(self, name: str, relation: str) -> Iterator[Summary]:
        """What this text's own routines of a relation come to, also those that are made later.

        Whoever is called may be made anew before the call runs.
        """
        made = [n for n, r in enumerate(self._made) if self._relation_of(r) == relation]
        known = [self._summary(n) for n in made if not self._made[n].opaque]
        yield from known
        if self._others.makes_more(relation, self._text.unit, len(made)):
            self.called_early = True
            later = [s for s in self._later if s.relation == relation]
            yield from later[len(known) :] or [Summary(name, relation, reads=(ANY,))]

    def _relation_of(self, routine: Routine) -> str:
        """What stands for a routine in the project; a procedure is known by its name."""
        relation = routine.relation
        return self._text.meanings(relation)[0] if relation.startswith(FUNCTION) else relation

    def _summary(self, number: int) -> Summary:
        """What one of the text's own routines comes to; nothing is certain while it is read."""
        routine = self._made[number]
        relation = self._relation_of(routine)
        if routine.relation == self._reading:
            return Summary(routine.name, relation)
        found = self._known.get(number)
        if found is None:
            if self._graph is None:
                self._graph = Summaries(self._text.builder)
            held = self._text.holder(relation) if relation.startswith(FUNCTION) else None
            certain = held is None or relation in self._text.changed
            certain = certain and routine.relation not in self._doubted
            meanings = self._text.meanings
            given = [(name, meanings(variable)[0]) for name, variable in routine.parameters]
            found = self._graph.of(routine, held, given, certain=certain)
            found = replace(found, runs=routine.relation in self._running)
            self._known[number] = found  # for it may call itself
            called = dict.fromkeys(self._runs.get(routine.relation, ()))
            if not found.runs and any(s.runs for n in called for s in self._called(n)):
                found = self._known[number] = replace(found, runs=True)
            if certain and held is None:
                found = self._known[number] = replace(found, put_out=self._rows_of(routine))
        return found

    def _rows_of(self, routine: Routine) -> tuple[str, ...] | None:
        """What a procedure puts out, with what those put out that it calls."""
        found = self._put_out.get(routine.relation, [])
        for name in dict.fromkeys(self._runs.get(routine.relation, ())):
            called = [s for s in self._called(name) if s.relation.startswith(PROCEDURE)]
            inner = put_out_by(called) if called else ()
            if inner is None:
                return None
            found = [*found, *inner]
        return tuple(dict.fromkeys(found))
