"""The composition root: a project and its policy in, a report out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from enforcer import __version__
from enforcer.accepting import accept
from enforcer.check import check_gaps
from enforcer.config import Configuration, load_config
from enforcer.contradictions import contradictions
from enforcer.engines.connecting import load_all_rules
from enforcer.estate import Estate, Parameters, protected
from enforcer.judging import judge_by
from enforcer.labels import (
    Before,
    declare_sources,
    declaring,
    described,
    label,
    open_columns,
    read_sources,
    restated,
)
from enforcer.notices import load_notices
from enforcer.own_functions import own_functions
from enforcer.own_names import check_own_names
from enforcer.own_taxonomy import project_taxonomy
from enforcer.packs import LoadedRule
from enforcer.places import find_places, load_places
from enforcer.roles import load_roles
from enforcer.seeds import read_seeds
from enforcer.taxonomy import Taxonomy, load_taxonomy
from enforcer.verdict import coverage_of, notes_on, verdict_of
from enforcer.words import ENGLISH, Lang, Message, Report, RuleOutcome, Severity
from lineage import analyze
from lineage.collector import paused
from lineage.projects import Input, Project, settled
from lineage.readers import find_project

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enforcer.check import Outcome
    from enforcer.labels import Described, Labelling, LabelSources
    from enforcer.words import SayingChange
    from lineage import Analysis


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to check. What is None is taken from the configuration, else from its default.

    `cache` is a folder in which lineage is looked up and kept, for who asks about a project. A
    gate has none: it believes nothing but what it reads itself.
    """

    path: Path
    dialect: str | None = None
    config: Path | None = None
    fail_on: Severity | None = None
    min_coverage: float | None = None
    jobs: int = 1
    today: date | None = None
    apply_baseline: bool = True
    cache: Path | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A report, and what evidence of it needs: the inputs and the rules that were applied.

    `lang` is the language that the project wants its reports in; nothing else depends on it.
    """

    report: Report
    inputs: tuple[Input, ...]
    rules: tuple[LoadedRule, ...]
    lang: Lang = ENGLISH


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A project as it was read and analysed, and the rules that it is held to.

    `notes` are what its reader must know of the rules themselves.
    """

    request: Request
    configuration: Configuration
    estate: Estate
    taxonomy: Taxonomy
    inputs: tuple[Input, ...]
    rules: tuple[LoadedRule, ...]
    notes: tuple[Message, ...] = ()


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What decides about a project, where that is not what its own checkout holds.

    `before` says what a base commit says of the project as it is now.
    """

    configuration: Configuration
    before: Callable[[Project], Before] | None = None


def run_check(request: Request) -> Run:
    """Check a project.

    Raises `PolicyError` for a mistake in what the project's own people wrote, `InputError`
    for a project that cannot be read.
    """
    return judge(open_case(request))


def open_case(request: Request, decided: Decided | None = None) -> Case:
    """Read and analyse a project, and load the rules for it; raises like `run_check`."""
    reading = read_estate(request, decided)
    estate = reading.estate
    rules = load_all_rules(reading.configuration, reading.taxonomy, tuple(estate.places))
    if not reading.configuration.of_base:
        check_own_names(rules, estate)
    return Case(
        request=request,
        configuration=reading.configuration,
        estate=estate,
        inputs=reading.inputs,
        taxonomy=reading.taxonomy,
        rules=rules,
        notes=tuple(found.message for found in contradictions(rules, reading.taxonomy)),
    )


def judge(case: Case) -> Run:
    """Judge a project by its rules; raises `PolicyError` for a waiver that does not hold."""
    with paused():
        outcomes = judge_by(case.rules, case.estate, case.configuration, case.taxonomy)
        report = _report(case, outcomes)
    return Run(
        report=report,
        inputs=case.inputs,
        rules=case.rules,
        lang=case.configuration.settings.lang,
    )


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A project that was read and analysed, and not judged."""

    configuration: Configuration
    dialect: str
    estate: Estate
    taxonomy: Taxonomy
    inputs: tuple[Input, ...]


def read_estate(request: Request, decided: Decided | None = None) -> Reading:
    """The project of a request, as its own checkout decides or another; raises like `run_check`."""
    configuration = decided.configuration if decided else load_config(request.path, request.config)
    taxonomy = project_taxonomy(configuration, load_taxonomy())
    dialect = request.dialect or configuration.settings.dialect or None
    project = find_project(request.path, dialect=dialect)
    before = decided.before(project) if decided and decided.before else None
    estate = _estate(request, configuration, taxonomy, project, before)
    return Reading(
        configuration=configuration,
        dialect=project.dialect,
        estate=estate,
        taxonomy=taxonomy,
        inputs=settled(project.inputs, estate.analysis.gaps),
    )


def _estate(
    request: Request,
    configuration: Configuration,
    taxonomy: Taxonomy,
    project: Project,
    before: Before | None,
) -> Estate:
    """The project as the checks see it."""
    sources = read_sources(configuration, taxonomy)
    places = load_places(configuration, taxonomy)
    changes: tuple[SayingChange, ...] = ()
    if before is not None:
        stated, changes = restated(project.relations, before, places)
        project = msgspec.structs.replace(project, relations=stated)
    analysis = _analysed(project, sources, request)
    if before is not None and (missing := open_columns(before, analysis, taxonomy)):
        analysis = _analysed(declaring(project, missing), sources, request)
    relations = declare_sources(analysis.relations, sources, project.dialect)
    labelling = _labels(configuration, described(analysis, relations), sources, taxonomy, before)
    labelling = msgspec.structs.replace(
        labelling, changes=tuple(sorted((*labelling.changes, *changes)))
    )
    settings = configuration.settings.parameters
    return Estate(
        analysis=protected(msgspec.structs.replace(analysis, relations=relations)),
        labels=labelling.labels,
        labelling=labelling,
        taxonomy=taxonomy,
        today=request.today or datetime.now(UTC).date(),
        places=places,
        places_of=find_places(relations, places),
        parameters=Parameters(
            group_size=settings.group_size,
            functions=own_functions(configuration, analysis),
            roles=load_roles(configuration, taxonomy),
        ),
        seeds=read_seeds(request.path, relations),
        notices=load_notices(configuration, taxonomy),
    )


def _analysed(project: Project, sources: LabelSources, request: Request) -> Analysis:
    declared = declare_sources(project.relations, sources, project.dialect)
    project = msgspec.structs.replace(project, relations=declared)
    return analyze(project, jobs=request.jobs, cache=request.cache)


def _labels(
    configuration: Configuration,
    project: Described,
    sources: LabelSources,
    taxonomy: Taxonomy,
    before: Before | None,
) -> Labelling:
    """The labels that are written; where nobody wrote any, those that names suggest.

    A gate without labels would pass everything, so it does not wait for the first, and not for
    one that a pull request brings.
    """
    propose = configuration.document is None
    labelling = label(project, taxonomy, sources, propose=propose, before=before)
    if propose or labelling.stated or sources.files:
        return labelling
    return label(project, taxonomy, sources, propose=True, before=before)


def _report(case: Case, outcomes: Iterable[tuple[LoadedRule, Outcome]]) -> Report:
    request, configuration, estate = case.request, case.configuration, case.estate
    judged = [*((rule.card, outcome) for rule, outcome in outcomes)]
    gaps = check_gaps(estate)
    found = [finding for _card, outcome in judged for finding in outcome.findings]
    settings = configuration.settings
    if not request.apply_baseline:
        settings = msgspec.structs.replace(settings, baseline="")
    configuration = msgspec.structs.replace(configuration, settings=settings)
    left, accepted = accept((*found, *gaps.findings), configuration, estate.today)
    floor = settings.min_coverage if request.min_coverage is None else request.min_coverage
    coverage = coverage_of(estate)
    return Report(
        tool=f"fieldgate {__version__}",
        coverage=coverage,
        findings=left,
        accepted=accepted,
        gaps=estate.analysis.gaps,
        rules=tuple(
            RuleOutcome(rule=card, judged=outcome.judged, findings=len(outcome.findings))
            for card, outcome in judged
        ),
        notes=(*notes_on(configuration, estate, case.inputs), *case.notes),
        exit_code=verdict_of(estate, coverage, left, floor, request.fail_on or settings.fail_on),
    )
