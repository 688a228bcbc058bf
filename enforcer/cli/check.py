"""`fieldgate check`: the gate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from enforcer.cli.errors import stop, with_clear_errors
from enforcer.cli.options import (
    dialect_option,
    fail_on_option,
    jobs_option,
    lang_option,
    path_argument,
    terminal_look,
    today_option,
)
from enforcer.cli.writer import show, tell

if TYPE_CHECKING:
    from datetime import datetime

    from enforcer.report import Options
    from enforcer.run import Request, Run
    from enforcer.words import Lang


@click.command(
    epilog="\b\nExamples:\n"
    "  fieldgate check .\n"
    "  fieldgate check warehouse/ --dialect snowflake\n"
    "  fieldgate check . --format sarif --output fieldgate.sarif"
)
@path_argument
@dialect_option
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The configuration to use, instead of the fieldgate.yml found at PATH or above it.",
)
@click.option(
    "--format",
    "notation",
    type=click.Choice(["text", "json", "sarif", "html", "github", "markdown"]),
    default="text",
    show_default=True,
    help="Notation of the report.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Write the report to this file, and to the terminal only its first and last line.",
)
@click.option(
    "--base",
    metavar="COMMIT",
    help="Judge PATH as a pull request to this commit, which decides: its rules, places, labels, "
    "waivers and limits count, whatever PATH says now. Give the id of a commit.",
)
@click.option(
    "--base-manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --base: the manifest of a dbt project that was compiled from that commit.",
)
@fail_on_option
@click.option(
    "--min-coverage",
    type=click.FloatRange(0.0, 1.0),
    help="Least share of statements that must be analysed, else exit 4.  [default: 1.0]",
)
@jobs_option
@click.option(
    "--evidence",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a sealed run file for auditors below this folder.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path),
    help="Accept today's findings: write them to this file, to be named in the configuration.",
)
@click.option("--show-accepted", is_flag=True, help="List waived and baselined findings too.")
@lang_option
@today_option
@with_clear_errors
def check(  # noqa: PLR0913, PLR0917 - one parameter for each option, as click wants it
    path: Path,
    dialect: str | None,
    config: Path | None,
    notation: str,
    output: Path | None,
    base: str | None,
    base_manifest: Path | None,
    fail_on: str | None,
    min_coverage: float | None,
    jobs: int,
    evidence: Path | None,
    write_baseline: Path | None,
    show_accepted: bool,  # noqa: FBT001 - a flag
    lang: Lang | None,
    today: datetime | None,
) -> None:
    """Check the dbt project or the folder of SQL at PATH, and fail on findings.

    Without a fieldgate.yml the `baseline` pack is applied, with labels proposed from the
    names of columns; the report says so. dbt projects are read from target/manifest.json
    (run `dbt compile` first; `dbt docs generate` adds the catalog, which names all columns).
    SQL folders are read file by file and linked through the relations they share.
    """
    from enforcer.run import Request  # noqa: PLC0415 - start-up time
    from enforcer.words import Severity  # noqa: PLC0415 - start-up time

    _check_options(base, base_manifest, write_baseline)
    request = Request(
        path=path,
        dialect=dialect,
        config=config,
        fail_on=Severity(fail_on) if fail_on else None,
        min_coverage=min_coverage,
        jobs=jobs,
        today=today.date() if today else None,
        apply_baseline=write_baseline is None,
    )
    run = _run(request, base, base_manifest)
    if not run.report.coverage.statements and notation == "text":
        step = "name a folder with a dbt project or .sql files"
        stop(f"{path}: there is nothing to analyse; {step}", run.report.exit_code)
    if evidence is not None:
        _write_evidence(run, evidence)
    if write_baseline is not None:
        _write_baseline(run, write_baseline)
    look = terminal_look(lang or run.lang, to_terminal=output is None, show_accepted=show_accepted)
    text = _rendered(run, notation, look)
    if output is None:
        show(text, colour=look.colour, annotations=notation == "github")
    else:
        _write_report(text, notation, output)
    sys.exit(run.report.exit_code)


def _check_options(base: str | None, manifest: Path | None, write_baseline: Path | None) -> None:
    if manifest is not None and base is None:
        raise click.UsageError("--base-manifest goes with --base")
    if write_baseline is not None and base is not None:
        raise click.UsageError("--write-baseline accepts what is there now: leave out --base")


def _run(request: Request, base: str | None, manifest: Path | None) -> Run:
    if base is None:
        from enforcer.run import run_check  # noqa: PLC0415 - start-up time

        return run_check(request)
    from enforcer.proposed import Base, check_proposed  # noqa: PLC0415 - start-up time

    return check_proposed(request, Base(base, manifest))


def _rendered(run: Run, notation: str, look: Options) -> str:
    from enforcer.report import render  # noqa: PLC0415 - start-up time

    return render(run.report, notation, options=look)


def _write_report(text: str, notation: str, output: Path) -> None:
    """To the file, of which the terminal then shows the ends."""
    from enforcer.atomic_files import write_text_atomically  # noqa: PLC0415 - start-up time

    write_text_atomically(output, text)
    lines = text.splitlines() if notation == "text" else []
    for line in (lines[0], lines[-1]) if lines else (f"wrote {output}",):
        tell(line)


def _write_baseline(run: Run, path: Path) -> None:
    from enforcer.baseline import write_baseline  # noqa: PLC0415 - start-up time

    write_baseline(run.report.findings, path)
    tell(f"baseline: {len(run.report.findings)} findings in {path}")


def _write_evidence(run: Run, directory: Path) -> None:
    from enforcer.audit import write_run  # noqa: PLC0415 - start-up time
    from enforcer.evidence import evidence_of  # noqa: PLC0415 - start-up time

    tell(f"evidence: {write_run(directory, evidence_of(run))}")
