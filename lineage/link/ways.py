"""Ways through a function: what a call does to its arguments.

A summary tells the ways from each parameter into what is returned, found in the graph of the
text that makes the function. So a value that goes through a call at one place does not come
out at another.
"""

from __future__ import annotations

import msgspec

from lineage.words import TransformSubtype


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
    body was read; else an argument may also come out as it is.
    """

    name: str
    relation: str
    parameters: tuple[Parameter, ...] = ()
    reads: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    certain: bool = False
    table: bool = False
