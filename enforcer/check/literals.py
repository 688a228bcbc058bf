"""Personal data that was written into the project itself: in seeds and in SQL strings.

Published specimens and reserved names are not personal data and never a finding: card
numbers that payment providers print in their manuals, domains of RFC 2606 and RFC 6761,
and addresses of a role (`support@…`).
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check.outcome import Outcome, outcome
from enforcer.check.values import KINDS, kind_of
from enforcer.words import Finding, say
from lineage import Column, Origin
from lineage.analysis import locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enforcer.estate import Estate, Seed
    from enforcer.rules import Rule
    from enforcer.words import RuleCard
    from lineage.projects import Unit

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
    """Values of one kind in one column of a seed, or in one text: the first, and how many."""

    field: Column
    kind: str
    first: str
    count: int
    origin: Origin


def judge_literals(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """No seed and no string in SQL may hold a value of these kinds."""
    assert rule.deny is not None
    kinds = rule.deny.literal
    today = estate.today
    found = [
        item
        for texts in (
            (_in_seed(seed, today.year) for seed in estate.seeds),
            (_in_sql(unit, today.year) for unit in estate.analysis.units),
        )
        for items in texts
        for item in items
        if item.kind in kinds
    ]
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
            first=masked(item.first),
        ),
        origin=item.origin,
    )


def masked(value: str) -> str:
    """A value as it may be shown: its first two and last two characters, never its length."""
    return f"{value[:2]}…{value[-2:]}" if len(value) > 4 else "…"  # noqa: PLR2004 - 2 + 2


def _in_seed(seed: Seed, year: int) -> Iterator[Found]:
    """Values by column. Numbers that may be mere order numbers count when most cells are such."""
    rows = csv.reader(io.StringIO(seed.text))
    header: list[str] = []
    hits: dict[tuple[int, str], list[tuple[str, int]]] = {}
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
            for kind, value in _values(cell, year):
                hits.setdefault((number, kind), []).append((value, rows.line_num))
    for (number, kind), values in sorted(hits.items()):
        if KINDS[kind].needs_company and len(values) * 2 < filled[number]:
            continue
        field = Column(seed.relation, header[number])
        first, line = values[0]
        yield Found(field, kind, first, len(values), Origin(seed.file, line, 1))


def _values(text: str, year: int) -> Iterator[tuple[str, str]]:
    """The values in a text, with their kinds: the text itself, or else the words in it."""
    text = text.strip()[:_LONGEST]
    whole = kind_of(text, year) if text else None
    if whole is not None:
        yield whole, text
        return
    grouped = [found.group() for found in _IN_GROUPS.finditer(text)]
    for word in (*grouped, *_SEPARATORS.split(text)):
        kind = kind_of(word.strip("."), year) if word else None
        if kind is not None:
            yield kind, word


def _readable(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Rows up to the first that is no CSV: a broken seed is its reader's gap, not a crash here."""
    try:
        yield from rows
    except csv.Error:
        return


def _in_sql(unit: Unit, year: int) -> Iterator[Found]:
    hits: dict[str, list[tuple[str, int]]] = {}
    escaped = unit.dialect in _BACKSLASH_DIALECTS
    for token in re.finditer(_ESCAPED if escaped else _ANSI, unit.text, re.DOTALL):
        for kind, value in _values(token[token.lastgroup] if token.lastgroup else "", year):
            hits.setdefault(kind, []).append((value, token.start()))
    for kind, values in sorted(hits.items()):
        first, offset = values[0]
        origin = locate(unit, offset)
        yield Found(Column(unit.target or unit.file, ""), kind, first, len(values), origin)
