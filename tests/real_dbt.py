"""A real dbt, as its command runs it; what it imports is imported once for many runs."""

from __future__ import annotations

import os
import sys
from multiprocessing import get_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Each run is a fork of a process that has imported dbt, which takes as long as most runs of it.
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["dbt.cli.main", "dbt.adapters.duckdb"])


def run_dbt(project: Path, *command: str) -> int:
    """Run a dbt command in a project's folder, whose profile is its own; dbt's exit code."""
    words = ["--quiet", *command, "--profiles-dir", "."]
    process = _FORKS.Process(target=_run, args=(str(project), words))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _run(project: str, words: list[str]) -> None:
    from dbt.cli.main import cli  # noqa: PLC0415 - in the fork alone

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.chdir(project)
    sys.argv = ["dbt", *words]
    cli(words)
