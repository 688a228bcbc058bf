"""Arguments that decide how much a function leaves of a value: `left(x, 8)` is `left:8`.

What follows the colon is canonical and holds no text of a person: numbers, units of time,
names of encodings, and a few words of our own. A function whose argument is computed, or
says nothing about how much is left, keeps its plain name.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.units import finest_unit, unit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Arguments = Sequence[exp.Expr | None]
    Detail = Callable[[Arguments], str]

_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
# A pattern that only matches from an @ on, as it has no other branch and the @ is no option.
_FROM_AT = re.compile(r"(?:\(\?<=@\)|\(?@(?![*?{]))[^|]*")
_AT_SIGN = "@"
_ENCODINGS = frozenset({"hex", "base64"})
_MAGNIFIES = (exp.Mul, exp.Pow, exp.Div, exp.BitwiseLeftShift)


def argument_at(arguments: Arguments, position: int) -> exp.Expr | None:
    """An argument, None where it is not given."""
    return arguments[position] if position < len(arguments) else None


def number_of(node: exp.Expr | None) -> str:
    """A number that is written out; empty for anything else."""
    if isinstance(node, exp.Neg):
        inside = number_of(node.this)
        return f"-{inside}" if inside and not inside.startswith("-") else ""
    if isinstance(node, exp.Literal) and not node.is_string and _NUMBER.fullmatch(node.name):
        return node.name
    return ""


def _text_of(node: exp.Expr | None) -> str:
    written = isinstance(node, exp.RawString) or (isinstance(node, exp.Literal) and node.is_string)
    return node.name if node is not None and written else ""


def _number(position: int, default: str = "") -> Detail:
    def detail(arguments: Arguments) -> str:
        node = argument_at(arguments, position)
        return default if node is None else number_of(node)

    return detail


def _numbers(first: int, second: int) -> Detail:
    def detail(arguments: Arguments) -> str:
        found = [number_of(argument_at(arguments, place)) for place in (first, second)]
        return ",".join(found) if all(found) else ""

    return detail


def _unit(position: int, default: str = "") -> Detail:
    def detail(arguments: Arguments) -> str:
        node = argument_at(arguments, position)
        return default if node is None else unit_of(node)

    return detail


def _part(arguments: Arguments) -> str:
    """SUBSTRING from a place on, to the end or so many characters."""
    start = number_of(argument_at(arguments, 1))
    if argument_at(arguments, 2) is None:
        return start
    length = number_of(argument_at(arguments, 2))
    return f"{start},{length}" if start and length else ""


def _piece(arguments: Arguments) -> str:
    """Which piece is taken of an address that is split at its @."""
    number = number_of(argument_at(arguments, 2))
    is_address = _text_of(argument_at(arguments, 1)) == _AT_SIGN
    return f"{_AT_SIGN},{number}" if is_address and number else ""


def _matched(arguments: Arguments) -> str:
    return _AT_SIGN if _FROM_AT.fullmatch(_text_of(argument_at(arguments, 1))) else ""


def _rounded(arguments: Arguments) -> str:
    """To so many digits, or by how much a value is divided before (`floor(x / 10)`)."""
    if argument_at(arguments, 1) is not None:
        return number_of(argument_at(arguments, 1))
    value = arguments[0]
    while isinstance(value, (exp.Paren, exp.Cast)):
        value = value.this
    if not isinstance(value, exp.Div) or value.this.find(*_MAGNIFIES) is not None:
        return ""
    return _step(number_of(value.expression))


def _step(size: str) -> str:
    return f"by{size}" if size else ""


def _bucket(arguments: Arguments) -> str:
    """The width of WIDTH_BUCKET's buckets."""
    low, high, count = (number_of(argument_at(arguments, place)) for place in (1, 2, 3))
    if not low or not high or not count or not float(count):
        return ""
    return _step(f"{abs(float(high) - float(low)) / float(count):g}")


def _between(arguments: Arguments) -> str:
    """The least width of RANGE_BUCKET's buckets."""
    limits = argument_at(arguments, 1)
    found = [number_of(n) for n in limits.expressions] if isinstance(limits, exp.Array) else []
    if not all(found) or len(found) <= 1:
        return ""
    at = [float(number) for number in found]
    return _step(f"{min(b - a for a, b in pairwise(at)):g}")


def _at_most(arguments: Arguments) -> str:
    """The number that LEAST compares with, where it is one."""
    found = [number for number in map(number_of, arguments) if number]
    return found[0] if len(found) == 1 else ""


def _encoding(arguments: Arguments) -> str:
    name = _text_of(argument_at(arguments, 1)).lower()
    return name if name in _ENCODINGS else ""


def _masked(arguments: Arguments) -> str:
    """MASK of capitals, small letters, digits and all else; NULL keeps a kind of character."""
    if not all(_text_of(node) for node in arguments[1:4]):
        return ""
    return "all" if _text_of(argument_at(arguments, 4)) else "ascii"


_DATES = "date_trunc timestamp_trunc datetime_trunc time_trunc datetrunc"
_DIFFERENCES = "datediff timestampdiff datetime_diff ts_or_ds_diff time_diff"
# What each function's arguments say, by its canonical name; the value itself is argument 0,
# but for functions that take their unit first.
DETAILS: dict[str, Detail] = {
    "left": _number(1),
    "right": _number(1),
    "substring": _part,
    "substr": _part,
    "mid": _part,
    "split_part": _piece,
    "strtok": _piece,
    "substring_index": _piece,
    "regexp_extract": _matched,
    "regexp_substr": _matched,
    "round": _rounded,
    "trunc": _rounded,
    "truncate": _rounded,
    "floor": _rounded,
    "ceil": _rounded,
    "ceiling": _rounded,
    "least": _at_most,
    "width_bucket": _bucket,
    "range_bucket": _between,
    **dict.fromkeys(_DATES.split(), _unit(0)),
    "last_day": _unit(1, "month"),
    "extract": _unit(0),
    "date_part": _unit(0),
    "datepart": _unit(0),
    **dict.fromkeys(_DIFFERENCES.split(), _unit(2, "day")),
    "time_slice": _unit(2),
    "date_bin": _unit(0),
    "time_bucket": _unit(0),
    "to_char": lambda arguments: finest_unit(argument_at(arguments, 1), strftime=False),
    "time_to_str": lambda arguments: finest_unit(argument_at(arguments, 1), strftime=True),
    "encode": _encoding,
    "decode": _encoding,
    "mask": _masked,
    "mask_show_first_n": _number(1, "4"),
    "mask_show_last_n": _number(1, "4"),
    "mask_inner": _numbers(1, 2),
    "anon.partial": _numbers(1, 3),
    "anon.noise": _number(1),
    "anon.dnoise": _unit(1),
    "anon.generalize_int4range": _number(1, "10"),
    "anon.generalize_int8range": _number(1, "10"),
    "anon.generalize_numrange": _number(1, "10"),
    "anon.generalize_daterange": _unit(1, "decade"),
    "anon.generalize_tsrange": _unit(1, "decade"),
    "anon.generalize_tstzrange": _unit(1, "decade"),
    "net.ip_trunc": _number(1),
    "st_geohash": _number(1),
    "h3_latlng_to_cell": _number(2),
    "h3_point_to_cell": _number(1),
}

# The order of a node's arguments where it is not that of its parts.
ORDERS: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Left: ("this", "expression"),
    exp.Right: ("this", "expression"),
    exp.Substring: ("this", "start", "length"),
    exp.SubstringIndex: ("this", "delimiter", "count"),
    exp.SplitPart: ("this", "delimiter", "part_index"),
    exp.Strtok: ("this", "delimiter", "part_index"),
    exp.RegexpExtract: ("this", "expression"),
    exp.RegexpSubstr: ("this", "expression"),
    exp.Round: ("this", "decimals"),
    exp.Trunc: ("this", "decimals"),
    exp.Floor: ("this", "decimals"),
    exp.Ceil: ("this", "decimals"),
    exp.WidthBucket: ("this", "min_value", "max_value", "num_buckets"),
    exp.RangeBucket: ("this", "expression"),
    exp.DateTrunc: ("unit", "this"),
    exp.TimestampTrunc: ("unit", "this"),
    exp.DatetimeTrunc: ("unit", "this"),
    exp.TimeTrunc: ("unit", "this"),
    exp.LastDay: ("this", "unit"),
    exp.Extract: ("this", "expression"),
    exp.DateDiff: ("this", "expression", "unit"),
    exp.TimestampDiff: ("this", "expression", "unit"),
    exp.DatetimeDiff: ("this", "expression", "unit"),
    exp.TsOrDsDiff: ("this", "expression", "unit"),
    exp.TimeDiff: ("this", "expression", "unit"),
    exp.TimeSlice: ("this", "expression", "unit"),
    exp.DateBin: ("this", "expression"),
    exp.ToChar: ("this", "format"),
    exp.TimeToStr: ("this", "format"),
    exp.Encode: ("this", "charset"),
    exp.Decode: ("this", "charset"),
}


def arguments_of(node: exp.Expr) -> Arguments:
    """The arguments of a call in the order in which `DETAILS` counts them."""
    args = node.args
    order = ORDERS.get(type(node))
    if order is not None:
        return [args.get(key) for key in order]
    return list(node.iter_expressions())


def detailed(name: str, arguments: Arguments) -> str:
    """The name of a function with what its arguments say about how much is left of a value."""
    detail = DETAILS.get(name)
    found = detail(arguments) if detail is not None and arguments else ""
    return f"{name}:{found}" if found else name
