"""The rules in Rego that are shipped: their samples, what OPA says, and the numbers of the law."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from enforcer.engines.embedded import Embedded
from enforcer.engines.judge import Judge
from enforcer.messages import words_in
from enforcer.packs import load_rule
from enforcer.places import find_places
from enforcer.policytest import SAMPLES, Surroundings, run_samples, sample_world
from enforcer.rego import RegoRule
from enforcer.rules import Match, Place
from enforcer.shipped import policies_folder
from enforcer.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enforcer.check import Outcome
    from enforcer.estate import Estate
    from enforcer.opa import Server
    from enforcer.policytest import SampleName
    from enforcer.rules import Rule

FILES = sorted(policies_folder().glob("*/*.rego"))
TAXONOMY = load_taxonomy()


def load(name: str) -> RegoRule:
    (file,) = [file for file in FILES if file.stem == name]
    path = file.relative_to(policies_folder()).as_posix()
    rule = load_rule(policies_folder(), path, "shipped", TAXONOMY).rule
    assert isinstance(rule, RegoRule)
    return rule


RULES = [load(file.stem) for file in FILES]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(RULES, TAXONOMY) as opened:
        yield opened


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_shipped_rule_does_what_its_file_says(rule: RegoRule, judge: Judge) -> None:
    """`avoid` raises a finding, `prefer` does not, and both have something to judge."""

    def by(one: Rule, estate: Estate) -> Outcome:
        assert isinstance(one, RegoRule)
        return judge.judge(one, estate)

    assert run_samples(rule, TAXONOMY, find_places, judge=by).problems == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_shipped_rule_speaks_both_languages(rule: RegoRule, judge: Judge) -> None:
    """Its card and its findings are in English and in Chinese, with no hole left in them."""
    assert rule.zh is not None
    world = sample_world(rule, "avoid", Surroundings(TAXONOMY, find_places))
    for finding in judge.judge(rule, world).findings:
        said = [words_in(lang)(finding.message) for lang in ("en", "zh")]
        assert said[0].isascii()
        assert not said[1].isascii()
        assert "{" not in "".join(said)


@pytest.mark.threat(36)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_server_judges_shipped_rules_alike(
    rule: RegoRule, name: SampleName, judge: Judge, opa: int, server_at: Callable[..., Server]
) -> None:
    """OPA makes the same findings of both samples, to the letter."""
    world = sample_world(rule, name, Surroundings(TAXONOMY, find_places))
    with Judge([rule], TAXONOMY, server_at(opa)) as there:
        assert there.judge(rule, world) == judge.judge(rule, world)


def test_opas_own_checks_pass(opa_binary: str) -> None:
    """OPA's strict compiler finds nothing amiss by the published schema of the input."""
    schemas = str(policies_folder() / "schema")
    command = [opa_binary, "check", "--strict", "--schema", schemas, *map(str, FILES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_shipped_rules_are_formatted(opa_binary: str) -> None:
    """As `opa fmt` writes them."""
    command = [opa_binary, "fmt", "--list", *map(str, FILES)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == ""


# The Chinese export route.

EXPORT = load("transfer-threshold-crossed")
SETS = TAXONOMY.sets()

MECHANISMS = {"none": 1, "standard_contract": 2, "certification": 2, "assessment": 3}
GENERAL = (0, 1, 99_999, 100_000, 999_999, 1_000_000)
SENSITIVE = (0, 1, 9_999, 10_000)
ROUTES = {"none": 0, "exempt_small": 1, "contract_or_certification": 2, "assessment": 3}


def cn_export_route(*, operator: bool, important: bool, general: int, sensitive: int) -> str:
    """The law, written down once more."""
    if important or (operator and general + sensitive > 0):
        return "assessment"
    if general >= 1_000_000 or sensitive >= 10_000:
        return "assessment"
    if general >= 100_000 or sensitive > 0:
        return "contract_or_certification"
    return "exempt_small" if general > 0 else "none"


def relation(name: str, region: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401
    said = {key.replace("__", "."): value for key, value in facts.items()}
    return {
        "name": name,
        "regions": [region],
        "countries": [],
        "subjects": [],
        "facts": {key: [str(value)] for key, value in said.items()},
        "numbers": {key: value for key, value in said.items() if isinstance(value, int)},
    }


def export(
    general: int, sensitive: int, mechanism: str, *, operator: bool, important: bool
) -> dict[str, Any]:
    """An export of so many people's data; with none sensitive, none of that category flows."""
    home = relation("cn", "cn-hangzhou", ciio=str(operator).lower())
    if important:
        home["facts"]["grade"] = ["important"]
    sink = relation(
        "sg",
        "ap-southeast-1",
        transfer__mechanism=mechanism,
        transfer__ytd__general=general,
        transfer__ytd__sensitive=sensitive,
    )
    categories = ["user.name"] * (general > 0) + ["user.biometric.face"] * (sensitive > 0)
    if not categories:
        categories = ["business.important_data"] * important
    return {
        "parameters": EXPORT.parameters,
        "sets": SETS,
        "relations": {"cn": home, "sg": sink},
        "sources": [
            {"relation": "cn", "column": "c", "category": category, "enumerable": False}
            for category in categories
        ],
        "flows": [
            {
                "relation": "sg",
                "category": category,
                "flow": "direct",
                "protection": "clear",
                "guards": [],
                "sources": [number],
            }
            for number, category in enumerate(categories)
        ],
    }


def test_the_export_route_is_the_laws_on_every_boundary() -> None:
    """An export is found exactly where the law's route is stricter than the recorded one."""
    program = EXPORT.program
    cases = [
        (general, sensitive, mechanism, operator, important)
        for general in GENERAL
        for sensitive in SENSITIVE
        for mechanism in MECHANISMS
        for operator in (False, True)
        for important in (False, True)
    ]
    with Embedded() as engine:
        engine.load([program])
        for general, sensitive, mechanism, operator, important in cases:
            document = export(general, sensitive, mechanism, operator=operator, important=important)
            route = cn_export_route(
                operator=operator,
                important=important and bool(document["flows"]),
                general=general,
                sensitive=sensitive,
            )
            found = engine.judge(program, document).deny
            case = (general, sensitive, mechanism, operator, important, route)
            assert bool(found) is (ROUTES[route] > MECHANISMS[mechanism]), case


def test_exports_are_added_up() -> None:
    """Two exports that are each below the threshold are over it together."""
    program = EXPORT.program
    one = export(600_000, 0, "standard_contract", operator=False, important=False)
    two = {**one, "relations": {**one["relations"], "us": {**one["relations"]["sg"], "name": "us"}}}
    two["flows"] = [*one["flows"], {**one["flows"][0], "relation": "us"}]
    with Embedded() as engine:
        engine.load([program])
        assert engine.judge(program, one).deny == []
        found = [f["relation"] for f in engine.judge(program, two).deny]
    assert sorted(found) == ["sg", "us"]


def test_an_exempt_export_does_not_count() -> None:
    """What is exempt needs no route, and does not bring others over the threshold."""
    program = EXPORT.program
    document = export(2_000_000, 0, "none", operator=False, important=False)
    document["relations"]["sg"]["facts"]["transfer.exemption"] = ["contract_need"]
    with Embedded() as engine:
        engine.load([program])
        answer = engine.judge(program, document)
    assert (answer.deny, answer.judged) == ([], 0)


def test_a_small_volume_is_counted_and_not_believed() -> None:
    """Who claims to send little is held to the number all the same."""
    program = EXPORT.program
    document = export(2_000_000, 0, "none", operator=False, important=False)
    document["relations"]["sg"]["facts"]["transfer.exemption"] = ["small_volume"]
    with Embedded() as engine:
        engine.load([program])
        assert len(engine.judge(program, document).deny) == 1


def test_a_copy_abroad_is_an_export_whatever_lies_at_home() -> None:
    """A relation that is replicated abroad lies there as well as here."""
    program = EXPORT.program
    document = export(1_000_000, 0, "none", operator=False, important=False)
    document["relations"]["sg"]["regions"] = ["ap-southeast-1", "SG", "cn-north-1", "CN"]
    with Embedded() as engine:
        engine.load([program])
        assert len(engine.judge(program, document).deny) == 1


@pytest.mark.parametrize(
    ("region", "found"), [("ap-east-1", 1), ("eastasia", 1), ("eu-moscow", 1), ("eu-west-1", 0)]
)
def test_a_region_of_concern_is_known_by_its_country(region: str, found: int, judge: Judge) -> None:
    """Clouds name regions after places as they like; what counts is where they lie."""
    rule = load("bulk-threshold-country-of-concern")
    places = {"lab": Place(match=Match(uris=("s3://research/*",)), region=region)}
    avoid = msgspec.structs.replace(rule.avoid, places=places)
    there = msgspec.structs.replace(rule, avoid=avoid)
    world = sample_world(there, "avoid", Surroundings(TAXONOMY, find_places))
    assert (len(judge.judge(rule, world).findings) > 0) is bool(found)


@pytest.mark.parametrize("region", ["cn-hongkong", "eu-west-1", "ap-hongkong"])
def test_hong_kong_is_abroad(region: str) -> None:
    """The mainland's rules are about what leaves the mainland."""
    program = EXPORT.program
    document = export(1_000_000, 0, "none", operator=False, important=False)
    document["relations"]["sg"]["regions"] = [region]
    with Embedded() as engine:
        engine.load([program])
        assert len(engine.judge(program, document).deny) == 1


@pytest.mark.parametrize("region", ["cn-north-1", "chinaeast2", "ap-shanghai"])
def test_what_stays_is_no_export(region: str) -> None:
    """Another region of the mainland is not abroad."""
    program = EXPORT.program
    document = export(1_000_000, 0, "none", operator=False, important=False)
    document["relations"]["sg"]["regions"] = [region]
    with Embedded() as engine:
        engine.load([program])
        assert engine.judge(program, document).judged == 0
