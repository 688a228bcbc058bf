"""Ways through a function: what a call does to its arguments.

A summary tells the ways from each parameter into what is returned, found in the graph of the
text that makes the function. So a value that goes through a call at one place does not come
out at another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.words import TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Sequence


class Way(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a parameter reaches a column of what is returned, `*` for its rows, `ANY` for any."""

    column: str
    subtype: TransformSubtype
    functions: tuple[str, ...] = ()


class Parameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter: the relation that stands for it, where its value goes.

    It `leaves` where the function also puts it somewhere else than into what it returns.
    """

    name: str
    relation: str
    ways: tuple[Way, ...] = ()
    leaves: bool = False


class Summary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a function that some text makes.

    `relation` holds what it returns, and `reads` are the columns of it that hold more than
    arguments; `columns` are all of them, where they are known. It is `certain` where all of its
    body was read; else an argument may also come out as it is. `put_out` are the relations of the
    rows that a procedure puts out, where all of these are known. One that `runs` runs texts that
    nobody knows.
    """

    name: str
    relation: str
    parameters: tuple[Parameter, ...] = ()
    reads: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    certain: bool = False
    table: bool = False
    put_out: tuple[str, ...] | None = None
    runs: bool = False


def put_out_by(summaries: Sequence[Summary]) -> tuple[str, ...] | None:
    """The relations of the rows that procedures of a name put out; None where some are not known.

    Two texts that make one procedure say different things of relations of the same names.
    """
    found: list[str] = []
    for summary in summaries:
        if summary.put_out is None or not set(found).isdisjoint(summary.put_out):
            return None
        found += summary.put_out
    return tuple(found) if summaries else None
