"""`fieldgate explain`: a rule, or a finding of the last check, in full."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from enforcer.cli.errors import with_clear_errors
from enforcer.cli.options import dialect_option, lang_option, terminal_look

if TYPE_CHECKING:
    from enforcer.words import Lang


@click.command(
    epilog="\b\nExamples:\n"
    "  fieldgate explain clear-personal-data-leaves\n"
    "  fieldgate explain 3f2a9c01d4e5b677 --path examples/shop"
)
@click.argument("what", metavar="RULE|FINDING")
@click.option(
    "--path",
    type=click.Path(exists=True, path_type=Path),
    default=Path(),
    help="The project: whose rules to look among, and where the finding is made.",
)
@dialect_option
@lang_option
@with_clear_errors
def explain(what: str, path: Path, dialect: str | None, lang: Lang | None) -> None:
    """Explain a rule by its id, or a finding by its fingerprint.

    A rule is shown as its own file has it: what it forbids, an example to avoid and one to
    prefer, why, how to mend it, and the law behind it. A finding is looked for by checking
    the project at --path again, and shown with its whole path.
    """
    from enforcer.explaining import (  # noqa: PLC0415 - start-up time
        explain_finding,
        explain_rule,
        is_fingerprint,
        language_of,
    )

    look = terminal_look(lang or language_of(path))
    if is_fingerprint(what):
        click.echo(explain_finding(what, path, dialect, look), nl=False)
    else:
        click.echo(explain_rule(what, path, look), nl=False)
