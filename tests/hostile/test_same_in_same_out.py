"""Same input, same bytes out: report and run file, whatever surrounds the run."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
_OTHERS = ("pure", "3.12", "3.13", "3.14")
_EXAMPLES = ("shop", "warehouse-sql", "search-engine")
_SEEDS = int(os.environ.get("FIELDGATE_SEEDS", "2"))
_PROGRAM = "from enforcer.cli import main; main()"
_PLAIN = {"PATH": os.defpath, "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_AROUND = {
    "any hash seed": {"PYTHONHASHSEED": "random"},
    "the locale C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a Turkish locale": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "a day ahead": {"TZ": "Pacific/Kiritimati"},
    "a day behind": {"TZ": "Etc/GMT+12"},
    "a narrow terminal with colours": {
        "COLUMNS": "20",
        "FORCE_COLOR": "1",
        "TERM": "xterm-256color",
    },
    "no assertions": {"PYTHONOPTIMIZE": "2"},
}


class Result(NamedTuple):
    """All that a check leaves behind: what it printed, its exit code, and the run file."""

    code: int
    report: bytes
    run_id: str
    run_file: bytes


def check(
    project: Path,
    evidence: Path,
    around: dict[str, str] | None = None,
    *,
    python: str = sys.executable,
    jobs: int = 2,
) -> Result:
    """Check a project in a process of its own, seen from the project's parent."""
    command = [
        *(python, "-P", "-c", _PROGRAM, "check", project.name, "--today", "2026-01-01"),
        *("--format", "json", "--evidence", str(evidence), "--jobs", str(jobs)),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        cwd=project.parent,
        env={**_PLAIN, **(around or {})},
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr.decode()
    (run_file,) = (evidence / "runs").iterdir()
    return Result(done.returncode, done.stdout, run_file.stem, run_file.read_bytes())


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What each example gives here and now."""
    return {
        name: check(ROOT / "examples" / name, tmp_path_factory.mktemp("usual"))
        for name in _EXAMPLES
    }


@pytest.mark.threat(59)
@pytest.mark.parametrize("around", _AROUND.values(), ids=_AROUND)
def test_nothing_around_a_run_changes_a_byte(
    around: dict[str, str], usual: dict[str, Result], tmp_path: Path
) -> None:
    """Hash seed, locale, time zone and terminal change neither the report nor the run file."""
    assert check(ROOT / "examples" / "shop", tmp_path, around) == usual["shop"]


@pytest.mark.threat(59)
def test_how_many_processes_parse_changes_nothing(usual: dict[str, Result], tmp_path: Path) -> None:
    """One worker or four: the same bytes."""
    for jobs in (1, 4):
        found = check(ROOT / "examples" / "warehouse-sql", tmp_path / str(jobs), jobs=jobs)
        assert found == usual["warehouse-sql"]


@pytest.mark.threat(59)
@pytest.mark.parametrize("seed", range(_SEEDS))
def test_the_hash_seed_changes_no_byte(seed: int, usual: dict[str, Result], tmp_path: Path) -> None:
    """As many hash seeds as FIELDGATE_SEEDS says, two when it says nothing."""
    around = {"PYTHONHASHSEED": str(seed * 1009 + 7)}
    assert check(ROOT / "examples" / "warehouse-sql", tmp_path, around) == usual["warehouse-sql"]


@pytest.mark.threat(59)
@pytest.mark.parametrize("seed", range(1))
def test_the_order_of_a_folder_changes_nothing(
    seed: int, usual: dict[str, Result], tmp_path: Path
) -> None:
    """A checkout elsewhere, written in another order and at another time, is the same project."""
    for name in _EXAMPLES:
        files = sorted(p for p in (ROOT / "examples" / name).rglob("*") if p.is_file())
        random.Random(seed).shuffle(files)  # noqa: S311 - any order will do
        for file in files:
            copy = tmp_path / str(seed) / name / file.relative_to(ROOT / "examples" / name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            os.utime(copy, (seed, seed))
        assert check(copy_of(tmp_path, seed, name), tmp_path / f"{name}-e") == usual[name]


def copy_of(folder: Path, seed: int, name: str) -> Path:
    return folder / str(seed) / name


def others() -> dict[str, str]:
    """Other Pythons and parsers: `name=path of the interpreter`, with colons between them."""
    named = os.environ.get("FIELDGATE_PYTHONS", "")
    return dict(entry.split("=", 1) for entry in named.split(os.pathsep) if entry)


def other(name: str) -> str:
    """The interpreter of that name, or the test is skipped."""
    if name not in others():
        pytest.skip(f"FIELDGATE_PYTHONS names no interpreter `{name}`")
    return others()[name]


@pytest.mark.threat(2, 59)
@pytest.mark.parametrize("name", _OTHERS)
def test_every_python_and_both_parsers_give_the_same_bytes(
    name: str, usual: dict[str, Result], tmp_path: Path
) -> None:
    """Which Python runs, and whether the parser is compiled, changes no byte."""
    python = other(name)
    for example in _EXAMPLES:
        found = check(ROOT / "examples" / example, tmp_path / example, python=python)
        assert found == usual[example]


def digests(python: str) -> str:
    """What SQL compiles to there, under a hash seed of its own."""
    command = [python, "-P", "-m", "tests.hostile.digests"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={"PATH": os.defpath}, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def usual_digests() -> str:
    return digests(sys.executable)


@pytest.mark.threat(59)
def test_sql_is_read_alike_under_another_hash_seed(usual_digests: str) -> None:
    """Also what is wrong with SQL that cannot be read is the same each time."""
    assert digests(sys.executable).splitlines() == usual_digests.splitlines()
    assert usual_digests.count("\n") > 1000


@pytest.mark.threat(1, 2)
@pytest.mark.parametrize("name", _OTHERS)
def test_every_python_and_both_parsers_read_sql_alike(name: str, usual_digests: str) -> None:
    """Real SQL, SQL that nearly is, and SQL at the limits compile to the same objects."""
    assert digests(other(name)).splitlines() == usual_digests.splitlines()
