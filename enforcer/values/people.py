"""Numbers that states and their health services give to people, outside of China.

Sources: the numbering rules of the US Social Security Administration, Internal Revenue
Service and Centers for Medicare, of the NHS and HMRC, UIDAI, INSEE, and the Polish, Dutch,
Spanish, Italian, Brazilian and German administrations.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from enforcer.values.checksums import mod_11_10, verhoeff, weighted

_SSN: Final = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}", re.ASCII)
_ITIN: Final = re.compile(r"9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-2]|9[4-9])-(?!0000)\d{4}", re.ASCII)
_LETTER: Final = "[AC-HJKMNP-RT-Y]"  # of a Medicare number: no S, L, O, I, B, Z
_MBI: Final = re.compile(
    rf"[1-9]{_LETTER}[0-9AC-HJKMNP-RT-Y]\d{_LETTER}[0-9AC-HJKMNP-RT-Y]\d{_LETTER}{{2}}\d{{2}}",
    re.ASCII,
)
_NINO: Final = re.compile(
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", re.ASCII
)
_NIR: Final = re.compile(
    r"([1-478]\d{2}(?:0[1-9]|1[0-2]|[2-3]\d|4[0-2]|[5-9]\d)(?:\d{2}|2[AB])\d{6})(\d{2})", re.ASCII
)
_TEN: Final = re.compile(r"\d{10}", re.ASCII)
_NINE: Final = re.compile(r"\d{9}", re.ASCII)
_ELEVEN: Final = re.compile(r"\d{11}", re.ASCII)
_AADHAAR: Final = re.compile(r"[2-9]\d{11}", re.ASCII)
_SPANISH: Final = re.compile(r"([0-9XYZ])(\d{7})([A-Z])", re.ASCII)
_SPANISH_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_ITALIAN: Final = re.compile(
    r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]", re.ASCII
)
_ITALIAN_ODD: Final = (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
)  # fmt: skip
_ITALIAN_DIGITS: Final = dict(zip("LMNPQRSTUV", "0123456789", strict=True))
_PESEL_WEIGHTS: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_CENTURIES: Final = {0: 1900, 2: 2000, 4: 2100, 6: 2200, 8: 1800}
_DIVIDERS: Final = str.maketrans("", "", " .-")


def is_ssn(value: str, _year: int) -> bool:
    """A US social security number as people write it; without dashes it is any number."""
    return _SSN.fullmatch(value) is not None


def is_itin(value: str, _year: int) -> bool:
    """A US taxpayer number of somebody without a social security number."""
    return _ITIN.fullmatch(value) is not None


def is_mbi(value: str, _year: int) -> bool:
    """A Medicare number: letters and digits have their places."""
    return _MBI.fullmatch(value.translate(_DIVIDERS).upper()) is not None


def is_nino(value: str, _year: int) -> bool:
    """A UK national insurance number; some prefixes were never given."""
    return _NINO.fullmatch(value.replace(" ", "").upper()) is not None


def is_nhs(value: str, _year: int) -> bool:
    """A number of the English NHS, modulo 11."""
    digits = value.translate(_DIVIDERS)
    if _TEN.fullmatch(digits) is None or len(set(digits)) <= 2:  # noqa: PLR2004 - 9999999999
        return False
    check = -weighted(digits[:9], range(10, 1, -1)) % 11
    return check == int(digits[-1])


def is_aadhaar(value: str, _year: int) -> bool:
    """An Indian resident's number, by Verhoeff; none reads the same from both ends."""
    digits = value.translate(_DIVIDERS)
    return _AADHAAR.fullmatch(digits) is not None and digits != digits[::-1] and verhoeff(digits)


def is_nir(value: str, _year: int) -> bool:
    """A French social security number with its key, Corsica's letters counted as 19 and 18."""
    found = _NIR.fullmatch(value.translate(_DIVIDERS).upper())
    if found is None:
        return False
    number = found[1].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(found[2])


def is_pesel(value: str, year: int) -> bool:
    """A Polish number: date of birth, the century in its month, and a check digit."""
    if _ELEVEN.fullmatch(value) is None:
        return False
    century, month = divmod(int(value[2:4]), 20)
    born = _CENTURIES[century * 2] + int(value[:2])
    try:
        date(born, month, int(value[4:6]))
    except ValueError:
        return False
    return born <= year and (weighted(value, _PESEL_WEIGHTS) + int(value[-1])) % 10 == 0


def is_bsn(value: str, _year: int) -> bool:
    """A Dutch citizen's number, by the eleven test."""
    digits = value.translate(_DIVIDERS)
    if _NINE.fullmatch(digits) is None or len(set(digits)) <= 2:  # noqa: PLR2004 - 111111110
        return False
    return weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def is_spanish_id(value: str, _year: int) -> bool:
    """A Spanish DNI or NIE, whose letter is the number modulo 23."""
    found = _SPANISH.fullmatch(value.translate(_DIVIDERS).upper())
    if found is None:
        return False
    first = found[1] if found[1].isdigit() else str("XYZ".index(found[1]))
    return _SPANISH_LETTERS[int(first + found[2]) % 23] == found[3]


def is_codice_fiscale(value: str, _year: int) -> bool:
    """An Italian tax code of a person, its last letter checking the others."""
    text = value.upper()
    if _ITALIAN.fullmatch(text) is None:
        return False
    day = int("".join(_ITALIAN_DIGITS.get(sign, sign) for sign in text[9:11])) % 40
    if not 1 <= day <= 31:  # noqa: PLR2004 - of a month; those of women are 40 more
        return False
    ranks = [int(sign) if sign.isdigit() else ord(sign) - ord("A") for sign in text]
    total = sum(_ITALIAN_ODD[rank] for rank in ranks[:15:2]) + sum(ranks[1:15:2])
    return total % 26 == ranks[15]


def is_cpf(value: str, _year: int) -> bool:
    """A Brazilian taxpayer's number with both of its check digits."""
    digits = value.translate(_DIVIDERS)
    if _ELEVEN.fullmatch(digits) is None or len(set(digits)) == 1:
        return False
    return all(
        -weighted(digits[:length], range(length + 1, 1, -1)) % 11 % 10 == int(digits[length])
        for length in (9, 10)
    )


def is_german_tax_id(value: str, _year: int) -> bool:
    """A German tax identification number: one digit occurs twice or three times, no other does."""
    digits = value.replace(" ", "")
    if _ELEVEN.fullmatch(digits) is None or digits[0] == "0":
        return False
    often = [count for digit in "0123456789" if (count := digits[:10].count(digit)) > 1]
    return often in ([2], [3]) and mod_11_10(digits)
