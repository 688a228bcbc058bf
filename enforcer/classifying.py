"""Classifying a project: the use case behind `fieldgate classify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.classify.homes import PropertiesFiles
from enforcer.classify.proposal import Confidence, Proposal
from enforcer.classify.proposing import propose
from enforcer.classify.shown import Shown, render
from enforcer.classify.writing import Writer
from enforcer.globs import relation_matches
from enforcer.run import Request, read_estate
from enforcer.words import ExitCode, Lang, PolicyError
from lineage import Origin
from lineage.shown import plain

if TYPE_CHECKING:
    from pathlib import Path

    from enforcer.estate import Estate


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which proposals are accepted, whether they are written, and how they are shown.

    Without a `lang` they are shown in the language of the project's configuration.
    """

    at_least: Confidence = Confidence.MEDIUM
    relations: tuple[str, ...] = ()
    write: bool = False
    notation: str = "text"
    lang: Lang | None = None


class Answer(msgspec.Struct, frozen=True):
    """What to show, and how the command ends."""

    text: str
    exit_code: ExitCode


def classify(request: Request, wanted: Wanted) -> Answer:
    """Propose labels for a project and, if that is wanted, write them.

    Raises `PolicyError` for a mistake in what people wrote and for a place where no labels can
    be written, `InputError` for what cannot be read or written.
    """
    if wanted.write and not request.path.is_dir():
        what = "labels are written into the folder of a project, and this is none"
        raise PolicyError(Origin(plain(str(request.path)), 1, 1), what, "name the folder")
    reading = read_estate(request)
    estate = reading.estate
    if not estate.analysis.statements and not estate.relations:
        return Answer("", ExitCode.NOTHING_ANALYSED)
    properties = PropertiesFiles(_root(request.path))
    found = _wanted(propose(estate, reading.taxonomy), wanted)
    waiting = [p for p in found if _is_written(p, estate, properties)]
    accepted = [p for p in found if p not in waiting]
    wrote = None
    if wanted.write:
        writer = Writer(properties, reading.configuration, estate.relations, reading.dialect)
        wrote = writer.write(accepted)
    shown = Shown(tuple(accepted), len(waiting), wrote)
    lang = wanted.lang or reading.configuration.settings.lang
    return Answer(render(shown, wanted.notation, lang), ExitCode.CLEAN)


def _root(path: Path) -> Path:
    whole = path.resolve()
    return whole if whole.is_dir() else whole.parent


def _wanted(proposals: tuple[Proposal, ...], wanted: Wanted) -> list[Proposal]:
    return [
        proposal
        for proposal in proposals
        if proposal.confidence.at_least(wanted.at_least)
        and (
            not wanted.relations
            or any(relation_matches(glob, proposal.column.relation) for glob in wanted.relations)
        )
    ]


def _is_written(proposal: Proposal, estate: Estate, properties: PropertiesFiles) -> bool:
    """Whether a properties file states the label already, and the manifest does not know it."""
    home = properties.home(estate.relations[proposal.column.relation])
    found = properties.at(home.path) if home is not None else None
    return (
        home is not None
        and found is not None
        and found.is_labelled(home.entry, proposal.column.column)
    )
