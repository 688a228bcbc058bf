"""Coverage: that enough of a project is known for its rules to mean anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.check.collection import BY_NAME
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import select_relations
from enforcer.config import FILE_NAME
from enforcer.words import Finding, say
from lineage import Column, Origin
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import Message, RuleCard

_SHOWN: Final = 3


def judge_known(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """So many percent of the statements must be analysed, and of the columns labelled.

    The columns are those of relations that match `of`; one with the label `none` is labelled.
    They are counted once the project declares anything or has a label of its own: before
    that there are no labels but those that names suggest.
    """
    require = rule.require
    assert require is not None
    assert require.known is not None
    judged, findings = 0, []
    if require.known.analysed is not None:
        statements, opaque = estate.analysis.statements, estate.analysis.opaque
        judged += statements
        if (statements - opaque) * 100 < require.known.analysed * statements:
            counts = {"known": statements - opaque, "count": statements}
            lack = say("few-statements-analysed", **counts, floor=require.known.analysed)
            findings.append(_finding(card, "statements", lack))
    labelled = _labelled(estate)
    if require.known.labelled is not None and (labelled or estate.declares):
        columns = sorted(set(_columns(estate, select_relations(estate, require.of))))
        bare = [column for column in columns if column not in labelled]
        judged += len(columns)
        if (len(columns) - len(bare)) * 100 < require.known.labelled * len(columns):
            lack = say(
                "few-columns-labelled",
                known=len(columns) - len(bare),
                count=len(columns),
                floor=require.known.labelled,
                columns=tuple(bare[:_SHOWN]),
            )
            findings.append(_finding(card, "labels", lack))
    return outcome(judged, findings)


def _finding(card: RuleCard, what: str, lack: Message) -> Finding:
    return Finding(
        rule=card,
        field=Column(FILE_NAME, ""),
        category="",
        sink=what,
        flow="",
        message=lack,
        origin=Origin(FILE_NAME, 1, 1),
    )


def _labelled(estate: Estate) -> frozenset[Column]:
    """The columns that somebody labelled, names aside."""
    return frozenset(
        column
        for column, labels in estate.labels.items()
        if any(label.by != BY_NAME for label in labels)
    )


def _columns(estate: Estate, names: tuple[str, ...]) -> Iterator[Column]:
    graph = estate.analysis.graph
    fields = {field for whole in graph.begins for field in graph.fields_of(whole)}
    for name in names:
        yield from (Column(name, column.name) for column in estate.relations[name].columns)
        columns = (graph.columns[n] for n in graph.nodes_of(name) if n not in fields)
        yield from (column for column in columns if column.column != ROWS)
