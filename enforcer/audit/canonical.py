"""Records as bytes and back: one JSON text (RFC 8785) a record, and no other spelling of it.

Keys are ASCII, numbers are integers below 2**53; under these conditions sorted keys and
msgspec's encoding are the canonical form, which a test holds against the package rfc8785.
"""

from __future__ import annotations

from typing import Final

import msgspec

from enforcer.audit.cleaning import is_clean
from enforcer.audit.records import AnyRecord

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODER: Final[msgspec.json.Decoder[AnyRecord]] = msgspec.json.Decoder(AnyRecord)


class NotCanonicalError(ValueError):
    """Bytes that are no record, or not the one way to write it."""


class _Version(msgspec.Struct):
    v: int


_VERSION: Final = msgspec.json.Decoder(_Version)


def encoded(record: AnyRecord) -> bytes:
    """The line of a record, without its line feed."""
    return _ENCODER.encode(record)


def bare(record: AnyRecord) -> bytes:
    """The line without what depends on the run id, which is the digest of all bare lines."""
    if record.__struct_config__.tag == "seal":
        return _ENCODER.encode(msgspec.structs.replace(record, run_id="", prev="", root=""))
    return _ENCODER.encode(msgspec.structs.replace(record, run_id="", prev=""))


def decoded(line: bytes) -> AnyRecord:
    """The record of a line, without its line feed.

    Duplicate keys, blanks and hidden characters raise NotCanonicalError too.
    """
    try:
        record = _DECODER.decode(line)
        canonical = _ENCODER.encode(record) == line and is_clean(line)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise NotCanonicalError("is not a record") from error
    if not canonical:
        raise NotCanonicalError("is not written in the canonical form")
    return record


def version(line: bytes) -> int | None:
    """The format that a line claims, whatever else it holds; None when it claims none."""
    try:
        return _VERSION.decode(line).v
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
