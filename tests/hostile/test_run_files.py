"""Hostile run files: the verifier itself is attacked, and says no in bounded memory."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from enforcer.audit import Evidence, RunRecord, Verdict, verify_all, verify_run, write_run
from enforcer.audit.records import MAX_LINE, DecisionRecord
from enforcer.audit.verify import Verified, verify_opened
from enforcer.words import ExitCode
from tests.hostile.running import Case, run_all
from tests.hostile.trees import NAMES, PLANTED

if TYPE_CHECKING:
    from collections.abc import Callable


def evidence(decisions: int = 2) -> Evidence:
    decided = DecisionRecord(verdict=Verdict.DENY, rule_id="a-rule")
    return Evidence(
        run=RunRecord(repo="a"),
        decisions=(decided,) * decisions,
        exit_code=ExitCode.FINDINGS,
        inputs_expected=0,
    )


@pytest.fixture
def good(tmp_path: Path) -> bytes:
    return write_run(tmp_path / "good", evidence()).read_bytes()


def hostile(good: bytes) -> dict[str, bytes]:
    """Files that no verifier may take for whole, made of a good one."""
    first, *rest = good.splitlines(keepends=True)
    tower = b"[" * 16_000
    return {
        "empty": b"",
        "a line end": b"\n",
        "nul": b"\0" * 100_000,
        "binary": bytes(range(256)) * 1_000,
        "one line without end": b"x" * (8 << 20),
        "a digit without end": b'{"v":' + b"1" * (8 << 20),
        "deep lists": b'{"v":1,"a":' + tower + b"]" * 16_000 + b"}\n",
        "deep maps": b'{"v":1,"a":' + b'{"a":' * 6_000 + b"1" + b"}" * 6_001 + b"\n",
        "deep and unclosed": tower + b"\n",
        "a million digits": first[:-2] + b',"n":' + b"1" * 30_000 + b"}\n" + b"".join(rest),
        "nan": first.replace(b'"n":0', b'"n":NaN') + b"".join(rest),
        "a float": first.replace(b'"n":0', b'"n":0.0') + b"".join(rest),
        "a key twice": first[:-2] + b',"v":1}\n' + b"".join(rest),
        "a blank more": first.replace(b":", b": ", 1) + b"".join(rest),
        "an unknown key": first[:-2] + b',"zz":1}\n' + b"".join(rest),
        "surrogate": first[:-2] + b',"zz":"\\ud800"}\n' + b"".join(rest),
        "no utf-8": first.replace(b'"a"', b'"\xff"') + b"".join(rest),
        "a mark": b"\xef\xbb\xbf" + good,
        "utf-16": good.decode().encode("utf-16"),
        "windows": good.replace(b"\n", b"\r\n"),
        "old line ends": good.replace(b"\n", b"\r"),
        "packed": gzip.compress(good),
        "pickle": b"cposix\nsystem\n(S'exit 0'\ntR.\n",
        "an array": b"[" + b",".join(good.splitlines()) + b"]\n",
        "twice": good + good,
        "only a seal": rest[-1],
        "two seals": good + rest[-1],
        "no seal": first + b"".join(rest[:-1]),
        "another format": first.replace(b'"v":1', b'"v":999') + b"".join(rest),
        "a format of letters": first.replace(b'"v":1', b'"v":"1"') + b"".join(rest),
        "a command": b"::error::pwned\n\x1b[2J\n",
        "many lines": b"{}\n" * 200_000,
        "many line ends": b"\n" * 2_000_000,
    }


def placed(content: bytes) -> Callable[[Path], object]:
    return lambda root: (root / "x.jsonl").write_bytes(content)


@pytest.mark.threat(75)
def test_no_run_file_does_harm(tmp_path: Path, good: bytes) -> None:
    """Whatever a run file holds, the verifier says that it is not whole, and nothing else."""
    files = hostile(good)
    cases = [
        Case(
            name,
            placed(content),
            "",
            0,
            ("log", command, f"{{}}/{'x.jsonl' if command == 'show' else ''}"),
        )
        for name, content in files.items()
        for command in ("verify", "show")
    ]
    cases = [case._replace(name=f"{case.arguments[1]} {case.name}") for case in cases]
    told = run_all(cases, tmp_path)
    assert all(one.crashed == "" and one.err == "" for one in told.values())
    assert all(told[f"verify {name}"].code in {1, 2} for name in files)
    assert all("0 of 1 verified\n" in told[f"verify {name}"].out for name in files)
    assert all("proves nothing" in told[f"show {name}"].out for name in files)
    assert not any(c in one.out for one in told.values() for c in "\x1b\0\r")


class Endless(io.RawIOBase):
    """A stream that never ends, and counts what is asked of it."""

    def __init__(self, line: bytes) -> None:
        self.line, self.asked = line, 0

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 < size <= MAX_LINE + 1
        self.asked += size
        return (self.line * size)[:size] if len(self.line) == 1 else self.line


@pytest.mark.threat(75)
@pytest.mark.parametrize("line", [b"x", b"{}\n", b"\n"])
def test_a_file_without_end_is_read_for_two_lines_at_most(line: bytes) -> None:
    """The first bad line ends it, so a file of a gigabyte costs no more than one of a page."""
    stream = Endless(line)
    found = verify_opened(Path("x.jsonl"), lambda: stream)  # type: ignore[arg-type,return-value]
    assert found.result is not Verified.VERIFIED
    assert stream.asked <= 2 * (MAX_LINE + 1)


@pytest.mark.threat(75)
def test_a_whole_file_is_read_line_by_line(tmp_path: Path) -> None:
    """Eight times the records cost no more memory."""
    peaks = []
    for decisions in (500, 4_000):
        path = write_run(tmp_path / str(decisions), evidence(decisions))
        tracemalloc.start()
        assert verify_run(path).result is Verified.VERIFIED
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert path.stat().st_size > decisions * 100
    assert peaks[1] - peaks[0] < 50_000


@pytest.mark.threat(43)
@pytest.mark.threat(75)
@pytest.mark.parametrize("name", [*PLANTED])
def test_nothing_that_is_no_file_is_verified(tmp_path: Path, name: str) -> None:
    """A link or a pipe among the run files cannot be decided, and is not passed over."""
    write_run(tmp_path, evidence())
    PLANTED[name](tmp_path / "runs" / "x.jsonl")
    verification = verify_all(tmp_path)
    if name == "folder":
        assert verification.exit_code == 0  # there is nothing in it
        return
    assert verification.exit_code == (1 if name == "sparse" else 2)
    assert "x.jsonl" in verification.text


@pytest.mark.threat(75)
def test_run_files_behind_a_link_or_hidden_are_not_passed_over(tmp_path: Path) -> None:
    """Moving a run out of sight does not make the others the whole."""
    write_run(tmp_path / "evidence", evidence())
    write_run(tmp_path / "elsewhere", evidence(3))
    (tmp_path / "evidence" / "more").symlink_to(tmp_path / "elsewhere")
    assert verify_all(tmp_path / "evidence").exit_code == 2
    (tmp_path / "evidence" / "more").unlink()
    hidden = write_run(tmp_path / "evidence" / ".hidden" / "target", evidence(4))
    assert "2 of 2 verified" in verify_all(tmp_path / "evidence").text
    hidden.write_bytes(hidden.read_bytes().replace(b"deny", b"waived"))
    assert verify_all(tmp_path / "evidence").exit_code == 1


@pytest.mark.threat(47)
@pytest.mark.threat(75)
def test_no_name_of_a_run_file_reaches_the_terminal_raw(tmp_path: Path) -> None:
    """Who verifies a folder sees every name, and none of them acts."""
    for name in NAMES:
        with open(bytes(tmp_path) + b"/" + name[:240] + b".jsonl", "wb") as stream:  # noqa: PTH123 - bytes
            stream.write(b"{}\n")
    verification = verify_all(tmp_path)
    lines = verification.text.splitlines()
    assert len(lines) == len(NAMES) + 1
    assert verification.exit_code == 1
    assert all(c >= " " and c not in "\x7f\x9b\u202e\u200b" for line in lines for c in line)
    assert json.dumps(verification.text)
