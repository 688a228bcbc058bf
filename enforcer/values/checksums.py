"""Check digits: the arithmetic by which a number tells that it was not mistyped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B: every second digit from the right doubled, the sum divides by ten."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def weighted(digits: Iterable[str], weights: Sequence[int]) -> int:
    """The sum of digits, each times the weight of its place; what has no weight is left out."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def mod_97(text: str) -> int:
    """ISO 7064 MOD 97-10: letters are the numbers from 10 on."""
    return int("".join(str(int(letter, 36)) for letter in text)) % 97


def mod_11_10(digits: str) -> bool:
    """ISO 7064 MOD 11,10, the last digit being the check digit."""
    product = 10
    for digit in digits[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (product + int(digits[-1])) % 10 == 1


# Turns and reflections of a pentagon (J. Verhoeff, 1969): one after another, and by place.
_TURN: Final = tuple(
    tuple((i + j) % 5 + 5 * (j > 4) if i < 5 else (i - j) % 5 + 5 * (j < 5) for j in range(10))  # noqa: PLR2004 - five turns, five reflections
    for i in range(10)
)
_SHIFT: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def verhoeff(digits: str) -> bool:
    """Verhoeff's check digit, the last one."""
    check = 0
    places = _places()
    for position, digit in enumerate(reversed(digits)):
        check = _TURN[check][places[position % 8][int(digit)]]
    return check == 0


def _places() -> list[tuple[int, ...]]:
    """How the digits are permuted at each of the eight places: as at the one before, shifted."""
    places: list[tuple[int, ...]] = [tuple(range(10))]
    for _ in range(7):
        places.append(tuple(_SHIFT[digit] for digit in places[-1]))
    return places
