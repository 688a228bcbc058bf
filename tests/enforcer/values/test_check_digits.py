"""Numbers with check digits: what their arithmetic promises holds, for numbers made at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enforcer.value_kinds import ValueKind as K
from enforcer.values import KINDS
from enforcer.values.checksums import luhn, mod_11_10, mod_97, verhoeff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

YEAR = 2026
DIGITS = "0123456789"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


def passes(kind: K, value: str) -> bool:
    return KINDS[kind].passes(value, YEAR)


def completed(body: str, ends: Iterable[str], accepts: Callable[[str], bool]) -> list[str]:
    return [body + end for end in ends if accepts(body + end)]


@pytest.mark.parametrize("accepts", [luhn, verhoeff, mod_11_10])
@given(body=digits(11))
def test_one_check_digit_fits(accepts: Callable[[str], bool], body: str) -> None:
    """Exactly one of the ten digits completes a number."""
    assert len(completed(body, DIGITS, accepts)) == 1


@pytest.mark.parametrize("accepts", [luhn, verhoeff, mod_11_10])
@given(body=digits(11), place=st.integers(0, 10), other=st.sampled_from(DIGITS))
def test_a_wrong_digit_is_noticed(
    accepts: Callable[[str], bool], body: str, place: int, other: str
) -> None:
    """No single digit can be changed without another check digit."""
    assume(body[place] != other)
    (number,) = completed(body, DIGITS, accepts)
    assert not accepts(number[:place] + other + number[place + 1 :])


@given(body=digits(11), place=st.integers(0, 10))
def test_verhoeff_notices_neighbours_that_changed_places(body: str, place: int) -> None:
    """Verhoeff's check digit was made to find every exchange of neighbours."""
    (number,) = completed(body, DIGITS, verhoeff)
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert not verhoeff(swapped)


@given(body=st.text(DIGITS + "ABCXYZ", min_size=1, max_size=30))
def test_98_minus_the_rest_makes_the_rest_one(body: str) -> None:
    """ISO 7064: what is appended to make the number 1 modulo 97."""
    control = 98 - mod_97(body + "00")
    assert mod_97(f"{body}{control:02d}") == 1


# A body, and the characters that may complete it.
_NUMBERS = {
    K.CN_ID: (st.builds("{}{:04d}{:02d}{:02d}{}".format, st.sampled_from(["110105", "440305"]),
              st.integers(1900, 2020), st.integers(1, 12), st.integers(1, 28), digits(3)),
              [*DIGITS, "X"], 1),
    K.NHS: (digits(9), DIGITS, 1),
    K.AADHAAR: (st.builds("{}{}".format, st.sampled_from("23456789"), digits(10)), DIGITS, 1),
    K.NIR: (st.builds("{}{}{:02d}{}".format, st.sampled_from("12"), digits(2), st.integers(1, 12),
            digits(8)), [f"{n:02d}" for n in range(100)], 1),
    K.PESEL: (st.builds("{}{:02d}{:02d}{}".format, digits(2), st.integers(1, 12),
              st.integers(1, 28), digits(4)), DIGITS, 1),
    K.BSN: (digits(8), DIGITS, 1),
    K.ES_ID: (digits(8), "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1),
    K.IT_CF: (st.builds("{}{}{}{:02d}{}{}".format, st.text("BCDFGLMNRST", min_size=6, max_size=6),
              digits(2), st.sampled_from("ABCDEHLMPRST"), st.integers(1, 31),
              st.sampled_from("ABFHL"), digits(3)), "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1),
    K.CPF: (digits(9), [f"{n:02d}" for n in range(100)], 1),
    K.NPI: (st.builds("{}{}".format, st.sampled_from("12"), digits(8)), DIGITS, 1),
    K.IMEI: (st.builds("01{}".format, digits(12)), DIGITS, 1),
    K.USCC: (st.builds("91{}{}".format, digits(6), st.text("0123456789ABCDEFGHJKLMNPQRTUWXY",
             min_size=9, max_size=9)), "0123456789ABCDEFGHJKLMNPQRTUWXY", 1),
    K.PAN: (st.builds("4{}".format, digits(14)), DIGITS, 1),
}  # fmt: skip


@pytest.mark.parametrize("kind", _NUMBERS)
@given(data=st.data())
def test_a_number_is_known_by_its_end(kind: K, data: st.DataObject) -> None:
    """Of all ends that a number could have at most one is right, and nearly always one is."""
    bodies, ends, most = _NUMBERS[kind]
    body = data.draw(bodies)
    assume(len(set(body)) > 3)
    found = completed(body, ends, lambda value: passes(kind, value))
    assert len(found) <= most
    for number in found:
        wrong = str((int(body[2]) + 1) % 10) if body[2].isdigit() else "Z"
        changed = number[:2] + wrong + number[3:]
        assert changed == number or not passes(kind, changed)


def test_most_bodies_can_be_completed() -> None:
    """A check that nothing passes would find nothing: for each kind some number is right."""
    bodies = {
        K.CN_ID: "11010519491231003", K.NHS: "943476592", K.AADHAAR: "23412341235",
        K.NIR: "1841276451090", K.PESEL: "4405140136", K.BSN: "11122235", K.ES_ID: "12345679",
        K.IT_CF: "RSSMRA85T10A563", K.CPF: "111444778", K.NPI: "123456790",
        K.IMEI: "49015420323752", K.USCC: "91350100M000100Y5", K.PAN: "401288888888189",
    }  # fmt: skip
    for kind, body in bodies.items():
        ends = _NUMBERS[kind][1]
        assert completed(body, ends, lambda value, kind=kind: passes(kind, value)), kind  # type: ignore[misc]


def zone(number: str, born: str, expires: str, personal: str = "<" * 14) -> str:
    """The second line of a passport's zone, its check digits worked out here."""

    def check(field: str) -> str:
        ranks = [0 if sign == "<" else int(sign, 36) for sign in field]
        return str(sum(rank * (7, 3, 1)[n % 3] for n, rank in enumerate(ranks)) % 10)

    first = number + check(number)
    second, third = born + check(born), expires + check(expires)
    fourth = personal + check(personal)
    return f"{first}UTO{second}F{third}{fourth}" + check(first + second + third + fourth)


@given(digits(9), digits(6), digits(6), st.integers(0, 42))
def test_a_passport_line_checks_itself(number: str, born: str, expires: str, place: int) -> None:
    """A line whose five check digits are right passes, and one with a wrong digit does not."""
    line = zone(number, born, expires)
    assert passes(K.MRZ, line)
    assume(line[place].isdigit())
    changed = str((int(line[place]) + 1) % 10)
    assert not passes(K.MRZ, line[:place] + changed + line[place + 1 :])


@given(st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=8, max_size=8),
       st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=8, max_size=8))  # fmt: skip
def test_a_vehicle_number_has_one_check_character(head: str, tail: str) -> None:
    """The ninth character of a North American vehicle number is one of eleven."""
    assume(any(c.isdigit() for c in head + tail) and any(c.isalpha() for c in head + tail))
    assert sum(passes(K.VIN, head + check + tail) for check in [*DIGITS, "X"]) == 1
