"""`fieldgate explain`: a rule, a finding of the last check, a column or a relation, in full."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from enforcer.cli.errors import with_clear_errors
from enforcer.cli.options import (
    dialect_option,
    jobs_option,
    lang_option,
    no_cache_option,
    terminal_look,
)
from enforcer.cli.writer import show

if TYPE_CHECKING:
    from enforcer.words import Lang


@click.command(
    epilog="\b\nExamples:\n"
    "  fieldgate explain clear-personal-data-leaves\n"
    "  fieldgate explain 3f2a9c01d4e5b677 --path examples/shop\n"
    "  fieldgate explain ad_audience.match_key --path examples/shop\n"
    "  fieldgate explain ad_audience --path examples/shop\n"
    "  fieldgate explain ad_audience.match_key --path examples/shop --format json"
)
@click.argument("what", metavar="RULE|FINDING|COLUMN|RELATION")
@click.option(
    "--path",
    type=click.Path(exists=True, path_type=Path),
    default=Path(),
    help="The project: whose rules and columns to look among, and where the finding is made.",
)
@click.option(
    "--format",
    "notation",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Notation of what is said about a column or relation; rules and findings are text.",
)
@dialect_option
@jobs_option
@no_cache_option
@lang_option
@with_clear_errors
def explain(  # noqa: PLR0913, PLR0917 - one parameter for each option, as click wants it
    what: str,
    path: Path,
    notation: str,
    dialect: str | None,
    jobs: int,
    no_cache: bool,  # noqa: FBT001 - a flag
    lang: Lang | None,
) -> None:
    """Explain a rule by its id, a finding by its fingerprint, a column or relation by its name.

    A rule is shown as its own file has it: what it forbids, an example to avoid and one to
    prefer, why, how to mend it, and the law behind it. A finding is looked for by checking
    the project at --path again, and shown with its whole path. Of a column it is told which
    labelled values reach it and how each is protected there, hop by hop and function by
    function, why it is in the clear where it is, and which rules look at it. Of a relation it
    is told what each rule that judges it finds there, or why it finds nothing: where the data
    stops, and what on the way could not be read.
    """
    from enforcer.cache_folder import cache_folder  # noqa: PLC0415 - start-up time
    from enforcer.explaining import (  # noqa: PLC0415 - start-up time
        explain_finding,
        explain_rule,
        is_fingerprint,
        is_rule,
        language_of,
    )
    from enforcer.run import Request  # noqa: PLC0415 - start-up time

    cache = None if no_cache else cache_folder(path, os.environ)
    request = Request(path=path, dialect=dialect, jobs=jobs, cache=cache)
    look = terminal_look(lang or language_of(path))
    if is_fingerprint(what):
        text = explain_finding(what, request, look)
    elif is_rule(what, path):
        text = explain_rule(what, path, look)
    else:
        from enforcer.explaining_columns import explain_named  # noqa: PLC0415 - start-up time

        text = explain_named(what, request, look, notation)
    show(text, colour=look.colour)
