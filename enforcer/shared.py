"""What rules share: answers about an estate that are worked out once, at the first question.

A hundred rules ask the same things of the same project. A question whose answer depends on
nothing but the estate and what it is asked about is marked `@shared`; one about a relation
whose answer follows from what is declared of it alone, whatever it is called, is marked
`@shared_by_likes`, and is asked once of all relations that declare the same. The answers are
kept with the estate, in `found`, and nowhere else.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Answer = TypeVar("Answer")
About = TypeVarTuple("About")


class Asked(Protocol):
    """What an estate has for this: the answers by question, and for each relation its like."""

    @property
    def found(self) -> dict[object, dict[Any, Any]]:
        """The answers so far, by question and by what it is about."""
        ...

    @property
    def likes(self) -> Mapping[str, str]:
        """For each relation the first one of which the same is declared."""
        ...


Where = TypeVar("Where", bound=Asked)


def shared(question: Callable[[Where, *About], Answer]) -> Callable[[Where, *About], Answer]:
    """A question whose answers all rules share; what it is about must be hashable."""

    @wraps(question)
    def answer(estate: Where, *about: *About) -> Answer:
        known = estate.found.get(question)
        if known is None:
            known = estate.found[question] = {}
        if about not in known:
            known[about] = question(estate, *about)
        found: Answer = known[about]
        return found

    return answer


def shared_by_likes(
    question: Callable[[Where, str, *About], Answer],
) -> Callable[[Where, str, *About], Answer]:
    """The same for a question about a relation, named first, and about what is declared of it."""

    @wraps(question)
    def answer(estate: Where, relation: str, *about: *About) -> Answer:
        known = estate.found.get(question)
        if known is None:
            known = estate.found[question] = {}
        like = estate.likes.get(relation, relation)
        if (like, about) not in known:
            known[like, about] = question(estate, like, *about)
        found: Answer = known[like, about]
        return found

    return answer
