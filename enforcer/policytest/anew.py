"""Writing a rule anew: a value as the document that would say it, to be judged like any other."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.documents import Document
from enforcer.documents.convert import convert
from enforcer.documents.nodes import Mapping, Node, Scalar, Sequence
from enforcer.rule_sense import check_sense
from enforcer.rules import Rule, Sample, default_of, fields_of
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from enforcer.taxonomy import Taxonomy

_NOWHERE: Final = (1, 1)
_FILE: Final = "anew.yml"


def is_rule(rule: Rule, taxonomy: Taxonomy) -> bool:
    """True when somebody could have written this: the loader takes it for a rule with a sense.

    Its samples, and the names of places, do not matter.
    """
    plain = msgspec.structs.replace(rule, avoid=Sample(), prefer=Sample(), parameters={})
    root = node_of(plain)
    try:
        check_sense(Document(_FILE, "", convert(root, Rule, _FILE), root), taxonomy)
    except PolicyError:
        return False
    return True


def node_of(value: Any) -> Node:  # noqa: ANN401 - any value of the language of rules
    """The node that a value is read from, without what is as it is by default."""
    if isinstance(value, msgspec.Struct):
        fields = fields_of(type(value))
        written = [(f.encode_name, getattr(value, f.name), default_of(f)) for f in fields]
        return _mapping((key, there) for key, there, default in written if there != default)
    if isinstance(value, dict):
        return _mapping((_text(key), element) for key, element in value.items())
    if isinstance(value, tuple):
        return Sequence(*_NOWHERE, tuple(map(node_of, value)))
    plain = isinstance(value, bool | int)
    return Scalar(*_NOWHERE, _text(value), plain)


def _mapping(entries: Any) -> Mapping:  # noqa: ANN401 - pairs of a key and any value
    pairs = ((Scalar(*_NOWHERE, key, plain=False), node_of(value)) for key, value in entries)
    return Mapping(*_NOWHERE, tuple(pairs))


def _text(value: Any) -> str:  # noqa: ANN401 - a scalar
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date) else str(value)
