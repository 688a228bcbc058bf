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
from enforcer.policytest import sample_world
from enforcer.rego import RegoRule
from enforcer.words import PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.estate import Taxonomy
    from enforcer.packs import LoadedRule
    from enforcer.policytest import Judging
    from enforcer.rules import Place

_WHAT: Final = "it finds nothing in its own `avoid`, so it would find nothing anywhere"


def check_fires(
    loaded: LoadedRule, judging: Judging, taxonomy: Taxonomy, places: Mapping[str, Place]
) -> None:
    """Try a rule on the sample that it must find something in.

    A shipped rule is tried as it is shipped, another one among the project's `places`. Raises
    `PolicyError` for a rule in YAML that finds nothing, `UnjudgedError` for one in Rego.
    """
    rule = loaded.as_shipped or loaded.rule
    around = places if loaded.pack in (OWN_PACK, BUNDLE_PACK) else {}
    world = sample_world(rule, "avoid", taxonomy, find_places, around)
    if not judging(rule, world).findings:
        _refuse(loaded)


def _refuse(loaded: LoadedRule) -> NoReturn:
    if isinstance(loaded.rule, RegoRule):
        raise unjudged(program_of(loaded.rule), _WHAT, "run `fieldgate test`, look at the engine")
    step = f"mend the rule or the sample until `fieldgate test {loaded.rule.id}` passes"
    raise PolicyError(Origin(loaded.file, 1, 1), f"rule {loaded.rule.id}: {_WHAT}", step)
