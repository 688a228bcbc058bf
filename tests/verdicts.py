"""The corpus of verdicts: what a gate says today of projects that do not change.

`python -m tests.verdicts` writes tests/golden/verdicts anew. Who updates a dependency, the
parser above all, does that and judges the difference: each line that comes or goes is a verdict
that some project of somebody's would see change.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.hostile.opaque import opaque
from tests.hostile.project import check, make_project

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "golden" / "verdicts"
EXAMPLES = ("search-engine", "shop", "shop-mended", "warehouse-sql")
_MAIN = "from enforcer.cli import main; main()"


def verdicts() -> Iterator[tuple[str, str]]:
    """The name of each project, and the verdict on it as a text."""
    for name in EXAMPLES:
        yield name, told(_report(ROOT / "examples" / name))
    hostile = opaque()
    for dialect in sorted({one.dialect for one in hostile}):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / dialect
            make_project(root, dialect, [one for one in hostile if one.dialect == dialect])
            yield f"opaque-{dialect}", told(check(root, dialect, "--today", "2026-01-01").report)


def told(report: dict[str, Any]) -> str:
    """The verdict of a report, a line for each thing that is decided, sorted."""
    coverage = report["coverage"]
    head = (
        f"exit {report['exit_code']}: {coverage['analysed']} of {coverage['statements']} "
        f"statements analysed, {coverage['relations']} relations, {coverage['columns']} columns\n"
    )
    lines = [*map(_finding, report["findings"]), *map(_gap, report["gaps"])]
    lines += [_rule(rule) for rule in report["rules"] if rule["outcome"] != "not applicable"]
    return head + "".join(f"{line}\n" for line in sorted(lines))


def _finding(finding: dict[str, Any]) -> str:
    field = ".".join(part for part in finding["field"].values() if part)
    sink = finding["sink"].partition(": ")[0]  # of a gap the reason, without its wording
    flow = f" ({finding['flow']})" if finding["flow"] else ""
    into = f" -> {sink}{flow}" if sink else ""
    steps = len(finding["path"])
    said = f"{finding['severity']} {finding['rule']}: {field}{into}"
    return f"{said}, path of {steps}, at {_at(finding)}"


def _gap(gap: dict[str, Any]) -> str:
    return f"gap {gap['reason']}: {', '.join(gap['relations']) or 'nothing named'} at {_at(gap)}"


def _rule(rule: dict[str, Any]) -> str:
    return f"rule {rule['id']}: judged {rule['judged']}, {rule['findings']} findings"


def _at(told_of: dict[str, Any]) -> str:
    origin = told_of["origin"]
    return f"{origin['file']}:{origin['line']}:{origin['column']}"


def _report(project: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", _MAIN, "check", str(project), "--today", "2026-01-01"]
    done = subprocess.run(
        [*command, "--format", "json"],
        capture_output=True,
        check=False,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


if __name__ == "__main__":
    for title, text in verdicts():
        (FOLDER / f"{title}.txt").write_text(text, "utf-8")
