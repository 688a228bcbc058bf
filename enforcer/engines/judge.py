"""Judging estates by rules in Rego: check the rules, show the document, take the answers."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

import msgspec

from enforcer.check import Outcome
from enforcer.engines.answers import Answers
from enforcer.engines.chosen import may_flow
from enforcer.engines.connecting import client
from enforcer.engines.document import Document
from enforcer.engines.embedded import Embedded
from enforcer.engines.limits import DEFAULT, Limits
from enforcer.engines.negation import check_negation
from enforcer.engines.reading import Reading, check_reading
from enforcer.engines.safety import check_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.engines.engine import Engine
    from enforcer.estate import Estate
    from enforcer.opa import Server
    from enforcer.rego import RegoRule
    from enforcer.rego.source import Source
    from enforcer.taxonomy import Taxonomy


class Judge:
    """A context in which some rules judge estates; the engines run as long as it is open.

    Whoever runs a rule, the embedded engine has compiled and checked it before.
    """

    def __init__(
        self,
        rules: Sequence[RegoRule],
        taxonomy: Taxonomy,
        server: Server | None = None,
        limits: Limits = DEFAULT,
    ) -> None:
        self._rules, self._taxonomy = rules, taxonomy
        self._server, self._limits = server, limits
        self._open = ExitStack()
        self._readings: dict[str, Reading] = {}
        self._engines: dict[str, Engine] = {}
        self._last: tuple[Estate, Document] | None = None

    def __enter__(self) -> Self:
        """Raises `PolicyError` for a rule that may not run, `UnjudgedError` for no engine."""
        with ExitStack() as opening:
            if self._rules:
                self._start(opening)
            self._open = opening.pop_all()
        return self

    def __exit__(self, *raised: object) -> bool | None:
        return self._open.__exit__(*raised)  # type: ignore[arg-type] # what Python hands over

    def _start(self, opening: ExitStack) -> None:
        embedded = opening.enter_context(Embedded(self._limits))
        for rule in self._rules:
            self._check(rule, embedded)
        served = [rule for rule in self._rules if rule.program.served]
        others = [rule for rule in self._rules if not rule.program.served]
        engine: Engine = embedded
        if self._server is not None and self._server.settings.policies == "push":
            engine = opening.enter_context(client().server.Remote(self._server))
        self._load(engine, others)
        if served:
            self._load(opening.enter_context(client().bundle.Bundled(self._server)), served)

    def _load(self, engine: Engine, rules: Sequence[RegoRule]) -> None:
        engine.load([program_of(rule) for rule in rules])
        self._engines |= {rule.id: engine for rule in rules}

    def _check(self, rule: RegoRule, embedded: Embedded) -> None:
        plan = embedded.compile(program_of(rule))
        check_safe(plan, rule.program)
        check_negation(plan, rule.program)
        self._readings[rule.id] = check_reading(plan, rule, self._taxonomy)

    def judge(self, rule: RegoRule, estate: Estate, pack: str = "") -> Outcome:
        """Judge an estate by one of the rules. Raises `UnjudgedError` when that cannot be done."""
        if not may_flow(estate, rule):
            return Outcome(0)
        document, program = self._document(estate), program_of(rule)
        answer = self._engines[rule.id].judge(program, document.for_rule(rule))
        answers = Answers(program, rule.card(pack), estate, document.flows)
        return answers.outcome(answer, document.subjects(self._readings[rule.id]))

    def _document(self, estate: Estate) -> Document:
        if self._last is None or self._last[0] is not estate:
            values = {k: v for rule in self._rules for k, v in rule.parameters.items()}
            made = Document(estate, self._readings.values(), self._taxonomy, values)
            self._last = (estate, made)
        return self._last[1]


def program_of(rule: RegoRule) -> Source:
    """A rule's program under the rule's own id, by which a pack may have called it anew."""
    return msgspec.structs.replace(rule.program, id=rule.id)
