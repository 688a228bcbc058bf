"""The tutorial, done step by step in an empty folder as its reader would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
NAMED = re.compile(r"as\s+`([\w./-]+)`:\s*$")
COMMAND = re.compile(r"(fieldgate [^#\n]*?)\s+# exits with (\d)")


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command.split(),
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tutorial_works_as_it_is_written(tmp_path: Path) -> None:
    """Each file is saved, each command exits as said, and what the reader sees is printed."""
    text = (DOCS / "tutorial.md").read_text("utf-8")
    shown, commands = "", 0
    for block in BLOCK.finditer(text):
        kind, body = block.groups()
        named = NAMED.search(text[: block.start()])
        if kind == "sh":
            found = COMMAND.findall(body)
            assert len(found) == body.count("fieldgate ")
            for command, code in found:
                done = run(command, tmp_path)
                assert (command, str(done.returncode), done.stderr) == (command, code, "")
                shown, commands = done.stdout, commands + 1
        elif kind == "text":
            assert [line for line in body.splitlines() if line not in shown] == []
        else:
            assert named is not None, body
            file = tmp_path / named[1]
            file.parent.mkdir(exist_ok=True)
            file.write_text(body, "utf-8")
    assert commands == 10
