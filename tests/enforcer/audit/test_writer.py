"""A run file stands whole under its name, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from enforcer.audit import Evidence, EvidenceError, Verified, verify_all, verify_run, write_run

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = ("open", "mkdir", "fsync", "rename", "fdopen")
REPOSITORY = Path(__file__).parents[3]
# Writes one run in a process that ends, without clean-up, at the k-th call of a system function.
KILLED = """
import os, sys
from pathlib import Path
from enforcer.audit import Evidence, RunRecord, write_run
from enforcer.words import ExitCode

directory, left = Path(sys.argv[1]), int(sys.argv[2])

def deadly(call):
    def wrapper(*args, **kwargs):
        global left
        left -= 1
        if left == 0:
            os._exit(9)
        return call(*args, **kwargs)
    return wrapper

evidence = Evidence(run=RunRecord(repo="a"), exit_code=ExitCode.CLEAN, inputs_expected=0)
for name in ("open", "mkdir", "fsync", "rename", "fdopen"):
    wrapped = deadly(getattr(os, name))
    if getattr(os, name) in os.supports_dir_fd:
        os.supports_dir_fd.add(wrapped)
    setattr(os, name, wrapped)
write_run(directory, evidence)
"""
# Writes one run where no file may grow beyond a few bytes, as on a full disk.
FULL = """
import resource, sys
from pathlib import Path
from enforcer.audit import Evidence, EvidenceError, RunRecord, write_run
from enforcer.words import ExitCode

resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
evidence = Evidence(run=RunRecord(repo="a"), exit_code=ExitCode.CLEAN, inputs_expected=0)
try:
    write_run(Path(sys.argv[1]), evidence)
except EvidenceError as error:
    sys.exit(str(error))
"""


def run_python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


def told_by_writing(directory: Path, evidence: Evidence) -> str:
    """The error that writing ends in, or nothing."""
    try:
        write_run(directory, evidence)
    except EvidenceError as error:
        return str(error)
    return ""


def test_equal_evidence_is_written_once(evidence: Evidence, tmp_path: Path) -> None:
    """Writing the same run again leaves the same single file."""
    first = write_run(tmp_path, evidence)
    content = first.read_bytes()
    assert write_run(tmp_path, evidence) == first
    assert [path.read_bytes() for path in (tmp_path / "runs").iterdir()] == [content]


def test_an_altered_file_is_not_written_over(evidence: Evidence, run_file: Path) -> None:
    """What stands under a run's name and is not that run stays, and the run fails."""
    run_file.write_bytes(b"altered")
    with pytest.raises(EvidenceError, match="another file stands"):
        write_run(run_file.parents[1], evidence)
    assert run_file.read_bytes() == b"altered"


def plant_link(at: Path, target: Path) -> None:
    at.symlink_to(target)


def plant_folder(at: Path, _: Path) -> None:
    at.mkdir()


def plant_pipe(at: Path, _: Path) -> None:
    os.mkfifo(at)


@pytest.mark.parametrize("plant", [plant_link, plant_folder, plant_pipe])
def test_nothing_planted_under_the_name_is_followed(
    plant: Callable[[Path, Path], None], evidence: Evidence, run_file: Path
) -> None:
    """A link, a folder or a pipe in the file's place stops the run and is left as it is."""
    run_file.unlink()
    target = run_file.parents[1] / "target"
    plant(run_file, target)
    with pytest.raises(EvidenceError):
        write_run(run_file.parents[1], evidence)
    assert not target.exists()


@pytest.mark.parametrize("part", ["", "runs"])
def test_no_folder_is_reached_through_a_link(part: str, evidence: Evidence, tmp_path: Path) -> None:
    """Where the evidence folder or its `runs` is a link, nothing is written behind it."""
    elsewhere, directory = tmp_path / "elsewhere", tmp_path / "evidence"
    elsewhere.mkdir()
    if part:
        directory.mkdir()
    (directory / part).symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(EvidenceError):
        write_run(directory, evidence)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("directory", ["/dev/full", "/dev/null/evidence", "/proc/evidence"])
def test_a_directory_that_cannot_be_is_named(directory: str, evidence: Evidence) -> None:
    """The error names the directory and what to do."""
    with pytest.raises(EvidenceError, match=f"{directory}.*name an evidence directory"):
        write_run(Path(directory), evidence)


@pytest.mark.threat(73)
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_directory_is_named(evidence: Evidence, tmp_path: Path) -> None:
    """Where nothing may be written the run fails."""
    tmp_path.chmod(0o500)
    with pytest.raises(EvidenceError, match="Permission denied"):
        write_run(tmp_path, evidence)


@pytest.mark.threat(73)
@pytest.mark.parametrize("call", CALLS)
def test_every_failing_call_is_an_error(
    call: str, evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever call fails, the run fails, and nothing unfinished is left behind."""
    real = getattr(os, call)
    for failing in range(1, 10):
        calls = iter(range(1, 100))

        def broken(*args: object, failing: int = failing, **kwargs: object) -> object:
            if next(calls) == failing:  # noqa: B023 - a fresh count for each round
                raise OSError(5, "Input/output error")
            return real(*args, **kwargs)

        directory = tmp_path / f"{call}{failing}"
        with monkeypatch.context() as patched:
            patched.setattr(os, call, broken)
            patched.setattr(os, "supports_dir_fd", os.supports_dir_fd | {broken})
            told = told_by_writing(directory, evidence)
        assert list(directory.rglob("*.partial")) == []
        if not told:
            assert verify_all(directory).exit_code == 0
            return
        assert "Input/output error" in told
    pytest.fail("no round came to its end")


@pytest.mark.threat(73)
def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    """Where the bytes do not fit the run fails and leaves no file."""
    ended = run_python(FULL, str(tmp_path))
    assert ended.returncode == 1
    assert "evidence cannot be written: File too large" in ended.stderr
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_killed_writer_leaves_no_half_file_under_the_name(tmp_path: Path) -> None:
    """Killed at any call, a writer leaves no half file and does not hinder the next one."""
    for killed_at in range(1, 30):
        directory = tmp_path / str(killed_at)
        ended = run_python(KILLED, str(directory), str(killed_at))
        for path in directory.rglob("*.jsonl"):
            assert verify_run(path).result is Verified.VERIFIED
        assert len(list(directory.rglob("*.partial"))) <= 1
        assert run_python(KILLED, str(directory), "0").returncode == 0
        if ended.returncode == 0:
            return
        assert ended.returncode == 9, ended.stderr
    pytest.fail("no writer came to its end")
