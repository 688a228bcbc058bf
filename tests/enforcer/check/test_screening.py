"""Screening: looking at all sources together finds the same as looking at each."""

from __future__ import annotations

from random import Random

import pytest

from enforcer.check.flows import arrivals
from enforcer.check.screening import narrowed
from enforcer.check.sources import followed_sources
from enforcer.rules import Accepts, Choice
from enforcer.words import Method
from lineage import TransformSubtype
from tests.enforcer.check.conftest import World

_FUNCTIONS = ("", "", "", "sha2", "left", "avg")
_KINDS = (None, None, None, TransformSubtype.FILTER, TransformSubtype.JOIN)
_CATEGORIES = ("user.contact.email", "user.contact.phone_number", "user.name")


def grown(random: Random) -> World:
    """A few relations in a row of layers, with labels on the first and flows between them."""
    world = World()
    for number in range(6):
        world.label(f"raw{number}.a", random.choice(_CATEGORIES))
    layers = [[f"raw{n}.a" for n in range(6)]]
    for layer in range(3):
        names = [f"l{layer}r{n}.c{n % 2}" for n in range(5)]
        for name in names:
            for source in random.sample(layers[-1], 2):
                kind, function = random.choice(_KINDS), random.choice(_FUNCTIONS)
                world.flow(source, name, function if kind is None else "", subtype=kind)
        layers.append(names)
    return world


@pytest.mark.parametrize("seed", range(40))
def test_screening_loses_nothing(seed: int) -> None:
    """Every source with a refused arrival is left, and none where there is no such arrival."""
    random = Random(seed)  # noqa: S311 - a world of a test
    estate = grown(random).estate()
    sinks = {f"l{random.randrange(3)}r{random.randrange(5)}" for _ in range(2)}
    via = random.choice([("direct",), ("direct", "filter"), ("join",)])
    accepted = random.choice([None, Accepts(accept=(Method.HASHED, Method.TRUNCATED))])
    sources = followed_sources(estate, Choice(any_of=("user",)))
    every = {a.source for a in arrivals(estate, sources, via, accepted) if a.relation in sinks}
    left = set(narrowed(estate, sources, via, accepted, lambda name, _: name in sinks))
    assert every <= left
    assert every or not left
