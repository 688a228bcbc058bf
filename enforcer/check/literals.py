"""Personal data that was written into the project itself: in seeds and in SQL strings.

Published specimens and reserved names are not personal data and never a finding:
policies/taxonomy/specimens.yml lists them. What its form alone does not tell (`Needs` in
enforcer.values) counts in a seed when most cells of a column are such, and where many things
look alike only if the column is called like it too; in SQL that never counts.
"""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check.outcome import Outcome, outcome
from enforcer.shared import shared
from enforcer.value_kinds import ValueKind
from enforcer.values import KINDS, Needs, kind_of
from enforcer.words import Finding, say
from lineage import Column, Origin
from lineage.analysis import locate
from lineage.projects import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from enforcer.estate import Estate, Seed
    from enforcer.rules import Rule
    from enforcer.words import RuleCard

# Comments are passed over: the address in one is its author's. An open string or comment
# runs to the end and nothing backtracks, so the scan is linear in any text.
_ANSI: Final = r"--[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|'(?P<single>(?:[^']|'')*+)(?:'|\Z)"
_ESCAPED: Final = (
    r"--[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)"
    r"|'(?P<single>(?:[^'\\]|''|\\(?:.|\Z))*+)(?:'|\Z)"
    r"|\"(?P<double>(?:[^\"\\]|\\(?:.|\Z))*+)(?:\"|\Z)"
)
_BACKSLASH_DIALECTS: Final = frozenset(
    {"bigquery", "clickhouse", "databricks", "doris", "hive", "mysql", "snowflake", "spark"}
)
# Signs that end a word, with those that are not seen.
_SEPARATORS: Final = re.compile(r"[\s,;:|\"'<>(){}\[\]=!#*\u200b-\u200f\u2060\ufeff]+")
# What people write in groups: a card number, an IBAN.
_IN_GROUPS: Final = re.compile(
    r"(?<![\w-])(?:\d{4}(?:[ -]\d{4}){3}"
    r"|[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)(?![\w-])",
    re.ASCII,
)
_LONGEST: Final = 10_000
_MOST_CELLS: Final = 1_000_000


class Found(msgspec.Struct, frozen=True, order=True):
    """Values of one kind in one column of a seed, or in one text: how many, and where the first is.

    The values themselves are data, which no report holds.
    """

    field: Column
    kind: ValueKind
    count: int
    origin: Origin


class Looking(msgspec.Struct, frozen=True):
    """What is looked for, in the order in which a value is tried; and the present year."""

    year: int
    kinds: tuple[ValueKind, ...]


def judge_literals(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """No seed and no string in SQL may hold a value of these kinds."""
    assert rule.deny is not None
    kinds = tuple(kind for kind in KINDS if kind in rule.deny.literal)
    alone = tuple(kind for kind in kinds if KINDS[kind].needs is not Needs.NAME)
    looking = Looking(estate.today.year, kinds)
    found = [found for seed in estate.seeds for found in _in_seed(seed, estate, looking)]
    looking = Looking(estate.today.year, alone)
    kinds_in = cache(lambda text: tuple(_kinds(text, looking)))  # many texts say the same
    found += [item for quoted in _quoted(estate) for item in _in_sql(quoted, kinds_in)]
    findings = [_finding(card, item) for item in found]
    return outcome(len(estate.seeds) + len(estate.analysis.units), findings)


def _finding(card: RuleCard, item: Found) -> Finding:
    kind = KINDS[item.kind]
    where = item.field if item.field.column else item.field.relation
    return Finding(
        rule=card,
        field=item.field,
        category=kind.category,
        # Who accepts two addresses has accepted neither a third nor a card number.
        sink=f"{item.count} {item.kind}",
        flow="",
        message=say(
            "literal",
            where=where,
            count=item.count,
            kind=say(f"value-{item.kind}"),
        ),
        origin=item.origin,
    )


def _in_seed(seed: Seed, estate: Estate, looking: Looking) -> Iterator[Found]:
    """Values by column, those that count there."""
    rows = csv.reader(io.StringIO(seed.text))
    header: list[str] = []
    hits: dict[tuple[int, ValueKind], list[int]] = {}
    filled: dict[int, int] = {}
    cells = 0
    for row in _readable(rows):
        if not header:
            header = row
            continue
        cells += len(row)
        if cells > _MOST_CELLS:
            break
        for number, cell in enumerate(row[: len(header)]):
            filled[number] = filled.get(number, 0) + bool(cell.strip())
            for kind in _kinds(cell, looking):
                hits.setdefault((number, kind), []).append(rows.line_num)
    for (number, kind), lines in sorted(hits.items()):
        if KINDS[kind].needs is not Needs.NOTHING and len(lines) * 2 < filled[number]:
            continue
        if KINDS[kind].needs is Needs.NAME and not _is_called(header[number], kind, estate):
            continue
        field = Column(seed.relation, header[number])
        yield Found(field, kind, len(lines), Origin(seed.file, lines[0], 1))


def _is_called(name: str, kind: ValueKind, estate: Estate) -> bool:
    """Whether a column's name suggests what values of a kind are."""
    suggested = estate.taxonomy.suggest(name)
    return suggested is not None and any(
        estate.taxonomy.covers(suggested, category) for category in KINDS[kind].categories
    )


def _kinds(text: str, looking: Looking) -> Iterator[ValueKind]:
    """The kinds of the values in a text: of the text itself, or else of the words in it."""
    text = text.strip()[:_LONGEST]
    whole = kind_of(text, looking.year, looking.kinds) if text else None
    if whole is not None:
        yield whole
        return
    grouped = [found.group() for found in _IN_GROUPS.finditer(text)]
    for word in (*grouped, *_SEPARATORS.split(text)):
        kind = kind_of(word.strip("."), looking.year, looking.kinds) if word else None
        if kind is not None:
            yield kind


def _readable(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Rows up to the first that is no CSV: a broken seed is its reader's gap, not a crash here."""
    try:
        yield from rows
    except csv.Error:
        return


class Quoted(msgspec.Struct, frozen=True):
    """A text, and the strings in it by the offset at which they begin; no empty ones."""

    unit: Unit
    strings: tuple[tuple[int, str], ...]


@shared
def _quoted(estate: Estate) -> Sequence[Quoted]:
    """The texts that hold strings, found once for all kinds of values that are looked for."""
    found = (Quoted(unit, tuple(_strings(unit))) for unit in estate.analysis.units)
    return [quoted for quoted in found if quoted.strings]


def _strings(unit: Unit) -> Iterator[tuple[int, str]]:
    escaped = unit.dialect in _BACKSLASH_DIALECTS
    for token in re.finditer(_ESCAPED if escaped else _ANSI, unit.text, re.DOTALL):
        string = token[token.lastgroup].strip() if token.lastgroup else ""
        if string:
            yield token.start(), string


def _in_sql(quoted: Quoted, kinds_in: Callable[[str], Iterable[ValueKind]]) -> Iterator[Found]:
    hits: dict[ValueKind, list[int]] = {}
    for offset, string in quoted.strings:
        for kind in kinds_in(string):
            hits.setdefault(kind, []).append(offset)
    unit = quoted.unit
    for kind, offsets in sorted(hits.items()):
        field, origin = Column(unit.target or unit.file, ""), locate(unit, offsets[0])
        yield Found(field, kind, len(offsets), origin)
