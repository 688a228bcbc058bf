"""Things that must not meet: in a relation, and in the wholes that relations are parts of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.estate import Parameters
from enforcer.messages import words_in
from enforcer.places import find_places
from enforcer.policytest import sample_estate
from enforcer.protection.methods import Effect
from enforcer.rules import Accepts, Deny, FactTest, Match, Part, Place, Sample, Where
from enforcer.taxonomy import load_taxonomy
from enforcer.words import Method
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from enforcer.words import Finding
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")


@pytest.fixture(autouse=True)
def _with_a_function_that_cuts(world: World) -> None:
    world.parameters = Parameters(functions=(("cut", Effect.TRUNCATE),))


PAN = ("user.financial.credit_card.pan",)
ZIP_AND_BIRTH = Deny(together=(Part(data=("user.zip",)), Part(data=("user.born",))))


def siblings(within: str) -> Deny:
    """A hash and a truncation of one card number."""
    return Deny(
        together=(
            Part(data=PAN, protected=(Method.HASHED, Method.KEYED)),
            Part(data=PAN, protected=(Method.TRUNCATED,)),
        ),
        within=within,
        of_one=True,
    )


def card(world: World, hashed: str = "mart.a.hash", cut: str = "mart.b.last4") -> World:
    """A card number that is hashed here and cut there."""
    world.label("raw.cards.pan", *PAN)
    return world.flow("raw.cards.pan", hashed, "sha2").flow("raw.cards.pan", cut, "cut")


def found(world: World, rule_of: RuleMaker, deny: Deny) -> tuple[Finding, ...]:
    return check(rule_of(deny=deny), world.estate()).findings


def test_a_combination_is_reported_where_it_first_meets(world: World, rule_of: RuleMaker) -> None:
    """What is built on a relation that holds a toxic combination adds nothing to it."""
    world.label("a.x.zip", "user.zip").label("b.x.born", "user.born")
    world.flow("a.x.zip", "mart.m.zip").flow("b.x.born", "mart.m.born")
    world.flow("mart.m.zip", "mart.n.zip").flow("mart.m.born", "mart.n.born")
    [finding] = found(world, rule_of, ZIP_AND_BIRTH)
    assert finding.sink == "mart.m"
    assert "together with b.x.born" in english(finding.message)


def test_relations_that_feed_each_other_do_not_hide_a_combination(
    world: World, rule_of: RuleMaker
) -> None:
    """Of a circle of relations in which a toxic combination meets, one is reported."""
    for column, category in (("zip", "user.zip"), ("born", "user.born")):
        world.label(f"raw.{column}.x", category).flow(f"raw.{column}.x", f"mart.a.{column}")
        world.flow(f"mart.a.{column}", f"mart.b.{column}")
        world.flow(f"mart.b.{column}", f"mart.a.{column}")
    [finding] = found(world, rule_of, ZIP_AND_BIRTH)
    assert finding.sink == "mart.a"


@pytest.mark.parametrize(
    ("within", "count"), [("relation", 0), ("schema", 1), ("place", 0), ("environment", 1)]
)
def test_a_whole_may_be_wider_than_a_relation(
    world: World, rule_of: RuleMaker, within: str, count: int
) -> None:
    """Two relations meet in their schema and in the environment that nobody divided."""
    assert len(found(card(world), rule_of, siblings(within))) == count


def test_a_finding_names_both_relations(world: World, rule_of: RuleMaker) -> None:
    """Where parts meet in a whole, the reader has to know where each of them is."""
    [finding] = found(card(world), rule_of, siblings("environment"))
    assert finding.sink == "mart.a"
    assert "(truncated) in mart.b" in english(finding.message)


@pytest.mark.parametrize("within", ["schema", "place", "environment"])
def test_what_meets_in_a_relation_is_reported_there(
    world: World, rule_of: RuleMaker, within: str
) -> None:
    """The narrowest place in which things meet is the one to name, and the only one."""
    card(world, "mart.z.hash", "mart.z.last4").flow("raw.cards.pan", "mart.a.hash", "sha2")
    world.place("mart", Place(match=Match()), "mart.a", "mart.z")
    assert [finding.sink for finding in found(world, rule_of, siblings(within))] == ["mart.z"]


def test_places_and_environments_keep_things_apart(world: World, rule_of: RuleMaker) -> None:
    """What lies in different places, or in environments that are told apart, does not meet."""
    card(world)
    world.place("cards", Place(match=Match(), environment="vault"), "mart.a")
    world.place("shop", Place(match=Match(), environment="prod"), "mart.b")
    assert found(world, rule_of, siblings("place")) == ()
    assert found(world, rule_of, siblings("environment")) == ()
    assert len(found(world, rule_of, siblings("schema"))) == 1


def test_relations_with_dots_in_their_names_meet_in_their_schema(
    world: World, rule_of: RuleMaker
) -> None:
    """A dot in quotes divides no name: the schema is what stands before the whole last part."""
    card(world, 'mart."a.b".hash', 'mart."c.d".last4')
    assert len(found(world, rule_of, siblings("schema"))) == 1


def test_one_place_holds_what_meets_in_it(world: World, rule_of: RuleMaker) -> None:
    """Relations of different schemas meet in the place that both lie in."""
    card(world, "x.a.hash", "y.b.last4").place("mart", Place(match=Match()), "x.a", "y.b")
    assert len(found(world, rule_of, siblings("place"))) == 1
    assert found(world, rule_of, siblings("schema")) == ()


def test_parts_of_one_are_made_of_one_column(world: World, rule_of: RuleMaker) -> None:
    """The hash of one card number and the last digits of another tell nothing together."""
    world.label("raw.a.pan", *PAN).label("raw.b.pan", *PAN)
    world.flow("raw.a.pan", "mart.m.hash", "hmac").flow("raw.b.pan", "mart.m.last4", "cut")
    assert found(world, rule_of, siblings("relation")) == ()


@pytest.mark.parametrize("how", ["sha2", "hmac"])
def test_a_hash_that_can_be_tried_is_a_hash_here(
    world: World, rule_of: RuleMaker, how: str
) -> None:
    """A part that names hashes sees one of a card number too, which other rules call clear."""
    world.label("raw.cards.pan", *PAN)
    world.flow("raw.cards.pan", "mart.m.hash", how).flow("raw.cards.pan", "mart.m.last4", "cut")
    assert len(found(world, rule_of, siblings("relation"))) == 1


def test_the_number_itself_is_no_hash_of_it(world: World, rule_of: RuleMaker) -> None:
    """A clear copy beside a truncation is another rule's finding."""
    world.label("raw.cards.pan", *PAN)
    world.flow("raw.cards.pan", "mart.m.pan").flow("raw.cards.pan", "mart.m.last4", "cut")
    assert found(world, rule_of, siblings("relation")) == ()


def test_a_column_is_not_two_parts_at_once(world: World, rule_of: RuleMaker) -> None:
    """Where the data of two parts overlaps, one column does not meet itself."""
    deny = Deny(together=(Part(data=("user.biometric",)), Part(data=("user",))))
    world.label("raw.faces.face", "user.biometric.face").flow("raw.faces.face", "mart.m.face")
    assert found(world, rule_of, deny) == ()
    world.label("raw.faces.name", "user.name").flow("raw.faces.name", "mart.m.name")
    assert [finding.sink for finding in found(world, rule_of, deny)] == ["raw.faces"]


def test_a_part_counts_where_it_says(world: World, rule_of: RuleMaker) -> None:
    """`of` narrows down in which relations a part is looked for."""
    is_map = Where(facts={"maps": FactTest(stated=True)})
    deny = Deny(
        together=(Part(data=("user.name",), of=is_map), Part(data=("user.unique_id",))),
        within="schema",
    )
    world.label("raw.people.name", "user.name").label("raw.people.id", "user.unique_id")
    world.flow("raw.people.name", "mart.map.name").flow("raw.people.id", "mart.events.id")
    assert found(world, rule_of, deny) == ()
    world.relation("mart.map", maps="crm")
    assert [finding.sink for finding in found(world, rule_of, deny)] == ["mart.map"]


def test_only_relations_asked_about_are_judged(world: World, rule_of: RuleMaker) -> None:
    """`into` leaves the others out, and a rule that judged none is not applicable."""
    card(world, "mart.m.hash", "mart.m.last4").relation("mart.m", "view")
    deny = Deny(together=siblings("relation").together, into=Where(kind=(RelationKind.TABLE,)))
    outcome = check(rule_of(deny=deny), world.estate())
    assert (outcome.judged, outcome.findings) == (0, ())


def test_many_columns_of_one_kind_cost_no_more_than_the_parts(
    world: World, rule_of: RuleMaker
) -> None:
    """However many columns meet in a whole, it is one finding, the first by name."""
    for number in range(50):
        for name, category in (("zip", "user.zip"), ("born", "user.born")):
            world.label(f"raw.{name}{number:02}.x", category).relation(f"raw.{name}{number:02}")
    deny = Deny(together=ZIP_AND_BIRTH.together, within="schema")
    assert [str(f.field) for f in found(world, rule_of, deny)] == ["raw.zip00.x"]


def test_what_is_accepted_does_not_meet(world: World, rule_of: RuleMaker) -> None:
    """Data that the rule takes for protected is no part of a combination."""
    world.label("a.x.zip", "user.zip").label("b.x.born", "user.born")
    world.flow("a.x.zip", "mart.m.zip", "cut").flow("b.x.born", "mart.m.born")
    deny = Deny(
        together=ZIP_AND_BIRTH.together, unless_protected=Accepts(accept=(Method.TRUNCATED,))
    )
    assert found(world, rule_of, deny) == ()
    assert len(found(world, rule_of, ZIP_AND_BIRTH)) == 1


def test_data_without_a_flow_meets_where_it_stands(world: World, rule_of: RuleMaker) -> None:
    """Labelled columns of one relation that nobody reads are together too."""
    world.label("raw.m.zip", "user.zip").label("raw.m.born", "user.born").relation("raw.m")
    assert [f.sink for f in found(world, rule_of, ZIP_AND_BIRTH)] == ["raw.m"]


@pytest.mark.parametrize(
    ("cuts", "count"),
    [(("left(pan, 6)", "right(pan, 4)"), 0), (("left(pan, 6)", "left(pan, 8)"), 1)],
)
def test_two_formats_of_one_number_show_more_than_either(
    rule_of: RuleMaker, cuts: tuple[str, ...], count: int
) -> None:
    """The first six and the last four are one format, wherever they stand; eight are another."""
    tables = (
        f"create table mart.t{n} as select {cut} as x from raw.cards" for n, cut in enumerate(cuts)
    )
    sample = Sample(sql=";".join(tables), labels={"raw.cards": {"pan": PAN[0]}})
    estate = sample_estate(sample, "sample", load_taxonomy(), find_places)
    cut = Part(data=PAN, protected=(Method.TRUNCATED,))
    deny = Deny(together=(cut, cut), within="environment", of_one=True)
    assert len(check(rule_of(deny=deny), estate).findings) == count
