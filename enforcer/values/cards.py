"""Payment cards: numbers, magnetic stripes, and the numbers that are checked like them.

Sources: ISO/IEC 7812-1 (Luhn) with the issuers' prefixes, ISO/IEC 7813 (tracks), and for
IMEI and NPI their own numbering rules, which take the same check digit.
"""

from __future__ import annotations

import re
from typing import Final

from enforcer.values.checksums import luhn

_CARD_FORM: Final = re.compile(
    r"\d{12,19}|\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?|\d{4}[ -]\d{6}[ -]\d{5}", re.ASCII
)
_ISSUERS: Final = re.compile(
    r"(?:4\d{12}(?:\d{3}){0,2}"  # Visa: 13, 16, 19
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}"  # Diners Club
    r"|6(?:011|5\d{2}|4[4-9]\d)\d{12}"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|(?:62|81)\d{14,17})",  # UnionPay
    re.ASCII,
)
_TRACK: Final = re.compile(
    r"%B(\d{12,19})\^[^^]{2,26}\^\d{7}.*|;(\d{12,19})=\d{7}.*", re.ASCII | re.DOTALL
)
_IMEI: Final = re.compile(r"\d{15}|\d{2}[ -]\d{6}[ -]\d{6}[ -]\d", re.ASCII)
_NPI: Final = re.compile(r"[12]\d{9}", re.ASCII)
_DIVIDERS: Final = str.maketrans("", "", " -")


def is_pan(value: str, _year: int) -> bool:
    """An issuer's prefix and length, more than two distinct digits, and the Luhn check digit."""
    if _CARD_FORM.fullmatch(value) is None:
        return False
    digits = value.translate(_DIVIDERS)
    few = len(set(digits)) <= 2  # noqa: PLR2004 - as in the docstring
    return not few and _ISSUERS.fullmatch(digits) is not None and luhn(digits)


def is_track(value: str, _year: int) -> bool:
    """Track 1 or track 2 of a magnetic stripe, around a number that Luhn agrees with."""
    found = _TRACK.fullmatch(value)
    return found is not None and luhn(found[1] or found[2])


def is_imei(value: str, year: int) -> bool:
    """The hardware number of a phone; what may be a card is taken for one."""
    if _IMEI.fullmatch(value) is None or is_pan(value, year):
        return False
    digits = value.translate(_DIVIDERS)
    return len(set(digits)) > 2 and luhn(digits)  # noqa: PLR2004 - 000000000000000 is none


def is_npi(value: str, _year: int) -> bool:
    """The number of a US health provider, checked with the prefix of its card."""
    return _NPI.fullmatch(value) is not None and luhn(f"80840{value}")
