"""What a case expects, held against what was found; and whether its names name anything."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check import NOT_ANALYSED
from enforcer.documents.nearest import nearest, quoted
from enforcer.globs import relation_matches
from enforcer.words import PolicyError, say
from lineage.dialects import last_part

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from enforcer.estate import Estate
    from enforcer.policytest.trials import Outcomes
    from enforcer.rules import Case, Expected
    from enforcer.words import Finding, Message
    from lineage import Column, Origin

# Between a relation and who may read it, in the sink of a finding about access.
_TO: Final = " to "


def problems_of(case: Case, outcomes: Outcomes) -> Iterator[Message]:
    """What is wrong with what the rules found, `not-analysed` among them."""
    findings = [finding for outcome in outcomes.values() for finding in outcome.findings]
    for expected in case.expect or ():
        for single in _singles(expected):
            if not any(agrees(single, finding) for finding in findings):
                yield say("case-misses", expected=in_words(single))
    for finding in findings:
        if _is_wrong(case, finding):
            yield say("case-finds", rule=finding.rule.id, finding=finding.message)
    for name in case.not_judged or ():
        if outcomes[name].judged:
            yield say("case-judges", rule=name)
    idle = case.not_judged is None and not any(outcome.judged for outcome in outcomes.values())
    if idle:
        yield say("case-judges-nothing")


def _is_wrong(case: Case, finding: Finding) -> bool:
    """True when a case expects all that is found, or no gap, and this is not among it."""
    expects_all = case.expect is not None or finding.rule.id == NOT_ANALYSED.id
    unexpected = not any(agrees(expected, finding) for expected in case.expect or ())
    forbidden = any(agrees(expected, finding) for expected in case.not_expected or ())
    return forbidden or (expects_all and unexpected)


def _singles(expected: Expected) -> Iterator[Expected]:
    """An expectation for each of the fields and sinks that are named."""
    for field, sink in product(expected.field or [""], expected.sink or [""]):
        fields, sinks = ((name,) if name else () for name in (field, sink))
        yield msgspec.structs.replace(expected, field=fields, sink=sinks)


def agrees(expected: Expected, finding: Finding) -> bool:
    """True when a finding agrees in everything that is written."""
    return (
        expected.rule in ("", finding.rule.id)
        and _named(expected.field, name_of(finding.field))
        and _named(expected.sink, finding.sink)
        and expected.category in ("", finding.category)
        and expected.flow in (None, finding.flow)
        and expected.severity in (None, finding.rule.severity)
    )


def name_of(field: Column) -> str:
    """A column's dotted name, a relation's own where a finding is about one as a whole."""
    return str(field) if field.column else field.relation


def _named(patterns: Sequence[str], name: str) -> bool:
    return not patterns or any(relation_matches(pattern, name) for pattern in patterns)


def in_words(expected: Expected) -> str:
    """An expectation on one line, as it might be written in the file."""
    said = {key: getattr(expected, key) for key in expected.__struct_fields__}
    texts = {key: " ".join(v) if isinstance(v, tuple) else v for key, v in said.items() if v}
    return ", ".join(f"{key}: {text}" for key, text in texts.items()) or "any finding"


def check_names(expected: Expected, estate: Estate, at: Callable[[str, int], Origin]) -> None:
    """Raises `PolicyError` for a field, and for a sink, that nothing in the world is called.

    `at` says where the n-th value of a key is written. What stands in texts and files has names
    of its own, so a sink is only looked at where it must be a relation, or a relation and who
    may read it.
    """
    graph = estate.analysis.graph
    columns = [name_of(c) for n, c in enumerate(graph.columns) if n not in graph.inner]
    columns += [f"{r.name}.{c.name}" for r in estate.analysis.relations for c in r.columns]
    relations = [*estate.relations]
    files = [unit.file for unit in estate.analysis.units]
    for number, field in enumerate(expected.field):
        _check_known(field, {*columns, *relations, *files}, "field", at("field", number))
    for number, sink in enumerate(expected.sink):
        relation = sink.partition(_TO)[0]
        if not relation[:1].isdigit() and expected.rule != NOT_ANALYSED.id:
            _check_known(relation, relations, "sink", at("sink", number))


def _check_known(pattern: str, names: Collection[str], what: str, origin: Origin) -> None:
    if any(relation_matches(pattern, name) for name in names):
        return
    meant = _meant(pattern, sorted(names))
    step = f"did you mean `{meant}`?" if meant else "name one that stands in the case's SQL"
    raise PolicyError(origin, f"no {what} of this case is called {quoted(pattern)}", step)


def _meant(pattern: str, names: Sequence[str]) -> str | None:
    """The name most like one, by as many parts from its end as were written."""
    ends = {_end(name, pattern.count(".") + 1): name for name in names}
    found = nearest(pattern, ends) or nearest(last_part(pattern), ends)
    return found or nearest(pattern, names)


def _end(name: str, parts: int) -> str:
    return name if "/" in name else ".".join(name.split(".")[-parts:])
