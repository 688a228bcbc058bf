"""The published JSON Schema of the input document, generated from its types.

`python -m enforcer.engines.schema` writes it. OPA's own tools check rules against it:
`opa check --strict --schema policies/schema RULE.rego`.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from enforcer.atomic_files import write_text_atomically
from enforcer.engines.input import VERSION, Input
from enforcer.shipped import policies_folder

FILE: Final = f"input-{VERSION}.json"
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """The schema as its file has it."""
    schema = _closed(msgspec.json.schema(Input))
    definitions = schema["$defs"]
    whole = {**definitions.pop(Input.__name__), "$defs": definitions}
    titled = {**whole, "$schema": _DRAFT, "title": f"Fieldgate: input, version {VERSION}"}
    return json.dumps(titled, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _closed(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """The schema with no keys but those it names, and its descriptions on one line."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: _closed(value) for key, value in schema.items()}
    if isinstance(parts.get("description"), str):
        parts["description"] = " ".join(parts["description"].split())
    if "properties" in parts:
        parts["additionalProperties"] = False
    return parts


if __name__ == "__main__":
    write_text_atomically(policies_folder() / "schema" / FILE, schema_text())
