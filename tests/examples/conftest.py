"""The examples as a user has them, and the command line as a user runs it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from tests.real_dbt import run_dbt

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
DBT = Path(sys.executable).parent / "dbt"
FIELDGATE = Path(sys.executable).parent / "fieldgate"


class Leak(NamedTuple):
    """A leak that an example plants, and the one line that mends it."""

    rule: str
    field: str
    sink: str
    file: str
    replace: str
    mended: str


class Verdict(NamedTuple):
    """What `fieldgate check` came to."""

    exit_code: int
    findings: set[tuple[str, str, str]]
    report: dict[str, Any]


def planted(example: str) -> list[Leak]:
    text = (EXAMPLES / example / "planted.yml").read_text("utf-8")
    return [
        Leak(p["rule"], p["field"], p["sink"], p["file"], p["replace"], p["with"])
        for p in yaml.safe_load(text)["planted"]
    ]


def check(folder: Path) -> Verdict:
    done = subprocess.run(
        [FIELDGATE, "check", str(folder), "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    findings = {
        (finding["rule"], ".".join(filter(None, finding["field"].values())), finding["sink"])
        for finding in report["findings"]
    }
    return Verdict(done.returncode, findings, report)


def compile_dbt(project: Path) -> None:
    """What a person runs before the gate: dbt writes its manifest anew."""
    assert run_dbt(project, "compile") == 0


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str], Path]:
    def make(example: str) -> Path:
        return Path(shutil.copytree(EXAMPLES / example, tmp_path / example))

    return make
