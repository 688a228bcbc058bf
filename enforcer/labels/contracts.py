"""Data contracts of the Open Data Contract Standard (ODCS) 3: what they say of columns.

`classification`, `tags` and custom properties are words for categories. `encryptedName` names
a column that holds the same encrypted. How long data may stay (`slaProperties`) becomes a fact
of the relation.
"""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING, Final

from enforcer.documents.nearest import quoted
from enforcer.labels.declared import checked
from enforcer.labels.documented import (
    ENCRYPTED_COLUMN,
    RETENTION,
    Documented,
    DocumentedField,
    days_in,
)
from enforcer.labels.label import CONTRACT
from enforcer.labels.phrases import is_own, narrowed, of_pair, of_tag
from enforcer.words import PolicyError
from lineage.projects import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.labels.foreign import Part
    from enforcer.taxonomy import Taxonomy
    from lineage import Origin

_VERSION: Final = re.compile(r"v?3\.\d{1,3}(?:\.\d{1,3})?", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,4}", re.ASCII)
_UNITS: Final = {"h": "H", "d": "D", "w": "W", "mo": "M", "y": "Y"}
_NESTED: Final = 32
_SERVERS: Final = (("database", "catalog", "project"), ("schema", "dataset"))


def read_contract(contract: Part, taxonomy: Taxonomy) -> Iterator[Documented]:
    """What a contract says, one entry for each object of its schema.

    Raises `PolicyError` for what is no contract of version 3.
    """
    version = contract.get("apiVersion")
    if version is None or not _VERSION.fullmatch(version.text):
        found = quoted(version.text) if version is not None else "none"
        what = f"no contract of ODCS 3: its apiVersion is {found}"
        raise PolicyError((version or contract).origin, what, "convert it to ODCS 3")
    retention = dict(_retention(contract))
    servers = tuple(_server(server) for server in contract.items("servers"))
    for entry in contract.items("schema"):
        names = tuple(_names(entry))
        kept = retention.get(names[-1].lower()) or retention.get("")
        yield Documented(
            names=tuple(_qualified(names, servers)),
            by=CONTRACT,
            origin=entry.origin,
            fields=tuple(_fields(entry, (), taxonomy)),
            facts=(Fact(RETENTION, kept),) if kept else (),
        )


def _names(entry: Part) -> Iterator[str]:
    """How an object or property is called where it is stored, and in the contract."""
    names = [entry.text_of("physicalName"), entry.text_of("name")]
    if not any(names):
        raise PolicyError(entry.origin, "no `name`", "name it")
    yield from dict.fromkeys(name for name in names if name)


def _server(server: Part) -> tuple[str, ...]:
    found = (next(filter(None, map(server.text_of, keys)), "") for keys in _SERVERS)
    return tuple(found)


def _qualified(names: tuple[str, ...], servers: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    for name in names:
        for database, schema in servers:
            if schema:
                yield ".".join(filter(None, (database, schema, name)))
                yield f"{schema}.{name}"
        yield name


def _fields(
    entry: Part, around: tuple[tuple[str, ...], ...], taxonomy: Taxonomy
) -> Iterator[DocumentedField]:
    """The properties of an object, with those inside of them."""
    for field in entry.items("properties"):
        names = tuple(_names(field))
        paths = tuple((*outer, name) for outer in around or ((),) for name in names)
        yield from _field(field, paths, taxonomy)


def _field(
    field: Part, paths: tuple[tuple[str, ...], ...], taxonomy: Taxonomy
) -> Iterator[DocumentedField]:
    if len(paths[0]) > _NESTED:
        raise PolicyError(field.origin, f"nested more than {_NESTED} deep", "flatten it")
    categories = tuple(dict.fromkeys(_categories(field, paths[-1][-1], taxonomy)))
    yield DocumentedField(paths, field.origin, categories)
    twin = field.text_of("encryptedName")
    if twin:
        at = ((*paths[-1][:-1], twin),)
        protected = (Fact(ENCRYPTED_COLUMN, "true"),)
        yield DocumentedField(at, field.origin, categories, protected)
    yield from _fields(field, paths, taxonomy)
    for inner in _elements(field):
        for category in _categories(inner, paths[-1][-1], taxonomy):
            yield DocumentedField(paths, inner.origin, (category,))
        yield from _fields(inner, paths, taxonomy)


def _elements(field: Part) -> Iterator[Part]:
    """What an array or map is made of."""
    items, pairs = field.get("items"), field.get("map")
    parts = (items, pairs.get("key"), pairs.get("value")) if pairs is not None else (items,)
    yield from (part for part in parts if part is not None)


def _categories(field: Part, name: str, taxonomy: Taxonomy) -> Iterator[tuple[str, Origin]]:
    for key, value in _pairs(field):
        if is_own(key):
            yield checked(value.text, name, value.origin, taxonomy), value.origin
            continue
        found = of_pair(key, value.text, taxonomy)
        if found is not None:
            yield narrowed(found, name, taxonomy), value.origin
    for tag in field.items("tags"):
        found = of_tag(tag.text, taxonomy)
        if found is not None:
            yield narrowed(found, name, taxonomy), tag.origin


def _pairs(field: Part) -> Iterator[tuple[str, Part]]:
    classification = field.get("classification")
    if classification is not None:
        yield "classification", classification
    for custom in field.items("customProperties"):
        key, value = custom.text_of("property"), custom.get("value")
        if not key or value is None:
            continue
        if value.is_list:
            yield from ((key, item) for item in custom.items("value"))
        elif not value.is_mapping:
            yield key, value


def _retention(contract: Part) -> Iterator[tuple[str, str]]:
    """How long rows of each object may stay: by its name, or for all by an empty one."""
    default = contract.text_of("slaDefaultElement")
    for entry in contract.items("slaProperties"):
        if entry.text_of("property").lower() == "retention":
            duration = _duration(entry)
            elements = entry.text_of("element") or default
            for element in elements.split(",") if elements else ("",):
                yield element.strip().partition(".")[0].lower(), duration


def _duration(entry: Part) -> str:
    value = entry.get("value")
    text, unit = (value.text if value is not None else ""), entry.text_of("unit").lower()
    if not unit and days_in(text) < inf:
        return text
    code = next((code for start, code in _UNITS.items() if unit.startswith(start)), "")
    if not code or not _NUMBER.fullmatch(text):
        what = f"a retention of {quoted(f'{text} {unit}'.strip())}"
        raise PolicyError(entry.origin, what, "write a number with a unit: h, d, w, months or y")
    if code == "H":  # a part of a day is a day
        return f"P{-(-int(text) // 24)}D"
    return f"P{text}{code}"
