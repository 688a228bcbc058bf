"""`fieldgate classify`: labels proposed for columns that carry none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from enforcer.cli.errors import stop, with_clear_errors
from enforcer.cli.options import dialect_option, jobs_option, lang_option, path_argument
from enforcer.cli.writer import show

if TYPE_CHECKING:
    from pathlib import Path

    from enforcer.words import Lang


@click.command(
    epilog="\b\nExamples:\n"
    "  fieldgate classify .\n"
    "  fieldgate classify . --at-least high --write\n"
    "  fieldgate classify warehouse/ --dialect snowflake --relation 'raw.*' --format json"
)
@path_argument
@dialect_option
@click.option(
    "--at-least",
    type=click.Choice(["high", "medium", "low"]),
    default="medium",
    show_default=True,
    help="Only proposals that are as sure as this.",
)
@click.option(
    "--relation",
    "relations",
    metavar="GLOB",
    multiple=True,
    help="Only columns of these relations; a dotted tail of a name will do. May be repeated.",
)
@click.option(
    "--write",
    is_flag=True,
    help="Write the proposals where the project keeps its labels: beside the column in dbt's "
    "properties files, or in the labels file.",
)
@click.option(
    "--format",
    "notation",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Notation of the proposals.",
)
@jobs_option
@lang_option
@with_clear_errors
def classify(  # noqa: PLR0913, PLR0917 - one parameter for each option, as click wants it
    path: Path,
    dialect: str | None,
    at_least: str,
    relations: tuple[str, ...],
    write: bool,  # noqa: FBT001 - a flag
    notation: str,
    jobs: int,
    lang: Lang | None,
) -> None:
    """Propose labels for the columns of the project at PATH that carry none, with reasons.

    A proposal rests on a column's name (in nine languages), its declared type, and the values
    that seeds bring along, which are tried against the check digits of card, account and
    identity numbers. Columns that get their data from labelled ones need no label. With
    --write the accepted proposals are put where the project keeps its labels: only lines are
    inserted, and a second run proposes nothing more. Exits with 0 when it is done, 3 when
    there is nothing to analyse.
    """
    from enforcer.classify.proposal import Confidence  # noqa: PLC0415 - start-up time
    from enforcer.classifying import Wanted, classify  # noqa: PLC0415 - start-up time
    from enforcer.run import Request  # noqa: PLC0415 - start-up time

    answer = classify(
        Request(path=path, dialect=dialect, jobs=jobs),
        Wanted(
            at_least=Confidence(at_least),
            relations=relations,
            write=write,
            notation=notation,
            lang=lang,
        ),
    )
    if not answer.text:
        step = "name a folder with a dbt project or .sql files"
        stop(f"{path}: there is nothing to analyse; {step}", answer.exit_code)
    show(answer.text)
