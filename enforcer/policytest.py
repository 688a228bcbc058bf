"""Trying a rule in the two small worlds that its own file describes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from enforcer.check import check
from enforcer.estate import Estate, Parameters, Seed, protected
from enforcer.labels import Label
from enforcer.words import Finding, Message, PolicyError, say
from lineage import Column, Origin
from lineage.projects import DeclaredColumn, Fact, Project, Relation, RelationKind, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from enforcer.check import Outcome
    from enforcer.estate import Taxonomy
    from enforcer.rules import Place, Rule, Sample
    from lineage import Analysis

    PlaceFinder = Callable[[Sequence[Relation], Mapping[str, Place]], Mapping[str, tuple[str, ...]]]


SampleName = Literal["avoid", "prefer"]
SAMPLES: Final[tuple[SampleName, ...]] = ("avoid", "prefer")


class SampleResult(msgspec.Struct, frozen=True):
    """What became of a rule's samples.

    `avoided` are the findings in `avoid`, of which there must be some, and `preferred`
    those in `prefer`, of which there must be none. `problems` are sentences for people,
    empty when the rule does what it says.
    """

    rule: str
    avoided: tuple[Finding, ...]
    preferred: tuple[Finding, ...]
    problems: tuple[Message, ...]

    @property
    def passed(self) -> bool:
        """True when the rule does what its file says."""
        return not self.problems


def run_samples(
    rule: Rule,
    taxonomy: Taxonomy,
    find_places: PlaceFinder,
    places: Mapping[str, Place] = MappingProxyType({}),
    judge: Callable[[Rule, Estate], Outcome] = check,
) -> SampleResult:
    """Judge both samples by the rule they belong to.

    A sample that declares no places is in those of the project, `places`; one that labels
    nothing has the labels that the names of its columns suggest.

    Raises `PolicyError` when a sample cannot be read. A sample with a gap proves nothing
    and is a problem.
    """
    problems: list[Message] = []
    findings: list[tuple[Finding, ...]] = []
    for name in SAMPLES:
        estate = sample_world(rule, name, taxonomy, find_places, places)
        problems += [
            say("sample-not-analysed", sample=name, detail=gap.message)
            for gap in estate.analysis.gaps
        ]
        outcome = judge(rule, estate)
        findings.append(outcome.findings)
        if name == "prefer" and not outcome.judged:
            problems.append(say("prefer-judges-nothing"))
    if not findings[0]:
        problems.append(say("avoid-raises-nothing"))
    problems += [say("prefer-raises", finding=finding.message) for finding in findings[1]]
    return SampleResult(rule.id, findings[0], findings[1], tuple(problems))


def sample_world(
    rule: Rule,
    name: SampleName,
    taxonomy: Taxonomy,
    find_places: PlaceFinder,
    places: Mapping[str, Place],
) -> Estate:
    """The world of a rule's sample, in the project's places if it declares none."""
    sample = rule.avoid if name == "avoid" else rule.prefer
    at_home = sample if sample.places else msgspec.structs.replace(sample, places=dict(places))
    return sample_estate(at_home, f"{rule.id}:{name}", taxonomy, find_places)


def sample_estate(
    sample: Sample, name: str, taxonomy: Taxonomy, find_places: PlaceFinder
) -> Estate:
    """The world that a sample describes; `name` stands for its file in origins."""
    from lineage.build import analyze  # noqa: PLC0415 - brings in the parser

    origin = Origin(name, 1, 1)
    units = (Unit(file=name, text=sample.sql, dialect=sample.dialect),) if sample.sql else ()
    project = Project(dialect=sample.dialect, relations=_relations(sample, origin), units=units)
    analysis = protected(analyze(project, jobs=0))
    return Estate(
        analysis=analysis,
        labels=_labels(sample, analysis, taxonomy, origin),
        taxonomy=taxonomy,
        today=sample.today,
        places=sample.places,
        places_of=find_places(analysis.relations, sample.places),
        parameters=Parameters(roles=tuple(sorted(sample.roles.items()))),
        seeds=tuple(Seed(seed, seed, text) for seed, text in sorted(sample.seeds.items())),
        notices=(sample.notice,) if sample.notice else (),
    )


def _labels(
    sample: Sample, analysis: Analysis, taxonomy: Taxonomy, origin: Origin
) -> dict[Column, tuple[Label, ...]]:
    said = {
        Column(relation, column): category
        for relation, columns in sample.labels.items()
        for column, category in columns.items()
    }
    if not said:
        graph = analysis.graph
        columns = [c for node, c in enumerate(graph.columns) if node not in graph.inner]
        said = {c: category for c in columns if (category := taxonomy.suggest(c.column))}
    return {
        column: (Label(category=category, by="sample", origin=origin),)
        for column, category in said.items()
    }


def _relations(sample: Sample, origin: Origin) -> tuple[Relation, ...]:
    names = sorted({*sample.relations, *sample.labels, *sample.seeds})
    return tuple(_relation(sample, name, origin) for name in names)


_OWN_KEYS = ("kind", "reads", "columns", "tested")
# What the facts of a tool begin with, beside which all others are those of `meta.fieldgate`.
_TOOLS = ("config.", "meta.", "owner.", "external.", "freshness.", "tool.")


def _relation(sample: Sample, name: str, origin: Origin) -> Relation:
    stated = sample.relations.get(name, {})
    default = RelationKind.SEED if name in sample.seeds else RelationKind.TABLE
    tested = _texts(stated.get("tested", ()))
    columns = dict.fromkeys(
        (*_texts(stated.get("columns", ())), *sample.labels.get(name, {}), *tested)
    )
    facts = [
        Fact(key.removeprefix("tool.") if key.startswith(_TOOLS) else f"meta.fieldgate.{key}", text)
        for key, value in stated.items()
        if key not in _OWN_KEYS
        for text in _texts(value)
    ]
    return Relation(
        name=name,
        kind=_kind(stated.get("kind", default), origin),
        origin=origin,
        columns=tuple(
            DeclaredColumn(column, facts=(Fact("test", "not_null"),) if column in tested else ())
            for column in columns
        ),
        facts=tuple(facts),
        reads=_texts(stated.get("reads", ())),
    )


def _kind(written: str | tuple[str, ...], origin: Origin) -> RelationKind:
    try:
        return RelationKind(str(written))
    except ValueError:
        kinds = ", ".join(kind.value for kind in RelationKind)
        raise PolicyError(origin, f"`kind: {written}` is no kind", f"use one of {kinds}") from None


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
