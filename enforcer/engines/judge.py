"""Judging estates by rules in Rego: check the rules, show the document, take the answers."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

import msgspec

from enforcer.engines.answers import Answers
from enforcer.engines.document import Document
from enforcer.engines.embedded import Embedded
from enforcer.engines.engine import unjudged
from enforcer.engines.limits import Limits
from enforcer.engines.reading import Reading, check_reading
from enforcer.engines.safety import check_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enforcer.check import Outcome
    from enforcer.engines.engine import Engine
    from enforcer.estate import Estate
    from enforcer.rego import RegoRule
    from enforcer.taxonomy import Taxonomy


class Judge:
    """A context in which some rules judge estates; the engines run as long as it is open."""

    def __init__(
        self, rules: Sequence[RegoRule], taxonomy: Taxonomy, limits: Limits = Limits()  # noqa: B008
    ) -> None:
        self._rules, self._taxonomy, self._limits = rules, taxonomy, limits
        self._open = ExitStack()
        self._readings: dict[str, Reading] = {}
        self._last: tuple[Estate, Document] | None = None

    def __enter__(self) -> Self:
        """Raises `PolicyError` for a rule that may not run, `UnjudgedError` for no engine."""
        with ExitStack() as opening:
            if self._rules:
                self._embedded = opening.enter_context(Embedded(self._limits))
                for rule in self._rules:
                    self._check(rule)
                self._embedded.load([rule.source for rule in self._rules])
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _check(self, rule: RegoRule) -> None:
        plan = self._embedded.compile(rule.source)
        check_safe(plan, rule.source)
        self._readings[rule.id] = check_reading(plan, rule.source, self._taxonomy)

    def judge(self, rule: RegoRule, estate: Estate, pack: str = "") -> Outcome:
        """Judge an estate by one of the rules. Raises `UnjudgedError` when that cannot be done."""
        document, reading = self._document(estate), self._readings[rule.id]
        answer = self._engine(rule).judge(rule.source, document.values)
        answers = Answers(rule.source, rule.card(pack), estate, document.flows)
        return answers.outcome(answer, document.subjects(reading))

    def _engine(self, rule: RegoRule) -> Engine:
        return self._embedded

    def _document(self, estate: Estate) -> Document:
        if self._last is None or self._last[0] is not estate:
            self._last = (estate, Document(estate, self._readings.values()))
        return self._last[1]
