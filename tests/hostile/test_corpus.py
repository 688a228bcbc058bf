"""The corpus of hostile inputs goes through the command line, and nothing of it passes."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from tests.hostile.makers import Hostile, every
from tests.hostile.opaque import opaque
from tests.hostile.project import Verdict, check, make_project

if TYPE_CHECKING:
    from pathlib import Path

_CORPUS: defaultdict[str, list[Hostile]] = defaultdict(list)
for _one in (*every(), *opaque()):
    _CORPUS[_one.dialect].append(_one)
# What a terminal or a build server could obey, or a reader would not see.
_UNSAFE = re.compile(r"[^\n\x20-\x7e]|^\s*::|##\[", re.MULTILINE)


def test_there_are_enough() -> None:
    """The corpus has its size."""
    assert sum(map(len, _CORPUS.values())) >= 400


@pytest.fixture(scope="module", params=sorted(_CORPUS))
def checked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Verdict]:
    dialect: str = request.param
    root = tmp_path_factory.mktemp("hostile") / dialect
    make_project(root, dialect, _CORPUS[dialect])
    return dialect, check(root, dialect)


@pytest.mark.threat(1, 4, 5, 6, 8, 9, 13, 14, 16, 56)
def test_no_hostile_input_passes(checked: tuple[str, Verdict]) -> None:
    """Of each file a gap or the forbidden flow is reported, and the check does not exit with 0."""
    dialect, verdict = checked

    assert verdict.exit_code in {1, 4}
    assert [one.name for one in _CORPUS[dialect] if not verdict.told_of(one)] == []


@pytest.mark.threat(56)
def test_every_input_is_recorded(checked: tuple[str, Verdict]) -> None:
    """The sealed run file holds each file of the project, and the seal counts them."""
    dialect, verdict = checked
    files = sorted([*(f"{one.name}.sql" for one in _CORPUS[dialect]), "a_users.sql"])

    assert [record["path"] for record in verdict.inputs] == files
    assert verdict.seal["inputs_expected"] == verdict.seal["inputs_recorded"] == len(files)


@pytest.mark.threat(56)
def test_what_was_refused_is_not_recorded_as_analysed(checked: tuple[str, Verdict]) -> None:
    """An input has one of four outcomes, and that of one with a gap of refusal is `refused`."""
    _dialect, verdict = checked
    outcomes = {record["path"]: record["outcome"] for record in verdict.inputs}
    reasons = {"too-large", "too-deep", "worker-died", "not-text", "misleading-text"}
    refused = {g["origin"]["file"] for g in verdict.report["gaps"] if g["reason"] in reasons}

    assert set(outcomes.values()) <= {"analysed", "refused", "error", "out_of_scope"}
    recorded = {path for path, outcome in outcomes.items() if outcome == "refused"}
    assert refused <= recorded <= {gap["origin"]["file"] for gap in verdict.report["gaps"]}


@pytest.mark.threat(12, 58)
def test_each_input_was_tried(checked: tuple[str, Verdict]) -> None:
    """None is refused only because others have used up what the run has."""
    _dialect, verdict = checked
    messages = [g["message"] for g in verdict.report["gaps"] if g["reason"] == "worker-died"]

    assert len(messages) <= 3
    assert not [message for message in messages if "before it" in message]


@pytest.mark.threat(10, 51)
def test_nothing_shown_can_be_obeyed(checked: tuple[str, Verdict]) -> None:
    """No traceback, no control character and no command to a build server is in the output."""
    _dialect, verdict = checked

    assert "Traceback" not in verdict.shown
    assert _UNSAFE.search(verdict.shown) is None


@pytest.mark.threat(56)
@pytest.mark.parametrize("options", [["--min-coverage", "0"]])
def test_no_floor_of_coverage_lets_a_refused_input_pass(tmp_path: Path, options: list[str]) -> None:
    """Whatever share of the project may be left out, what was refused fails the check."""
    for name, data in {
        "deep": b"select " + b"(" * 400 + b"1" + b")" * 400,
        "large": b"-" * (1 << 21),
        "binary": b"select 1 \0",
        "misleading": "select a from t -- \u202e".encode(),
    }.items():
        root = tmp_path / name
        make_project(root, "duckdb", [Hostile(name, "duckdb", data)])
        assert check(root, "duckdb", *options).exit_code == 1


@pytest.mark.threat(8)
def test_a_file_of_ten_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    """Its size is looked at before it is read, and recorded."""
    make_project(tmp_path / "p", "duckdb", [])
    path = tmp_path / "p" / "huge.sql"
    path.touch()
    os.truncate(path, 10 << 30)
    verdict = check(tmp_path / "p", "duckdb")

    assert verdict.exit_code == 4
    record = next(record for record in verdict.inputs if record["path"] == "huge.sql")
    assert (record["outcome"], record["bytes"], record["sha256"]) == ("refused", 10 << 30, "")
