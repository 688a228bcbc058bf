"""Builds a dbt example and rewrites its artifacts so that they are small and reproducible.

    python refresh.py shop
    python refresh.py shop-mended --dbt path/to/dbt

Runs `dbt build` and `dbt docs generate` from an empty database, then leaves
`target/manifest.json` and `target/catalog.json` with all that depends on the clock or the
machine taken out, and with keys sorted. Two runs give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

MOMENT = "2026-11-01T00:00:00.000000Z"
NONE_ID = "00000000-0000-0000-0000-000000000000"
METADATA = {
    "generated_at": MOMENT,
    "invocation_id": NONE_ID,
    "invocation_started_at": MOMENT,
    "run_started_at": MOMENT,
    "user_id": None,
    "send_anonymous_usage_stats": False,
    "env": {},
}
# dbt's own macros and the two graph indexes are most of a manifest, and can be had again.
EMPTIED = ("docs", "selectors", "parent_map", "child_map", "group_map")


def main() -> int:
    """Refresh one example; the exit code is dbt's where dbt fails."""
    parser = argparse.ArgumentParser(description="Refresh the dbt artifacts of an example.")
    parser.add_argument("directory", type=Path, help="the example's folder")
    parser.add_argument("--dbt", default="dbt", help="the dbt command (default: dbt)")
    options = parser.parse_args()
    project = options.directory.resolve()
    if not (project / "dbt_project.yml").is_file():
        parser.error(f"{options.directory} holds no dbt_project.yml")
    if os.sep in options.dbt:
        options.dbt = str(Path(options.dbt).absolute())
    target = project / "target"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for command in (["build"], ["docs", "generate"]):
        code = run_dbt(options.dbt, command, project)
        if code:
            return code
    rewrite(target / "manifest.json", small_manifest)
    rewrite(target / "catalog.json", plain_catalog)
    keep_only(target, {"manifest.json", "catalog.json"})
    return 0


def run_dbt(dbt: str, command: list[str], project: Path) -> int:
    """Run one dbt command in the project's folder."""
    words = [dbt, "--no-partial-parse", "--quiet", "--log-path", "target/logs"]
    words += [*command, "--profiles-dir", "."]
    settings = {k: v for k, v in os.environ.items() if not k.startswith("DBT_")}
    settings["PYTHONDONTWRITEBYTECODE"] = "1"
    return subprocess.run(words, cwd=project, env=settings, check=False).returncode


def rewrite(path: Path, change: Any) -> None:  # noqa: ANN401 - a function on JSON
    """Change a JSON file and write it with sorted keys."""
    artifact = json.loads(path.read_text("utf-8"))
    change(artifact)
    text = json.dumps(artifact, indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")


def small_manifest(manifest: dict[str, Any]) -> None:
    """Leave what describes the project, and nothing of this run."""
    metadata = manifest["metadata"]
    metadata.update({key: value for key, value in METADATA.items() if key in metadata})
    own = f"macro.{metadata['project_name']}."
    manifest["macros"] = {k: v for k, v in manifest["macros"].items() if k.startswith(own)}
    manifest.update({key: {} for key in EMPTIED if key in manifest})
    walk(manifest)


def walk(value: Any) -> None:  # noqa: ANN401 - any JSON
    """Take out moments and places, wherever they stand."""
    if isinstance(value, list):
        for element in value:
            walk(element)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key in {"created_at", "compiled_at"} and isinstance(inner, (int, float)):
            value[key] = 0
        elif key in {"root_path", "build_path", "compiled_path"}:
            value[key] = None
        else:
            walk(inner)


def plain_catalog(catalog: dict[str, Any]) -> None:
    """Leave the columns, and nothing of this run."""
    metadata = catalog["metadata"]
    metadata.update({key: value for key, value in METADATA.items() if key in metadata})


def keep_only(folder: Path, names: set[str]) -> None:
    """Remove everything else from a folder."""
    for path in folder.iterdir():
        if path.name in names:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


if __name__ == "__main__":
    sys.exit(main())
