"""`fieldgate lineage`: where a column comes from, and where it goes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from enforcer.cli.errors import stop, with_clear_errors
from enforcer.cli.options import dialect_option, jobs_option, no_cache_option
from enforcer.cli.writer import show

if TYPE_CHECKING:
    from datetime import datetime


@click.command(
    epilog="\b\nExamples:\n"
    "  fieldgate lineage stg_customers.email --project examples/shop\n"
    "  fieldgate lineage raw.customers --downstream --direct --depth 1\n"
    "  fieldgate lineage examples/shop --format json\n"
    "  fieldgate lineage warehouse/ --dialect snowflake --format openlineage\n"
    "  fieldgate lineage events.ndjson --format mermaid"
)
@click.argument("what", metavar="[COLUMN|RELATION|PATH]", required=False)
@click.option(
    "--project",
    "--path",
    "project",
    type=click.Path(exists=True, path_type=Path),
    help="The project to look in: a folder, a manifest, an SQL file or OpenLineage events. "
    "What is asked for is then a name, whatever is on disk.  [default: .]",
)
@dialect_option
@click.option(
    "--upstream/--downstream",
    "--up/--down",
    "upstream",
    default=None,
    help="Only what it is made of, or only what is made of it.  [default: both]",
)
@click.option(
    "--depth", type=click.IntRange(1), help="So many relations far.  [default: all the way]"
)
@click.option(
    "--direct", is_flag=True, help="Only flows that carry the value, none that merely shape it."
)
@click.option(
    "--format",
    "notation",
    type=click.Choice(["text", "json", "mermaid", "graphviz", "openlineage"]),
    default="text",
    show_default=True,
    help="Notation of the answer.",
)
@click.option(
    "--namespace",
    default="fieldgate",
    show_default=True,
    help="OpenLineage's namespace of the relations, such as snowflake://org-account.",
)
@click.option(
    "--event-time",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]),
    help="OpenLineage's time of the events, in UTC.  [default: 1970, so that nothing but the "
    "input decides the output]",
)
@jobs_option
@no_cache_option
@with_clear_errors
def lineage(  # noqa: PLR0913, PLR0917 - one parameter for each option, as click wants it
    what: str | None,
    project: Path | None,
    dialect: str | None,
    upstream: bool | None,  # noqa: FBT001 - a flag
    depth: int | None,
    direct: bool,  # noqa: FBT001 - a flag
    notation: str,
    namespace: str,
    event_time: datetime | None,
    jobs: int,
    no_cache: bool,  # noqa: FBT001 - a flag
) -> None:
    """Show what a column is made of and what is made of it, hop by hop, or all of a project.

    What exists on disk is a PATH (a folder, a dbt manifest, an SQL file, or a file of
    OpenLineage events), and all of its flows are shown. Anything else is the name of a
    COLUMN, as `relation.column`, or of a RELATION, which stands for each of its columns;
    relations may be shortened to their last parts. With --project it is always a name.
    """
    from enforcer.cache_folder import cache_folder  # noqa: PLC0415 - start-up time
    from enforcer.tracing import Look, Question, question_of, trace  # noqa: PLC0415 - start-up time
    from enforcer.words import ExitCode  # noqa: PLC0415 - start-up time

    path, name = question_of(what, project)
    if not name and (depth is not None or upstream is not None):
        raise click.UsageError("--upstream, --downstream and --depth need a COLUMN or RELATION")
    question = Question(
        path=path,
        name=name,
        dialect=dialect,
        upstream=upstream,
        depth=depth,
        direct=direct,
        jobs=jobs,
        cache=None if no_cache else cache_folder(path, os.environ),
    )
    time = f"{event_time:%Y-%m-%dT%H:%M:%SZ}" if event_time else ""
    text = trace(question, Look(notation=notation, namespace=namespace, event_time=time))
    if not text:
        step = "name a folder with a dbt project or .sql files"
        stop(f"{path}: there is nothing to analyse; {step}", ExitCode.NOTHING_ANALYSED)
    show(text)
