"""What the properties files of a dbt project say of relations and columns, without dbt.

A base commit has no manifest, for nobody commits one; its properties files are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.classify.yaml_places import NotEditableError, Places
from lineage.projects import Fact, RelationKind
from lineage.readers.dbt_facts import TooManyFactsError, column_facts
from lineage.readers.dbt_words import NodeColumn

if TYPE_CHECKING:
    from collections.abc import Iterator


_SECTIONS: Final = {
    "models": RelationKind.MODEL,
    "seeds": RelationKind.SEED,
    "snapshots": RelationKind.SNAPSHOT,
}
# YAML 1.1, as dbt reads it.
_TRUE: Final = frozenset({"yes", "true", "on"})
_FALSE: Final = frozenset({"no", "false", "off"})
_MERGE: Final = "<<"

Value = Any  # a part of a document: texts, lists and mappings of them


class StatedColumn(msgspec.Struct, frozen=True):
    """A column in a properties file; `quoted` where its name is to be taken as it is."""

    name: str
    facts: tuple[Fact, ...]
    quoted: bool = False


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """A relation in a properties file.

    `source` is that of a table of one, `written` how SQL that does not ask dbt would call it,
    `files` the names of its own files without their ends, `enabled` what is said of that, if
    anything is.
    """

    name: str
    kind: RelationKind
    source: str = ""
    written: str = ""
    files: tuple[str, ...] = ()
    enabled: str = ""
    facts: tuple[Fact, ...] = ()
    columns: tuple[StatedColumn, ...] = ()


def stated_in(text: str) -> tuple[Stated, ...] | None:
    """The relations of a properties file; None where it cannot be read, none in other YAML."""
    try:
        whole = _merged(Places(text).value())
        return tuple(_relations(whole)) if isinstance(whole, dict) else ()
    except NotEditableError as error:
        return () if str(error) == "it is empty" else None
    except (TooManyFactsError, msgspec.ValidationError):
        return None


def _relations(whole: dict[str, Value]) -> Iterator[Stated]:
    for section, kind in _SECTIONS.items():
        for one in _mappings(whole.get(section)):
            name = _text(one.get("name"))
            versions = _mappings(one.get("versions"))
            config = one.get("config")
            yield Stated(
                name=name,
                kind=kind,
                written=name,
                files=(name.lower(), *(_file(name, version) for version in versions)),
                enabled=_text(config.get("enabled")) if isinstance(config, dict) else "",
                facts=tuple(sorted({*_facts(one), *_groups(one)})),
                columns=tuple(c for part in (one, *versions) for c in _columns(part)),
            )
    for source in _mappings(whole.get("sources")):
        of_all = _facts(source)
        schema = _text(source.get("schema")) or _text(source.get("name"))
        for table in _mappings(source.get("tables")):
            called = _text(table.get("identifier")) or _text(table.get("name"))
            yield Stated(
                name=_text(table.get("name")),
                kind=RelationKind.SOURCE,
                source=_text(source.get("name")),
                written=f"{schema}.{called}",
                facts=tuple(sorted({*of_all, *_facts(table)})),
                columns=_columns(table),
            )


def _file(name: str, version: dict[str, Value]) -> str:
    """The file of a version of a model, without its end."""
    return (_text(version.get("defined_in")) or f"{name}_v{_text(version.get('v'))}").lower()


def _groups(one: dict[str, Value]) -> Iterator[Fact]:
    config = one.get("config")
    for key, part in (("group", one), ("config.group", config)):
        if isinstance(part, dict) and _text(part.get("group")):
            yield Fact(key, _text(part["group"]))


def _columns(relation: dict[str, Value]) -> tuple[StatedColumn, ...]:
    return tuple(
        StatedColumn(_text(one.get("name")), _facts(one), one.get("quote") == "true")
        for one in _mappings(relation.get("columns"))
    )


def _facts(one: dict[str, Value]) -> tuple[Fact, ...]:
    said = {key: _truth(one.get(key)) for key in ("meta", "config")}
    lists = {key: _texts(one.get(key)) for key in ("tags", "policy_tags", "classifiers")}
    plain = {key: value for key, value in said.items() if isinstance(value, dict)}
    told = {"description": _text(one.get("description")), **plain, **lists}
    return column_facts(msgspec.convert(told, NodeColumn))


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Value) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str)]


def _mappings(listed: Value) -> list[dict[str, Value]]:
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _merged(value: Value) -> Value:
    """With merge keys written out."""
    if isinstance(value, list):
        return [_merged(one) for one in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Value] = {}
    merged = _merged(value.get(_MERGE))
    for one in reversed(merged if isinstance(merged, list) else [merged]):
        found |= one if isinstance(one, dict) else {}
    return found | {key: _merged(one) for key, one in value.items() if key != _MERGE}


def _truth(value: Value) -> Value:
    """With what YAML takes for truth as such."""
    if isinstance(value, list):
        return [_truth(one) for one in value]
    if isinstance(value, dict):
        return {key: _truth(one) for key, one in value.items()}
    low = value.lower() if isinstance(value, str) else ""
    return low in _TRUE if low in _TRUE or low in _FALSE else value
