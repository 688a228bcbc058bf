"""What a rule forbids, requires or permits, and what excuses from it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from enforcer.rules.strict import Duration, Glob, Some, Strict
from enforcer.rules.where import Choice, FactTests, Where
from enforcer.value_kinds import ValueKind
from enforcer.words import Method, Protection, Severity

Via = Literal[
    "direct", "join", "group_by", "filter", "sort", "window", "conditional", "indirect", "any"
]
NoticePart = Literal[
    "categories", "purposes", "recipients", "regions", "retention", "necessity", "effect"
]
Term = Literal["role", "in_force", "end", "categories", "subjects", "purposes", "onward"]
TestKind = Literal["quality", "freshness"]
Whole = Literal["relation", "schema", "place", "environment"]
# What laws call erasing; which of them is enough differs from one to the next.
ErasureMethod = Literal["delete", "anonymise", "deidentify", "aggregate", "freeze"]


class Accepts(Strict, frozen=True, kw_only=True):
    """The protections under which data may pass: a rung of the ladder, or a set of methods.

    A method may be named with its detail (`truncated:6x4`). What `refuse` names does not pass
    even if the other key lets it.
    """

    at_least: Protection | None = None
    accept: Annotated[tuple[Method, ...], msgspec.Meta(min_length=1)] = ()
    refuse: Annotated[tuple[Method, ...], msgspec.Meta(min_length=1)] = ()


class GuardTest(Strict, frozen=True, kw_only=True):
    """A guard that excuses a flow: what is tested of every row that flows. One of three.

    column: a column is tested to equal a value, or to be `at_least` a whole number; one of
    these globs on its dotted name, matched at its end. absent_from: the row's subject is tested
    not to be in a relation whose name one of these globs matches in the same way (NOT EXISTS,
    NOT IN, an anti-join, EXCEPT). group_size: a row stands for a group of at least so many
    subjects.
    """

    column: Glob | Some = ""
    equals: str = "true"
    at_least: Annotated[int, msgspec.Meta(ge=1)] | None = None
    absent_from: Glob | Some = ""
    group_size: Annotated[int, msgspec.Meta(ge=2)] | None = None


class Part(Strict, frozen=True, kw_only=True):
    """One of the things that must not meet: data, the methods in which it counts, and where.

    Data that somebody tried to hide by a hash counts as hashed here, whether it can be tried
    out or not, where a part names `hashed`.
    """

    leading_key: ClassVar[str] = "data"

    data: Some
    protected: Annotated[tuple[Method, ...], msgspec.Meta(min_length=1)] = ()
    of: Where | None = None


class Deny(Strict, frozen=True, kw_only=True):
    """What must not be. Exactly one of the keys below, or `into`, says what is judged.

    into: data of these categories must not arrive there; granted_to: nor be readable by
    these principals; over_granted: nor by principals whose `parameters.roles` do not list it, of
    whom `principals` may choose some;
    together: these must not meet `within` one relation, schema, place or environment, each in
    a form of its own, where `of_one` asks for parts that are made of one and the same column;
    beyond_purpose: data must not be used for a purpose that is none of those it was collected
    for, nor goes with any if some are listed; built_from: what matches `into` must not be built
    from what matches this, over any number of steps; joined: what matches the first must not be
    joined with what matches the second and holds `data`, where `of_different` asks that the two
    state nothing in common; residency: data whose relation states in which regions it must stay
    must not leave them, nor any data `regions`, where they are given; unlabelled: a column whose
    name suggests one must carry a label; unused: a labelled source column must be used;
    selected_whole: data must not be taken by a star; columns: data must not arrive in columns
    of such names; literal: values of these kinds must not stand in SQL or seeds.

    Beside granted_to, over_granted, together, beyond_purpose, joined, selected_whole, columns
    and residency, `into` only narrows down which relations are judged. `via` are the kinds of
    flow that count, each with a severity of its own where it is a mapping; of `joined` those by
    which the two meet, which are `join` and `filter` for a join.
    """

    data: Choice = Choice()
    unless_protected: Accepts | None = None
    via: (
        Annotated[tuple[Via, ...], msgspec.Meta(min_length=1)]
        | Annotated[dict[Via, Severity], msgspec.Meta(min_length=1)]
    ) = ("direct",)
    source: Where | None = msgspec.field(default=None, name="from")
    into: Where | None = None
    columns: Some = ()
    granted_to: Choice | None = None
    over_granted: bool = False
    principals: Choice = Choice()
    together: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1)] = ()
    within: Whole = "relation"
    of_one: bool = False
    beyond_purpose: bool | Some = False
    built_from: Where | None = None
    joined: Annotated[tuple[Where, ...], msgspec.Meta(min_length=2, max_length=2)] = ()
    of_different: Literal["purpose"] | None = None
    residency: bool = False
    regions: Some = ()
    unlabelled: Some = ()
    unused: bool = False
    selected_whole: bool = False
    literal: Annotated[tuple[ValueKind, ...], msgspec.Meta(min_length=1)] = ()


class RetentionLimit(Strict, frozen=True, kw_only=True):
    """At most `within`, or not longer than any source's; `at_least` so long, there or in a copy."""

    within: Duration | None = None
    at_least: Duration | None = None
    not_longer_than_source: bool = False


class Floor(Strict, frozen=True, kw_only=True):
    """The least that must be known, in percent.

    analysed: of the project's statements; labelled: of the columns by which data enters, a
    label of `none` among them.
    """

    analysed: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    labelled: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None


class Require(Strict, frozen=True, kw_only=True):
    """What must be, of relations that match `of`, or one of them, and hold `data`.

    Exactly one of the rest is asked for.

    declared: these facts are stated (keys of `meta.fieldgate`); facts: they pass these tests,
    `per_purpose` once for each purpose that the data is used for; contract: the partner's
    contract is in force and permits the category, the subject and the purpose, or those terms
    that are listed; approved: what is done stays inside of what the facts below this name say
    was approved (`labels`, `subjects`, `purposes`, `recipient`, `expires`); deletion_duty: the
    recipient must delete; erasable: a subject's rows can be erased there, `by` one of these
    methods; erased_within: what was erased is gone with its history so long after; lasting:
    what masks the data is not lost when the relation is built anew; standing: no statement takes
    away what protects the data; reachable: a join leads to the key of its subject; known_place:
    some place is declared for it; retention: a limit; group_size: an aggregate of the data is
    taken over at least this many subjects; noticed: these parts of what is done with the data
    stand in the notice; covered_by: the named fact is the digest of what is done with the data
    now; tested: a test of one of these kinds looks at the data on its way; known: the least
    share that is known.
    """

    of: Where | Annotated[tuple[Where, ...], msgspec.Meta(min_length=1)] = Where()
    data: Choice = Choice()
    unless_protected: Accepts | None = None
    declared: Some = ()
    facts: FactTests | None = None
    per_purpose: bool = False
    contract: bool | Annotated[tuple[Term, ...], msgspec.Meta(min_length=1)] = False
    approved: str = ""
    deletion_duty: bool = False
    erasable: bool = False
    by: Annotated[tuple[ErasureMethod, ...], msgspec.Meta(min_length=1)] = ()
    erased_within: Duration = ""
    lasting: bool = False
    standing: bool = False
    reachable: bool = False
    known_place: bool = False
    retention: RetentionLimit | None = None
    group_size: Annotated[int, msgspec.Meta(ge=2)] = 0
    noticed: Annotated[tuple[NoticePart, ...], msgspec.Meta(min_length=1)] = ()
    covered_by: str = ""
    tested: Annotated[tuple[TestKind, ...], msgspec.Meta(min_length=1)] = ()
    known: Floor | None = None


class Allow(Strict, frozen=True, kw_only=True):
    """What is permitted, except where one of the rule's exceptions forbids it."""

    data: Choice = Choice()
    via: Annotated[tuple[Via, ...], msgspec.Meta(min_length=1)] = ("direct",)
    source: Where | None = msgspec.field(default=None, name="from")
    into: Where = Where()


class Excuse(Strict, frozen=True, kw_only=True):
    """Where all its keys match, what is around it does not apply, except as it says itself.

    `purpose` is that of the relation the data arrives in, as in `into`; `via` the kinds of flow
    by which and `protected` the methods under which it must arrive.
    """

    guard: GuardTest | None = None
    purpose: Choice = Choice()
    data: Choice = Choice()
    source: Where | None = msgspec.field(default=None, name="from")
    into: Where | None = None
    via: Annotated[tuple[Via, ...], msgspec.Meta(min_length=1)] = ()
    protected: Accepts | None = None
    exceptions: tuple[Ban, ...] = msgspec.field(default=(), name="except")


class Ban(Strict, frozen=True, kw_only=True):
    """Where all its keys match, what is around it is not permitted after all, unless excused."""

    purpose: Choice = Choice()
    data: Choice = Choice()
    source: Where | None = msgspec.field(default=None, name="from")
    into: Where | None = None
    unless_protected: Accepts | None = None
    unless: tuple[Excuse, ...] = ()


__all__ = [
    "Accepts",
    "Allow",
    "Ban",
    "Deny",
    "ErasureMethod",
    "Excuse",
    "Floor",
    "Glob",
    "GuardTest",
    "Part",
    "Require",
    "RetentionLimit",
    "Term",
    "ValueKind",
    "Via",
    "Whole",
]
