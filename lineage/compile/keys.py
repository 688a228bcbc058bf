"""Functions that take a key: where the key comes from, and what is used as one.

`hmac:literal_key` has its key written out in the statement, `hmac:read_key` reads it from
where lineage follows, and plain `hmac` has it from elsewhere: a parameter, a secret, or
kept with the function. What is used as the key itself goes through `hmac:as_key`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.arguments import argument_at
from lineage.compile.node_kinds import function_name
from lineage.compile.subtypes import passed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.compile.walk import Entry, Functions
    from lineage.words import TransformSubtype as Subtype

LITERAL_KEY = "literal_key"
READ_KEY = "read_key"
AS_KEY = "as_key"

_VALUE_FIRST = """
    hmac hmac_md5 hmac_sha1 hmac_sha224 hmac_sha256 hmac_sha384 hmac_sha512 to_hmac cmac gmac
    aes_cmac encrypt encrypt_raw encrypt_iv aes_encrypt des_encrypt sm4_encrypt fpe_encrypt
    decrypt decrypt_raw decrypt_iv aes_decrypt try_aes_decrypt try_decrypt try_decrypt_raw
    des_decrypt sm4_decrypt fpe_decrypt pgp_sym_encrypt pgp_sym_encrypt_bytea pgp_sym_decrypt
    pgp_sym_decrypt_bytea pgsodium.crypto_auth
    pgsodium.crypto_shorthash
    """
_KEY_FIRST = """
    sip_hash64_keyed siphash64keyed siphash128keyed encryptbypassphrase decryptbypassphrase
    encryptbykey aead.encrypt aead.decrypt_string aead.decrypt_bytes deterministic_encrypt
    deterministic_decrypt_string deterministic_decrypt_bytes
    """
_KEY_THIRD = "dbms_crypto.mac dbms_crypto.encrypt dbms_crypto.decrypt"
# ClickHouse names the mode or the hash first.
_MODE_FIRST = "hmac encrypt aes_encrypt_mysql decrypt try_decrypt aes_decrypt_mysql"
# Where a function takes its value and its key.
_PLACES = {
    **dict.fromkeys(_VALUE_FIRST.split(), (0, 1)),
    **dict.fromkeys(_KEY_FIRST.split(), (1, 0)),
    **dict.fromkeys(_KEY_THIRD.split(), (0, 2)),
    "crypto_hmac": (2, 1),
}
_PLACES_CLICKHOUSE = {**_PLACES, **dict.fromkeys(_MODE_FIRST.split(), (1, 2))}
TAKES_KEY = frozenset(_PLACES_CLICKHOUSE)

_FOLLOWED = (exp.Column, exp.Query, exp.Parameter, exp.SessionParameter)
# Functions that make a key of what is written, and nothing of what is kept.
_SPELLS_KEY = frozenset(
    """
    cast encode decode convert_to unhex hex from_hex to_hex from_base64 to_base64 hextoraw to_binary
    to_utf8 cast_to_raw string_to_raw concat concat_ws upper lower reverse left right substring
    substr repeat rpad lpad pad replace trim md5 md5_digest sha sha2 sha256 sha512 s_h_a2_digest
    s_h_a1_digest array chr ascii
    """.split()
)


def with_key(
    name: str, arguments: Sequence[exp.Expr], way: tuple[Subtype, Functions, str]
) -> list[Entry]:
    """The parts of a call, each with what it is to the function; `way` ends in the dialect."""
    subtype, functions, dialect = way
    places = _PLACES_CLICKHOUSE if dialect == "clickhouse" else _PLACES
    at, key_at = places.get(name, (0, len(arguments)))
    origin = _origin_of(argument_at(arguments, key_at))
    roles = {at: origin, key_at: AS_KEY}
    return [
        (node, passed(subtype), (_named(name, roles.get(place, "")), *functions))
        for place, node in enumerate(arguments)
    ]


def _named(name: str, role: str) -> str:
    return f"{name}:{role}" if role else name


def _origin_of(key: exp.Expr | None) -> str:
    """Where a key comes from; empty where it is kept elsewhere, or is none of the arguments."""
    if key is None:
        return ""
    parts = list(key.walk())
    calls = {function_name(part) for part in parts if isinstance(part, exp.Func)}
    if "getvariable" in calls or any(isinstance(part, _FOLLOWED) for part in parts):
        return READ_KEY
    elsewhere = calls - _SPELLS_KEY - {""} or any(
        isinstance(part, exp.Placeholder) for part in parts
    )
    return "" if elsewhere else LITERAL_KEY
