"""Columns of a relation that a text alters, or creates more than once: they change in their turn.

All that a project creates is known before any text is linked. But a script that drops a table and
creates it again, as scripts do with temporary ones, means other columns after than before.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lineage.objects import MADE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.link.holders import RelationHolder
    from lineage.objects import Declaration, Object, Statement

_ALTERS = frozenset({"place", "repeat", "rename", "aside", "generated", "drop", "replace", "last"})
_BESIDE = frozenset({"aside", "generated", "last"})


def created_again(compiled: Object) -> frozenset[str]:
    """The relations that a text creates more than once."""
    times = Counter(name for statement in compiled.statements for name in _created(statement))
    return frozenset(name for name, number in times.items() if number > 1)


def _created(statement: Statement) -> set[str]:
    declared = {d.relation for d in statement.declarations if d.kind in MADE}
    return declared | {w.relation for w in statement.writes if w.kind in MADE}


def kept(statement: Statement, there: frozenset[str]) -> frozenset[str]:
    """The relations that a statement creates only where they are not there, and that are."""
    return there.intersection(d.relation for d in statement.declarations if d.kind == "kept")


def there_after(statement: Statement, there: frozenset[str]) -> frozenset[str]:
    """The relations that a text has created and not dropped, once a statement has run."""
    gone = {d.relation for d in statement.declarations if d.kind == "gone"}
    return (there | _created(statement)) - gone


def emptied(statement: Statement, again: frozenset[str]) -> Iterator[str]:
    """The relations that get columns in another order; not what is made of itself."""
    created = _created(statement) & again
    yield from sorted(created - _read(statement)) if created else ()


def made_of_themselves(statement: Statement, again: frozenset[str]) -> Iterator[str]:
    """The relations that get columns in another order, and whose old ones are read meanwhile."""
    created = _created(statement) & again
    yield from sorted(created & _read(statement)) if created else ()


def _read(statement: Statement) -> set[str]:
    return {source.relation for scope in statement.scopes for source in scope.sources}


def alter(holder: RelationHolder, declared: Declaration) -> bool:
    """Do what a declaration does in its turn; false where it does nothing then."""
    columns = [column for column, _type in declared.columns]
    if declared.kind == "place":
        holder.place(*columns)
    elif declared.kind == "last":
        own = holder.filled or holder.names  # those behind may be there no more
        moved = [column for column in columns if column in own]
        holder.put_first((*(column for column in own if column not in moved), *moved))
    elif declared.kind == "repeat":
        holder.repeat(columns)
    elif declared.kind == "rename":
        holder.name_anew(*columns)
    elif declared.kind == "aside":
        holder.aside.update(dict.fromkeys(columns))
    elif declared.kind == "generated":
        holder.generated.update(columns)
    elif declared.kind == "add":  # behind those of what it is like
        holder.add_all([column for column in columns if not holder.has(column)])
    elif declared.kind in {"drop", "replace"}:
        gone = columns if declared.kind == "drop" else holder.names
        holder.drop({column for column in gone if column not in holder.last})
        holder.add_all(columns if declared.kind == "replace" else [])
    return declared.kind in _ALTERS


def create(holder: RelationHolder, statement: Statement, name: str) -> list[str]:
    """Give a relation the columns that a statement creates it with; returns those it had.

    Which may still be there, behind the others: a script may create one or the other.
    """
    before = holder.names
    declared = [d for d in statement.declarations if d.relation == name]
    columns = [column for d in declared if d.kind not in _BESIDE for column, _type in d.columns]
    last = tuple(c for d in declared if d.kind == "partition" for c, _type in d.columns)
    holder.restart(columns, last)
    given = (d for d in declared if d.kind == "generated")
    holder.generated = {column for d in given for column, _type in d.columns}
    return before
