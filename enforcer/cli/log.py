"""`fieldgate log`: the evidence that checks leave behind."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from enforcer.cli.errors import with_clear_errors
from enforcer.cli.writer import show


@click.group()
def log() -> None:
    """Verify and read the run files that `fieldgate check --evidence DIR` writes."""


@log.command(epilog="\b\nExample:\n  fieldgate log verify evidence/")
@click.argument("run", type=click.Path(path_type=Path))
@with_clear_errors
def verify(run: Path) -> None:
    """Verify the run file RUN, or every run file below the folder RUN.

    Exits with 0 when every file is whole, 1 when one was changed, and 2 when that cannot be
    decided: no seal, no file, or a file that cannot be read.
    """
    from enforcer.audit import verify_all  # noqa: PLC0415 - start-up time

    verification = verify_all(run)
    show(verification.text)
    sys.exit(verification.exit_code)


@log.command(
    "show", epilog="\b\nExample:\n  fieldgate log show evidence/runs/5b1c….jsonl --verdict deny"
)
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--verdict", help="Only decisions of this verdict (deny, waived, undecided, allow).")
@with_clear_errors
def show_file(run: Path, verdict: str | None) -> None:
    """Show the run file RUN: what was read, what was decided, and the seal.

    A file that was changed is shown all the same; `fieldgate log verify` says whether it was.
    """
    from enforcer.audit import show_run  # noqa: PLC0415 - start-up time

    show(show_run(run, verdict=verdict))
