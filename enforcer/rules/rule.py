"""A rule: one requirement, its documentation and its test."""

from __future__ import annotations

from typing import Any

import msgspec

from enforcer.rules.conditions import Allow, Ban, Deny, Excuse, Require
from enforcer.rules.samples import Sample
from enforcer.rules.strict import RuleId, Strict
from enforcer.words import Phase, RuleCard, Severity, Wording


class Rule(Strict, frozen=True, kw_only=True):
    """One requirement, its documentation and its test. `id` is the file's name.

    A rule denies, requires or allows. `unless` are the excuses from what it denies or
    requires, `except` what is forbidden of what it allows; each may be excepted from in turn,
    and refines what it stands in. `parameters` gives names to values that a pack or a project
    may set; `$name` stands for them wherever a value may be written. `cannot_verify` says what
    no check of code can show. `shadow` findings are reported and fail nothing. `zh` is what
    title, why and fix say in Chinese.
    """

    id: RuleId
    title: str
    phase: Phase
    severity: Severity = Severity.ERROR
    shadow: bool = False
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)
    deny: Deny | None = None
    require: Require | None = None
    allow: Allow | None = None
    unless: tuple[Excuse, ...] = ()
    exceptions: tuple[Ban, ...] = msgspec.field(default=(), name="except")
    law: tuple[str, ...] = ()
    why: str
    fix: str
    cannot_verify: str = ""
    zh: Wording | None = None
    avoid: Sample
    prefer: Sample

    def card(self, pack: str) -> RuleCard:
        """What a report needs to know of this rule."""
        return RuleCard(
            id=self.id,
            title=self.title,
            pack=pack,
            phase=self.phase,
            severity=self.severity,
            law=self.law,
            why=self.why,
            fix=self.fix,
            zh=self.zh and self.zh.in_chinese(),
            shadow=self.shadow,
        )
