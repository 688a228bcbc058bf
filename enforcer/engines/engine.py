"""What an engine is asked, and how it says that it has no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from lineage import InputError, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enforcer.rego.source import Source

_STEP: Final = "a rule that was not judged has not passed; mend it or the engine, and run again"


class UnjudgedError(InputError):
    """A rule has no verdict: the engine is down, slow or confused, or the rule went wrong."""


def unjudged(source: Source | None, what: str, step: str = _STEP) -> UnjudgedError:
    """The error that a rule was not judged, or without one that none was, and why."""
    if source is None:
        return UnjudgedError(Origin("", 0, 0), what, step)
    return UnjudgedError(Origin(source.file, 1, 1), f"rule {source.id}: {what}", step)


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule says, as it comes: nothing of it is checked but the keys."""

    deny: Any
    nonce: str
    judged: Any = None


class Engine(Protocol):
    """Judges rules by documents. Whatever is in the way is an `UnjudgedError`."""

    def load(self, sources: Sequence[Source]) -> None:
        """Take the rules that will be judged by; asked once, and first."""
        ...

    def judge(self, source: Source, document: Mapping[str, Any]) -> Answer:
        """The answer of one of them about a document."""
        ...


def read_answer(source: Source, found: Any, nonce: str) -> Answer:  # noqa: ANN401 - any JSON
    """The answer that an engine found. Raises `UnjudgedError` when it is not that rule's."""
    try:
        answer = msgspec.convert(found, Answer)
    except msgspec.ValidationError as error:
        raise unjudged(source, f"the engine answers what is no answer ({error})") from None
    if answer.nonce != nonce:
        raise unjudged(source, "the engine answers with another policy's result")
    return answer
