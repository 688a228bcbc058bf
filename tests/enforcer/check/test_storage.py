from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check import check, check_gaps
from enforcer.messages import words_in
from enforcer.rules import Choice, Deny, Match, Place, Where
from enforcer.words import Severity
from lineage import Gap, GapReason, Origin

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")


def test_data_stays_in_the_regions_its_source_permits(world: World, rule_of: RuleMaker) -> None:
    """Residency is stated by the source; a relation of unknown region is not judged."""
    world.label("eu.u.email", "user.contact.email")
    world.relation("eu.u", "source", region="eu-west-1", residency="eu-*")
    world.flow("eu.u.email", "us.u.email").flow("eu.u.email", "core.u.email")
    world.relation("us.u", region="us-east-1")
    rule = rule_of(deny=Deny(data=Choice(any_of=("user",)), residency=True))
    [finding] = check(rule, world.estate()).findings
    assert finding.sink == "us.u"
    assert "lies in us-east-1 and not in eu-*" in english(finding.message)


def test_encryption_of_the_column_takes_a_relation_out(world: World, rule_of: RuleMaker) -> None:
    """A place that states only disk encryption does not weaken what the relation states."""
    world.label("raw.cards.pan", "user.financial").relation(
        "raw.cards", "source", encryption="column"
    )
    world.place("vault", Place(match=Match(), encryption="disk"), "raw.cards")
    into = Where(encryption=Choice(none_of=("column", "field")))
    rule = rule_of(deny=Deny(data=Choice(any_of=("user.financial",)), into=into))
    assert check(rule, world.estate()).findings == ()
    world.relation("raw.cards", "source")
    assert len(check(rule, world.estate()).findings) == 1


def test_a_gap_over_labelled_data_is_an_error(world: World) -> None:
    """What was not analysed is reported, and weighs more where labelled data is touched."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "stg.u.email")
    here = Origin("models/x.sql", 3, 1)
    world.gaps.append(Gap(GapReason.PARSE_ERROR, "unexpected token", ("stg.u",), here))
    world.gaps.append(Gap(GapReason.DYNAMIC_SQL, "execute immediate", (), here))
    outcome = check_gaps(world.estate())
    by_severity = {f.rule.severity: english(f.message) for f in outcome.findings}
    assert outcome.judged == 2
    assert "touches raw.u.email (user.contact.email)" in by_severity[Severity.ERROR]
    assert "execute immediate" in by_severity[Severity.WARNING]
