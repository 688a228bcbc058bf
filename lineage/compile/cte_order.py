"""Queries in WITH that refer to later ones: each is compiled behind those that it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import alias_name, column_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.dialects import Naming

# Where all queries of a WITH RECURSIVE see each other, and where those of any WITH do.
_SEE_LATER = frozenset({"bigquery", "postgres", "materialize", "risingwave"})
_ALWAYS_SEE_LATER = frozenset({"sqlite"})


def in_order(clause: exp.Expr, naming: Naming) -> list[exp.Expr]:
    """The queries of a WITH, each behind those that it reads, where those do not read it."""
    written: list[exp.Expr] = clause.expressions
    sees = naming.dialect in _SEE_LATER and clause.args.get("recursive")
    if len(written) < 2 or not (sees or naming.dialect in _ALWAYS_SEE_LATER):  # noqa: PLR2004
        return written
    places = {alias_name(cte, naming): place for place, cte in enumerate(written)}
    reads = [sorted(_read(cte, places, naming)) for cte in written]
    if all(read <= place for place, several in enumerate(reads) for read in several):
        return written
    return [written[place] for place in _behind(reads)]


def _read(cte: exp.Expr, places: dict[str, int], naming: Naming) -> Iterable[int]:
    """Where the queries stand that one of them names."""
    tables = (t for t in cte.find_all(exp.Table) if not t.args.get("db"))
    names = {column_name(t.this, naming) for t in tables if isinstance(t.this, exp.Identifier)}
    return {places[name] for name in names if name in places}


def _behind(reads: list[list[int]]) -> list[int]:
    """Each place behind all that it reads, as far as these do not read it."""
    done: dict[int, None] = {}
    begun: set[int] = set()
    for first in range(len(reads)):
        waiting = [first]
        while waiting:
            place = waiting[-1]
            new = [read for read in reads[place] if read not in begun] if place not in done else []
            begun.add(place)
            if new:
                waiting.append(new[0])
            else:
                done.setdefault(waiting.pop())
    return list(done)
