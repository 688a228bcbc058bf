"""Masks of the warehouse, and relations that are built anew without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Choice, Require
from lineage.projects import DeclaredColumn, Fact

if TYPE_CHECKING:
    from enforcer.check import Outcome
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")
LASTING = Require(data=Choice(any_of=("user",)), lasting=True)


def mart(world: World, kind: str = "model", *masks: str, **facts: str) -> World:
    """A mart of addresses and plans, with columns that are masked."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "mart.u.email")
    world.flow("raw.u.plan", "mart.u.plan").relation("mart.u", kind, **facts)
    said = {"email": (), "plan": ()} | {
        column: (Fact(key, "pii"),) for column, _, key in (mask.partition(" ") for mask in masks)
    }
    columns = tuple(DeclaredColumn(name, facts=facts) for name, facts in said.items())
    world.relations["mart.u"] = msgspec.structs.replace(world.relations["mart.u"], columns=columns)
    return world


def judged(world: World, rule_of: RuleMaker) -> Outcome:
    return check(rule_of(require=LASTING), world.estate())


@pytest.mark.parametrize("key", ["masking_policy", "tag.governance.pii"])
@pytest.mark.parametrize("kind", ["model", "seed"])
def test_what_is_replaced_loses_its_mask(
    world: World, rule_of: RuleMaker, kind: str, key: str
) -> None:
    """A policy or a tag on a column is gone with the table that it was attached to."""
    [finding] = judged(mart(world, kind, f"email {key}"), rule_of).findings
    assert "what masks email is attached elsewhere" in english(finding.message)


def test_what_a_script_replaces_loses_its_mask(world: World, rule_of: RuleMaker) -> None:
    """CREATE OR REPLACE leaves nothing of what was attached before."""
    relation = mart(world, "table", "email masking_policy").relations["mart.u"]
    world.relations["mart.u"] = msgspec.structs.replace(relation, facts=(Fact("rebuilt", "true"),))
    assert len(judged(world, rule_of).findings) == 1


@pytest.mark.parametrize("kind", ["table", "snapshot", "source"])
def test_what_stays_keeps_its_mask(world: World, rule_of: RuleMaker, kind: str) -> None:
    """A table that nothing replaces is masked for as long as somebody wants it to be."""
    outcome = judged(mart(world, kind, "email masking_policy"), rule_of)
    assert (outcome.judged, outcome.findings) == (1, ())


def test_a_mask_of_another_column_is_no_mask_of_this(world: World, rule_of: RuleMaker) -> None:
    """Where nothing masks the data there is no mask to lose."""
    assert judged(mart(world, "model", "plan masking_policy"), rule_of).judged == 0


@pytest.mark.parametrize(
    ("key", "hook", "count"),
    [
        ("config_post-hook", "{{ dbt_snow_mask.apply_masking_policy('models') }}", 1),
        ("config_post-hook.sql", "alter table x modify column email set masking policy p", 1),
        ("config_post-hook.sql", "alter table x set tag pii = 'email'", 1),
        ("config_post-hook.sql", "grant select on x to analyst", 0),
        ("config_pre-hook.sql", "alter table x modify column email set masking policy p", 0),
    ],
)
def test_a_hook_attaches_too_late(
    world: World, rule_of: RuleMaker, key: str, hook: str, count: int
) -> None:
    """A mask that comes after the data leaves a gap, and none where the hook fails."""
    outcome = judged(mart(world, "model", **{key: hook}), rule_of)
    assert (outcome.judged, len(outcome.findings)) == (count, count)
