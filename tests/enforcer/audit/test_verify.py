"""Whatever is done to a run file, it does not verify any more."""

from __future__ import annotations

import os
import tracemalloc
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from enforcer.audit import Verified, sealing, verify_all, verify_run, write_run
from enforcer.audit.canonical import bare, decoded, encoded
from enforcer.audit.records import MAX_LINE, RunRecord, TypeCounts, VerdictCounts

if TYPE_CHECKING:
    from pathlib import Path

    from enforcer.audit import Evidence


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A file whose name says nothing of the run, as an auditor may have saved it."""
    return tmp_path / "copy.jsonl"


def test_what_was_written_verifies(run_file: Path) -> None:
    """An untouched file verifies, and says its run id, root and verdict."""
    verification = verify_run(run_file, run_file.stem)
    assert verification.result is Verified.VERIFIED
    assert verification.run_id == run_file.stem
    assert verification.records == 10
    assert "verdict findings" in str(verification)


@pytest.mark.threat(60)
def test_every_flipped_byte_is_found_in_its_line(run_file: Path, copy: Path) -> None:
    """A bit flipped in any byte is found, and above the seal the line is named."""
    content = run_file.read_bytes()
    seal_starts = content.rindex(b"\n", 0, -1) + 1
    missed, misnamed = [], []
    for at in range(len(content)):
        flipped = content[at] ^ (1 << at % 8)
        copy.write_bytes(content[:at] + bytes([flipped]) + content[at + 1 :])
        verification = verify_run(copy)
        if verification.result is Verified.VERIFIED:
            missed.append(at)
        if at < seal_starts and verification.line != content.count(b"\n", 0, at) + 1:
            misnamed.append((at, verification.line))
    assert (missed, misnamed) == ([], [])


@pytest.mark.threat(60)
def test_every_flipped_byte_of_the_content_is_tampering(run_file: Path, copy: Path) -> None:
    """An altered value of a record in the middle is called tampering, never a broken run."""
    lines = run_file.read_bytes().splitlines(keepends=True)
    for at in range(len(lines[4])):
        altered = lines[4][:at] + bytes([lines[4][at] ^ 4]) + lines[4][at + 1 :]
        copy.write_bytes(b"".join([*lines[:4], altered, *lines[5:]]))
        assert verify_run(copy).result is Verified.TAMPERED


def test_every_cut_tail_leaves_it_unsealed(run_file: Path, copy: Path) -> None:
    """Without its last lines, however many, a file has no seal."""
    lines = run_file.read_bytes().splitlines(keepends=True)
    for kept in range(len(lines)):
        copy.write_bytes(b"".join(lines[:kept]))
        assert verify_run(copy).result is Verified.CANNOT_DECIDE


def test_every_torn_tail_leaves_it_unsealed(run_file: Path, copy: Path) -> None:
    """Cut at any byte, a file is unsealed: a killed writer and a vandal look the same."""
    content = run_file.read_bytes()
    for kept in range(len(content)):
        copy.write_bytes(content[:kept])
        assert verify_run(copy).result is Verified.CANNOT_DECIDE


@pytest.mark.threat(60)
def test_any_two_swapped_lines_are_found(run_file: Path, copy: Path) -> None:
    """Lines in another order are named at the first that moved."""
    lines = run_file.read_bytes().splitlines(keepends=True)
    for one in range(len(lines)):
        for other in range(one + 1, len(lines)):
            moved = lines.copy()
            moved[one], moved[other] = lines[other], lines[one]
            copy.write_bytes(b"".join(moved))
            verification = verify_run(copy)
            assert verification.result is Verified.TAMPERED
            assert verification.line == one + 1


@pytest.mark.threat(60)
def test_any_deleted_run_of_lines_is_found(run_file: Path, copy: Path) -> None:
    """One line or many neighbours left out are missed where they stood."""
    lines = run_file.read_bytes().splitlines(keepends=True)
    for start in range(len(lines) - 1):
        for stop in range(start + 1, len(lines)):
            copy.write_bytes(b"".join(lines[:start] + lines[stop:]))
            verification = verify_run(copy)
            assert verification.result is Verified.TAMPERED
            assert verification.line == start + 1


@pytest.mark.threat(60)
def test_any_added_line_is_found(run_file: Path, copy: Path) -> None:
    """A line that stands twice is found, after the seal too."""
    lines = run_file.read_bytes().splitlines(keepends=True)
    for at in range(len(lines)):
        copy.write_bytes(b"".join(lines[: at + 1] + lines[at:]))
        verification = verify_run(copy)
        assert verification.result is Verified.TAMPERED
        assert verification.line == at + 2


@pytest.mark.threat(60)
def test_a_rewritten_and_sealed_file_is_another_run(evidence: Evidence, tmp_path: Path) -> None:
    """Who drops the last k decisions and seals anew cannot keep the run's id, for no k."""
    honest = write_run(tmp_path / "honest", evidence)
    for dropped in range(1, len(evidence.decisions) + 1):
        forged = msgspec.structs.replace(evidence, decisions=evidence.decisions[:-dropped])
        path = write_run(tmp_path / "forged", forged)
        assert verify_run(path, honest.stem).result is Verified.TAMPERED
        path.replace(honest)
        assert verify_run(honest).result is Verified.TAMPERED


def test_a_same_length_rewrite_under_the_old_id_is_found(run_file: Path, copy: Path) -> None:
    """Lines altered, linked and sealed anew under the old run id do not give that id."""
    records = [decoded(line) for line in run_file.read_bytes().splitlines()]
    for at, record in enumerate(records):
        if record.__struct_config__.tag != "decision":
            continue
        forged = records.copy()
        forged[at] = msgspec.structs.replace(record, rule_id=record.rule_id[::-1])
        copy.write_bytes(b"".join(sealing._linked(forged, run_file.stem)))  # noqa: SLF001
        verification = verify_run(copy)
        assert verification.result is Verified.TAMPERED
        assert run_file.stem in verification.message


@pytest.mark.parametrize(
    "lie",
    [
        {"records": 11},
        {"inputs_recorded": 1, "inputs_expected": 1},
        {"verdict": "clean"},
        {"by_verdict": VerdictCounts(deny=0, waived=1, undecided=1, allow=1, not_applicable=1)},
        {"by_type": TypeCounts(run=1, input=2, decision=6, control=0)},
    ],
)
def test_a_seal_that_miscounts_is_found(run_file: Path, copy: Path, lie: dict[str, Any]) -> None:
    """A seal whose counts are not those of the lines is refused, whatever run id it has."""
    *records, seal = [decoded(line) for line in run_file.read_bytes().splitlines()]
    forged = [*records, msgspec.structs.replace(seal, **lie)]
    run_id = sealing.run_id_of(bare(record) for record in forged)
    copy.write_bytes(b"".join(sealing._linked(forged, run_id)))  # noqa: SLF001
    verification = verify_run(copy)
    assert verification.result is Verified.TAMPERED
    assert verification.line == len(forged)


def test_a_file_under_another_runs_name_is_found(evidence: Evidence, run_file: Path) -> None:
    """A good run copied over the file of a bad one gives itself away by its name."""
    other = msgspec.structs.replace(evidence, run=RunRecord(repo="elsewhere"))
    content = b"".join(sealing.sealed_lines(other)[1])
    run_file.write_bytes(content)
    assert verify_run(run_file).result is Verified.TAMPERED


def test_a_run_that_missed_an_input_is_incomplete(evidence: Evidence, tmp_path: Path) -> None:
    """A file that expected more inputs than it recorded proves nothing."""
    path = write_run(tmp_path, msgspec.structs.replace(evidence, inputs_expected=3))
    verification = verify_run(path)
    assert verification.result is Verified.CANNOT_DECIDE
    assert "2 of 3 inputs" in verification.message


def test_another_format_cannot_be_decided(run_file: Path, copy: Path) -> None:
    """A file of a later format is not called tampered."""
    copy.write_bytes(run_file.read_bytes().replace(b'"v":1', b'"new":[1],"v":2'))
    verification = verify_run(copy)
    assert verification.result is Verified.CANNOT_DECIDE
    assert "format 2" in verification.message


@pytest.mark.threat(75)
@pytest.mark.parametrize(
    "content",
    [
        b"\n",
        b"\n" * 1000,
        b"# a readme\n",
        b"[" * 20_000 + b"\n",
        b'{"v":' + b"[" * 20_000 + b"\n",
        b"\xff\xfe\n",
        b"\x00" * 100 + b"\n",
        b"a" * (MAX_LINE + 1) + b"\n",
        b"a" * (10 * MAX_LINE),
    ],
)
def test_what_is_no_run_file_does_not_verify(copy: Path, content: bytes) -> None:
    """Hostile bytes end in a result that names the first line, never in an exception."""
    copy.write_bytes(content)
    verification = verify_run(copy)
    assert verification.result is not Verified.VERIFIED
    assert verification.line == 1


def test_a_duplicate_key_is_found(run_file: Path, copy: Path) -> None:
    """A line that says two things to two readers is no record."""
    copy.write_bytes(run_file.read_bytes().replace(b'"verdict":"deny"', b'"verdict":"deny",' * 2))
    assert verify_run(copy).result is Verified.TAMPERED


def test_only_a_regular_file_is_read(run_file: Path, tmp_path: Path) -> None:
    """A missing file, a folder, a link and a pipe without a writer cannot be decided."""
    link, pipe = tmp_path / "link.jsonl", tmp_path / "pipe.jsonl"
    link.symlink_to(run_file)
    os.mkfifo(pipe)
    for path in (tmp_path / "missing.jsonl", tmp_path, link, pipe):
        verification = verify_run(path)
        assert verification.result is Verified.CANNOT_DECIDE
        assert "cannot be read" in verification.message


@pytest.mark.threat(75)
def test_a_sparse_gigabyte_is_refused_at_once(copy: Path) -> None:
    """A file of one gigabyte without a line is refused after the longest line a record has."""
    with copy.open("wb") as stream:
        stream.truncate(1 << 30)
    assert verify_run(copy).result is Verified.TAMPERED


@pytest.mark.threat(75)
def test_a_file_is_verified_in_bounded_memory(evidence: Evidence, tmp_path: Path) -> None:
    """A run of three megabytes is verified in a fraction of its size."""
    many = msgspec.structs.replace(evidence, decisions=evidence.decisions[:1] * 5000)
    path = write_run(tmp_path, many)
    tracemalloc.start()
    verification = verify_run(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert verification.result is Verified.VERIFIED
    assert peak < path.stat().st_size / 5


def test_the_path_is_shown_clean(tmp_path: Path) -> None:
    """A file's name cannot write to the terminal of whoever verifies it."""
    assert "\x1b" not in str(verify_run(tmp_path / "\x1b[2J.jsonl"))


def test_a_folder_is_as_good_as_its_worst_file(evidence: Evidence, run_file: Path) -> None:
    """All runs of a folder verify together, and one bad file speaks for all."""
    folder = run_file.parent
    assert verify_all(folder).exit_code == 0
    assert verify_all(run_file).exit_code == 0
    (folder / "x.partial").write_bytes(b"")
    assert verify_all(folder).exit_code == 2
    other = write_run(folder.parent, msgspec.structs.replace(evidence, run=RunRecord(repo="b")))
    other.write_bytes(other.read_bytes().replace(b"mailing", b"MAILING"))
    verification = verify_all(folder)
    assert verification.exit_code == 1
    assert "1 of 3 verified" in verification.text


def test_nothing_found_is_not_verified(tmp_path: Path) -> None:
    """A folder without run files is no good news."""
    assert verify_all(tmp_path).exit_code == 2


def test_a_record_has_one_line(run_file: Path) -> None:
    """Every line is read back and written as the very same bytes."""
    lines = run_file.read_bytes().splitlines()
    assert [encoded(decoded(line)) for line in lines] == lines
