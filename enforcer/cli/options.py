"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

path_argument = click.argument("path", type=click.Path(exists=True, path_type=Path), default=Path())
dialect_option = click.option(
    "--dialect",
    help="SQL dialect of plain SQL files (snowflake, bigquery, postgres, …); dbt projects "
    "and the configuration say theirs themselves.",
)
fail_on_option = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note"]),
    help="Lightest severity that fails the build.  [default: error]",
)
today_option = click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which waivers and contracts are judged.  [default: today, UTC]",
)
