"""The command line: `fieldgate`. Effects live here; every command calls one function."""

from __future__ import annotations

import click

from enforcer import __version__
from enforcer.cli.check import check
from enforcer.cli.classify import classify
from enforcer.cli.explain import explain
from enforcer.cli.init import init
from enforcer.cli.lineage import lineage
from enforcer.cli.log import log
from enforcer.cli.process import Gate
from enforcer.cli.test import test

__all__ = ["main"]


@click.group(
    cls=Gate,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with `fieldgate check PATH`. It needs no configuration and runs no SQL.",
)
@click.version_option(__version__, message="fieldgate %(version)s")
def main() -> None:
    """Fail the build when a sensitive field would reach a place that policy does not allow.

    Fieldgate reads SQL and dbt projects, works out which field flows into which, and holds
    that against policies written in YAML. Exit codes: 0 clean, 1 findings at or above the
    threshold, 2 usage or policy error, 3 nothing was analysed, 4 could not finish.
    """


for command in (check, classify, explain, init, lineage, log, test):
    main.add_command(command)
