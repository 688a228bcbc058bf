"""Of which kind a value is, what is only a specimen, and what is shown of it."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.documents import read_document
from enforcer.shipped import policies_folder
from enforcer.taxonomy import load_taxonomy
from enforcer.value_kinds import ValueKind as K
from enforcer.values import KINDS, is_specimen, kind_of, kinds_of

YEAR = 2026
SPECIMENS = read_document(
    policies_folder() / "taxonomy", "specimens.yml", dict[K, tuple[str, ...]]
).value


def one(kind: K, value: str) -> bool:
    return kind in kinds_of(value, YEAR)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (K.EMAIL, ["ann.m@acme-mail.com", "a+b@mail.acme.co.uk"]),
        (K.CN_MOBILE, ["138 0013 8000", "+86-139-1234-5678", "19912345678"]),
        (K.CN_LANDLINE, ["010-62345678", "(0755) 2345678"]),
        (K.CN_PASSPORT, ["E12345678", "EA1234567", "D1234567", "PE1234567"]),
        (K.CN_PLATE, ["京A12345", "粤B·D12345"]),
        (K.CN_ID_15, ["110105491231002"]),
        (K.SSN, ["212-45-6780"]),
        (K.ITIN, ["912-70-1234", "900-50-0001"]),
        (K.MBI, ["1EG4-TE5-MK73"]),
        (K.NINO, ["AB 12 34 56 C", "AB123456D"]),
        (K.US_PHONE, ["(212) 456-7890", "212.456.7890", "+1 212 456 7890", "2124567890"]),
        (K.E164, ["+4930901820", "+44 20 7946 0018"]),
        (K.IP, ["81.2.69.142", "2a02:26f0:ff::5c7a"]),
        (K.MAC, ["3c:22:fb:9a:10:4e", "3C-22-FB-9A-10-4E", "3c22.fb9a.104e"]),
        (K.UUID, ["6f9619ff-8b86-4d01-b42d-00cf4fc964ff"]),
        (K.COORDINATES, ["52.52437, 13.41053", "(-33.8688 151.2093)"]),
        (K.DE_TAX_ID, ["86 095 742 719"]),
        (K.DIGEST, ["9e107d9d372bb6826bd81d3542a419d6"]),
        (K.CARD_CODE, ["123", "4321"]),
    ],
)
def test_forms_that_a_kind_has(kind: K, values: list[str]) -> None:
    """Values are known in the ways in which people write them."""
    assert [value for value in values if not one(kind, value)] == []


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (K.EMAIL, ["git@host", "a@b@c.de", "@acme.com", "ann at acme.com", "a@-.c"]),
        (K.CN_MOBILE, ["12012345678", "1381234567", "138001380001"]),
        (K.CN_PLATE, ["京I12345", "XA12345", "京A1234"]),
        (K.CN_ID_15, ["110105491331002", "990105491231002"]),
        (K.SSN, ["000-12-3456", "666-12-3456", "912-45-6789", "212-00-6789", "212-45-0000",
                 "212456789"]),
        (K.ITIN, ["912-49-1234", "912-93-1234", "812-70-1234"]),
        (K.MBI, ["0EG4TE5MK73", "1SG4TE5MK73", "1EGATE5MK73"]),
        (K.NINO, ["BG123456A", "QQ123456C", "AB123456E", "DA123456A"]),
        (K.US_PHONE, ["112-456-7890", "212-156-7890", "212-45-67890"]),
        (K.E164, ["4930901820", "+0301234567", "+12"]),
        (K.IP, ["1.2.3.4", "10.4.22.1", "256.1.1.1", "81.2.69", "a:b"]),
        (K.UUID, ["6f9619ff-8b86-0d01-b42d-00cf4fc964ff"]),
        (K.COORDINATES, ["52.5, 13.4", "95.52437, 13.41053", "1.00000"]),
        (K.DIGEST, ["9e107d9d", "12345678901234567890123456789012"]),
        (K.NHS, ["1111111111"]),
        (K.AADHAAR, ["134123412346"]),
        (K.IBAN, ["DE89 3704 0044 0532 0130 01", "XX89370400440532013000"]),
        (K.CN_ID, ["11010518001231002X", "11010520991231002X", "110105194902310021"]),
        (K.PESEL, ["44251401359"]),
        (K.SECRET, ["password=***", "password=${PASS}", "pwd={{ env }}", "passwordless"]),
    ],
)  # fmt: skip
def test_forms_that_a_kind_has_not(kind: K, values: list[str]) -> None:
    """What cannot be such a value does not pass for one."""
    assert [value for value in values if one(kind, value)] == []


def test_secrets_are_known_by_how_they_begin() -> None:
    """Keys, tokens and passwords in connection strings, made here at run time."""
    word = secrets.token_hex(24)
    made = [
        "-----BEGIN RSA " + "PRIVATE KEY-----\n" + word,
        "eyJ" + word + ".eyJ" + word + "." + word,
        "AKIA" + word[:16].upper(),
        "ghp_" + word[:36],
        "sk_live_" + word[:24],
        "server=db;Pwd=" + word[:9],
    ]
    assert [value[:9] for value in made if not one(K.SECRET, value)] == []


@pytest.mark.parametrize("kind", SPECIMENS)
def test_a_specimen_is_nobodys(kind: K) -> None:
    """What is published passes for nothing, in whatever form and letter case."""
    for specimen in SPECIMENS[kind]:
        if not set("*?[") & set(specimen):
            spaced = " ".join(specimen[n : n + 4] for n in range(0, len(specimen), 4))
            for form in (specimen, specimen.lower(), spaced):
                assert kind_of(form, YEAR, (kind,)) is None, form
            assert is_specimen(kind, specimen)


@pytest.mark.parametrize(
    "value",
    [
        "x@example.com", "support@acme-mail.com", "a@b.test", "127.0.0.1", "192.168.4.40",
        "203.0.113.77", "2001:db8::7", "+1 212 555 0142", "(212) 555-0142", "+447700900123",
    ],
)  # fmt: skip
def test_reserved_and_fictional_values_are_nobodys(value: str) -> None:
    """Domains, networks and telephone numbers that are kept for documents are no person's."""
    assert kind_of(value, YEAR) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_what_it_is(kind: K) -> None:
    """Every kind that rules can name is told by something, and labels with known categories."""
    taxonomy = load_taxonomy()
    assert set(KINDS) == set(K)
    assert [c for c in KINDS[kind].categories if not taxonomy.known(c)] == []


@given(st.text(max_size=80))
def test_any_text_can_be_asked_about(text: str) -> None:
    """Whatever a value is, the answer is a kind or none."""
    found = kind_of(text, YEAR)
    assert found is None or found in KINDS


@pytest.mark.parametrize(
    "text", ["a" * 10_000, "-" * 10_000, "eyJ" * 3_000, "password=" * 1_000, "1" * 9_999 + "@"]
)
def test_a_hostile_text_takes_no_time(text: str) -> None:
    """No pattern goes back and forth over a long text."""
    assert kind_of(text, YEAR) in {None, K.SECRET}
