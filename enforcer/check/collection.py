"""Collection: that what comes in is known for what it is, and is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.check.all_columns import columns_by_name
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import category_matches, matching
from enforcer.check.sources import fed_directly, followed_sources
from enforcer.estate import setting
from enforcer.protection.reach import all_successors, first_of, next_in_relations, reached_from
from enforcer.rules import Choice, Where
from enforcer.words import Finding, Hop, say
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import RuleCard
    from lineage import Column, Origin
    from lineage.graph import Graph

BY_NAME: Final = "name"
_LOADED: Final = frozenset({RelationKind.SOURCE, RelationKind.SEED})
_TABLES: Final = frozenset({"table", "incremental", "materialized_view", "dynamic_table"})
_TAKES_ALL: Final = frozenset({RelationKind.EXPOSURE, RelationKind.EXTERNAL, RelationKind.RESULT})


def judge_unlabelled(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """A column whose name suggests a category must carry a label, or get one by flow.

    Where all labels were proposed from names the names have been heard, and nothing is judged.
    """
    deny = rule.deny
    assert deny is not None
    labelled = {
        column
        for column, labels in estate.labels.items()
        if any(label.by != BY_NAME for label in labels)
    }
    if estate.labels and not labelled:
        return Outcome(0)
    near = matching(estate, deny.source or deny.into or Where())
    data, judged = Choice(any_of=deny.unlabelled), 0
    fed = _fed(estate, labelled)
    suspects: dict[Column, tuple[str, int | None]] = {}
    for name, named in columns_by_name(estate).items():
        columns = [pair for pair in named if pair[0].relation in near]
        judged += len(columns)
        category = estate.taxonomy.suggest(name) if columns else None
        if category and category_matches(estate, data, category):
            suspects |= {c: (category, n) for c, n in columns if n not in fed and c not in labelled}
    unknown = _first(estate, suspects)
    findings = [
        _about_column(card, column, suspects[column][0], estate.relations[column.relation].origin)
        for column in unknown
    ]
    return outcome(judged, findings)


def _about_column(card: RuleCard, column: Column, suggested: str, origin: Origin) -> Finding:
    return Finding(
        rule=card,
        field=column,
        category=suggested,
        sink="",
        flow="",
        message=say("unlabelled", field=column, category=suggested),
        origin=origin,
    )


def _fed(estate: Estate, columns: Iterable[Column]) -> frozenset[int]:
    nodes = map(estate.analysis.graph.find, columns)
    return fed_directly(estate, frozenset(node for node in nodes if node is not None))


def _first(estate: Estate, suspects: Mapping[Column, tuple[str, int | None]]) -> list[Column]:
    """Those that no other of them flows into, sorted."""
    nodes = {column: node for column, (_, node) in sorted(suspects.items())}
    among = [node for node in nodes.values() if node is not None]
    first = first_of(estate.direct_successors, among)
    return [column for column, node in nodes.items() if node is None or node in first]


def judge_unused(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """A labelled column that is loaded must get to where somebody may use it.

    It is unused when nothing reads it, or when it only reaches views which others read, and
    none of those others. A table, and a view that nobody else reads, is taken for what people
    query. What a gap touches may use anything, so columns that end there are not judged.
    """
    deny = rule.deny
    assert deny is not None
    graph = estate.analysis.graph
    loaded = [
        source
        for source in followed_sources(estate, deny.data, deny.source)
        if estate.relations[source.column.relation].kind in _LOADED
    ]
    readers = _readers(graph) if loaded else {}
    successors = all_successors(graph) if loaded else ()
    clouded = {name for gap in estate.analysis.gaps for name in gap.relations}
    judged, findings = 0, []
    for source in loaded:
        name = source.column.relation
        node = graph.find(source.column)
        nodes = reached_from(successors, [node] if node is not None else ()) - graph.inner
        reached = {graph.columns[end].relation for end in nodes}
        if (reached | {name}) & clouded:
            continue
        judged += 1
        if not any(_is_end(estate, end, readers) for end in reached - {name}):
            findings.append(
                Finding(
                    rule=card,
                    field=source.column,
                    category=source.category,
                    sink="",
                    flow="",
                    message=say("unused", field=source.column, category=source.category),
                    origin=source.origin,
                    path=(Hop(source.column, source.origin),),
                )
            )
    return outcome(judged, findings)


def _is_end(estate: Estate, name: str, readers: Mapping[str, set[str]]) -> bool:
    relation = estate.relations.get(name)
    if not readers.get(name) or relation is None:
        return True
    return relation.kind in _TAKES_ALL or setting(relation, "materialized") in _TABLES


def _readers(graph: Graph) -> dict[str, set[str]]:
    """For each relation, the other relations that something of it flows into."""
    readers: dict[str, set[str]] = {}
    for name in graph.relations():
        following = next_in_relations(graph, graph.nodes_of(name))
        others = {graph.columns[node].relation for node in following} - {name}
        if others:
            readers[name] = others
    return readers
