"""Units of time as people write them, and the finest unit that a format shows."""

from __future__ import annotations

import re

from sqlglot import exp

_SPELLINGS = {
    word: unit
    for unit, words in {
        "century": "century centuries cc scc cent",
        "decade": "decade decades dec decs",
        "year": "year years yyyy syyyy yy yr yrs isoyear iso_year iyyy rrrr year_iso yearofweek",
        "quarter": "quarter quarters qtr qq q",
        "month": "month months mon mons mm",
        "week": "week weeks ww wk isoweek iso_week iw weekiso week_iso",
        "day": "day days dd",
        "hour": "hour hours hh hh24",
        "minute": "minute minutes mi",
        "second": "second seconds ss sec",
    }.items()
    for word in words.split()
}
# Units that leave more of a time than a second does.
_FINER = frozenset(
    """
    millisecond milliseconds ms msec msecs microsecond microseconds us usec usecs nanosecond
    nanoseconds ns nsec epoch epoch_second epoch_millisecond epoch_microsecond epoch_nanosecond
    date time timezone timezone_hour timezone_minute tz dow dayofweek dayofweekiso dayofweek_iso
    isodow dw weekday doy dayofyear dy yearday dayname monthname julian era millennium millenniums
    """.split()
)
_AMOUNT = re.compile(r"(?P<number>\d{1,9}(?:\.\d{1,9})?)?\s*(?P<unit>[a-z][a-z0-9_]{0,30})\b")
# What a format may show, in strftime's letters and in those of TO_CHAR, coarsest first.
_LETTERS = {
    "year": re.compile(r"%[YyG]|S?YYYY|YYY?|IYYY?|RRRR|RR"),
    "quarter": re.compile(r"%q|Q"),
    "month": re.compile(r"%-?[mbBh]|MONTH|MON|MM"),
    "week": re.compile(r"%-?[VUW]|IW|WW"),
}
_STRFTIME = re.compile(r"%-?[A-Za-z%]")
_TO_CHAR = re.compile(r"[A-Z]+|\d+", re.IGNORECASE)


def unit_of(node: exp.Expr | None) -> str:
    """The unit that an argument names, by one spelling; empty where it is computed."""
    if isinstance(node, exp.WeekStart):
        return "week"
    if isinstance(node, exp.Interval):
        return _first_unit(f"{node.name} {node.text('unit')}")
    if isinstance(node, (exp.Var, exp.Literal)):
        return _first_unit(node.name)
    return ""


def _first_unit(text: str) -> str:
    """`MONTH`, `'1 month'`, `week(monday)`: the unit in front, behind a number at most."""
    found = _AMOUNT.match(text.strip().lower())
    if found is None or (found["number"] and float(found["number"]) < 1):
        return ""
    return found["unit"] if found["unit"] in _FINER else _SPELLINGS.get(found["unit"], "")


def finest_unit(node: exp.Expr | None, *, strftime: bool) -> str:
    """The finest unit that a format shows; empty where it shows anything finer than a week."""
    if not isinstance(node, exp.Literal) or not node.is_string:
        return ""
    shown = (_STRFTIME if strftime else _TO_CHAR).findall(str(node.this))
    units = [_unit_shown(part if strftime else part.upper()) for part in shown]
    if not units or "" in units:
        return ""
    return max(units, key=list(_LETTERS).index)


def _unit_shown(part: str) -> str:
    return next((unit for unit, form in _LETTERS.items() if form.fullmatch(part)), "")
