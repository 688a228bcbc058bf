"""JSON Schemas of what people write, generated from the types that read it.

They say what the loader says, short forms included, so that an editor finds a mistake while
it is made. What needs knowledge of other files (categories, places) no schema can say.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec

from enforcer.atomic_files import write_text_atomically
from enforcer.config import Config, OwnCategory, PackUse
from enforcer.labels.file import LabelsFile
from enforcer.packs import Pack, PackRule
from enforcer.policytest.cases import ASKING
from enforcer.protection.methods import Effect
from enforcer.rule_sense import BESIDE, DENIED, NOWHERE, REQUIRED, UNEXCUSED, UNREAD
from enforcer.rules import (
    CasesFile,
    Choice,
    Expected,
    FactTest,
    Notice,
    Part,
    Place,
    Rule,
    Sample,
)
from enforcer.rules.conditions import Via
from enforcer.shipped import policies_folder
from enforcer.waivers import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    Schema = dict[str, Any]

KINDS: Final[dict[str, Any]] = {
    "config": Config,
    "labels": LabelsFile,
    "notice": Notice,
    "pack": Pack,
    "places": dict[str, Place],
    "rule": Rule,
    "test": CasesFile,
    "waivers": Ledger,
}
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
# How a rule writes the name of a parameter where its value might stand.
_PARAMETER: Final[dict[str, Any]] = {"type": "string", "pattern": r"^\$[a-z][a-z0-9_]*$"}
_DATE: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
# Numbers and booleans are texts too where a text is wanted: `equals: true`.
_TEXT: Final = ["string", "number", "boolean"]
# What a single word says where a list of them is wanted; the latter are structs' short forms.
_WORDS: Final = frozenset({"Method", "Protection", "RelationKind", "ValueKind"})
_STRUCTS: Final = frozenset({"Expected", "PackRule", "PackUse"})
_SHORT: Final = (Choice, Expected, FactTest, OwnCategory, PackRule, PackUse, Part, Sample)


def schema_of(kind: str) -> Schema:
    """The JSON Schema of one of `KINDS`."""
    schema = _mended(msgspec.json.schema(KINDS[kind]))
    definitions = schema.get("$defs", {})
    _add_sense(definitions)
    for shape in _SHORT:
        if shape.__name__ in definitions:
            _allow_short_form(definitions, shape.__name__, shape.leading_key)
    if kind == "rule":
        schema = _allow_parameters(schema)
    return {"$schema": _DRAFT, "title": f"Fieldgate: {kind}", **schema}


def _mended(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(schema, list):
        return [_mended(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: _mended(value) for key, value in schema.items() if key != "default"}
    if "anyOf" in parts:
        parts["anyOf"] = [branch for branch in parts["anyOf"] if branch != {"type": "null"}]
    if isinstance(parts.get("description"), str):
        parts["description"] = " ".join(parts["description"].split())
    if parts.get("type") == "string":
        return _mended_text(parts)
    if parts.get("type") == "array" and _is_word(parts["items"]):
        shape = parts["items"].get("$ref", "").rpartition("/")[2]
        return {"anyOf": [{"type": _TEXT} if shape in _STRUCTS else parts["items"], parts]}
    return parts


def _mended_text(parts: Schema) -> Schema:
    if parts.get("format") == "date":
        return {**parts, "pattern": _DATE}
    if "pattern" in parts:
        # What Python writes `\Z` is `$` elsewhere.
        return {**parts, **_unquoted(parts), "pattern": parts["pattern"].replace(r"\Z", "$")}
    return {**parts, "type": _TEXT}


def _unquoted(parts: Schema) -> Schema:
    """What may stand without quotes where a text of some form is wanted: `at_least: 100000`."""
    fits = {word for word in ("1", "-1", "1.5", "true") if re.search(parts["pattern"], word)}
    number = ["number"] if "1.5" in fits else ["integer"] if "1" in fits else []
    types = ["string", *number, *(["boolean"] if "true" in fits else [])]
    least = {"minimum": 0} if number and "-1" not in fits else {}
    return {"type": types if len(types) > 1 else "string", **least}


def _is_word(items: Schema) -> bool:
    if "$ref" in items:
        return items["$ref"].rpartition("/")[2] in _WORDS | _STRUCTS
    return "enum" in items or "string" in items.get("type", "")


def _allow_short_form(definitions: Schema, name: str, leading: str) -> None:
    whole = definitions[name]
    short = whole["properties"][leading]
    if name == FactTest.__name__:
        short = {**short, "not": {"const": []}}
    definitions[name] = {
        "title": whole["title"],
        "description": whole["description"],
        "anyOf": [short, whole],
    }


def _add_sense(definitions: Schema) -> None:
    """What `enforcer.rule_sense` asks for and a schema can say."""
    for name in {"Case", "Sample"} & definitions.keys():
        whole = definitions[name]
        if name == "Case":
            whole["anyOf"] = [{"required": [key]} for key in ASKING]
        whole["properties"]["functions"]["additionalProperties"] = {"enum": [*map(str, Effect)]}
    if "Rule" not in definitions:
        return
    definitions["Rule"]["oneOf"] = [
        {"required": ["deny"], "not": {"required": ["except"]}},
        {"required": ["require"], "not": {"required": ["except"]}},
        {"required": ["allow", "except"], "not": {"required": ["unless"]}},
    ]
    definitions["Rule"]["properties"]["except"]["minItems"] = 1
    definitions["Rule"]["allOf"] = [{"not": _excused(name)} for name in UNEXCUSED]
    into = {"required": ["into"], "not": {"anyOf": [{"required": [name]} for name in DENIED]}}
    deny, require = definitions["Deny"], definitions["Require"]
    deny["oneOf"] = [*({"required": [name]} for name in DENIED), into]
    deny["allOf"] = [{"not": {"required": [name, "into"]}} for name in NOWHERE]
    require["allOf"] = []
    for name, keys in UNREAD.items():
        side = deny if name in DENIED else require
        side["allOf"] += [{"not": {"required": [name, key]}} for key in keys]
    _list, weighed = deny["properties"]["via"]["anyOf"]
    weighed["propertyNames"] = {"enum": [*get_args(Via)]}
    require["oneOf"] = [{"required": [name]} for name in REQUIRED]
    for definition in (deny, require):
        definition["dependentRequired"] = {
            key: [needed]
            for key, (needed, _says) in BESIDE.items()
            if key in definition["properties"]
        }
    for definition in (deny, require, definitions["RetentionLimit"]):
        definition["properties"] = {
            name: _never_false(wanted) for name, wanted in definition["properties"].items()
        }
    granted_to = deny["properties"]["granted_to"]
    deny["properties"]["granted_to"] = {"allOf": [granted_to], "not": {"enum": [[], {}]}}
    definitions["RetentionLimit"]["minProperties"] = 1
    definitions["Accepts"]["oneOf"] = [{"required": [name]} for name in ("at_least", "accept")]
    definitions["GuardTest"]["oneOf"] = [
        {"required": ["column"], "not": {"required": ["equals", "at_least"]}},
        *(
            {
                "required": [name],
                "not": {"anyOf": [{"required": ["equals"]}, {"required": ["at_least"]}]},
            }
            for name in ("absent_from", "group_size")
        ),
    ]
    for name in ("Ban", "Excuse", "Floor"):
        definitions[name]["minProperties"] = 1
    definitions["FactTest"]["minProperties"] = 1
    definitions["FactTest"]["not"] = {"enum": [{"any": []}, {"not": []}]}


def _allow_parameters(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Wherever a value may be written, `$name` may stand for it."""
    if isinstance(schema, list):
        return [_allow_parameters(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: _allow_parameters(value) for key, value in schema.items()}
    for key in ("items", "additionalProperties"):
        if isinstance(parts.get(key), dict):
            parts[key] = _or_parameter(parts[key])
    if "additionalProperties" in parts and "properties" in parts:
        parts["properties"] = {k: _or_parameter(v) for k, v in parts["properties"].items()}
    return parts


def _or_parameter(wanted: Schema) -> Schema:
    """A value or the name of a parameter; where any text may stand, that is one already."""
    return wanted if wanted in ({}, {"type": _TEXT}) else {"anyOf": [wanted, _PARAMETER]}


def _excused(name: str) -> Schema:
    """A rule that judges what a key asks for, and has excuses."""
    side = "deny" if name in DENIED else "require"
    return {"required": [side, "unless"], "properties": {side: {"required": [name]}}}


def _never_false(wanted: Schema) -> Schema:
    if "anyOf" in wanted:
        return {**wanted, "anyOf": [_never_false(branch) for branch in wanted["anyOf"]]}
    return {"const": True} if wanted == {"type": "boolean"} else wanted


def text_of(kind: str) -> str:
    """The schema as its file has it."""
    return json.dumps(schema_of(kind), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> None:
    """Write the schema of each kind into a folder."""
    for kind in KINDS:
        write_text_atomically(folder / f"{kind}.json", text_of(kind))


if __name__ == "__main__":
    write_schemas(policies_folder() / "schema")
