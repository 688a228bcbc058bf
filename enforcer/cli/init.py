"""`fieldgate init`: a configuration that works for the project it stands in."""

from __future__ import annotations

from pathlib import Path

import click

from enforcer.cli.errors import with_clear_errors
from enforcer.cli.options import dialect_option
from enforcer.cli.writer import show_line


@click.command(epilog="\b\nExample:\n  fieldgate init warehouse/ --dialect snowflake")
@click.argument(
    "path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path()
)
@dialect_option
@with_clear_errors
def init(path: Path, dialect: str | None) -> None:
    """Write fieldgate.yml, labels.yml and places.yml for the project at PATH.

    The labels are those that the names of columns suggest, and the places those that the
    project already has: its schemas, exposures and whatever data leaves to. Nothing that is
    there already is overwritten. Read them, correct them, then run `fieldgate check`.
    """
    from enforcer.scaffold import write_scaffold  # noqa: PLC0415 - start-up time

    for line in write_scaffold(path, dialect):
        show_line(line)
