"""Options that several commands share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from enforcer.cli.writer import is_terminal

if TYPE_CHECKING:
    from enforcer.report import Options
    from enforcer.words import Lang

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
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=lambda: max(1, min(4, os.cpu_count() or 1)),
    show_default="number of processors, at most 4",
    help="Processes that parse SQL.",
)
no_cache_option = click.option(
    "--no-cache",
    is_flag=True,
    help="Read every file and parse every text anew, even what has not changed since.",
)
lang_option = click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    help="Language of findings and reports.  [default: lang in the configuration, else en]",
)
today_option = click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which waivers and contracts are judged.  [default: today, UTC]",
)


def terminal_look(lang: Lang, *, to_terminal: bool = True, show_accepted: bool = False) -> Options:
    """How a report should look where it is shown: as wide as that is, and in its colours."""
    from enforcer.report import Options  # noqa: PLC0415 - start-up time
    from enforcer.report.options import wants_colour  # noqa: PLC0415 - start-up time

    terminal = to_terminal and is_terminal()
    return Options(
        lang=lang,
        width=shutil.get_terminal_size((100, 24)).columns,
        colour=wants_colour(terminal=terminal, environment=os.environ),
        include_accepted=show_accepted,
    )
