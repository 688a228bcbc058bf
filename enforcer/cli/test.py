"""`fieldgate test`: rules against their own examples and cases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from enforcer.cli.errors import with_clear_errors
from enforcer.cli.options import lang_option
from enforcer.cli.writer import show

if TYPE_CHECKING:
    from enforcer.words import Lang


@click.command(
    epilog="\b\nExamples:\n"
    "  fieldgate test\n"
    "  fieldgate test clear-personal-data-leaves\n"
    "  fieldgate test examples/shop --coverage --min-coverage 0.9\n"
    "  fieldgate test --mutate erasure-gap"
)
@click.argument("what", nargs=-1, metavar="[RULE|PATH]...")
@click.option(
    "--path",
    type=click.Path(exists=True, path_type=Path),
    help="The project whose packs and own rules are tested. What is named besides is then a "
    "rule, whatever is on disk.  [default: .]",
)
@click.option(
    "--coverage", is_flag=True, help="Also say which parts of the rules no example exercises."
)
@click.option(
    "--min-coverage",
    type=click.FloatRange(0.0, 1.0),
    default=0.0,
    help="Least share of the parts that must be exercised, 0 to 1.",
)
@click.option(
    "--mutate",
    is_flag=True,
    help="Also change each condition of each rule, and list the changes that no example shows.",
)
@click.option(
    "--never-fired",
    is_flag=True,
    help="Also check the project, and list the rules that judge or find nothing in it.",
)
@lang_option
@with_clear_errors
def test(  # noqa: PLR0913, PLR0917 - one parameter for each option, as click wants it
    what: tuple[str, ...],
    path: Path | None,
    coverage: bool,  # noqa: FBT001 - a flag
    min_coverage: float,
    mutate: bool,  # noqa: FBT001 - a flag
    never_fired: bool,  # noqa: FBT001 - a flag
    lang: Lang | None,
) -> None:
    """Test rules: each must fire on its `avoid` and be silent on its `prefer`.

    Cases in files called `*_test.yml` beside the rules are run as well. What exists on disk
    is the PATH of the project, anything else the name of a RULE; without RULE all rules of
    the project's packs and of its own folders are tested. Exits with 1 when a rule or a case
    fails, when a change survives or too little is exercised, and with 2 when there is no rule
    to test.
    """
    from enforcer.rule_tests import Wanted, run_rule_tests  # noqa: PLC0415 - start-up time

    place, rules = _told_apart(what, path)
    outcome = run_rule_tests(
        Wanted(
            path=place,
            rules=rules,
            mutate=mutate,
            coverage=coverage,
            min_coverage=min_coverage,
            never_fired=never_fired,
            lang=lang,
        )
    )
    show(outcome.text)
    sys.exit(outcome.exit_code)


def _told_apart(what: tuple[str, ...], path: Path | None) -> tuple[Path, tuple[str, ...]]:
    """The project and the rules that are meant by what was named."""
    if path is not None:
        return path, what
    there = [name for name in what if Path(name).exists()]
    if len(there) > 1:
        raise click.UsageError(f"{there[0]} and {there[1]} are two projects; name one")
    return Path(*there), tuple(name for name in what if name not in there)
