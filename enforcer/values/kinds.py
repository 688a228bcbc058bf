"""The table of kinds: what each is called, what it says of its column, and what tells it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

import msgspec

from enforcer.value_kinds import ValueKind as K
from enforcer.values import cards, china, papers, people, reach


class Needs(StrEnum):
    """What else must be so before a value of a kind is taken for one.

    nothing: its form or check digits are enough; company: one may be chance, so most values
    of a column must be such; name: so may many, so the column must be called like it too.
    """

    NOTHING = "nothing"
    COMPANY = "company"
    NAME = "name"


class Kind(msgspec.Struct, frozen=True):
    """A kind of value.

    `words` are how a sentence calls one; `categories` what a column of them is, the first
    being what the value itself is and the others what can be read off it. `chance` is how
    often something else of the same outward form passes. `passes` takes a value without
    space around it, and the present year: nobody was born after it.
    """

    words: str
    categories: tuple[str, ...]
    passes: Callable[[str, int], bool]
    needs: Needs = Needs.NOTHING
    chance: float = 0.0

    @property
    def category(self) -> str:
        """What a value itself is."""
        return self.categories[0]


_ID: Final = "user.government_id.national_identification_number"
_BORN: Final = "user.demographic.date_of_birth"
_GENDER: Final = "user.demographic.gender"
_PHONE: Final = "user.contact.phone_number"
_PASSPORT: Final = "user.government_id.passport_number"
_VEHICLE: Final = "user.government_id.vehicle_registration"
_CARD: Final = "user.financial.credit_card"
_DEVICE: Final = "user.device"
_HEALTH: Final = "user.health_and_medical"

# In the order in which a value is tried: what leaves less to chance comes first.
KINDS: Final[dict[K, Kind]] = {
    K.SECRET: Kind("a secret", ("system.authentication",), papers.is_secret),
    K.EMAIL: Kind("an e-mail address", ("user.contact.email",), reach.is_email),
    K.TRACK: Kind("magnetic stripe data", (f"{_CARD}.track",), cards.is_track),
    K.MRZ: Kind("a passport's machine readable line", (_PASSPORT,), papers.is_mrz),
    K.CN_ID: Kind(
        "a Chinese resident identity number", (_ID, _BORN, _GENDER), china.is_resident_id
    ),
    K.SSN: Kind("a US social security number", (_ID,), people.is_ssn),
    K.ITIN: Kind("a US taxpayer number", (_ID,), people.is_itin),
    K.MBI: Kind("a Medicare number", (f"{_HEALTH}.insurance_beneficiary_id",), people.is_mbi),
    K.NINO: Kind("a UK national insurance number", (_ID,), people.is_nino),
    K.NIR: Kind(
        "a French social security number", (_ID, _BORN, _GENDER), people.is_nir, chance=0.01
    ),
    K.IT_CF: Kind("an Italian tax code", (_ID, _BORN, _GENDER), people.is_codice_fiscale),
    K.ES_ID: Kind("a Spanish identity number", (_ID,), people.is_spanish_id, Needs.COMPANY, 0.04),
    K.IBAN: Kind("a bank account (IBAN)", ("user.financial.bank_account",), papers.is_iban),
    K.PAN: Kind("a payment card number", (f"{_CARD}.pan",), cards.is_pan, Needs.COMPANY, 0.03),
    K.USCC: Kind("a unified social credit code", ("none",), china.is_credit_code, chance=0.03),
    K.VIN: Kind("a vehicle number (VIN)", (_VEHICLE,), papers.is_vin, Needs.COMPANY, 0.09),
    K.CPF: Kind("a Brazilian taxpayer number", (_ID,), people.is_cpf, Needs.COMPANY, 0.01),
    K.PESEL: Kind(
        "a Polish identity number", (_ID, _BORN, _GENDER), people.is_pesel, Needs.COMPANY, 0.03
    ),
    K.DE_TAX_ID: Kind("a German tax number", (_ID,), people.is_german_tax_id, Needs.COMPANY, 0.004),
    K.AADHAAR: Kind("an Aadhaar number", (_ID,), people.is_aadhaar, Needs.COMPANY, 0.1),
    K.NHS: Kind("an NHS number", (f"{_HEALTH}.record_id",), people.is_nhs, Needs.COMPANY, 0.09),
    K.NPI: Kind("a US health provider number", ("none",), cards.is_npi, Needs.COMPANY, 0.1),
    K.IMEI: Kind(
        "a phone's hardware number", (f"{_DEVICE}.imei",), cards.is_imei, Needs.COMPANY, 0.1
    ),
    K.BSN: Kind("a Dutch citizen number", (_ID,), people.is_bsn, Needs.COMPANY, 0.09),
    K.CN_PLATE: Kind("a Chinese vehicle plate", (_VEHICLE,), china.is_plate),
    K.CN_MOBILE: Kind("a Chinese mobile number", (_PHONE,), china.is_mobile, Needs.COMPANY, 0.07),
    K.E164: Kind("an international telephone number", (_PHONE,), reach.is_e164, chance=0.01),
    K.MAC: Kind("the address of a network card", (f"{_DEVICE}.mac",), reach.is_mac),
    K.IP: Kind("an IP address", (f"{_DEVICE}.ip_address",), reach.is_ip, Needs.COMPANY),
    K.COORDINATES: Kind(
        "a position on Earth", ("user.location.precise",), reach.is_coordinates, Needs.COMPANY
    ),
    K.CN_ID_15: Kind(
        "an old Chinese identity number",
        (_ID, _BORN, _GENDER),
        china.is_old_resident_id,
        Needs.NAME,
        0.03,
    ),
    K.CN_LANDLINE: Kind("a Chinese landline", (_PHONE,), china.is_landline, Needs.NAME, 0.5),
    K.US_PHONE: Kind("a US telephone number", (_PHONE,), reach.is_us_phone, Needs.NAME, 0.6),
    K.CN_PASSPORT: Kind("a Chinese passport number", (_PASSPORT,), china.is_passport, Needs.NAME),
    K.UUID: Kind("a UUID", (f"{_DEVICE}.device_id",), reach.is_uuid, Needs.NAME, 1.0),
    K.CARD_CODE: Kind(
        "a card verification code", (f"{_CARD}.cvv",), papers.is_card_code, Needs.NAME, 1.0
    ),
    K.DIGEST: Kind("a digest", ("none",), papers.is_digest, Needs.NAME),
}
