"""Cases: what rules must find in a small world, in a file of their own beside the rules."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from enforcer.rules.samples import Sample
from enforcer.rules.strict import Glob, RuleId, Strict
from enforcer.words import Severity

Flow = Literal["direct", "join", "group_by", "filter", "sort", "window", "conditional"]
Rules = Annotated[tuple[RuleId, ...], msgspec.Meta(min_length=1)]


class Expected(Strict, frozen=True, kw_only=True):
    """Findings that a case speaks of: those that agree in everything that is written.

    `field` and `sink` are globs for a dotted name or its end; `field` is a relation where the
    finding is about one as a whole. Where several are named a finding is expected for each,
    and for each pair of them.
    """

    leading_key: ClassVar[str] = "rule"

    rule: str = ""
    field: tuple[Glob, ...] = ()
    sink: tuple[Glob, ...] = ()
    flow: Flow | None = None
    category: Glob = ""
    severity: Severity | None = None


class Case(Sample, frozen=True, kw_only=True):
    """A small world, and what rules must find in it.

    `rules` are those that judge it, all there are where none is named. They must find all that
    `expect` says and nothing besides, and nothing that `not_expected` says. `not_judged` are
    the rules that find nothing to judge there. What cannot be analysed is a finding of
    `not-analysed`.
    """

    leading_key: ClassVar[str] = ""

    name: Annotated[str, msgspec.Meta(min_length=1, description="a name")]
    rules: Rules | None = None
    expect: tuple[Expected, ...] | None = None
    not_expected: Annotated[tuple[Expected, ...], msgspec.Meta(min_length=1)] | None = None
    not_judged: Rules | None = None


class Equivalent(Strict, frozen=True, kw_only=True):
    """A change to a rule that no world can show, in the words of `--mutate`, and why."""

    rule: RuleId
    change: str
    reason: Annotated[str, msgspec.Meta(min_length=1, description="a reason")]


class CasesFile(Strict, frozen=True, kw_only=True):
    """The keys of a `*_test.yml`."""

    tests: Annotated[tuple[Case, ...], msgspec.Meta(min_length=1)]
    equivalent: tuple[Equivalent, ...] = ()
