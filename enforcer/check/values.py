"""What kind of personal value a text is, by its form and its check digits.

Sources: ISO/IEC 7812-1 (Luhn) with the issuers' prefixes, GB 11643-1999, ISO 13616 with
the registry's lengths, and the numbering rules of the US Social Security Administration.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import msgspec


class ValueKind(msgspec.Struct, frozen=True):
    """A kind of value: its category, and whether one alone may be chance."""

    category: str
    needs_company: bool = False


KINDS: Final = {
    "email": ValueKind("user.contact.email"),
    "pan": ValueKind("user.financial.credit_card.pan", needs_company=True),
    "ssn": ValueKind("user.government_id.national_identification_number"),
    "cn_id": ValueKind("user.government_id.national_identification_number"),
    "iban": ValueKind("user.financial.bank_account"),
}


def kind_of(value: str, year: int) -> str | None:
    """The key in `KINDS` of the kind that a value is of, None when it is of none.

    `year` is the present one: nobody was born after it.
    """
    if "@" in value:
        return "email" if _is_email(value) else None
    compact = re.sub(r"[ -]", "", value)
    if _SSN.fullmatch(value):
        return "ssn" if value not in _SPECIMEN_SSN else None
    if is_resident_id(compact, year):
        return "cn_id"
    if is_card_number(compact) and _CARD_FORM.fullmatch(value):
        return "pan" if compact not in _SPECIMEN_CARDS else None
    return "iban" if is_iban(compact) else None


_EMAIL: Final = re.compile(
    r"(?P<local>[A-Za-z0-9][A-Za-z0-9._+'-]{0,63})@(?P<domain>(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})",
    re.ASCII,
)
_RESERVED_DOMAIN: Final = re.compile(
    r"(?:.*\.)?(?:example\.(?:com|org|net)|example|test|invalid|localhost|local)"
)
_ROLES: Final = frozenset(
    "abuse admin billing contact donotreply do-not-reply git hello help hostmaster info mail "
    "marketing no-reply noreply notifications office postmaster privacy sales security service "
    "support team webmaster".split()
)


def _is_email(value: str) -> bool:
    found = _EMAIL.fullmatch(value)
    if found is None or found["local"].lower() in _ROLES:
        return False
    return _RESERVED_DOMAIN.fullmatch(found["domain"].lower()) is None


_CARD_FORM: Final = re.compile(
    r"\d{12,19}|\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?|\d{4}[ -]\d{6}[ -]\d{5}"
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
_SPECIMEN_CARDS: Final = frozenset(
    "4111111111111111 4242424242424242 4012888888881881 4000056655665556 4222222222222 "
    "4000000000000002 4000002500003155 5555555555554444 5105105105105100 5200828282828210 "
    "2223003122003222 378282246310005 371449635398431 378734493671000 6011111111111117 "
    "6011000990139424 3056930009020004 30569309025904 38520000023237 3530111333300000 "
    "3566002020360505 6200000000000005".split()
)


def is_card_number(digits: str) -> bool:
    """An issuer's prefix and length, more than two distinct digits, and the Luhn check digit."""
    return (
        _ISSUERS.fullmatch(digits) is not None and len(set(digits)) > 2 and luhn(digits)  # noqa: PLR2004
    )


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B: every second digit from the right doubled, the sum divides by ten."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


_SSN: Final = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}", re.ASCII)
_SPECIMEN_SSN: Final = frozenset({"078-05-1120", "219-09-9999", "457-55-5462", "123-45-6789"})

_RESIDENT_ID: Final = re.compile(
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)\d{4}(\d{4})(\d{2})(\d{2})\d{3}[\dXx]",
    re.ASCII,
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_BIRTH: Final = 1880


def is_resident_id(text: str, year: int) -> bool:
    """GB 11643: province, a real date of birth, and a check character modulo 11."""
    found = _RESIDENT_ID.fullmatch(text)
    if found is None or not _FIRST_BIRTH < int(found[1]) <= year:
        return False
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[-1].upper()


_IBAN_LENGTHS: Final = dict(
    pair.split(":")
    for pair in (
        "AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 "
        "DE:22 DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 "
        "HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 "
        "LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MR:27 MT:31 MU:30 NL:18 NO:15 PK:24 PL:28 PS:29 PT:25 "
        "QA:29 RO:24 RS:22 SA:24 SC:31 SE:24 SI:19 SK:24 SM:27 ST:25 SV:28 TN:24 TR:26 UA:29 VA:22 "
        "VG:24 XK:20"
    ).split()
)
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_SPECIMEN_IBANS: Final = frozenset(
    {"GB82WEST12345698765432", "DE89370400440532013000", "GB29NWBK60161331926819"}
)


def is_iban(text: str) -> bool:
    """ISO 13616: the country's length, and the check digits modulo 97."""
    if _IBAN.fullmatch(text) is None or text in _SPECIMEN_IBANS:
        return False
    if str(len(text)) != _IBAN_LENGTHS.get(text[:2]):
        return False
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1
