"""The verdict: how much was analysed, what the reader must know, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check import NOT_ANALYSED
from enforcer.labels import NAME
from enforcer.words import Coverage, ExitCode
from lineage.graph import ROWS
from lineage.readers.discover import FOLDER, UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.config import Configuration
    from enforcer.estate import Estate
    from enforcer.words import Finding, Severity
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
) -> tuple[str, ...]:
    """What the reader must know to read the verdict rightly."""
    return (*_notes(configuration, estate), *_left_out(inputs))


def _left_out(inputs: Sequence[Input]) -> Iterator[str]:
    """What nobody looked into, where the SQL of a whole folder was asked for."""
    for kind, said in ((FOLDER, "as tools write there"), (UNREAD, "rename them to .sql")):
        passed = [i.path for i in inputs if i.kind == kind]
        if passed:
            more = f" and {len(passed) - _NAMED} more" if len(passed) > _NAMED else ""
            yield f"Not looked into, {said}: {', '.join(passed[:_NAMED])}{more}."


def _are_proposed(estate: Estate) -> bool:
    return any(label.by == NAME for labels in estate.labels.values() for label in labels)


def _notes(configuration: Configuration, estate: Estate) -> Iterator[str]:
    if configuration.document is None:
        yield (
            "There is no fieldgate.yml: the baseline pack was applied, with labels proposed from "
            "the names of columns. Run `fieldgate init` to write down what they really hold."
        )
    elif _are_proposed(estate):
        yield (
            "No label is written anywhere, so labels were proposed from the names of columns: "
            "name what they really hold in labels.yml or in dbt's meta."
        )
    if configuration.document is not None and not estate.places:
        yield "No place is declared, so only files, stages, shares and grants count as outside."
    if not estate.labels:
        yield "No column carries a label, and no name suggests one, so no flow could be judged."
    if any(not unit.dialect for unit in estate.analysis.units):
        yield (
            "No SQL dialect was given, so the SQL was read as no dialect in particular: "
            "name yours with --dialect or in fieldgate.yml."
        )
