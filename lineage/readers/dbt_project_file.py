"""The few settings of `dbt_project.yml` that are read: where files are kept, and its own SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.readers.files import Refusal, read_text, shown_path
from lineage.readers.folders import PROJECT_FILE, join_path
from lineage.words import InputError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lineage.projects import Input

_MAX_BYTES = 1 << 20


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where a dbt project keeps what, relative to its own folder; dbt's defaults.

    `templates` are the keys of folders that dbt renders first; `hooks` the SQL that it runs
    before and behind all models.
    """

    name: str = ""
    target: str = "target"
    packages: str = "dbt_packages"
    models: tuple[str, ...] = ("models",)
    snapshots: tuple[str, ...] = ("snapshots",)
    macros: tuple[str, ...] = ("macros",)
    tests: tuple[str, ...] = ("tests",)
    analyses: tuple[str, ...] = ("analyses", "analysis")
    functions: tuple[str, ...] = ("functions",)
    templates: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()


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
_HOOKS = ("on-run-start", "on-run-end")


def read_settings(root: Path, folder: str) -> tuple[Settings, Input]:
    """The settings of the dbt project in `folder` below `root`.

    Raises `InputError` when the file is no YAML. A value with a template in it is left at
    its default: nothing is rendered here.
    """
    path = join_path(folder, PROJECT_FILE)
    read = read_text(root, path, _MAX_BYTES)
    shown = shown_path(path)
    if isinstance(read, Refusal):
        raise InputError(Origin(shown, 1, 1), f"not read: {read.message}", "make it a plain file")
    settings: dict[str, str | tuple[str, ...]] = {}
    templates: list[str] = []
    hooks: list[str] = []
    for key, values in _top_level(read.text, shown):
        hooks += values if key in _HOOKS else ()
        templates += [key] if key in _MANY and any("{" in value for value in values) else ()
        paths = tuple(_clean(value) for value in values if "{" not in value)
        if key in _ONE and paths:
            settings[_ONE[key]] = paths[0]
        elif key in _MANY and paths:
            settings[_MANY[key]] = paths
    found = msgspec.convert(settings, Settings)
    found = msgspec.structs.replace(found, templates=tuple(templates), hooks=tuple(hooks))
    return found, read.as_input("dbt project")


def _clean(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./").rstrip("/")


def _top_level(text: str, path: str) -> Iterator[tuple[str, list[str]]]:
    """The top-level keys of a YAML mapping whose value is a scalar or a list of scalars."""
    from lineage import strict_yaml as yaml  # noqa: PLC0415 - slow to import

    root = yaml.compose(text, path, InputError, foreign=True)
    if not isinstance(root, yaml.Mapping):
        raise InputError(Origin(path, root.line, root.column), "no mapping", "mend the file")
    for key, value in root.entries:
        items = value.items if isinstance(value, yaml.Sequence) else (value,)
        yield key.text, [item.text for item in items if isinstance(item, yaml.Scalar)]
