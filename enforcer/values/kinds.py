"""The table of kinds: what each says of its column, and what tells it."""

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

    `categories` are what a column of them is, the first being what the value itself is and the
    others what can be read off it. `chance` is how often something else of the same outward
    form passes. `passes` takes a value without space around it, and the present year: nobody
    was born after it.
    """

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
    K.SECRET: Kind(("system.authentication",), papers.is_secret),
    K.EMAIL: Kind(("user.contact.email",), reach.is_email),
    K.TRACK: Kind((f"{_CARD}.track",), cards.is_track),
    K.MRZ: Kind((_PASSPORT,), papers.is_mrz),
    K.CN_ID: Kind((_ID, _BORN, _GENDER), china.is_resident_id),
    K.SSN: Kind((_ID,), people.is_ssn),
    K.ITIN: Kind((_ID,), people.is_itin),
    K.MBI: Kind((f"{_HEALTH}.insurance_beneficiary_id",), people.is_mbi),
    K.NINO: Kind((_ID,), people.is_nino),
    K.NIR: Kind((_ID, _BORN, _GENDER), people.is_nir, chance=0.01),
    K.IT_CF: Kind((_ID, _BORN, _GENDER), people.is_codice_fiscale),
    K.ES_ID: Kind((_ID,), people.is_spanish_id, Needs.COMPANY, 0.04),
    K.IBAN: Kind(("user.financial.bank_account",), papers.is_iban),
    K.PAN: Kind((f"{_CARD}.pan",), cards.is_pan, Needs.COMPANY, 0.03),
    K.USCC: Kind(("none",), china.is_credit_code, chance=0.03),
    K.VIN: Kind((_VEHICLE,), papers.is_vin, Needs.COMPANY, 0.09),
    K.CPF: Kind((_ID,), people.is_cpf, Needs.COMPANY, 0.01),
    K.PESEL: Kind((_ID, _BORN, _GENDER), people.is_pesel, Needs.COMPANY, 0.03),
    K.DE_TAX_ID: Kind((_ID,), people.is_german_tax_id, Needs.COMPANY, 0.004),
    K.AADHAAR: Kind((_ID,), people.is_aadhaar, Needs.COMPANY, 0.1),
    K.NHS: Kind((f"{_HEALTH}.record_id",), people.is_nhs, Needs.COMPANY, 0.09),
    K.NPI: Kind(("none",), cards.is_npi, Needs.COMPANY, 0.1),
    K.IMEI: Kind((f"{_DEVICE}.imei",), cards.is_imei, Needs.COMPANY, 0.1),
    K.BSN: Kind((_ID,), people.is_bsn, Needs.COMPANY, 0.09),
    K.CN_PLATE: Kind((_VEHICLE,), china.is_plate),
    K.CN_MOBILE: Kind((_PHONE,), china.is_mobile, Needs.COMPANY, 0.07),
    K.E164: Kind((_PHONE,), reach.is_e164, chance=0.01),
    K.MAC: Kind((f"{_DEVICE}.mac",), reach.is_mac),
    K.IP: Kind((f"{_DEVICE}.ip_address",), reach.is_ip, Needs.COMPANY),
    K.COORDINATES: Kind(("user.location.precise",), reach.is_coordinates, Needs.COMPANY),
    K.CN_ID_15: Kind(
        (_ID, _BORN, _GENDER),
        china.is_old_resident_id,
        Needs.NAME,
        0.03,
    ),
    K.CN_LANDLINE: Kind((_PHONE,), china.is_landline, Needs.NAME, 0.5),
    K.US_PHONE: Kind((_PHONE,), reach.is_us_phone, Needs.NAME, 0.6),
    K.CN_PASSPORT: Kind((_PASSPORT,), china.is_passport, Needs.NAME),
    K.UUID: Kind((f"{_DEVICE}.device_id",), reach.is_uuid, Needs.NAME, 1.0),
    K.CARD_CODE: Kind((f"{_CARD}.cvv",), papers.is_card_code, Needs.NAME, 1.0),
    K.DIGEST: Kind(("none",), papers.is_digest, Needs.NAME),
}
