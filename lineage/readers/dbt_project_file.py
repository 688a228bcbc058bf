"""The few settings of `dbt_project.yml` that say where a project keeps its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from lineage.readers.files import Refusal, read_text
from lineage.readers.folders import PROJECT_FILE, join_path
from lineage.words import InputError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lineage.projects import Input

_MAX_BYTES = 1 << 20
_MAX_DEPTH = 64


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where a dbt project keeps what, relative to its own folder; dbt's defaults."""

    name: str = ""
    target: str = "target"
    packages: str = "dbt_packages"
    models: tuple[str, ...] = ("models",)
    snapshots: tuple[str, ...] = ("snapshots",)
    macros: tuple[str, ...] = ("macros",)
    tests: tuple[str, ...] = ("tests",)
    analyses: tuple[str, ...] = ("analyses", "analysis")
    functions: tuple[str, ...] = ("functions",)


_ONE = {"name": "name", "target-path": "target", "packages-install-path": "packages"}
_MANY = {
    "model-paths": "models",
    "source-paths": "models",
    "snapshot-paths": "snapshots",
    "macro-paths": "macros",
    "test-paths": "tests",
    "analysis-paths": "analyses",
    "function-paths": "functions",
}


def read_settings(root: Path, folder: str) -> tuple[Settings, Input]:
    """The settings of the dbt project in `folder` below `root`.

    Raises `InputError` when the file is no YAML. A value with a template in it is left at
    its default: nothing is rendered here.
    """
    path = join_path(folder, PROJECT_FILE)
    read = read_text(root, path, _MAX_BYTES)
    if isinstance(read, Refusal):
        raise InputError(Origin(path, 1, 1), f"not read: {read.message}", "make it a plain file")
    settings: dict[str, str | tuple[str, ...]] = {}
    for key, values in _top_level(read.text, path):
        paths = tuple(_clean(value) for value in values if "{" not in value)
        if key in _ONE and paths:
            settings[_ONE[key]] = paths[0]
        elif key in _MANY and paths:
            settings[_MANY[key]] = paths
    return msgspec.convert(settings, Settings), read.as_input("dbt project")


def _clean(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./").rstrip("/")


def _top_level(text: str, path: str) -> Iterator[tuple[str, list[str]]]:
    """The top-level keys of a YAML mapping whose value is a scalar or a list of scalars.

    Works on the parser's events, so that neither depth nor aliases cost anything.
    """
    import yaml  # noqa: PLC0415 - slow to import

    try:
        yield from _pairs(yaml.parse(text, Loader=yaml.CSafeLoader), path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise InputError(
            Origin(path, line, column), f"not YAML: {error.problem}", "mend the file"
        ) from error
    except yaml.YAMLError as error:
        raise InputError(Origin(path, 1, 1), "not YAML", "mend the file") from error


def _pairs(events: Iterator[Any], path: str) -> Iterator[tuple[str, list[str]]]:
    from yaml import events as kinds  # noqa: PLC0415 - slow to import

    for event in events:
        if isinstance(event, kinds.MappingStartEvent):
            break
    for event in events:
        if isinstance(event, kinds.MappingEndEvent):
            return
        if not isinstance(event, kinds.ScalarEvent):
            mark = event.start_mark
            origin = Origin(path, mark.line + 1, mark.column + 1)
            raise InputError(origin, "a key that is no plain text", "mend the file")
        yield event.value, _scalars(next(events), events, path)


def _scalars(first: Any, events: Iterator[Any], path: str) -> list[str]:  # noqa: ANN401 - untyped
    """The scalar, or those of a list, and nothing for any other value."""
    from yaml import events as kinds  # noqa: PLC0415 - slow to import

    if isinstance(first, kinds.ScalarEvent):
        return [first.value]
    values: list[str] = []
    depth = int(isinstance(first, kinds.CollectionStartEvent))
    while depth:
        event = next(events)
        if isinstance(event, kinds.CollectionStartEvent):
            depth += 1
        elif isinstance(event, kinds.CollectionEndEvent):
            depth -= 1
        elif depth == 1 and isinstance(event, kinds.ScalarEvent):
            values.append(event.value)
        if depth > _MAX_DEPTH:
            mark = event.start_mark
            origin = Origin(path, mark.line + 1, mark.column + 1)
            raise InputError(origin, "nested too deeply", "mend the file")
    return values if isinstance(first, kinds.SequenceStartEvent) else []
