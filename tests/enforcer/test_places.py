"""What lies in which place."""

from __future__ import annotations

import pytest

from enforcer.config import load_config
from enforcer.places import find_places, load_places, places_of
from enforcer.rules import Match, Place
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError
from lineage import Origin
from lineage.projects import Fact, Relation, RelationKind

TAXONOMY = load_taxonomy()


def relation(name: str, kind: str = "table", file: str = "a.sql", **facts: str) -> Relation:
    stated = tuple(Fact(key.replace("__", "."), value) for key, value in facts.items())
    return Relation(name=name, kind=RelationKind(kind), origin=Origin(file, 1, 1), facts=stated)


MART = relation(
    "shop.mart.users", "model", "models/marts/core/users.sql", tag="nightly", group="bi"
)
OF_SESSION = relation("RAW.MEMBERS@jobs/load.sql")
DASHBOARD = relation("exposure:trading", "exposure")
STAGE = relation("@EXCHANGE.FEED/out.csv", "external")
BESIDE = relation("in/../out/./users.csv", "external")
AZURE = relation("abfss://box@acct.dfs.core.windows.net/users.csv", "external")
BUCKET = relation("s3://Acme/feed/users.csv", "external")


def lies_in(found: Relation, **match: tuple[str, ...]) -> bool:
    kinds = tuple(RelationKind(kind) for kind in match.pop("kinds", ()))
    return bool(places_of(found, {"there": Place(match=Match(kinds=kinds, **match))}))


@pytest.mark.parametrize(
    ("found", "key", "pattern"),
    [
        (MART, "relations", "shop.mart.users"),
        (MART, "relations", "SHOP.MART.*"),
        (MART, "relations", "mart.users"),
        (MART, "relations", "users"),
        (MART, "relations", "*.mart.*"),
        (MART, "paths", "models/marts/*"),
        (MART, "paths", "marts/core/users.sql"),
        (MART, "tags", "night*"),
        (MART, "groups", "BI"),
        (MART, "kinds", "model"),
        (relation("a", config__group="bi"), "groups", "bi"),
        (relation("a", config__tags="pii"), "tags", "pii"),
        (OF_SESSION, "relations", "raw.members"),
        (OF_SESSION, "relations", "raw.*"),
        (OF_SESSION, "relations", "members"),
        (DASHBOARD, "exposures", "trading"),
        (DASHBOARD, "exposures", "trad*"),
        (STAGE, "stages", "@exchange.feed/*"),
        (STAGE, "stages", "exchange.feed/*"),
        (BUCKET, "uris", "s3://Acme/*"),
        (BUCKET, "uris", "S3A://Acme/*"),
        (BUCKET, "uris", "s3://Acme/feed/users.csv/*"),
        (STAGE, "stages", '@"EXCHANGE"."FEED"/*'),
        (BESIDE, "uris", "out/*"),
        (BESIDE, "uris", "./out/*"),
        (BESIDE, "relations", "out/users.csv"),
        (AZURE, "uris", "az://acct.blob.core.windows.net/box/*"),
        (AZURE, "uris", "https://acct.blob.core.windows.net/*"),
    ],
)
def test_what_matches_lies_there(found: Relation, key: str, pattern: str) -> None:
    """A relation lies in a place by its name, path, tag, group, kind or address."""
    assert lies_in(found, **{key: (pattern,)})


@pytest.mark.parametrize(
    ("found", "key", "pattern"),
    [
        (MART, "relations", "shop.mart"),
        (MART, "relations", "art.users"),
        (MART, "relations", "mart"),
        (MART, "paths", "odels/*"),
        (MART, "tags", "night"),
        (MART, "exposures", "*"),
        (MART, "uris", "*"),
        (MART, "stages", "*"),
        (MART, "roles", "*"),
        (DASHBOARD, "exposures", "exposure:trading"),
        (BUCKET, "uris", "s3://acme/*"),
        (BUCKET, "uris", "feed/*"),
        (BUCKET, "relations", "csv"),
        (BUCKET, "stages", "*"),
        (STAGE, "uris", "*"),
        (STAGE, "stages", "@exchange.feed/OUT*"),
        (STAGE, "stages", '@"exchange"."feed"/*'),
        (BESIDE, "uris", "in/*"),
        (BESIDE, "uris", "/out/*"),
        (AZURE, "uris", "abfss://other@acct.dfs.core.windows.net/*"),
    ],
)
def test_what_does_not_match_lies_elsewhere(found: Relation, key: str, pattern: str) -> None:
    """A part of a word is no match, and an address is matched as a whole, letter case included."""
    assert not lies_in(found, **{key: (pattern,)})


def test_a_relation_may_lie_in_several_places() -> None:
    """All places are found, by name, and relations without one are left out."""
    places = {
        "z": Place(match=Match(tags=("nightly",))),
        "a": Place(match=Match(relations=("mart.*",))),
        "other": Place(match=Match(relations=("raw.*",))),
    }
    assert find_places([MART, DASHBOARD], places) == {"shop.mart.users": ("a", "z")}


@pytest.mark.parametrize("inline", [True, False])
def test_places_are_read_from_a_file_or_from_the_configuration(tmp_path, inline: bool) -> None:  # noqa: ANN001, FBT001
    """Both ways say the same."""
    places = "{crm: {match: {relations: raw.*}, partner: {name: Acme, permits: [user.name]}}}"
    (tmp_path / "places.yml").write_text(places, encoding="utf-8")
    text = f"version: 1\nplaces: {places if inline else 'places.yml'}\n"
    (tmp_path / "fieldgate.yml").write_text(text, encoding="utf-8")
    found = load_places(load_config(tmp_path), TAXONOMY)
    assert found["crm"].match.relations == ("raw.*",)


def test_a_mistake_in_places_of_the_configuration_is_named_there(tmp_path) -> None:  # noqa: ANN001
    """The position is that of the configuration, not of a file of places."""
    text = "version: 1\nplaces:\n  crm: {match: {}}\n"
    (tmp_path / "fieldgate.yml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_places(load_config(tmp_path), TAXONOMY)
    assert str(caught.value).startswith("fieldgate.yml:3:16: place `crm` matches nothing; ")


def test_without_places_there_are_none(tmp_path) -> None:  # noqa: ANN001
    """A project need not declare any."""
    assert load_places(load_config(tmp_path), TAXONOMY) == {}


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("\u212ayc.users", "kyc.*"),
        ('ads."a.crm.b"', "*.crm.*"),
        ("crm.example.org/x.csv", "crm.*"),
        ("./crm.users", "crm.users"),
    ],
)
def test_what_only_looks_like_a_schema_is_none(name: str, pattern: str) -> None:
    """A letter of another script, a dot in quotes and the name of a file make no schema."""
    assert not lies_in(relation(name), relations=(pattern,))


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ('shop.mart."a.b"', "mart.*"),
        ('shop.mart."a/b"', "mart.*"),
        ('"my.schema".users', '"my.schema".*'),
        ("./out.csv", "out*.csv"),
        ("GRÖSSE.users", "grösse.*"),
    ],
)
def test_quotes_take_no_table_out_of_its_schema(name: str, pattern: str) -> None:
    """What stands in quotes is part of a name like any other, and a file goes by its ending."""
    assert lies_in(relation(name), relations=(pattern,))
