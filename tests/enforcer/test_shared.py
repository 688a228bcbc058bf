"""What rules share: answers about an estate, each found out once."""

from __future__ import annotations

from enforcer.shared import shared, shared_by_likes


class Asked:
    """An estate of two relations that declare the same, and one that does not."""

    def __init__(self) -> None:
        self.found: dict[object, dict[object, object]] = {}
        self.likes = {"a": "a", "b": "a", "c": "c"}


asked: list[object] = []


@shared
def _length(_estate: Asked, word: str) -> int:
    asked.append(word)
    return len(word)


@shared_by_likes
def _name(_estate: Asked, relation: str, ending: str) -> str:
    asked.append(relation)
    return relation + ending


def test_a_question_is_asked_once_of_each_estate() -> None:
    """The second rule that asks is told what the first was; another estate knows nothing of it."""
    asked.clear()
    estate = Asked()
    assert [_length(estate, "mart"), _length(estate, "mart"), _length(estate, "raw")] == [4, 4, 3]
    assert asked == ["mart", "raw"]
    assert _length(Asked(), "mart") == 4
    assert asked == ["mart", "raw", "mart"]


def test_relations_that_declare_the_same_are_asked_once() -> None:
    """The first of them answers for all; one that nothing is known of answers for itself."""
    asked.clear()
    estate = Asked()
    assert [_name(estate, relation, "!") for relation in "abcd"] == ["a!", "a!", "c!", "d!"]
    assert _name(estate, "b", "?") == "a?"
    assert asked == ["a", "c", "d", "a"]
