"""What an auditor reads of a run file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from enforcer.audit import Evidence, show_run, write_run
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_run_is_told_from_its_start_to_its_seal(run_file: Path) -> None:
    """The text names who checked what, each bad verdict, and the counts."""
    lines = show_run(run_file).splitlines()
    assert lines[0].startswith(f"{run_file}: verified")
    assert lines[1].startswith("run by fieldgate 0.1.0, repository acme/warehouse")
    assert lines[2] == "input models/broken.sql: refused (not UTF-8)"
    assert lines[3].startswith("deny contact-in-clear crm.customers.phone -> mart.mailing")
    assert lines[5].endswith("at models/mailing.sql:3:8")
    assert "[waiver until 2027-01-31]" in lines[5]
    assert lines[6] == "undecided not-analysed parse-error mart.a mart.b at models/broken.sql:1:1"
    assert lines[7].startswith("sealed: findings (exit code 1); 2 deny, 1 waived, 1 undecided")
    assert len(lines) == 8


def test_one_verdict_can_be_asked_for(run_file: Path) -> None:
    """Only decisions of that verdict are shown, those that allow too."""
    shown = show_run(run_file, "allow")
    assert "allow residency judged 7" in shown
    assert "deny contact" not in shown


def test_an_unknown_verdict_is_a_clear_error(run_file: Path) -> None:
    """Asking for a verdict that does not exist names those that do."""
    with pytest.raises(PolicyError, match="deny, waived"):
        show_run(run_file, "denied")


def test_what_does_not_verify_is_shown_under_a_warning(run_file: Path) -> None:
    """Of an altered file the readable lines are shown, and that they prove nothing."""
    run_file.write_bytes(run_file.read_bytes().replace(b"mailing", b"MAILING", 1))
    assert "proves nothing" in show_run(run_file).splitlines()[1]


def test_a_long_run_is_cut_and_counted(evidence: Evidence, tmp_path: Path) -> None:
    """Of very many decisions the first are shown and the others counted, the seal always."""
    many = msgspec.structs.replace(evidence, decisions=evidence.decisions[:1] * 5000)
    shown = show_run(write_run(tmp_path, many), most=10).splitlines()
    assert len(shown) == 12
    assert shown[-2].startswith("sealed:")
    assert shown[-1] == "… and 4993 more"


def test_what_is_no_run_file_is_said_to_be_none(tmp_path: Path) -> None:
    """A missing file and hostile bytes are told, not raised."""
    hostile = tmp_path / "hostile"
    hostile.write_bytes(b"\x1b[2J\n" + b"[" * 10_000 + b"\n")
    assert "cannot be read" in show_run(tmp_path / "missing")
    assert "\x1b" not in show_run(hostile)
