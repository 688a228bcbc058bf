"""Where regions lie, and which countries belong together on a day."""

from __future__ import annotations

from datetime import date

import pytest

from enforcer.jurisdictions import jurisdictions

NOW = jurisdictions(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("eu-west-1", "IE"),
        ("AWS_EU_CENTRAL_1", "DE"),
        ("aws/eu-west-2", "GB"),
        ("europe-west9", "FR"),
        ("West Europe", "NL"),
        ("azure_uksouth", "GB"),
        ("chinaeast2", "CN"),
        ("cn-north-1", "CN"),
        ("cn-shanghai", "CN"),
        ("cn-shenzhen-finance-1", "CN"),
        ("ap-guangzhou", "CN"),
        ("tencent:ap-shanghai-fsi", "CN"),
        ("cn-hongkong", "HK"),
        ("ap-hongkong", "HK"),
        ("asia-east1", "TW"),
        ("us-gov-west-1", "US"),
        ("DE", "DE"),
        ("no", "NO"),
        ("DE/cellar in Mainz", "DE"),
        ("US", "US"),
    ],
)
def test_a_region_lies_in_a_country(written: str, country: str) -> None:
    """The name of a cloud's region, however it is spelt, and a country's code tell the country."""
    assert country in NOW.of(written)


@pytest.mark.parametrize("outside", ["HK", "MO", "TW", "cn-hongkong", "ap-taipei", "asia-east1"])
def test_the_mainland_of_china_is_that_alone(outside: str) -> None:
    """Hong Kong, Macao and Taiwan do not lie in `CN`."""
    assert "CN" not in NOW.of(outside)


def test_a_name_of_several_clouds_is_the_first_ones() -> None:
    """`eu-west-1` is Ireland; whoever means Alibaba's London says so."""
    assert "IE" in NOW.of("eu-west-1")
    assert NOW.of("alibaba/eu-west-1") == {"GB", "UK", "EU-adequate"}


def test_groups_hold_countries_and_groups() -> None:
    """Who is in the European Union is in the Economic Area as well, and not the other way round."""
    assert {"EU", "EEA"} <= NOW.of("FR")
    assert {"EU", "EEA"} <= NOW.of("eu")
    assert "EEA" in NOW.of("NO")
    assert "EU" not in NOW.of("NO")


@pytest.mark.parametrize("unknown", ["", "Atlantis", "dc-7", "aws/eu-nowhere-1"])
def test_what_nobody_knows_lies_nowhere(unknown: str) -> None:
    """A region that is in no list, and none at all, are in no jurisdiction."""
    assert NOW.of(unknown) == frozenset()


@pytest.mark.parametrize(
    ("day", "adequate"),
    [
        (date(2021, 6, 27), False),
        (date(2021, 6, 28), True),
        (date(2031, 12, 27), True),
        (date(2031, 12, 28), False),
    ],
)
def test_adequacy_begins_and_ends_on_a_day(day: date, *, adequate: bool) -> None:
    """The first and the last day of a decision count."""
    assert ("EU-adequate" in jurisdictions(day).of("GB")) is adequate


def test_what_covers_some_recipients_alone_is_no_adequacy() -> None:
    """The United States and Canada need a ground that says which recipient it is."""
    assert "EU-adequate" not in NOW.of("US") | NOW.of("CA")
