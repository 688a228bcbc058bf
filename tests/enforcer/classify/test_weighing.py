"""What speaks for a label, and how much: names, types, and seed values made at run time."""

from __future__ import annotations

import random

import pytest

from enforcer.classify.cells import Cells, cells_by_column
from enforcer.classify.proposal import Confidence
from enforcer.classify.types import family_of
from enforcer.classify.weighing import Weighed, weigh
from enforcer.estate import Seed
from enforcer.messages import words_in
from enforcer.taxonomy import load_taxonomy
from enforcer.value_kinds import ValueKind as K
from enforcer.values import KINDS

TAXONOMY = load_taxonomy()
YEAR = 2026
EMAIL, PHONE = "user.contact.email", "user.contact.phone_number"
PAN = "user.financial.credit_card.pan"
NATIONAL = "user.government_id.national_identification_number"
RANDOM = random.Random(4)  # noqa: S311 - values for tests


def digits(count: int) -> str:
    return "".join(RANDOM.choice("0123456789") for _ in range(count))


def numbers(kind: K, prefix: str, length: int, count: int) -> list[str]:
    """Numbers of a kind, each completed by the check digits that fit it."""
    found: list[str] = []
    while len(found) < count:
        body = prefix + digits(length - len(prefix))
        if KINDS[kind].passes(body, YEAR):
            found.append(body)
    return found


def cells(values: list[str]) -> Cells:
    text = "x\n" + "\n".join(f'"{value}"' for value in values)
    return cells_by_column(Seed("s", "s.csv", text), YEAR)["x"]


def weighed(name: str, kind: str = "", values: list[str] | None = None) -> Weighed | None:
    found = cells(values) if values is not None else None
    return weigh(TAXONOMY.hinted(name), kind, found, TAXONOMY)


def said(name: str, kind: str = "", values: list[str] | None = None) -> tuple[object, ...] | None:
    found = weighed(name, kind, values)
    return None if found is None else (found.categories[0], found.confidence.value)


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("email", "", (EMAIL, "medium")),
        ("email", "VARCHAR(255)", (EMAIL, "medium")),
        ("email", "BOOLEAN", None),
        ("email", "INTEGER", (EMAIL, "low")),
        ("phone", "BIGINT", (PHONE, "medium")),
        ("phone", "TIMESTAMP_NTZ", (PHONE, "low")),
        ("birth_date", "DATE", ("user.demographic.date_of_birth", "high")),
        ("ip_address", "inet", ("user.device.ip_address", "high")),
        ("mac_address", "macaddr", ("user.device.mac", "high")),
        ("device_id", "UUID", ("user.device.device_id", "high")),
        ("xm", "", ("user.name", "low")),
        ("ssn", "", (NATIONAL, "medium")),
        ("amount", "", None),
    ],
)
def test_a_name_and_a_type(name: str, kind: str, expected: tuple[str, str] | None) -> None:
    """A type that is made for such values makes a name surer, one that is not less sure."""
    assert said(name, kind) == expected


@pytest.mark.parametrize(
    ("written", "family"),
    [
        ("varchar(10)", "text"), ("STRING", "text"), ("character varying", "text"),
        ("NUMBER(38,0)", "integer"), ("int64", "integer"), ("NUMERIC(10, 2)", "decimal"),
        ("FLOAT", "decimal"), ("date", "date"), ("datetime", "time"), ("TIMESTAMP_NTZ(9)", "time"),
        ("bool", "boolean"), ("tinyint(1)", "boolean"), ("inet", "address"), ("struct<a int>", ""),
    ],
)  # fmt: skip
def test_types_of_all_dialects_have_families(written: str, family: str) -> None:
    """What a type is for does not depend on how a warehouse spells it."""
    assert family_of(written) == family


def emails(count: int) -> list[str]:
    return [f"{RANDOM.choice('abc')}.{digits(4)}@acme-{n}.com" for n in range(count)]


def test_values_and_a_name_that_agree_are_sure() -> None:
    """A column called so, full of values that pass, is what it says."""
    assert said("mail_address", values=emails(20)) == (EMAIL, "high")
    assert said("card_number", values=numbers(K.PAN, "4539", 16, 12)) == (PAN, "high")


def test_values_speak_where_a_name_is_silent() -> None:
    """Check digits tell what `ref` is; where they may be chance it is less sure."""
    assert said("ref", values=emails(20)) == (EMAIL, "high")
    assert said("ref", values=numbers(K.PAN, "4539", 16, 12)) == (PAN, "medium")
    assert said("ref", values=numbers(K.AADHAAR, "4", 12, 12)) == (NATIONAL, "medium")


def test_values_outweigh_a_name_that_says_otherwise() -> None:
    """Identity numbers in a column called phone are identity numbers."""
    stems = [f"110105{1950 + n}0612" for n in range(12)]
    made = [numbers(K.CN_ID, stem, 18, 1)[0] for stem in stems]
    found = weighed("phone", values=made)
    assert found is not None
    assert found.categories == (
        NATIONAL,
        "user.demographic.date_of_birth",
        "user.demographic.gender",
    )


def test_chance_is_no_evidence() -> None:
    """Order numbers of which one in ten passes, or that were counted up, are no card numbers."""
    assert said("ref", values=[digits(16) for _ in range(200)]) is None
    assert said("ref", values=[str(13_800_000_000 + n) for n in range(50)]) is None
    assert said("ref", values=numbers(K.PAN, "4539", 16, 1)) is None
    assert said("ref", values=["123", "456", "789"]) is None


def test_what_may_be_anything_only_supports_a_name() -> None:
    """UUIDs are ids of anything, and of devices in a column that says so."""
    uuids = [f"{digits(8)}-{digits(4)}-4{digits(3)}-8{digits(3)}-{digits(12)}" for _ in range(9)]
    assert said("ref", values=uuids) is None
    assert said("device_id", values=uuids) == ("user.device.device_id", "high")


def test_values_that_are_nothing_like_it_make_a_name_doubtful() -> None:
    """A column of words that is called email, or one of digests, may be something else."""
    assert said("email", values=["yes", "no", "maybe", "never", "always"]) == (EMAIL, "low")
    digests = [f"{n:032x}" + "ab" * 16 for n in range(12)]
    assert said("email", values=digests) == (EMAIL, "low")
    assert said("phone", values=["555-0113", "555-0126", "555-0139", "1", "2", "3"]) == (
        PHONE,
        "medium",
    )


def test_specimens_show_what_a_column_is_for() -> None:
    """Cards of manuals and addresses of example.com are nobody's, and still of their kind."""
    assert said("card_number", values=["4111111111111111", "4242424242424242", "5555555555554444"]
                ) == (PAN, "high")  # fmt: skip
    assert said("ref", values=[f"user{n}@example.com" for n in range(9)]) == (EMAIL, "high")


def test_a_company_or_a_provider_is_no_person() -> None:
    """Credit codes of companies and numbers of providers propose nothing, and deny nothing."""
    assert said("ref", values=numbers(K.NPI, "1", 10, 12)) is None
    assert said("phone", values=numbers(K.NPI, "1", 10, 12)) == (PHONE, "medium")


def test_a_reason_shows_no_value() -> None:
    """At most two characters at each end of one example are shown."""
    made = emails(9)
    found = weighed("ref", values=made)
    assert found is not None
    text = " ".join(words_in("en")(reason.said) for reason in found.reasons)
    assert "9 of 9 distinct seed values pass for an e-mail address" in text
    assert [value for value in made if value[:3] in text or value[-5:] in text] == []


def test_a_broken_seed_is_read_as_far_as_it_goes() -> None:
    """Rows of other lengths, empty cells and no rows at all are no error."""
    text = 'a,b\n1\n,2,3\n"x'
    found = cells_by_column(Seed("s", "s.csv", text), YEAR)
    assert {name: column.count for name, column in found.items()} == {"a": 2, "b": 1}
    assert cells_by_column(Seed("s", "s.csv", ""), YEAR) == {}


def test_confidence_is_ordered() -> None:
    """High is surer than medium, and that than low."""
    assert Confidence.HIGH.at_least(Confidence.MEDIUM)
    assert not Confidence.LOW.at_least(Confidence.MEDIUM)
