"""Positive controls: a rule that is about to judge must find what its own `avoid` holds.

A check that is broken, an engine that is another than is thought, and a rule that can never
fire are all silent, and silence is what a pass looks like. So in every run each rule first
shows that it can deny.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from enforcer.engines.connecting import BUNDLE_PACK
from enforcer.engines.engine import unjudged
from enforcer.engines.judge import program_of
from enforcer.places import find_places
from enforcer.policy import OWN_PACK
from enforcer.policytest import Surroundings, sample_world
from enforcer.rego import RegoRule
from enforcer.words import PolicyError
from lineage import Origin
from lineage.deep import run_deep
from lineage.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enforcer.estate import Taxonomy
    from enforcer.packs import LoadedRule
    from enforcer.policytest import Judging
    from enforcer.rules import Place

_WHAT: Final = "it finds nothing in its own `avoid`, so it would find nothing anywhere"


def check_all_fire(
    rules: Sequence[LoadedRule], judging: Judging, taxonomy: Taxonomy, places: Mapping[str, Place]
) -> None:
    """Try each rule on the sample that it must find something in.

    A shipped rule is tried as it is shipped, another one among the project's `places`. Raises
    `PolicyError` for a rule in YAML that finds nothing, `UnjudgedError` for one in Rego.
    """
    with Workers() as workers:
        shipped = Surroundings(taxonomy, find_places)
        own = Surroundings(taxonomy, find_places, places, workers)

        def try_all() -> None:
            for loaded in rules:
                rule = loaded.as_shipped or loaded.rule
                around = own if loaded.pack in (OWN_PACK, BUNDLE_PACK) else shipped
                if not judging(rule, sample_world(rule, "avoid", around)).findings:
                    _refuse(loaded)

        run_deep(try_all)  # one stack for all the small worlds


def _refuse(loaded: LoadedRule) -> NoReturn:
    if isinstance(loaded.rule, RegoRule):
        raise unjudged(program_of(loaded.rule), _WHAT, "run `fieldgate test`, look at the engine")
    step = f"mend the rule or the sample until `fieldgate test {loaded.rule.id}` passes"
    raise PolicyError(Origin(loaded.file, 1, 1), f"rule {loaded.rule.id}: {_WHAT}", step)
