"""Hooks, headers and on-run operations of a dbt project: SQL that runs beside the models.

The manifest keeps them as written. One that only names `{{ this }}` is a script like any
other; what another template would render to is not known, and that is a gap.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from lineage.projects import Unit
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Manifest, Node

_THIS = re.compile(r"\{\{-?\s*this\s*-?\}\}")
_TEMPLATE = re.compile(r"\{\{|\{%|\{#")
_CALL = re.compile(r"\s*\{\{-?\s*([\w.]+)\s*\(")
_HOOKS = ("pre-hook", "post-hook")
_HEADER = "sql_header"  # runs right before the code of the model
_SHOWN = 60  # characters of a hook in a message


def read_hooks(
    place: Place, manifest: Manifest, names: Names
) -> tuple[tuple[Unit, ...], tuple[Gap, ...]]:
    """The scripts of all hooks, and one gap for each macro, however often hooks call it."""
    units: list[Unit] = []
    unknown: dict[str, list[tuple[str, Origin]]] = {}
    for node, sql in _hooks(manifest):
        path = place.path_of(_at_home(node))
        text = (node.relation_name or "").join(_THIS.split(sql))
        if _TEMPLATE.search(text):
            unknown.setdefault(_shown(sql), []).append((names.of(node), Origin(path, 1, 1)))
        elif text.strip():
            units.append(Unit(file=path, text=text, dialect=names.dialect))
    units.sort(key=lambda unit: (unit.file, unit.text))
    return tuple(units), tuple(_gap(shown, where) for shown, where in sorted(unknown.items()))


def _hooks(manifest: Manifest) -> Iterator[tuple[Node, str]]:
    for node in manifest.run():
        if node.resource_type == "operation":
            yield node, node.raw_code or ""
        elif node.resource_type in {"model", "seed", "snapshot", "function", "test"}:
            for key in (*_HOOKS, _HEADER):
                for hook in _listed(node.config.get(key)):
                    yield node, _sql(hook)


def _at_home(node: Node) -> Node:
    """Dbt writes the file of an operation as `./dbt_project.yml`."""
    return replace(node, original_file_path=node.original_file_path.removeprefix("./"))


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, list) else [value] if value else []


def _sql(hook: Any) -> str:  # noqa: ANN401 - any JSON
    text = hook.get("sql") if isinstance(hook, dict) else hook
    return text if isinstance(text, str) else ""


def _shown(sql: str) -> str:
    """The macro that a hook calls, or how the hook begins."""
    call = _CALL.match(sql)
    return f"macro {call[1]}" if call else " ".join(sql.split())[:_SHOWN]


def _gap(shown: str, where: list[tuple[str, Origin]]) -> Gap:
    relations = tuple(sorted({name for name, _origin in where if name}))
    message = f"a hook is a template, and what it runs is not known: {shown}"
    return Gap(GapReason.TEMPLATE, message, relations, min(origin for _name, origin in where))
