"""Hostile checkouts: nothing outside is read, nothing hangs, and every file is recorded."""

from __future__ import annotations

import json
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from lineage.projects import Outcome
from lineage.readers import find_project
from lineage.readers.files import shown_path
from tests.hostile.manifests import manifest, write_project
from tests.hostile.running import Case, complaints, run_all
from tests.hostile.trees import CANARY, NAMES, PLANTED, tree_of_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SQL = "create table mart.t as select id from raw.t;\n"
SECRET = ("root:x:0:0", CANARY, "PATH=")
NAMED = {
    "labels.yml": ("labels: [labels.yml]", "fieldgate.yml:2:"),
    "places.yml": ("places: places.yml", "fieldgate.yml:2:"),
    "notice.yml": ("notice: [notice.yml]", "fieldgate.yml:2:"),
    "contract.yml": ("contracts: ['*.yml']", "fieldgate.yml:2:"),
    "waivers.yml": ("waivers: waivers.yml", "fieldgate.yml:2:"),
    "baseline.yml": ("baseline: baseline.yml", "fieldgate.yml:2:"),
}


def planted(plant: Callable[[Path], None], file: str) -> Callable[[Path], None]:
    """Something in the place of a file that the configuration names."""

    def make(root: Path) -> None:
        (root / "a.sql").write_text(SQL)
        (root / "fieldgate.yml").write_text(f"version: 1\n{NAMED[file][0]}\n")
        plant(root / file)

    return make


def in_dbt(plant: Callable[[Path], None], file: str) -> Callable[[Path], None]:
    """Something in the place of one of dbt's files."""

    def make(root: Path) -> None:
        write_project(root, manifest())
        (root / file).unlink()
        plant(root / file)

    return make


@pytest.mark.threat(43)
def test_nothing_that_is_no_file_is_read_for_one(tmp_path: Path) -> None:
    """Links, pipes, sockets, devices and folders in a file's place are one line each."""
    cases = [
        Case(f"{file} {name}", planted(plant, file), "", 2)
        for number, (name, plant) in enumerate(PLANTED.items())
        for file in [[*NAMED][number % len(NAMED)]]
    ]
    cases += [
        Case(
            f"config {name}", lambda root, p=plant: p(root / "fieldgate.yml"), "fieldgate.yml:1:", 2
        )
        for name, plant in PLANTED.items()
    ]
    for file in ("dbt_project.yml", "target/manifest.json"):
        cases += [
            Case(f"{file} {name}", in_dbt(plant, file), f"{file}:1:1:", 4)
            for name, plant in PLANTED.items()
        ]
    assert complaints(cases, tmp_path) == []


@pytest.mark.threat(43)
@pytest.mark.parametrize("dbt", [True, False])
@pytest.mark.parametrize("plant", [*PLANTED.values()], ids=[*PLANTED])
def test_sql_that_is_no_file_is_recorded(
    tmp_path: Path, plant: Callable[[Path], None], *, dbt: bool
) -> None:
    """In the place of SQL it is a gap and a record, and its content is not among the texts."""
    at = tmp_path / "a.sql"
    if dbt:
        write_project(tmp_path, manifest())
        at = tmp_path / "models" / "people.sql"
        at.unlink()
    plant(at)
    project = find_project(tmp_path)
    assert all(secret not in unit.text for unit in project.units for secret in SECRET)
    if not dbt and at.is_dir() and not at.is_symlink():
        return  # a folder that is called like a file is a folder
    path = at.relative_to(tmp_path).as_posix()
    assert path in {gap.origin.file for gap in project.gaps}
    records = [entry for entry in project.inputs if entry.path == path]
    assert [entry.outcome for entry in records] == [Outcome.REFUSED]


@pytest.mark.threat(43)
@pytest.mark.parametrize("part", ["models", "target", "."])
def test_no_folder_is_entered_through_a_link(tmp_path: Path, part: str) -> None:
    """A whole folder elsewhere is no part of the project, whatever lies in it."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    write_project(elsewhere, manifest())
    (elsewhere / "models" / "leak.sql").write_text(f"select {CANARY} from t")
    root = tmp_path / "root"
    if part == ".":
        root.mkdir()
        (root / "a.sql").write_text(SQL)
        (root / "project").symlink_to(elsewhere, target_is_directory=True)
    else:
        root.mkdir()
        for name in {"models", "target"} - {part}:
            (elsewhere / name).rename(root / name)
        (root / "dbt_project.yml").write_text("name: shop\n")
        (root / part).symlink_to(elsewhere / part, target_is_directory=True)
    told = run_all(
        [Case("x", lambda _: None, "", 0, ("check", str(root), "--format", "json"))], tmp_path
    )
    assert told["x"].code == 4
    assert CANARY not in told["x"].out + told["x"].err


@pytest.mark.threat(43)
@pytest.mark.threat(47)
def test_no_file_is_left_out_whatever_it_is_called(tmp_path: Path) -> None:
    """Each hostile name is among the inputs, once, and those that can be read are analysed."""
    count = tree_of_names(tmp_path, SQL)
    project = find_project(tmp_path)
    recorded = [entry.path for entry in project.inputs]
    assert len(recorded) == count
    assert {shown_path(name.decode("utf-8", "surrogateescape")) for name in NAMES} <= {*recorded}
    analysed = [entry for entry in project.inputs if entry.outcome is Outcome.ANALYSED]
    assert len(analysed) == len(NAMES) - 1  # one is hidden by its dots
    (too_long,) = (e for e in project.inputs if e.outcome is Outcome.REFUSED)
    assert len(too_long.path) > 3000


def shown(tmp_path: Path, *arguments: str) -> Iterator[str]:
    root = tmp_path / "root"
    root.mkdir()
    tree_of_names(root, "create table mart.t as select {{ x }} from raw.t;\n")
    (root / "good.sql").write_text(SQL)
    case = Case("x", lambda _: None, "", 0, ("check", str(root), *arguments))
    told = run_all([case], tmp_path)["x"]
    assert told.crashed == ""
    assert told.code == 4
    yield from (told.out, told.err)


@pytest.mark.threat(47)
def test_no_name_reaches_the_terminal_raw(tmp_path: Path) -> None:
    """Nothing in a file's name controls who reads the report, or hides in it."""
    for text in shown(tmp_path):
        hidden = {
            c for c in text if ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066\u200b"
        }
        assert hidden <= {"\n"}
        assert not any(line.lstrip().startswith(("::", "##[")) for line in text.splitlines())


@pytest.mark.threat(47)
@pytest.mark.parametrize("notation", ["json", "sarif"])
def test_every_name_survives_a_machine(tmp_path: Path, notation: str) -> None:
    """Reports for machines stay readable, and name every file."""
    out, _ = shown(tmp_path, "--format", notation)
    text = json.dumps(json.loads(out))
    assert text.count(".sql") >= len(NAMES)


def archives(root: Path) -> None:
    (root / "a.sql").write_text(SQL)
    with zipfile.ZipFile(root / "models.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("../../escaped.sql", SQL)
        packed.writestr("models/bomb.sql", " " * (8 << 20))
    for name in ("bomb.tar.gz", "x.sql.gz", "x.sql.zip", "x.whl", "x.7z"):
        (root / name).write_bytes((root / "models.zip").read_bytes())


@pytest.mark.threat(48)
def test_no_archive_is_opened(tmp_path: Path) -> None:
    """What lies packed in a checkout is neither unpacked nor read."""
    root = tmp_path / "root"
    root.mkdir()
    archives(root)
    project = find_project(root)
    assert [unit.file for unit in project.units] == ["a.sql"]
    assert not (tmp_path / "escaped.sql").exists()


@pytest.mark.threat(48)
@pytest.mark.parametrize("name", ["models.zip", "bomb.tar.gz", "x.sql.gz", "x.whl"])
def test_an_archive_is_no_project(tmp_path: Path, name: str) -> None:
    """An archive that is named itself is an error in one line."""
    case = Case("x", archives, "", 4, ("check", f"{{}}/{name}"))
    assert complaints([case], tmp_path) == []


def test_the_makers_make_what_they_say(tmp_path: Path) -> None:
    """Each way to plant something leaves something there, if only a link to nothing."""
    for number, plant in enumerate(PLANTED.values()):
        (tmp_path / str(number)).mkdir()
        plant(tmp_path / str(number) / "x.yml")
        assert os.path.lexists(tmp_path / str(number) / "x.yml")
