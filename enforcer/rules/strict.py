"""What all that people write is made of: structs that know their keys, and words of a form."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

if TYPE_CHECKING:
    from msgspec.structs import FieldInfo

# Patterns are short: matching them takes time that grows with their length.
Glob = Annotated[
    str, msgspec.Meta(max_length=500, description="a pattern of at most 500 characters")
]
# Where an empty list would silently judge or match nothing.
Some = Annotated[tuple[Glob, ...], msgspec.Meta(min_length=1)]
RuleId = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        description="an id of small letters, digits and single hyphens",
    ),
]
Duration = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^P(?=[0-9])([0-9]{1,4}Y)?([0-9]{1,5}M)?([0-9]{1,5}W)?([0-9]{1,6}D)?$",
        description="a duration such as P24M or P30D",
    ),
]
# What facts are compared with: a count of people, or a length of time.
Amount = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([0-9]{1,15}|P(?=[0-9])([0-9]{1,4}Y)?([0-9]{1,5}M)?([0-9]{1,5}W)?([0-9]{1,6}D)?)$",
        description="a number such as 100000, or a duration such as P24M",
    ),
]


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything a person writes: an unknown key is an error, never ignored."""


@cache
def fields_of(shape: type[msgspec.Struct]) -> tuple[FieldInfo, ...]:
    """The fields of a kind of struct; working them out takes a while."""
    return msgspec.structs.fields(shape)


def default_of(field: FieldInfo) -> Any:  # noqa: ANN401 - of the field's type
    """What a field holds where its key is not written."""
    factory = field.default_factory
    return field.default if factory is msgspec.NODEFAULT else factory()
