"""`fieldgate lineage`: where a column comes from, and where it goes."""

from __future__ import annotations

from pathlib import Path

import click

from enforcer.cli.errors import with_clear_errors
from enforcer.cli.options import dialect_option


@click.command(
    epilog="\b\nExamples:\n"
    "  fieldgate lineage stg_customers.email --path examples/shop\n"
    "  fieldgate lineage raw.customers --down --direct"
)
@click.argument("column", metavar="COLUMN|RELATION")
@click.option(
    "--path",
    type=click.Path(exists=True, path_type=Path),
    default=Path(),
    help="The project or folder of SQL to look in.",
)
@dialect_option
@click.option("--up/--down", "up", default=None, help="Only upstream, or only downstream.")
@click.option(
    "--direct", is_flag=True, help="Only flows that carry the value, none that merely shape it."
)
@with_clear_errors
def lineage(column: str, path: Path, dialect: str | None, up: bool | None, direct: bool) -> None:  # noqa: FBT001 - flags
    """Show what a column is made of and what is made of it, hop by hop.

    COLUMN is `relation.column`, where the relation may be shortened to its last parts;
    a relation alone shows each of its columns.
    """
    from enforcer.tracing import trace  # noqa: PLC0415 - start-up time

    click.echo(trace(column, path, dialect, up=up, direct=direct), nl=False)
