"""Accounts, papers and things with a number of their own, and secrets.

Sources: ISO 13616 with the registry's lengths, ICAO 9303 (machine readable zones), and
49 CFR 565 (vehicle identification numbers of North America).
"""

from __future__ import annotations

import re
from typing import Final

from enforcer.values.checksums import mod_97, weighted

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
_MRZ_FIRST: Final = re.compile(r"P[A-Z<][A-Z<]{3}[A-Z]+(?:<[A-Z]+)*<<[A-Z<]*", re.ASCII)
_MRZ_SECOND: Final = re.compile(
    r"[A-Z0-9<]{9}\d[A-Z<]{3}\d{6}\d[MFX<]\d{6}\d[A-Z0-9<]{14}[0-9<]\d", re.ASCII
)
_MRZ_LENGTH: Final = 44
_MRZ_WEIGHTS: Final = (7, 3, 1)
_VIN: Final = re.compile(r"(?=.*\d)[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}", re.ASCII)
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_LETTERS: Final = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
_CARD_CODE: Final = re.compile(r"\d{3,4}", re.ASCII)
_DIGEST: Final = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})", re.IGNORECASE | re.ASCII)
_TOKEN: Final = re.compile(
    r"eyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\.[\w-]{16,2000}"  # a signed JSON web token
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,100}|glpat-[\w-]{20}"
    r"|xox[abprs]-[\w-]{10,200}|[rs]k_live_[A-Za-z0-9]{16,200}|AIza[\w-]{35}",
    re.ASCII,
)
_IN_TEXT: Final = re.compile(
    r"-----BEGIN (?:[A-Z]{2,9} ){0,3}PRIVATE KEY-----"
    r"|(?:password|passwd|pwd)=(?![*x]{3}|[$<{%]|null\b|none\b)[^\s;&\"']{4}",
    re.ASCII | re.IGNORECASE,
)
_DIVIDERS: Final = str.maketrans("", "", " -")


def is_iban(value: str, _year: int) -> bool:
    """The country's length, and the check digits modulo 97."""
    text = value.translate(_DIVIDERS)
    if _IBAN.fullmatch(text) is None or str(len(text)) != _IBAN_LENGTHS.get(text[:2]):
        return False
    return mod_97(text[4:] + text[:4]) == 1


def is_mrz(value: str, _year: int) -> bool:
    """A line of a passport's machine readable zone; the second checks itself."""
    if len(value) != _MRZ_LENGTH:
        return False
    if _MRZ_FIRST.fullmatch(value):
        return True
    if _MRZ_SECOND.fullmatch(value) is None:
        return False
    whole = value[:10] + value[13:20] + value[21:43]
    fields = (value[:10], value[13:20], value[21:28], whole + value[43])
    return all(_zone_digit(field[:-1]) == field[-1] for field in fields)


def _zone_digit(field: str) -> str:
    ranks = (0 if sign == "<" else int(sign, 36) for sign in field)
    total = sum(rank * _MRZ_WEIGHTS[place % 3] for place, rank in enumerate(ranks))
    return str(total % 10)


def is_vin(value: str, _year: int) -> bool:
    """A vehicle identification number with the check digit that North America asks for."""
    text = value.upper()
    if _VIN.fullmatch(text) is None or text.isdigit() or text.isalpha():
        return False
    total = weighted((_VIN_LETTERS.get(sign, sign) for sign in text), _VIN_WEIGHTS)
    return "0123456789X"[total % 11] == text[8]


def is_card_code(value: str, _year: int) -> bool:
    """Three or four digits: only the name of their column makes them a verification code."""
    return _CARD_CODE.fullmatch(value) is not None


def is_digest(value: str, _year: int) -> bool:
    """As many hexadecimal digits as MD5, SHA-1 or SHA-256 put out."""
    return _DIGEST.fullmatch(value) is not None and not value.isdigit()


def is_secret(value: str, _year: int) -> bool:
    """A private key, a token, a cloud key or a password, wherever in a text it stands."""
    return _TOKEN.fullmatch(value) is not None or _IN_TEXT.search(value) is not None
