"""By which a person or their device is reached: addresses, telephones, networks, places."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

_EMAIL: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._+'-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}", re.ASCII
)
_US_PHONE: Final = re.compile(
    r"(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-]?)[2-9]\d{2}[ .-]?\d{4}", re.ASCII
)
_E164: Final = re.compile(r"\+[1-9](?:[ .()/-]{0,2}\d){7,14}", re.ASCII)
_MAC: Final = re.compile(
    r"[0-9A-F]{2}(?:(?::[0-9A-F]{2}){5}|(?:-[0-9A-F]{2}){5})|(?:[0-9A-F]{4}\.){2}[0-9A-F]{4}",
    re.ASCII | re.IGNORECASE,
)
_UUID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE
)
_DEGREES: Final = r"[-+]?\d{1,3}\.\d{4,}"
_COORDINATES: Final = re.compile(rf"\(?({_DEGREES})[ ,;]+({_DEGREES})\)?", re.ASCII)
_VERSION: Final = 32  # numbers that are all smaller are a version, not an address
_DOTTED: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)


def is_email(value: str, _year: int) -> bool:
    """An address in its usual form."""
    return _EMAIL.fullmatch(value) is not None


def is_us_phone(value: str, _year: int) -> bool:
    """A number of the North American plan."""
    return _US_PHONE.fullmatch(value) is not None


def is_e164(value: str, _year: int) -> bool:
    """A telephone number with its country in front."""
    return _E164.fullmatch(value) is not None


def is_mac(value: str, _year: int) -> bool:
    """The address of a network card."""
    return _MAC.fullmatch(value) is not None


def is_uuid(value: str, _year: int) -> bool:
    """A UUID of any version; what it stands for its column must tell."""
    return _UUID.fullmatch(value) is not None


def is_ip(value: str, _year: int) -> bool:
    """An IPv4 or IPv6 address; small numbers with three dots are a version."""
    if _DOTTED.fullmatch(value):
        small = all(int(part) < _VERSION for part in value.split("."))
        return not small and _parses(value, IPv4Address)
    return ":" in value and _parses(value, IPv6Address)


def is_public_ip(value: str) -> bool:
    """Whether an address may be somebody's: none for documents, of a house, or of the machine."""
    kind = IPv6Address if ":" in value else IPv4Address
    return kind(value).is_global


def is_coordinates(value: str, _year: int) -> bool:
    """Latitude and longitude with four or more decimals: some eleven metres."""
    found = _COORDINATES.fullmatch(value)
    return found is not None and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180  # noqa: PLR2004 - degrees


def _parses(value: str, kind: type[IPv4Address | IPv6Address]) -> bool:
    try:
        kind(value)
    except (AddressValueError, ValueError):
        return False
    return True
