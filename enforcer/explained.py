"""What there is to say about a column or a relation: which labelled values are in it, and why so.

Protections are named as rules name them (`truncated:6x4`), and `clear:part` is a value in the
clear of which a part may be gone.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from enforcer.words import Finding, Message, Severity
from lineage import Column, Gap, Origin, TransformSubtype


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """A function applied to a value: what it was protected by before and after, and why."""

    function: str
    before: str
    after: str
    why: Message


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One hop of a value: into which column, how, where that is written, and by which functions."""

    column: Column
    how: TransformSubtype
    origin: Origin
    before: str
    after: str
    applied: tuple[Applied, ...] = ()


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A shortest course on which a value arrives in one state: `flow`, and what protects it.

    `moved` is the protection before it was asked whether all values can be tried; where that is
    another one than `arrives`, they can.
    """

    flow: str
    moved: str
    arrives: str
    passages: tuple[Passage, ...]


class Labelled(msgspec.Struct, frozen=True):
    """A label: the category, who says so, where, and the stricter one that holds instead."""

    category: str
    by: str
    origin: Origin
    yields_to: str = ""


class Reaching(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled column whose value reaches the one that is explained, and in which ways.

    `reasons` say why it is in the clear there, and where beside it there is more of it.
    """

    source: Column
    label: Labelled
    courses: tuple[Course, ...]
    reasons: tuple[Message, ...] = ()


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that looks at a value in the column: what passes, what is refused, what it found.

    It accepts a rung of the ladder and all above it, or a set; findings are fingerprints.
    """

    rule: str
    severity: Severity
    source: Column
    at_least: str = ""
    accepts: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


class Others(msgspec.Struct, frozen=True, kw_only=True):
    """Labelled columns that decide on a value and are too many to be told one by one.

    `flows` are those by which they do; `first` is the first of them by name.
    """

    count: int
    flows: tuple[str, ...]
    first: Column


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is said about one column."""

    column: Column
    labels: tuple[Labelled, ...]
    reaching: tuple[Reaching, ...]
    looks: tuple[Look, ...]
    others: Others | None = None


class Stop(msgspec.Struct, frozen=True):
    """Where data goes no further: a relation that holds it, one made of it that does not, and why.

    `unread`: no SQL that was read leads from the one to the other, only what the project says.
    """

    relation: str
    next: str
    why: Message
    unread: bool = False


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that judges a relation: what it found there, or why it found nothing.

    `gaps` are those, not accepted by anybody, behind which data may come on unseen. Where there
    are such, or an unread stop, a rule that found nothing has not cleared the relation.
    """

    rule: str
    severity: Severity
    findings: tuple[Finding, ...] = ()
    reasons: tuple[Message, ...] = ()
    stops: tuple[Stop, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def outcome(self) -> Literal["found", "clean", "unknown"]:
        """What came of it."""
        if self.findings:
            return "found"
        return "unknown" if self.gaps or any(stop.unread for stop in self.stops) else "clean"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Data of a category in a column, where its value is, and what it is protected by."""

    column: Column
    category: str
    protected_by: tuple[str, ...]


class RelationExplained(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is said about one relation."""

    relation: str
    kind: str
    columns: int
    held: tuple[Held, ...]
    judged: tuple[Judged, ...]
