"""Where two sources disagree: what holds, what gives way, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.labels import Label, Labelling, disagreements, said_of, settle
from enforcer.labels.settling import holding
from enforcer.taxonomy import load_taxonomy
from lineage import Column, Origin

META, FILE = Origin("models/users.yml", 3, 5), Origin("labels.yml", 4, 9)
AT = Column("users", "x")
CATEGORIES = [*load_taxonomy()]


def said(*categories: str, by: str = "meta", at: Origin = META) -> list[Label]:
    return [Label(category, by, at) for category in categories]


@pytest.mark.parametrize(
    ("categories", "held"),
    [
        (["user", "user.contact.email"], ["user.contact.email"]),
        (["none", "user.contact"], ["user.contact"]),
        (["none"], ["none"]),
        (["user.name", "user.contact.email"], ["user.contact.email", "user.name"]),
        (["user.contact", "user.contact.email", "user.contact.phone_number"],
         ["user.contact.email", "user.contact.phone_number"]),
        (["system.operations", "user"], ["system.operations", "user"]),
    ],
)  # fmt: skip
def test_the_stricter_holds(categories: list[str], held: list[str]) -> None:
    """A category beats `none`, a narrower one a wider one, and unrelated ones both hold."""
    assert [one.category for one in holding(said(*categories))] == held


def test_what_gives_way_says_to_what() -> None:
    """Everything that is said can be told, what holds first, the rest with what outweighs it."""
    labels = [*said("none", "user", by="labels file", at=FILE), *said("user.contact.email")]
    (email,) = said("user.contact.email")
    shown = [(one.label.category, one.holds, one.yields_to) for one in settle(labels)]
    assert shown == [
        ("user.contact.email", True, None),
        ("none", False, email),
        ("user", False, email),
    ]
    labelling = Labelling({AT: tuple(labels)}, {})
    assert said_of(labelling, AT) == settle(labels)
    assert said_of(labelling, Column("users", "y")) == ()


@pytest.mark.parametrize(
    ("one", "other", "disagree"),
    [
        (["user.contact.email"], ["none"], True),
        (["user.contact.email"], ["user.name"], True),
        (["user.contact.email"], ["user"], False),
        (["user.contact.email"], ["user.contact.email"], False),
        (["user.contact.email", "user.name"], ["user.name"], False),
    ],
)
def test_what_counts_as_a_disagreement(one: list[str], other: list[str], disagree: bool) -> None:  # noqa: FBT001
    """Sources disagree where they cannot both be meant; a wider word is no contradiction."""
    labels = [*said(*one), *said(*other, by="labels file", at=FILE)]
    assert bool(disagreements({AT: labels})) is disagree


@given(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=6))
def test_nothing_that_is_said_is_lost(categories: list[str]) -> None:
    """Each category holds, or a narrower one or any instead of `none` holds in its place."""
    held = {label.category for label in holding(said(*categories))}
    assert held
    for category in categories:
        covered = any(other == category or other.startswith(f"{category}.") for other in held)
        assert covered or (category == "none" and held != {"none"})


@given(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=6), st.randoms())
def test_settling_does_not_depend_on_the_order(categories: list[str], random: object) -> None:
    """Whoever is heard first, the same holds."""
    shuffled = list(categories)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settle(said(*categories)) == settle(said(*shuffled))
