"""Together: data that is harmless apart and must not meet, in a relation or in a wider whole."""

from __future__ import annotations

from functools import partial, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check.excuses import left_over, where_left
from enforcer.check.flows import flow_finding, in_words
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import choose_relations, environments_of
from enforcer.check.sources import followed_sources
from enforcer.check.spread import bits_of
from enforcer.protection.reach import fed_among, feeds_between
from enforcer.protection.states import DIRECT
from enforcer.protection.variants import Variant, accepts
from enforcer.rules import Accepts, Choice, Where
from enforcer.shared import shared
from enforcer.words import Method, say
from lineage.dialects import split_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.check.labelled_column import Source
    from enforcer.check.spread import Bits
    from enforcer.estate import Estate
    from enforcer.rules import Deny, Part, Rule
    from enforcer.words import Finding, Message, RuleCard, Value
    from lineage import Column

    # What a part is met by: a column's value under one protection.
    Form = tuple[Column, Variant]

_RELATION: Final = "relation"
_HASHES: Final = frozenset({Method.HASHED, Method.HASHED_KEY_BESIDE})


class Whole(msgspec.Struct, frozen=True, order=True):
    """Where things may meet: a relation, or what it is a part of; and the column of `of_one`."""

    kind: str
    name: str
    of: str


def judge_together(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Parts must not meet; reported in the relations where they first do, else in the whole.

    Each part is met by a form of its own: one column under one protection is never two of them.
    """
    deny = rule.deny
    assert deny is not None
    present = [_present(rule, part, estate) for part in deny.together]
    into = _where_all(estate, deny, [reduce(or_, there.values(), 0) for there in present])
    wholes = _wholes(rule, deny, estate, into)
    met = {whole: meeting for whole, forms in wholes.items() if (meeting := _meeting(forms))}
    near = {whole: meeting for whole, meeting in met.items() if whole.kind == _RELATION}
    names = {whole.name for whole in near}
    fed = fed_among(feeds_between(estate.analysis.graph, names), names)
    covered = {
        whole
        for meeting in near.values()
        for whole in _around(estate, deny, meeting[0])
        if whole.kind != _RELATION
    }
    left = [
        met[whole]
        for whole in sorted(met)
        if (whole in near and whole.name not in fed) or (whole not in near and whole not in covered)
    ]
    judged = sum(map(int.bit_count, _merged(present, of_one=deny.of_one).values()))
    return outcome(judged, [_finding(estate, card, meeting) for meeting in left])


def _finding(estate: Estate, card: RuleCard, meeting: Sequence[Arrival]) -> Finding:
    first, *rest = meeting
    others = tuple(_other(first, one) for one in rest)
    return flow_finding(estate, card, first, say("together", others=others))


def _other(first: Arrival, one: Arrival) -> Message:
    parts: dict[str, Value] = {
        "field": one.source.column,
        "protections": in_words(one.protections),
    }
    if one.relation == first.relation:
        return say("met-field", **parts)
    return say("met-field-elsewhere", **parts, relation=one.relation)


def _parts_in(deny: Deny, part: Part, estate: Estate) -> Bits:
    """The relations in which a part counts."""
    everywhere = choose_relations(estate, deny.into or Where())
    if part.of is None:
        return everywhere
    return everywhere & choose_relations(estate, part.of)


def _present(rule: Rule, part: Part, estate: Estate) -> Mapping[Column, Bits]:
    """By column the relations in which data of a part is, under methods that count."""
    deny = rule.deny
    assert deny is not None
    into = _parts_in(deny, part, estate)
    sources = _sources(deny, part, estate) if into else ()
    asked = ((DIRECT,), deny.unless_protected)
    found: dict[Column, int] = {}
    for source, there in where_left(estate, sources, asked, rule.unless, partial(_counts, part)):
        if there & into:
            found[source.column] = found.get(source.column, 0) | there & into
    return found


def _merged(present: Iterable[Mapping[Column, Bits]], *, of_one: bool) -> Mapping[str, Bits]:
    """The relations in which any part is, for each column where parts must be of one."""
    found: dict[str, int] = {}
    for part in present:
        for column, there in part.items():
            of = str(column) if of_one else ""
            found[of] = found.get(of, 0) | there
    return found


def _where_all(estate: Estate, deny: Deny, present: Sequence[Bits]) -> Sequence[Bits]:
    """For each part the relations in which it is, where all parts are in them or around them."""
    near = reduce(and_, present)
    for around in _wider(estate, deny.within):
        if all(there & around for there in present):
            near |= around
    return [there & near for there in present]


@shared
def _wider(estate: Estate, within: str) -> Sequence[Bits]:
    """The wider wholes of a kind, as the relations that each is made of."""
    found: dict[str, list[str]] = {}
    for name in estate.names if within != _RELATION else ():
        for whole in _around_name(estate, within, name):
            found.setdefault(whole, []).append(name)
    return [bits_of(estate, names) for names in found.values()]


def _wholes(
    rule: Rule, deny: Deny, estate: Estate, into: Sequence[Bits]
) -> Mapping[Whole, Sequence[Mapping[Form, Arrival]]]:
    """By whole, the forms in which each part is in it; as many as the parts are enough."""
    size = len(deny.together)
    found: dict[Whole, list[dict[Form, Arrival]]] = {}
    for number, part in enumerate(deny.together):
        near = into[number]
        for arrival in _arriving(rule, part, estate, near) if near else ():
            for whole in _around(estate, deny, arrival):
                forms = found.setdefault(whole, [{} for _ in range(size)])[number]
                for form in _forms(arrival):
                    if len(forms) < size:
                        forms.setdefault(form, arrival)
    return found


def _arriving(rule: Rule, part: Part, estate: Estate, into: Bits) -> Iterator[Arrival]:
    """Where data of a part arrives under the methods that count."""
    deny = rule.deny
    assert deny is not None
    sources = _sources(deny, part, estate)
    asked = ((DIRECT,), deny.unless_protected)
    for left in left_over(estate, sources, asked, rule.unless, into):
        kept = tuple(p for p in left.protections if _counts(part, p))
        if kept:
            yield msgspec.structs.replace(left, protections=kept)


def _sources(deny: Deny, part: Part, estate: Estate) -> Sequence[Source]:
    """The sources of a part; what somebody tried to hide by a hash is hashed for one that asks."""
    sources = followed_sources(estate, Choice(any_of=part.data), deny.source)
    if _HASHES.isdisjoint(part.protected):
        return sources
    return [msgspec.structs.replace(source, enumerable=False) for source in sources]


def _counts(part: Part, variant: Variant) -> bool:
    """True when a part is met by data under a protection."""
    return not part.protected or accepts(Accepts(accept=part.protected), variant)


def _forms(arrival: Arrival) -> Iterator[Form]:
    for protection in arrival.protections:
        yield arrival.source.column, protection


def _around(estate: Estate, deny: Deny, arrival: Arrival) -> Iterator[Whole]:
    """The relation itself, and the wholes that the rule asks about.

    Relations that state no environment share one.
    """
    name = arrival.relation
    of = str(arrival.source.column) if deny.of_one else ""
    yield Whole(_RELATION, name, of)
    wider = _around_name(estate, deny.within, name)
    yield from (Whole(deny.within, whole, of) for whole in wider)


def _around_name(estate: Estate, within: str, name: str) -> tuple[str, ...]:
    """The wider wholes that a relation is a part of."""
    if within == "schema":
        return (".".join(split_name(name)[:-1]),)
    if within == "place":
        return tuple(place for place, _ in estate.places_named(name))
    return (environments_of(estate, name) or ("",)) if within == "environment" else ()


def _meeting(parts: Sequence[Mapping[Form, Arrival]]) -> tuple[Arrival, ...]:
    """An arrival for each part, each in a form of its own; empty where there are none such."""
    chosen: dict[Form, int] = {}

    def place(number: int, tried: set[Form]) -> bool:
        for form in parts[number]:
            if form not in tried:
                tried.add(form)
                if form not in chosen or place(chosen[form], tried):
                    chosen[form] = number
                    return True
        return False

    if not all(place(number, set()) for number in range(len(parts))):
        return ()
    forms = {number: form for form, number in chosen.items()}
    return tuple(_as(parts[n][forms[n]], forms[n]) for n in range(len(parts)))


def _as(arrival: Arrival, form: Form) -> Arrival:
    return msgspec.structs.replace(arrival, protections=form[1:])
