"""What Fieldgate is built on: locked by digest, listed, named in the evidence."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from enforcer.evidence import LIBRARIES, evidence_of
from enforcer.run import Request, run_check

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / ".ci" / "locks"
_PIN = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==([^ ;]+)(?: ; [^\\]+)? \\$")
_DIGEST = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def locked(name: str) -> dict[str, str]:
    """The versions in a lock; every line of it is a pin or a digest."""
    pins = {}
    for line in (LOCKS / f"{name}.txt").read_text("utf-8").splitlines():
        found = _PIN.match(line)
        if found is None:
            assert _DIGEST.match(line), line
        else:
            pins[found[1]] = found[2]
    return pins


def wanted(*extras: str) -> Iterator[Requirement]:
    """What pyproject.toml asks for."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][e] for e in extras)]
    for requirements in lists:
        yield from map(Requirement, requirements)


@pytest.mark.threat(76)
def test_locks_hold_what_the_project_asks_for() -> None:
    """Each dependency is locked in a version within its range: `.ci/lock` writes the locks."""
    for lock, extras in (("run", ()), ("dev", ("test", "lint"))):
        pins = locked(lock)
        for requirement in wanted(*extras):
            pinned = pins.get(canonicalize_name(requirement.name))
            assert pinned is not None, f"{requirement} is not in .ci/locks/{lock}.txt"
            assert pinned in requirement.specifier
    assert locked("run").items() <= locked("dev").items()


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A package that anybody could have made."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    path = folder / "mdurl-0.1.2-py3-none-any.whl"
    metadata = "Metadata-Version: 2.1\nName: mdurl\nVersion: 0.1.2\n"
    about = "Wheel-Version: 1.0\nGenerator: anybody\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mdurl.py", "")
        archive.writestr("mdurl-0.1.2.dist-info/METADATA", metadata)
        archive.writestr("mdurl-0.1.2.dist-info/WHEEL", about)
        archive.writestr("mdurl-0.1.2.dist-info/RECORD", "")
    return path


def download(lock: Path, wheel: Path, into: Path) -> subprocess.CompletedProcess[str]:
    """Take what a lock names from the folder of a wheel, and from nowhere else."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--isolated", "--no-index"]
    return subprocess.run(
        [
            *(*command, "--no-deps", "--disable-pip-version-check", "--require-hashes"),
            *("--find-links", str(wheel.parent), "--dest", str(into), "--requirement", str(lock)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.threat(76)
def test_a_package_that_is_not_the_locked_one_is_refused(wheel: Path, tmp_path: Path) -> None:
    """Whatever an index hands out, what is installed has the digest in the lock, to the digit."""
    text = (LOCKS / "run.txt").read_text("utf-8")
    entry = re.search(r"^mdurl==.*(?:\n    --hash=.*)+", text, re.MULTILINE)
    assert entry is not None
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    last = "0" if digest[-1] != "0" else "1"
    locks = {
        "forged.txt": entry[0],
        "altered.txt": f"mdurl==0.1.2 --hash=sha256:{digest[:-1]}{last}",
        "right.txt": f"mdurl==0.1.2 --hash=sha256:{digest}",
        "without.txt": "mdurl==0.1.2",
    }
    done = {}
    for name, lock in locks.items():
        (tmp_path / name).write_text(f"{lock}\n", "utf-8")
        done[name] = download(tmp_path / name, wheel, tmp_path / "into")

    assert "DO NOT MATCH THE HASHES" in done["forged.txt"].stderr
    assert "DO NOT MATCH THE HASHES" in done["altered.txt"].stderr
    assert done["without.txt"].returncode
    assert done["right.txt"].returncode == 0, done["right.txt"].stderr


@pytest.mark.threat(76)
def test_the_bill_of_materials_lists_every_locked_package(tmp_path: Path) -> None:
    """The command of docs/releasing.md names each package with its version and its digests."""
    bill = tmp_path / "sbom.json"
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(LOCKS / "run.txt")]
    subprocess.run(
        [*command, "--output-reproducible", "--output-file", str(bill)],
        capture_output=True,
        check=True,
    )
    components = json.loads(bill.read_text("utf-8"))["components"]

    assert {each["name"]: each["version"] for each in components} == locked("run")
    assert all(each.get("externalReferences") for each in components)


@pytest.mark.threat(76)
def test_evidence_names_the_libraries_that_decided() -> None:
    """A run file says in which version each library was there, so an update shows in it."""
    asked = {canonicalize_name(requirement.name) for requirement in wanted()}
    assert asked == set(LIBRARIES)

    tool = evidence_of(run_check(Request(path=ROOT / "examples" / "search-engine"))).run.tool
    assert tool is not None
    assert {part.name: part.version for part in tool.parts} == {n: version(n) for n in LIBRARIES}
