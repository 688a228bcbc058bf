"""The verdict: how much was analysed, what the reader must know, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check import NOT_ANALYSED
from enforcer.labels import NAME, disagreements, settle
from enforcer.words import Coverage, ExitCode, say
from lineage.graph import ROWS
from lineage.readers.dbt_unknown_files import OUTSIDE
from lineage.readers.discover import FOLDER, UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.config import Configuration
    from enforcer.estate import Estate
    from enforcer.words import Finding, Message, Severity, Value
    from lineage import Column
    from lineage.projects import Input

_NAMED = 5  # folders in a note


def coverage_of(estate: Estate) -> Coverage:
    """How much of the project was analysed."""
    analysis = estate.analysis
    columns = sum(
        node not in analysis.graph.inner and column.column != ROWS
        for node, column in enumerate(analysis.graph.columns)
    )
    return Coverage(
        statements=analysis.statements,
        analysed=analysis.statements - analysis.opaque,
        relations=len(analysis.relations),
        columns=columns,
    )


def verdict_of(
    estate: Estate,
    coverage: Coverage,
    findings: Sequence[Finding],
    floor: float,
    fail_on: Severity,
) -> ExitCode:
    """The exit code. A run that has not finished says so, whatever it found besides.

    `floor` is the least share of statements that must be analysed; gaps that were all
    accepted do not count against it. What a rule in shadow found fails nothing.
    """
    if not coverage.analysed and not estate.analysis.graph.sources:
        return ExitCode.NOTHING_ANALYSED
    open_gaps = any(finding.rule.id == NOT_ANALYSED.id for finding in findings)
    if open_gaps and coverage.share < floor:
        return ExitCode.UNFINISHED
    failing = any(f.rule.severity.at_least(fail_on) and not f.rule.shadow for f in findings)
    return ExitCode.FINDINGS if failing else ExitCode.CLEAN


def notes_on(
    configuration: Configuration, estate: Estate, inputs: Sequence[Input]
) -> tuple[Message, ...]:
    """What the reader must know to read the verdict rightly."""
    return (*_notes(configuration, estate), *_left_out(inputs))


def _left_out(inputs: Sequence[Input]) -> Iterator[Message]:
    """What nobody looked into, where the SQL of a whole folder was asked for."""
    folders = [i.path for i in inputs if i.kind == FOLDER]
    if folders:
        yield say("folders-left-out", paths=_named(folders))
    files = [i.path for i in inputs if i.kind == UNREAD]
    if files:
        yield say("files-left-out", paths=_named(files))
    outside = [i.path for i in inputs if i.kind == OUTSIDE]
    if outside:
        yield say("sql-outside-project", paths=_named(outside))


def _named(paths: Sequence[str | Message]) -> Value:
    shown = tuple(paths[:_NAMED])
    more = len(paths) - len(shown)
    return say("paths-and-more", shown=shown, number=more) if more else shown


def _are_proposed(estate: Estate) -> bool:
    return any(label.by == NAME for labels in estate.labels.values() for label in labels)


def _notes(configuration: Configuration, estate: Estate) -> Iterator[Message]:
    if configuration.document is None:
        yield say("no-configuration")
    elif _are_proposed(estate):
        yield say("labels-proposed")
    if configuration.document is not None and not estate.places:
        yield say("no-place-declared")
    if not estate.labels:
        yield say("nothing-labelled")
    yield from _on_labels(estate)
    if any(not unit.dialect for unit in estate.analysis.units):
        yield say("no-dialect")


def _on_labels(estate: Estate) -> Iterator[Message]:
    """What sources of labels say against each other, and of what is not here."""
    labelling = estate.labelling
    columns = disagreements(labelling.said)
    if columns:
        shown = [_disagreement(estate, column) for column in columns]
        yield say("labels-disagree", count=len(columns), columns=_named(shown))
    if labelling.unmatched:
        missing = [f"{one.name} ({one.origin})" for one in labelling.unmatched]
        yield say("labels-unmatched", count=len(missing), names=_named(missing))


def _disagreement(estate: Estate, column: Column) -> Message:
    """`users.x: user.name (meta), not none (labels file)`."""
    said = settle(estate.labelling.said[column])
    told = [say("label-by", category=s.label.category, by=s.label.by) for s in said]
    held = tuple(one for one, s in zip(told, said, strict=True) if s.holds)
    left = tuple(one for one, s in zip(told, said, strict=True) if not s.holds)
    if not left:
        return say("labels-held", column=column, held=held)
    return say("labels-settled", column=column, held=held, left=left)
