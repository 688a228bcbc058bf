"""Who may read data: principals that a rule names, and what roles may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.estate import Parameters
from enforcer.grants import granted_relations
from enforcer.messages import words_in
from enforcer.rules import Accepts, Choice, Deny, Match, Place, Where
from enforcer.words import Method
from lineage import Grant, Origin
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from enforcer.check import Outcome
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")

AT = Origin("grants.sql", 3, 1)
USER = Choice(any_of=("user",))
OVER = Deny(data=USER, over_granted=True)


def granted(world: World, *principals: str) -> World:
    """A mart of e-mail addresses that these may read."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "mart.u.email")
    world.grants += [Grant("mart.u", who, "role", ("select",), AT) for who in principals]
    return world


def roles(world: World, **may_read: tuple[str, ...]) -> World:
    listed = tuple((name, Choice(any_of=data)) for name, data in sorted(may_read.items()))
    world.parameters = Parameters(roles=listed)
    return world


def judged(world: World, rule_of: RuleMaker, deny: Deny) -> Outcome:
    return check(rule_of(deny=deny), world.estate())


def sinks(world: World, rule_of: RuleMaker, deny: Deny) -> list[str]:
    return [finding.sink for finding in judged(world, rule_of, deny).findings]


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (Choice(any_of=("analyst*",)), ["analyst_eu"]),
        (Choice(any_of=("ANALYST_EU",)), ["analyst_eu"]),
        (Choice(none_of=("dba",)), ["analyst_eu", "public"]),
        (Choice(any_of=("*",), none_of=("analyst*", "PUBLIC")), ["dba"]),
    ],
)
def test_a_rule_names_principals_or_all_but_some(
    world: World, rule_of: RuleMaker, choice: Choice, found: list[str]
) -> None:
    """`granted_to` is a choice of principals, whose letter case does not count."""
    granted(world, "ANALYST_EU", "DBA", "PUBLIC")
    deny = Deny(data=USER, granted_to=choice)
    assert sinks(world, rule_of, deny) == [f"mart.u to {who}" for who in found]


def test_who_may_see_a_share_reads_what_is_in_it(world: World, rule_of: RuleMaker) -> None:
    """An account that is let into a share reads the relations that were put into that one."""
    granted(world)
    world.grants += [
        Grant("mart.u", "S", "share", ("select",), AT),
        Grant("mart.v", "OTHER", "share", ("select",), AT),
        Grant("share:S", "PARTNER", "account", ("usage",), AT),
        Grant("share:OTHER", "FRIEND", "account", ("usage",), AT),
    ]
    deny = Deny(data=USER, granted_to=Choice(any_of=("partner", "friend")))
    assert sinks(world, rule_of, deny) == ["mart.u to partner"]


def member(of: str, who: str, kind: str = "role") -> Grant:
    return Grant(f"role:{of}", who, kind, ("member",), Origin("roles.sql", 1, 1))


def test_who_is_a_member_of_a_role_reads_what_it_may(world: World, rule_of: RuleMaker) -> None:
    """Through roles of roles that go round, and by dbt's grants and a place's audience too."""
    granted(world, "READER").relation("raw.u", **{"config_grants.select": "loader"})
    world.place("crm", Place(match=Match(), audience=("Crm",)), "mart.u")
    world.grants += [
        *(member("READER", "TEAM"), member("TEAM", "INTERN"), member("TEAM", "READER")),
        *(member("loader", "PUBLIC", "public"), member("crm", "agent"), member("other", "nobody")),
    ]
    readers = judged(world, rule_of, Deny(data=USER, granted_to=Choice())).findings
    assert [finding.sink for finding in readers] == [
        *(f"mart.u to {who}" for who in ("agent", "crm", "intern", "reader", "team")),
        *(f"raw.u to {who}" for who in ("loader", "public")),
    ]
    assert {finding.origin.file for finding in readers if finding.sink.endswith("intern")} == {
        "roles.sql"
    }


def test_a_role_that_is_put_into_a_share_has_left(world: World, rule_of: RuleMaker) -> None:
    """Snowflake's database roles carry what they may read to who sees the share."""
    granted(world, "D.R").grants += [
        member("D.R", "S", "share"),
        Grant("share:S", "PARTNER", "account", ("usage",), AT),
    ]
    deny = Deny(data=USER, granted_to=Choice(any_of=("partner",)))
    assert sinks(world, rule_of, deny) == ["mart.u to partner"]
    assert "mart.u" in world.estate().shared


@pytest.mark.parametrize(
    ("granted_on", "found"),
    [
        ("*", ["@db.out/day/", "@st/day/", "mart.u"]),
        ("@db.st", ["@st/day/"]),
        ("@out", ["@db.out/day/"]),
        ("@db.*", ["@db.out/day/"]),
        ("mart.*", ["mart.u"]),
    ],
)
def test_a_grant_may_be_on_a_stage_or_on_all_there_is(granted_on: str, found: list[str]) -> None:
    """Who reads a stage reads each file in it."""
    relations = ("@db.out/day/", "@st/day/", "mart.u")
    assert sorted(granted_relations(relations, granted_on)) == found


@pytest.mark.parametrize(
    ("on", "privilege", "found"),
    [
        ("function:crm.f", "usage", ["function:crm.f"]),
        ("function:f", "execute", ["function:crm.f"]),
        ("function:crm.p", "execute", ["procedure:crm.p:1"]),
        ("function:crm.*", "execute", ["function:crm.f", "procedure:crm.p:1"]),
        ("crm.*", "execute", ["function:crm.f", "procedure:crm.p:1"]),
        ("crm.*", "all privileges", ["crm.u", "function:crm.f", "procedure:crm.p:1"]),
        ("crm.*", "select", ["crm.u"]),
        ("crm.*", "usage", []),
        ("function:g", "execute", []),
    ],
)
def test_who_may_call_a_routine_is_told_what_it_returns(
    world: World, rule_of: RuleMaker, on: str, privilege: str, found: list[str]
) -> None:
    """By name, or by the schema that it is in; whoever made it may read the table."""
    world.label("crm.u.email", "user.contact.email")
    world.flow("crm.u.email", "function:crm.f.email").flow("crm.u.email", "procedure:crm.p:1.email")
    world.grants.append(Grant(on, "intern", "", (privilege,), AT))
    deny = Deny(data=USER, granted_to=Choice())
    assert sinks(world, rule_of, deny) == [f"{name} to intern" for name in found]


def test_without_roles_nothing_is_judged(world: World, rule_of: RuleMaker) -> None:
    """Where nobody said who may read what, no grant is too broad."""
    assert judged(granted(world, "intern"), rule_of, OVER).judged == 0


def test_a_role_reads_what_it_lists(world: World, rule_of: RuleMaker) -> None:
    """A category covers its children, and a grant within it is no finding."""
    granted(world, "support_eu")
    roles(world, **{"support*": ("user.contact",)})
    assert judged(world, rule_of, OVER).judged == 1
    assert sinks(world, rule_of, OVER) == []


def test_a_role_reads_nothing_else(world: World, rule_of: RuleMaker) -> None:
    """The finding says who, what, and where the grant is written."""
    roles(granted(world, "analyst"), analyst=("user.behavior",))
    [finding] = judged(world, rule_of, OVER).findings
    assert (finding.sink, finding.origin) == ("mart.u to analyst", AT)
    assert (
        "which analyst may read, but parameters.roles (analyst) do not list user.contact.email"
        in english(finding.message)
    )


@pytest.mark.parametrize("may_read", [{}, {"intern": ()}])
def test_who_has_no_role_reads_nothing(
    world: World, rule_of: RuleMaker, may_read: dict[str, tuple[str, ...]]
) -> None:
    """A principal that no role matches, and a role that lists nothing, may read nothing."""
    roles(granted(world, "intern"), dba=("user",), **may_read)
    [finding] = judged(world, rule_of, OVER).findings
    assert "for which parameters.roles lists nothing" in english(finding.message)


def test_who_matches_several_roles_reads_what_any_lists(world: World, rule_of: RuleMaker) -> None:
    """Roles add up, as grants do."""
    granted(world, "analyst_crm")
    roles(world, **{"analyst*": ("user.behavior",), "*_crm": ("user.contact",)})
    assert sinks(world, rule_of, OVER) == []


def test_everybody_is_a_role_too(world: World, rule_of: RuleMaker) -> None:
    """A grant to PUBLIC is judged by the role of that name, not by those of single people."""
    roles(granted(world, "PUBLIC"), analyst=("user",))
    assert sinks(world, rule_of, OVER) == ["mart.u to public"]
    roles(world, PUBLIC=("user",))
    assert sinks(world, rule_of, OVER) == []


def test_what_a_rule_accepts_needs_no_role(world: World, rule_of: RuleMaker) -> None:
    """Data under an accepted protection may be read by whoever is granted it."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "mart.u.k", "hmac")
    world.grants.append(Grant("mart.u", "analyst", "role", ("select",), AT))
    roles(world, dba=("user",))
    assert sinks(world, rule_of, OVER) == ["mart.u to analyst"]
    keyed = Deny(data=USER, over_granted=True, unless_protected=Accepts(accept=(Method.KEYED,)))
    assert sinks(world, rule_of, keyed) == []


def test_only_relations_asked_about_are_judged(world: World, rule_of: RuleMaker) -> None:
    """`into` narrows down where grants are looked at."""
    roles(granted(world, "intern"), dba=("user",)).relation("mart.u", "view")
    deny = Deny(data=USER, over_granted=True, into=Where(kind=(RelationKind.TABLE,)))
    assert judged(world, rule_of, deny).judged == 0


def test_an_audience_of_a_place_is_a_grant(world: World, rule_of: RuleMaker) -> None:
    """Who reads a place reads what lies in it."""
    roles(granted(world), dba=("user",))
    world.place("mart", Place(match=Match(), audience=("marketing",)), "mart.u")
    assert sinks(world, rule_of, OVER) == ["mart.u to marketing"]


@pytest.mark.parametrize(("access", "found"), [("public", 1), ("protected", 0)])
def test_a_public_model_is_offered_to_every_project(
    world: World, rule_of: RuleMaker, access: str, found: int
) -> None:
    """Dbt's `access: public` lets projects build on a model that nobody here knows of."""
    granted(world).relation("mart.u", config_access=access)
    deny = Deny(data=USER, granted_to=Choice(any_of=("public", "every dbt project")))
    assert sinks(world, rule_of, deny) == ["mart.u to every dbt project"] * found


@pytest.mark.parametrize("written", ["contractor*", "CONTRACTOR_IN"])
def test_who_reads_from_a_place_has_the_data_there(
    world: World, rule_of: RuleMaker, written: str
) -> None:
    """A place's `roles` are whom a relation is granted to, so a reader abroad is data abroad."""
    granted(world, "contractor_in", "clerk")
    world.place("india", Place(match=Match(roles=(written,)), region="ap-south-1"))
    deny = Deny(data=USER, into=Where(region=Choice(any_of=("IN",))))
    assert sinks(world, rule_of, deny) == ["mart.u"]
    world.grants = [grant for grant in world.grants if grant.principal == "clerk"]
    assert sinks(world, rule_of, deny) == []
    world.relation("mart.u", **{"config_grants.select": "contractor_in"})
    assert sinks(world, rule_of, deny) == ["mart.u"]


@pytest.mark.parametrize(
    ("setting", "who", "found"),
    [
        ("roles/bigquery.dataViewer", "allUsers", ["public"]),
        ("roles/bigquery.dataViewer", "domain:example.org", ["public"]),
        ("roles/bigquery.dataViewer", "user:ann@example.org", ["ann@example.org"]),
        ("+roles/bigquery.admin", "group:all@example.org", ["all@example.org"]),
        ("all privileges", "intern", ["intern"]),
        ("+ownership", "intern", ["intern"]),
        ("insert", "intern", []),
        ("+usage", "intern", []),
    ],
)
def test_dbt_grants_by_any_privilege(
    world: World, rule_of: RuleMaker, setting: str, who: str, found: list[str]
) -> None:
    """What a model's `grants` names is a privilege of the engine's: BigQuery's are roles."""
    granted(world).relation("mart.u", **{f"config_grants.{setting}": who})
    deny = Deny(data=USER, granted_to=Choice())
    assert sinks(world, rule_of, deny) == [f"mart.u to {name}" for name in found]


@pytest.mark.parametrize(
    ("privilege", "reads"),
    [
        ("use schema", False),
        ("create table", False),
        ("connect", False),
        ("create any view", True),
        ("control", True),
        ("imported privileges", True),
    ],
)
def test_some_privileges_let_nobody_read(
    world: World, rule_of: RuleMaker, privilege: str, *, reads: bool
) -> None:
    """Who may see that there is a schema, or make a table in it, reads none of its tables."""
    granted(world).grants.append(Grant("mart.*", "intern", "role", (privilege,), AT))
    deny = Deny(data=USER, granted_to=Choice(any_of=("intern",)))
    assert sinks(world, rule_of, deny) == ["mart.u to intern"] * reads


def test_a_rule_about_roles_may_leave_principals_to_another(
    world: World, rule_of: RuleMaker
) -> None:
    """`principals` chooses whose grants are judged by roles."""
    roles(granted(world, "PUBLIC", "intern"), dba=("user",))
    deny = Deny(data=USER, over_granted=True, principals=Choice(none_of=("Public",)))
    assert sinks(world, rule_of, deny) == ["mart.u to intern"]
