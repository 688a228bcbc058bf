"""Mutation: whether the worlds in which a rule is tried would show that one condition changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check import check
from enforcer.documents import nearest_or_all
from enforcer.documents.nearest import quoted
from enforcer.policytest.mutants import Mutant, mutants_of
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enforcer.policytest.suites import Suite, Tested
    from enforcer.taxonomy import Taxonomy


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a mutant.

    `noticed` when some world is judged otherwise than by the rule itself, `killed` when that
    makes a trial fail; `excuse` is the reason that somebody wrote down why neither can be.
    """

    name: str
    mutant: Mutant
    noticed: bool
    killed: bool
    excuse: str = ""

    @property
    def survived(self) -> bool:
        """True when the change ought to make a trial fail, and makes none."""
        return not (self.killed or self.excuse or self.mutant.same)


def mutate(
    suite: Suite, tested: Sequence[Tested], names: Sequence[str], taxonomy: Taxonomy
) -> Iterator[Tried]:
    """Try every mutant of the rules that are named in the worlds that these judge.

    `tested` is what the rules themselves came to there. Raises `PolicyError` for an excuse
    that excuses nothing.
    """
    excuses = {(e.rule, e.change): e.reason for e, _ in suite.equivalent}
    for name in names:
        # What fails already would show every change, and so shows none.
        worlds = [one for one in tested if name in one.trial.rules and not one.problems]
        tries = [
            _tried(name, mutant, worlds, excuses.get((name, mutant.change), ""))
            for mutant in mutants_of(suite.rules[name], taxonomy)
        ]
        _check_excuses(suite, name, {one.mutant.change: one for one in tries})
        yield from tries


def _tried(name: str, mutant: Mutant, worlds: Sequence[Tested], excuse: str) -> Tried:
    noticed = killed = False
    for world in worlds:
        outcome = check(mutant.rule, world.trial.estate)
        if outcome == world.outcomes[name]:
            continue
        noticed = True
        killed = bool(world.trial.asks({**world.outcomes, name: outcome}))
        if killed:
            break
    return Tried(name=name, mutant=mutant, noticed=noticed, killed=killed, excuse=excuse)


def _check_excuses(suite: Suite, name: str, tries: Mapping[str, Tried]) -> None:
    for entry, origin in suite.equivalent:
        if entry.rule != name:
            continue
        if entry.change not in tries:
            what = f"`{name}` cannot be changed by {quoted(entry.change)}"
            raise PolicyError(origin, what, nearest_or_all(entry.change, tries))
        if tries[entry.change].killed:
            what = f"a test shows the change {quoted(entry.change)} of `{name}`"
            raise PolicyError(origin, what, "remove the entry")
