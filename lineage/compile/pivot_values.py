"""What BigQuery calls the column of a value in PIVOT: a name made of the value, not of its text."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from itertools import zip_longest

from sqlglot import exp

# A text that a date column is compared with is a date; as a name of a column it would not do.
_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_EMPTY = "_empty_string_value"


def name_of_value(value: exp.Expr, spread: exp.Expr, prefix: str) -> str:
    """The column's name: `-1.50` makes `minus_1_point_5`, `sum(v) as s` of 1 makes `s_1`.

    `prefix` is the aggregate's name, `spread` what is compared with the value: its fields name
    those of a tuple. What is no text and would begin with a digit begins with `_`.
    """
    own = _words(value, spread)
    if prefix:
        return f"{prefix}_{own}"
    is_text = isinstance(value, exp.Literal) and own == value.name and value.is_string
    return f"_{own}" if own[:1].isdigit() and not is_text else own


def _words(value: exp.Expr, spread: exp.Expr | None = None) -> str:
    if isinstance(value, exp.Null):
        return "NULL"
    if isinstance(value, exp.Boolean):
        return "true" if value.this else "false"
    if isinstance(value, (exp.Tuple, exp.Struct)):
        fields = zip_longest(value.expressions, spread.expressions if spread else ())
        return "_".join(_of_field(part, named) for part, named in fields if part is not None)
    if isinstance(value, (exp.Neg, exp.HexString)) or _is_number(value):
        return _of_number(value)
    day = _DATE.fullmatch(value.name)
    return f"{day[1]}_{day[2]:0>2}_{day[3]:0>2}" if day else value.name or _EMPTY


def _of_field(part: exp.Expr, named: exp.Expr | None) -> str:
    """A field with a name is called by it and its value."""
    value = part.expression if isinstance(part, exp.PropertyEQ) else part
    field = named.this if isinstance(named, exp.PropertyEQ) else named
    is_named = isinstance(named, exp.PropertyEQ) or (
        isinstance(named, exp.Column) and isinstance(named.parent, exp.Struct)
    )
    own = _words(value)
    return f"{field.name}_{own}" if is_named and field is not None else own


def _is_number(value: exp.Expr) -> bool:
    if isinstance(value, exp.Cast):
        return value.is_type(exp.DType.DECIMAL, exp.DType.BIGDECIMAL)
    return isinstance(value, exp.Literal) and not value.is_string


def _of_number(value: exp.Expr) -> str:
    minus = isinstance(value, exp.Neg)
    inner = value.this if minus else value
    try:
        number = Decimal(int(inner.name, 16) if isinstance(inner, exp.HexString) else inner.name)
    except (InvalidOperation, ValueError):
        return inner.name
    written = f"{-number if minus else number:f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return written.replace("-", "minus_").replace(".", "_point_")
