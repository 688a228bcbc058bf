"""Small worlds: what a sample or a case describes, as the checks see a project."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.estate import Estate, Parameters, Seed, Taxonomy, protected
from enforcer.labels import Label
from enforcer.protection.methods import Effect
from enforcer.rules import Place
from enforcer.words import PolicyError
from lineage import Column, Origin
from lineage.projects import DeclaredColumn, Fact, Project, Relation, RelationKind, Unit
from lineage.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enforcer.rules import Sample
    from lineage import Analysis

    PlaceFinder = Callable[[Sequence[Relation], Mapping[str, Place]], Mapping[str, tuple[str, ...]]]

# Keys of a relation that are no facts.
_OWN_KEYS: Final = ("kind", "reads", "columns", "tested")
# What the facts of a tool begin with, beside which all others are those of `meta.fieldgate`.
_TOOLS: Final = ("config.", "meta.", "owner.", "external.", "freshness.", "tool.")
_BY: Final = "sample"


class Surroundings(msgspec.Struct, frozen=True):
    """What worlds are made in: the taxonomy, and what lies in which place.

    `places` are the project's own; a world that declares none lies among them. SQL is parsed by
    the `workers`, and without one in this process, which is for samples that are shipped.
    """

    taxonomy: Taxonomy
    find_places: PlaceFinder
    places: Mapping[str, Place] = MappingProxyType({})
    workers: Workers | None = None


def sample_estate(
    sample: Sample, name: str, taxonomy: Taxonomy, find_places: PlaceFinder
) -> Estate:
    """The world that a sample describes, by itself."""
    return estate_of(sample, name, Surroundings(taxonomy, find_places))


def estate_of(sample: Sample, name: str, around: Surroundings) -> Estate:
    """The world that a sample describes; `name` stands for its file in origins.

    One that labels nothing has the labels that the names of its columns suggest. Raises
    `PolicyError` for a kind that there is not.
    """
    from lineage.build import analyze  # noqa: PLC0415 - brings in the parser

    origin = Origin(name, 1, 1)
    project = Project(
        dialect=sample.dialect, relations=_relations(sample, origin), units=_units(sample, name)
    )
    analysis = protected(analyze(project, jobs=0, workers=around.workers))
    places = sample.places or around.places
    functions = sorted((name, Effect(effect)) for name, effect in sample.functions.items())
    return Estate(
        analysis=analysis,
        labels=_labels(sample, analysis, around.taxonomy, origin),
        taxonomy=around.taxonomy,
        today=sample.today,
        places=places,
        places_of=around.find_places(analysis.relations, places),
        parameters=Parameters(
            functions=tuple(functions), roles=tuple(sorted(sample.roles.items()))
        ),
        seeds=tuple(Seed(seed, seed, text) for seed, text in sorted(sample.seeds.items())),
        notices=(sample.notice,) if sample.notice else (),
    )


def _units(sample: Sample, name: str) -> tuple[Unit, ...]:
    script = Unit(file=name, text=sample.sql, dialect=sample.dialect)
    models = (
        Unit(file=model, text=text, dialect=sample.dialect, target=model)
        for model, text in sorted(sample.models.items())
    )
    return (*((script,) if sample.sql else ()), *models)


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
        column: (Label(category=category, by=_BY, origin=origin),)
        for column, category in said.items()
    }


def _relations(sample: Sample, origin: Origin) -> tuple[Relation, ...]:
    names = sorted({*sample.relations, *sample.labels, *sample.seeds, *sample.models})
    return tuple(_relation(sample, name, origin) for name in names)


def _relation(sample: Sample, name: str, origin: Origin) -> Relation:
    stated = sample.relations.get(name, {})
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
        kind=_kind(stated.get("kind", _default_kind(sample, name)), origin),
        origin=origin,
        columns=tuple(
            DeclaredColumn(column, facts=(Fact("test", "not_null"),) if column in tested else ())
            for column in columns
        ),
        facts=tuple(facts),
        reads=_texts(stated.get("reads", ())),
    )


def _default_kind(sample: Sample, name: str) -> RelationKind:
    if name in sample.models:
        return RelationKind.MODEL
    return RelationKind.SEED if name in sample.seeds else RelationKind.TABLE


def _kind(written: str | tuple[str, ...], origin: Origin) -> RelationKind:
    try:
        return RelationKind(str(written))
    except ValueError:
        kinds = ", ".join(kind.value for kind in RelationKind)
        raise PolicyError(origin, f"`kind: {written}` is no kind", f"use one of {kinds}") from None


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
