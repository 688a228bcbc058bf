"""What the declared type of a column says about a category that its name suggests."""

from __future__ import annotations

import re
from typing import Final

_FAMILIES: Final = tuple(
    (re.compile(pattern, re.ASCII), family)
    for pattern, family in (
        (r"bool|bit\b|bit\(1\)|tinyint\(1\)", "boolean"),
        (r"inet|cidr|ipv[46]|ipaddress", "address"),
        (r"macaddr", "card"),
        (r"uuid|uniqueidentifier", "uuid"),
        (r"geo|point|st_", "place"),
        (r"date(?!time)", "date"),
        (r"timestamp|datetime|smalldatetime|time\b", "time"),
        (r"(?:tiny|small|big|huge|u|unsigned )?int|serial|bigserial|byteint", "integer"),
        (r"number\(\d+, ?0\)|numeric\(\d+, ?0\)|decimal\(\d+, ?0\)|number$", "integer"),
        (r"dec|num|float|double|real|money", "decimal"),
        (r"(?:n?var|n)?char|n?text|string|clob|varchar2|nvarchar2|citext", "text"),
    )
)
_BORN: Final = "user.demographic.date_of_birth"
_SUPPORTS: Final[dict[str, tuple[str, ...]]] = {
    "date": (_BORN,),
    "address": ("user.device.ip_address",),
    "card": ("user.device.mac",),
    "uuid": ("user.device.device_id", "user.device.ad_id", "user.device.cookie_id"),
    "place": ("user.location",),
    "decimal": ("user.location.precise", "user.financial.income"),
}
# What is written in letters, or has zeros in front.
_WORDS: Final = (
    "user.name",
    "user.account.username",
    "user.authorization",
    "user.contact.email",
    "user.contact.address.street",
    "user.contact.address.city",
    "user.device.ip_address",
    "user.device.mac",
    "user.financial.bank_account",
    "user.financial.credit_card.cardholder_name",
    "user.government_id.passport_number",
    "user.government_id.vehicle_registration",
    "user.health_and_medical.diagnosis",
    "user.health_and_medical.medication",
)
_EVERYTHING: Final = ("user",)
_CONTRADICTS: Final[dict[str, tuple[str, ...]]] = {
    "boolean": _EVERYTHING,
    "integer": _WORDS,
    "decimal": (*_WORDS, _BORN, "user.contact.phone_number", "user.government_id"),
    "time": ("user.name", "user.contact", "user.government_id", "user.financial", "user.device"),
    "date": ("user.name", "user.contact", "user.government_id.national", "user.device"),
}


def family_of(written: str) -> str:
    """The family of a type as it is written in any dialect, empty where it is not known."""
    text = written.strip().lower()
    return next((family for pattern, family in _FAMILIES if pattern.match(text)), "")


def supports(family: str, category: str) -> bool:
    """Whether a type is made for values of a category."""
    return any(_below(category, one) for one in _SUPPORTS.get(family, ()))


def contradicts(family: str, category: str) -> bool:
    """Whether a column of that type can hardly hold what its name suggests."""
    return any(_below(category, one) for one in _CONTRADICTS.get(family, ()))


def _below(category: str, parent: str) -> bool:
    return category == parent or category.startswith(f"{parent}.")
