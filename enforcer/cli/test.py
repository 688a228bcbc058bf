"""`fieldgate test`: every rule against its own examples."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from enforcer.cli.errors import with_clear_errors
from enforcer.cli.options import lang_option

if TYPE_CHECKING:
    from enforcer.words import Lang


@click.command(
    epilog="\b\nExamples:\n  fieldgate test\n  fieldgate test clear-personal-data-leaves"
)
@click.argument("rules", nargs=-1, metavar="[RULE]...")
@click.option(
    "--path",
    type=click.Path(exists=True, path_type=Path),
    default=Path(),
    help="The project whose packs and own rules are tested.",
)
@lang_option
@with_clear_errors
def test(rules: tuple[str, ...], path: Path, lang: Lang | None) -> None:
    """Test rules: each must fire on its `avoid` and be silent on its `prefer`.

    Without RULE all rules of the project's packs and of its own folders are tested. Exits
    with 1 when a rule fails its test, and with 2 when there is no rule to test.
    """
    from enforcer.rule_tests import run_rule_tests  # noqa: PLC0415 - start-up time

    outcome = run_rule_tests(path, rules, lang)
    click.echo(outcome.text, nl=False)
    sys.exit(outcome.exit_code)
