"""The embedded engine: regopy in a process of its own, which is watched over."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from enforcer.engines.engine import Answer, read_answer, unjudged
from enforcer.engines.limits import DEFAULT, Limits
from enforcer.engines.plan import Plan, read_plan
from enforcer.engines.shielding import shield_document, shield_policy, unshield
from enforcer.rego.source import ANSWER, Source
from enforcer.words import PolicyError
from lineage.supervised import Supervised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WORKER: Final = str(Path(__file__).with_name("worker.py"))
_PREFIX: Final = "fieldgate_run"
_STEP: Final = "look for a loop that does not end, or for what grows with every step"


class Embedded:
    """A context: one process, that compiles rules and judges by them until it is closed."""

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self._limits = limits
        self._process: Supervised | None = None
        self._nonce = token_hex(8)
        self._shown: Mapping[str, Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def compile(self, source: Source) -> Plan:
        """What a rule is compiled to. Raises `PolicyError` where it cannot be."""
        question = ["check", *self._to_run(source)]
        kind, said, row = self._ask(source, question, self._limits.compiling)
        if kind != "plan":
            at = source.origin(row, 0)
            raise PolicyError(at, f"not Rego that the embedded engine reads: {said}", "mend it")
        try:
            return read_plan(said)
        except ValueError as error:
            raise unjudged(source, f"the engine's plan cannot be read ({error})") from None

    def load(self, sources: Sequence[Source]) -> None:
        """Compile the rules together; each has a package of its own."""
        self._shown = None
        rules = [self._to_run(source) for source in sources]
        if rules:
            self._expect(sources[0], ["load", rules], self._limits.loading)

    def judge(self, source: Source, document: Mapping[str, Any]) -> Answer:
        """The rule's answer about a document, which is sent once for all rules."""
        if document is not self._shown:
            self._expect(source, ["show", shield_document(document)], self._limits.loading)
            self._shown = document
        kind, said, _ = self._ask(source, ["judge", self._to_run(source)[1]], self._limits.judging)
        if kind != "value":
            raise unjudged(source, f"the engine reports: {said}")
        return read_answer(source, unshield(_expression(source, said)), self._nonce)

    def _to_run(self, source: Source) -> tuple[str, str]:
        """A rule's text as the engine gets it, and what to ask it for."""
        text = shield_policy(source.to_run(_PREFIX, self._nonce))
        return text, f"{_PREFIX}/{source.name}/{ANSWER}"

    def _expect(self, source: Source, question: list[Any], seconds: float) -> None:
        kind, said, _ = self._ask(source, question, seconds)
        if kind != "ok":
            raise unjudged(source, f"the engine reports: {said}")

    def _ask(self, source: Source, question: list[Any], seconds: float) -> tuple[str, str, int]:
        try:
            process = self._started()
            body = process.exchange(msgspec.msgpack.encode(question), seconds)
            return msgspec.msgpack.decode(body, type=tuple[str, str, int])
        except TimeoutError:
            self.close()
            raise unjudged(source, f"stopped after {seconds:g} s", _STEP) from None
        except (OSError, EOFError, msgspec.MsgspecError):
            self.close()
            what = "the engine's process died of it, or was stopped for the memory or time it took"
            raise unjudged(source, what, _STEP) from None

    def _started(self) -> Supervised:
        if self._process is None:
            self._process = Supervised([_WORKER], resident=self._limits.memory)
            bounds = [self._limits.memory, self._limits.processor]
            self._process.exchange(msgspec.msgpack.encode(bounds), self._limits.compiling)
        return self._process


class _Result(msgspec.Struct, forbid_unknown_fields=True):
    expressions: tuple[Any]


def _expression(source: Source, said: str) -> Any:  # noqa: ANN401 - any JSON
    """The one expression that was asked for; anything else is no answer."""
    if said == "undefined":
        raise unjudged(source, "`deny` or `judged` is undefined", "give it a value in every case")
    try:
        return msgspec.json.decode(said, type=_Result).expressions[0]
    except (msgspec.MsgspecError, RecursionError) as error:
        raise unjudged(source, f"the engine answers what is no answer ({error})") from None


def version() -> str:
    """The engine and its version."""
    from importlib.metadata import version as installed  # noqa: PLC0415 - rarely asked

    return f"regopy {installed('regopy')}"
