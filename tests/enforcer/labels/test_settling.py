"""Where two sources disagree: what holds, what gives way, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.labels import Label, Labelling, disagreements, said_of, settle, tell_labels
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


def test_what_gives_way_says_to_what_and_why() -> None:
    """Everything that is said is shown, what holds first."""
    labels = [*said("none", "user", by="labels file", at=FILE), *said("user.contact.email")]
    shown = [(one.label.category, one.holds, one.why) for one in settle(labels)]
    other = "`user.contact.email` (meta)"
    assert shown == [
        ("user.contact.email", True, ""),
        ("none", False, f"{other} is a category"),
        ("user", False, f"{other} is narrower"),
    ]


def test_who_says_what_can_be_told() -> None:
    """Each source has a line with its place; one that gives way says to whom."""
    labels = (*said("user.contact.email"), *said("none", by="labels file", at=FILE))
    labelling = Labelling({AT: labels}, {})
    why = "`user.contact.email` (meta) is a category"
    assert list(tell_labels(labelling, AT)) == [
        "user.contact.email, says meta (models/users.yml:3:5)",
        f"none, says labels file (labels.yml:4:9): does not hold, for {why}",
    ]
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
