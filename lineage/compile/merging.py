"""USING and NATURAL: columns that a join merges, and where `*` puts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.names import column_name, offset_of
from lineage.dialects import LIKE_MYSQL
from lineage.objects import AS_LEFT, AS_LISTED, UNQUALIFIED, Dep
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp

    from lineage.compile.frames import Frame

# Where `*` puts out a merged column where the left table has it, and not, as the standard says,
# before all others of the join, in the order of USING or in that of the left table:
# https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-FROM and
# https://dev.mysql.com/doc/refman/8.4/en/join.html
_LEAVE_MERGED = frozenset({"duckdb", "sqlite"})
_MERGE_AS_LEFT = LIKE_MYSQL | {"mariadb"}


def merge_columns(
    frame: Frame, sides: tuple[int, int], using: Sequence[exp.Expr], *, nearest: bool = False
) -> None:
    """USING: both sides' columns decide the rows, and the sides speak of the same subject.

    `sides` are the first sources of the left and of the right side; what is before the left
    one has no part in it. Which source of a side has a column is looked up, where it has several.
    Of a `nearest` row the last column is another value: what is tested of the one side says
    nothing of the other.
    """
    start, before = sides
    end = len(frame.sources)
    names = [(column_name(c, frame.draft.naming), offset_of(c)) for c in using]
    equal = names[:-1] if nearest else names
    frame.unequal |= {name for name, _offset in names[len(equal) :]}
    merged = tuple(name for name, _offset in names)
    for number in range(before, end):
        source = frame.sources[number]
        frame.sources[number] = replace(source, merged=(*source.merged, *merged))
        if before == 1 and (equal or not nearest):
            frame.linked.append((0, number))
    frame.equated.extend((offset, offset) for _name, offset in equal)
    last, leads = frame.sources[-1], _leads(frame, using)
    if leads or not using:  # what is NATURAL merges has to be looked up from there on
        frame.sources[-1] = replace(last, leads=(*last.leads, (start, leads, merged)))
    both = ((start, before), (before, end))
    frame.influences.extend(
        _one_of(frame, side, name, offset) for name, offset in names for side in both
    )


def _one_of(frame: Frame, side: tuple[int, int], name: str, offset: int) -> Dep:
    """The column of a name that one side of a join has."""
    first, end = side
    if end - first == 1:
        return Dep(frame.number, first, name, Subtype.JOIN, (), offset)
    return Dep(frame.number, UNQUALIFIED, name, Subtype.JOIN, (), offset, seen=side)


def _leads(frame: Frame, using: Sequence[exp.Expr]) -> str:
    """In which order merged columns come first; empty where they do not."""
    if frame.draft.dialect in _LEAVE_MERGED:
        return ""
    return AS_LEFT if not using or frame.draft.dialect in _MERGE_AS_LEFT else AS_LISTED
