"""dbt's manifest from whoever wrote the pull request: an exit code of the design, always."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enforcer.audit import Verified, verify_run, write_run
from enforcer.evidence import evidence_of
from enforcer.report import FORMATS, render
from enforcer.run import Request, run_check
from lineage import InputError
from lineage.projects import Outcome

from .findings import Broken
from .mutation import mutate_json
from .target import ROOT, Budget, Target, check_error, check_output, scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 20.0
_PROJECT: Final = ROOT / "examples" / "shop"
_KEPT = 5  # nodes in a seed
_WORDS: Final = (
    *("view", "table", "incremental", "ephemeral", "python", "snapshot", "seed", "test", "sql"),
    *("../../../etc/passwd", "/etc/passwd", "models/../../x", "prod.core.users", "select 1", "*"),
    *("{{ ref('a') }}", "select * from prod.core.users", "model.shop.customers", "duckdb", "v99"),
    *("select a.* from " + "(select * from " * 30 + "t" + ")" * 30, "meta", "config", "columns"),
)


def seeds() -> Iterator[bytes]:
    """The manifest of an example, a few nodes at a time; with them all it is too slow."""
    manifest = json.loads((_PROJECT / "target" / "manifest.json").read_text("utf-8"))
    names = sorted(manifest["nodes"])
    for start in range(0, len(names), _KEPT):
        yield json.dumps(_part(manifest, names[start : start + _KEPT])).encode()


def _part(manifest: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {
        "metadata": manifest["metadata"],
        "nodes": {name: manifest["nodes"][name] for name in names},
        "sources": manifest["sources"],
        "exposures": manifest["exposures"],
        "macros": {},
    }


@cache
def _folder() -> Path:
    """A copy of the example, the manifest of which is written anew for each input."""
    folder = Path(scratch().name).resolve() / "shop"
    shutil.copytree(_PROJECT, folder)
    return folder


def hold(data: bytes) -> None:
    """Check the project, and show and seal what was found; nothing that was read is lost."""
    folder = _folder()
    (folder / "target" / "manifest.json").write_bytes(data)
    with Budget("a check", _SECONDS):
        try:
            run = run_check(Request(path=folder, jobs=0))
        except InputError as error:
            check_error(error)
            return
    for notation in FORMATS:
        check_output(render(run.report, notation), notation)
    if run.report.exit_code == 0 and any(i.outcome is Outcome.REFUSED for i in run.inputs):
        raise Broken("a check passes although it refused an input")
    evidence = evidence_of(run)
    if len(evidence.inputs) != evidence.inputs_expected:
        raise Broken("an input has no record")
    file = write_run(folder.parent, evidence)
    try:
        if verify_run(file).result is not Verified.VERIFIED:
            raise Broken(f"evidence does not verify: {verify_run(file).message}")
    finally:
        file.unlink()


TARGET = Target(seeds, hold, mutate_json, _WORDS)
