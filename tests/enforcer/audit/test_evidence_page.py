"""What docs/evidence.md promises an auditor who does not trust this program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from enforcer.audit import records

PAGE = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text(encoding="utf-8")


def run_the_script(run_file: Path) -> subprocess.CompletedProcess[str]:
    script = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert script
    return subprocess.run(
        [sys.executable, "-I", "-c", script[1], str(run_file)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


def test_the_script_of_the_page_verifies_a_run(run_file: Path) -> None:
    """Thirty lines with nothing but SHA-256 come to the same run id."""
    assert run_the_script(run_file).stdout == f"verified {run_file.stem}\n"


@pytest.mark.parametrize("altered", [b'"exit_code":1', b"mailing", b'"n":4'])
def test_the_script_of_the_page_refuses_an_altered_run(run_file: Path, altered: bytes) -> None:
    """The same lines fail on a run of which anything was changed."""
    content = run_file.read_bytes()
    run_file.write_bytes(content.replace(altered, altered[:-1] + b"9", 1))
    assert run_the_script(run_file).returncode == 1


def test_the_page_explains_every_field() -> None:
    """No field of any record is missing from the page."""
    structs = [value for value in vars(records).values() if hasattr(value, "__struct_fields__")]
    written = [s for s in structs if issubclass(s, records.Note)]
    known = set(re.findall(r"`([a-z0-9_]+)`", PAGE))
    fields = {field for struct in written for field in struct.__struct_fields__}
    assert fields - known - set(records.TypeCounts.__struct_fields__) == set()
