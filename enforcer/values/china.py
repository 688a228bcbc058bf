"""Chinese numbers: resident identity (GB 11643), telephone, passport, plates, companies.

Letters and digits of a unified social credit code are numbered by GB 32100.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from enforcer.values.checksums import weighted

_PROVINCE: Final = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_RESIDENT: Final = re.compile(
    rf"(?:{_PROVINCE}|9\d)\d{{4}}(\d{{4}})(\d{{2}})(\d{{2}})\d{{3}}[\dXx]", re.ASCII
)
_OLD_RESIDENT: Final = re.compile(
    rf"{_PROVINCE}\d{{4}}(\d{{2}})(\d{{2}})(\d{{2}})\d{{3}}", re.ASCII
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_BIRTH: Final = 1880
_MOBILE: Final = re.compile(r"(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}", re.ASCII)
_LANDLINE: Final = re.compile(r"(?:\(0\d{2,3}\)|0\d{2,3})[ -]?[2-8]\d{6,7}", re.ASCII)
_PASSPORT: Final = re.compile(r"E[0-9A-HJ-NP-Z]\d{7}|[DSP]E?\d{7}", re.ASCII)
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
    r"[·. ]?[A-HJ-NP-Z0-9]{5,6}"
)
_USCC: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
_USCC_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_DIVIDERS: Final = str.maketrans("", "", " -")


def is_resident_id(value: str, year: int) -> bool:
    """18 characters: province, a real date of birth, and a check character modulo 11."""
    text = value.translate(_DIVIDERS)
    found = _RESIDENT.fullmatch(text)
    if found is None or not _FIRST_BIRTH < int(found[1]) <= year:
        return False
    if not _is_date(int(found[1]), int(found[2]), int(found[3])):
        return False
    return "10X98765432"[weighted(text[:17], _WEIGHTS) % 11] == text[-1].upper()


def is_old_resident_id(value: str, _year: int) -> bool:
    """15 digits, as before 2000: province and a date of birth in the twentieth century."""
    found = _OLD_RESIDENT.fullmatch(value)
    return found is not None and _is_date(1900 + int(found[1]), int(found[2]), int(found[3]))


def is_mobile(value: str, _year: int) -> bool:
    """A mobile number of the mainland."""
    return _MOBILE.fullmatch(value) is not None


def is_landline(value: str, _year: int) -> bool:
    """Area code and number of the mainland."""
    return _LANDLINE.fullmatch(value) is not None


def is_passport(value: str, _year: int) -> bool:
    """A letter or two and digits, as on an ordinary, diplomatic or service passport."""
    return _PASSPORT.fullmatch(value) is not None


def is_plate(value: str, _year: int) -> bool:
    """Province, letter, and five or six letters and digits without I and O."""
    return _PLATE.fullmatch(value.upper()) is not None


def is_credit_code(value: str, _year: int) -> bool:
    """A unified social credit code: weights are powers of 3, the sum divides by 31."""
    text = value.upper()
    if _USCC.fullmatch(text) is None:
        return False
    total = sum(_USCC_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:17]))
    return _USCC_SIGNS[-total % 31] == text[-1]


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
