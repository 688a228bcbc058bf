"""An estate as the document that rules in Rego see, section by section.

Only what some rule reads is put together: a section of a large project costs its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.check.readers import readers_of
from enforcer.engines.flows import Flows
from enforcer.engines.input import GROUP_SIZE, VERSION, Coverage, Delete, Gap, Grant, Reader
from enforcer.engines.relations import day_number, metadata_of, places_of, relations_of
from enforcer.grants import may_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from enforcer.engines.reading import Reading
    from enforcer.estate import Estate
    from enforcer.rego import RegoRule
    from enforcer.taxonomy import Taxonomy

    Section = Callable[[Estate, Flows], Any]

PARAMETERS: Final = "parameters"
_SETS: Final = "sets"
# What is no list of anything that could be judged.
_NO_SUBJECTS: Final = frozenset(
    {"version", "today", "day", "parameters", "sets", "coverage", "places"}
)


class Document:
    """What rules see of an estate: the sections that one of them reads, as plain JSON values."""

    def __init__(
        self,
        estate: Estate,
        readings: Iterable[Reading],
        taxonomy: Taxonomy,
        parameters: Mapping[str, Any],
    ) -> None:
        """`parameters` are those of most rules."""
        readings = tuple(readings)
        wanted = frozenset[str]().union(*(reading.sections for reading in readings))
        self.flows = Flows(estate, guards=any(reading.guards for reading in readings))
        found = {n: make(estate, self.flows) for n, make in _SECTIONS.items() if n in wanted}
        if PARAMETERS in wanted:
            found[PARAMETERS] |= parameters
        if _SETS in wanted:
            found[_SETS] = taxonomy.sets()
        self.values: Mapping[str, Any] = _plain(found)
        self._others: dict[str, Mapping[str, Any]] = {}

    def for_rule(self, rule: RegoRule) -> Mapping[str, Any]:
        """The values for a rule: the same for all whose parameters do not differ."""
        known = self.values.get(PARAMETERS, {})
        if all(known.get(name) == value for name, value in rule.parameters.items()):
            return self.values
        if rule.id not in self._others:
            self._others[rule.id] = {**self.values, PARAMETERS: {**known, **rule.parameters}}
        return self._others[rule.id]

    def subjects(self, reading: Reading) -> int:
        """How many things there are of what a rule reads."""
        return sum(len(self.values[name]) for name in reading.sections - _NO_SUBJECTS)


def _plain(sections: Mapping[str, Any]) -> dict[str, Any]:
    """The sections as JSON has them. Half a character, which JSON has not, is replaced."""
    try:
        written = msgspec.json.encode(sections)
    except UnicodeEncodeError:
        written = msgspec.json.encode(_mended(msgspec.to_builtins(sections)))
    return msgspec.json.decode(written, type=dict[str, Any])


def _mended(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {_mended(key): _mended(part) for key, part in value.items()}
    return [_mended(part) for part in value] if isinstance(value, list | tuple) else value


def _grants(estate: Estate, _: Flows) -> tuple[Grant, ...]:
    return tuple(
        Grant(
            relation=grant.relation,
            principal=grant.principal,
            kind=grant.kind,
            privileges=grant.privileges,
            reads=may_read(grant),
            file=grant.origin.file,
            line=grant.origin.line,
        )
        for grant in sorted(estate.analysis.grants)
    )


def _readers(estate: Estate, _: Flows) -> tuple[Reader, ...]:
    pairs = sorted({(reader.relation, reader.principal) for reader in readers_of(estate)})
    return tuple(Reader(relation=relation, principal=principal) for relation, principal in pairs)


def _deletes(estate: Estate, _: Flows) -> tuple[Delete, ...]:
    return tuple(
        Delete(
            relation=delete.relation,
            columns=delete.columns,
            reads=delete.reads,
            file=delete.origin.file,
            line=delete.origin.line,
        )
        for delete in sorted(estate.analysis.deletes)
    )


def _gaps(estate: Estate, _: Flows) -> tuple[Gap, ...]:
    return tuple(
        Gap(
            reason=gap.reason,
            message=gap.message,
            relations=gap.relations,
            file=gap.origin.file,
            line=gap.origin.line,
        )
        for gap in sorted(estate.analysis.gaps)
    )


def _parameters(estate: Estate, _: Flows) -> dict[str, Any]:
    return {GROUP_SIZE: estate.parameters.group_size}


def _coverage(estate: Estate, _: Flows) -> Coverage:
    analysis = estate.analysis
    return Coverage(statements=analysis.statements, analysed=analysis.statements - analysis.opaque)


_SECTIONS: Final[dict[str, Section]] = {
    "version": lambda _estate, _flows: VERSION,
    "today": lambda estate, _: estate.today.isoformat(),
    "day": lambda estate, _: day_number(estate.today),
    PARAMETERS: _parameters,
    "relations": lambda estate, flows: relations_of(estate, flows.holdings()),
    "sources": lambda _, flows: flows.sources(),
    "flows": lambda _, flows: flows.flows,
    "influences": lambda _, flows: flows.influences(),
    "columns": lambda _, flows: flows.columns(),
    "unlabelled": lambda _, flows: flows.unlabelled(),
    "metadata": lambda estate, _: metadata_of(estate),
    "grants": _grants,
    "readers": _readers,
    "deletes": _deletes,
    "gaps": _gaps,
    "places": lambda estate, _: places_of(estate),
    "coverage": _coverage,
}
