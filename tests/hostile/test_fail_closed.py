"""Nothing checked is not a pass, and neither is half of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.makers import Hostile, leak
from tests.hostile.project import check, make_project

if TYPE_CHECKING:
    from pathlib import Path

_CLEAN = Hostile("clean", "duckdb", b"create table mart.ids as select id from crm.users;\n")


def _code(
    root: Path, *files: Hostile, dialect: str = "duckdb", options: tuple[str, ...] = ()
) -> int:
    make_project(root / "p", "duckdb", files)
    return check(root / "p", dialect, *options).exit_code


def test_what_was_wholly_analysed_passes(tmp_path: Path) -> None:
    """Only then is the exit code 0: every other test here changes one thing."""
    assert _code(tmp_path, _CLEAN) == 0


@pytest.mark.threat(56)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"select (", 4),
        (b"call p();", 4),
        (b"select 1 \0", 4),
        (b"\xff", 4),
        (b"-" * (1 << 21), 4),
        (b"select " + b"(" * 999, 4),
        (b"select {{ x }}", 4),
        (leak("x").encode(), 1),
    ],
)
def test_one_input_that_is_not_analysed_or_is_forbidden_fails_the_check(
    tmp_path: Path, data: bytes, code: int
) -> None:
    """Beside any number of clean inputs, one of them decides."""
    assert _code(tmp_path, _CLEAN, Hostile("other", "duckdb", data)) == code


@pytest.mark.threat(57)
def test_no_input_is_no_pass(tmp_path: Path) -> None:
    """A folder in which there is nothing to analyse exits with 3."""
    (tmp_path / "empty").mkdir()

    assert check(tmp_path / "empty", "duckdb").exit_code == 3


@pytest.mark.threat(57)
def test_a_folder_of_nothing_but_comments_is_no_pass(tmp_path: Path) -> None:
    """Texts without a statement are nothing that was analysed."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.sql").write_text("-- nothing\n")

    assert check(tmp_path / "p", "duckdb").exit_code == 3


@pytest.mark.threat(57)
def test_no_folder_is_no_pass(tmp_path: Path) -> None:
    """A path that leads nowhere is a mistake, whatever stands beside it."""
    assert check(tmp_path / "nowhere", "duckdb").exit_code in {2, 4}


@pytest.mark.threat(57)
@pytest.mark.parametrize("policies", ["[]", "[empty]", "[nowhere]"])
def test_no_rule_is_no_pass(tmp_path: Path, policies: str) -> None:
    """A configuration by which nothing would be judged is a mistake, or judges by a pack."""
    make_project(tmp_path / "p", "duckdb", [_CLEAN])
    (tmp_path / "p" / "empty").mkdir()
    config = tmp_path / "p" / "fieldgate.yml"
    config.write_text(config.read_text().replace("[policies]", policies) + "packs: []\n")

    assert check(tmp_path / "p", "duckdb").exit_code == 2


@pytest.mark.threat(18)
@pytest.mark.parametrize("dialect", ["nosuchdialect", "DUCKDB ", "duckdb;", "../duckdb"])
def test_an_unknown_dialect_is_refused(tmp_path: Path, dialect: str) -> None:
    """SQL is not read as if it were another one's."""
    assert _code(tmp_path, _CLEAN, dialect=dialect) == 2


@pytest.mark.threat(12, 56)
def test_a_project_of_nothing_but_hostile_inputs_is_recorded_whole(tmp_path: Path) -> None:
    """A thousand files that are refused are a thousand records."""
    files = [Hostile(f"bad{n}", "duckdb", b"select " + b"(" * 999) for n in range(1_000)]
    make_project(tmp_path / "p", "duckdb", files)
    verdict = check(tmp_path / "p", "duckdb")

    assert verdict.exit_code == 4
    assert sum(record["outcome"] == "refused" for record in verdict.inputs) == 1_000
    assert verdict.seal["inputs_expected"] == verdict.seal["inputs_recorded"] == 1_001


@pytest.mark.threat(13)
def test_a_byte_order_mark_is_taken_off_and_recorded(tmp_path: Path) -> None:
    """The text behind it is analysed, and the record of the file says that it was there."""
    make_project(tmp_path / "p", "duckdb", [Hostile("x", "duckdb", b"\xef\xbb\xbf" + _CLEAN.data)])
    verdict = check(tmp_path / "p", "duckdb")
    record = next(record for record in verdict.inputs if record["path"] == "x.sql")

    assert verdict.exit_code == 0
    assert (record["outcome"], record["reason"]) == ("analysed", "begins with a byte order mark")


@pytest.mark.threat(55)
@pytest.mark.parametrize(
    "broken", ["'canary", "'canary' (", "/* canary", '"canary', "case 'canary' when"]
)
def test_no_text_of_a_statement_is_repeated_that_cannot_be_parsed(
    tmp_path: Path, broken: str
) -> None:
    """What the parser quotes of a text may be data, and is left out of what is said."""
    sql = f"select {broken} from t where x = 'canary' and from from"
    make_project(tmp_path / "p", "duckdb", [Hostile("x", "duckdb", sql.encode())])
    verdict = check(tmp_path / "p", "duckdb")

    assert verdict.exit_code == 4
    assert "canary" not in verdict.shown
