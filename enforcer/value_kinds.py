"""The kinds of values that can be told by their form, as rules name them."""

from __future__ import annotations

from enum import StrEnum


class ValueKind(StrEnum):
    """A kind of value; `enforcer.values` says what is looked at."""

    EMAIL = "email"
    PAN = "pan"
    TRACK = "track"
    IBAN = "iban"
    CN_ID = "cn_id"
    CN_ID_15 = "cn_id_15"
    CN_MOBILE = "cn_mobile"
    CN_LANDLINE = "cn_landline"
    CN_PASSPORT = "cn_passport"
    CN_PLATE = "cn_plate"
    USCC = "uscc"
    SSN = "ssn"
    ITIN = "itin"
    MBI = "mbi"
    NPI = "npi"
    US_PHONE = "us_phone"
    E164 = "e164"
    NHS = "nhs"
    NINO = "nino"
    AADHAAR = "aadhaar"
    NIR = "nir"
    PESEL = "pesel"
    BSN = "bsn"
    ES_ID = "es_id"
    IT_CF = "it_cf"
    CPF = "cpf"
    DE_TAX_ID = "de_tax_id"
    MRZ = "mrz"
    IMEI = "imei"
    MAC = "mac"
    IP = "ip"
    UUID = "uuid"
    VIN = "vin"
    COORDINATES = "coordinates"
    CARD_CODE = "card_code"
    SECRET = "secret"  # noqa: S105 - the name of a kind
    DIGEST = "digest"
