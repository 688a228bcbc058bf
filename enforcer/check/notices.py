"""Notices: what is done with data is no more than what people were told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from enforcer.check.durations import duration
from enforcer.check.flows import flow_finding
from enforcer.check.holdings import held_data
from enforcer.check.lifetimes import lifetime_of
from enforcer.check.located import purposes_of, regions_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import category_matches, choice_matches
from enforcer.check.spread import names_of, parts_alike
from enforcer.config import FILE_NAME
from enforcer.globs import matches
from enforcer.rules import Choice, Notice, Told
from enforcer.words import Finding, say
from lineage import Column, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from enforcer.check.labelled_column import Source
    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.rules.conditions import NoticePart
    from enforcer.words import Message, RuleCard

    # What is wrong with one part of a notice, as to where data is.
    Lacks = Callable[[Estate, str, "Sequence[Entry]"], Iterator[Message]]

Entry = tuple[Notice, Told]


def judge_noticed(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """These parts of what is done with the data must stand in a notice.

    Without any notice there is one finding, once the project declares anything.
    """
    require = rule.require
    assert require is not None
    if not estate.declares:
        return Outcome(0)
    held = held_data(estate, rule)
    if not estate.notices and held:
        return outcome(len(held), [_none(card)])
    findings, asked = [], (require.data, require.noticed)
    lacking = 0
    for (category, like), relations in held.by(partial(_told_of, estate)).items():
        for name, alike in parts_alike(estate, relations).items():
            if any(_lacks(estate, name, (category, like), asked)):
                lacking |= alike
    for name in names_of(estate, lacking):
        for arrival in held[name]:
            lacks = tuple(_lacks(estate, name, _told_of(estate, arrival.source), asked))
            if lacks:
                remark = say("but-notice", lacks=lacks)
                findings.append(flow_finding(estate, card, arrival, remark))
    return outcome(len(held), findings)


def _told_of(estate: Estate, source: Source) -> tuple[str, str]:
    """What people are told of data by: its category, and a relation like the one it is from."""
    return source.category, estate.likes[source.column.relation]


def _none(card: RuleCard) -> Finding:
    return Finding(
        rule=card,
        field=Column(FILE_NAME, ""),
        category="",
        sink="",
        flow="",
        message=say("no-notice"),
        origin=Origin(FILE_NAME, 1, 1),
    )


def _lacks(
    estate: Estate, name: str, of: tuple[str, str], asked: tuple[Choice, Iterable[NoticePart]]
) -> Iterator[Message]:
    """What no notice says of data in a relation; one that does not name it says nothing."""
    data, parts = asked
    entries = _entries(estate, of, data)
    for part in parts:
        if part != "categories":
            yield from _JUDGES[part](estate, name, entries)
        elif not entries:
            yield say("notice-without-category", category=of[0])


def _entries(estate: Estate, of: tuple[str, str], data: Choice) -> list[Entry]:
    """What each notice for these people says of the category, by its narrowest entry.

    An entry counts if it is itself among the data that the rule speaks of: `user` does not
    tell anybody that it means their health.
    """
    category, source = of
    subjects = estate.facts(source, "subject")
    found = []
    for notice in estate.notices:
        if notice.subjects and not choice_matches(Choice(any_of=notice.subjects), subjects):
            continue
        names = [
            name
            for name in notice.categories
            if estate.taxonomy.covers(name, category) and category_matches(estate, data, name)
        ]
        if names:
            found.append((notice, notice.categories[max(names, key=len)]))
    return found


def _told(entries: Iterable[Entry], part: str) -> tuple[str, ...]:
    said = (getattr(told, part) or getattr(notice, part) for notice, told in entries)
    return tuple(word for words in said for word in words)


def _untold_purposes(estate: Estate, name: str, entries: Sequence[Entry]) -> Iterator[Message]:
    told = Choice(any_of=_told(entries, "purposes"))
    strange = [p for p in purposes_of(estate, name) if not _is_told(told, (p,))]
    if strange:
        yield say("notice-without-purpose", purposes=tuple(dict.fromkeys(strange)))


def _untold_recipients(estate: Estate, name: str, entries: Sequence[Entry]) -> Iterator[Message]:
    """A recipient is named, or what it is (its role, or the place that it has)."""
    told = _told(entries, "recipients")
    for recipient, names in _recipients(estate, name):
        if not any(matches(pattern, one) for pattern in told for one in names):
            yield say("notice-without-recipient", recipient=recipient)


def _recipients(estate: Estate, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for place_name, place in estate.places_named(name):
        if place.partner is not None:
            yield place.partner.name, (place.partner.name, place.partner.role, place_name)
    roles = estate.facts(name, "recipient.role")
    for recipient in estate.facts(name, "recipient.name"):
        yield recipient, (recipient, *roles)


def _untold_regions(estate: Estate, name: str, entries: Sequence[Entry]) -> Iterator[Message]:
    told = Choice(any_of=_told(entries, "regions"))
    partners = (place.partner for _, place in estate.places_named(name))
    countries = (partner.country for partner in partners if partner is not None)
    regions = dict.fromkeys((*regions_of(estate, name), *filter(None, countries)))
    strange = [region for region in regions if not _is_told(told, (region,))]
    if strange:
        yield say("notice-without-region", regions=tuple(strange))


def _is_told(told: Choice, values: Sequence[str]) -> bool:
    return bool(told.any_of) and choice_matches(told, values)


def _untold_retention(estate: Estate, name: str, entries: Sequence[Entry]) -> Iterator[Message]:
    kept = lifetime_of(estate, estate.relations[name])
    if kept is None:
        return
    limits = [
        limit
        for notice, told in entries
        if (limit := duration(told.retention or notice.retention)) is not None
    ]
    longest = max(limits, key=lambda limit: limit.length, default=None)
    if longest is None:
        yield say("notice-without-retention")
    elif kept.length > longest.length:
        yield say("kept-longer-than-told", kept=kept.text, limit=longest.text)


def _no_necessity(_estate: Estate, _name: str, entries: Sequence[Entry]) -> Iterator[Message]:
    if not any(told.necessity.strip() for _, told in entries):
        yield say("notice-without-necessity")


def _no_effect(_estate: Estate, _name: str, entries: Sequence[Entry]) -> Iterator[Message]:
    if not any(told.effect.strip() for _, told in entries):
        yield say("notice-without-effect")


_JUDGES: Final[Mapping[str, Lacks]] = {
    "purposes": _untold_purposes,
    "recipients": _untold_recipients,
    "regions": _untold_regions,
    "retention": _untold_retention,
    "necessity": _no_necessity,
    "effect": _no_effect,
}
