"""What an unqualified name means: the scoping rules that SQL dialects share."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.link.holders import position_of
from lineage.objects import STAR

if TYPE_CHECKING:
    from lineage.link.linking import Linking, Meaning
    from lineage.objects import Dep, Source

# Names that are no column: pseudo-columns, and functions that are called without brackets.
PSEUDO_COLUMNS = frozenset(
    """
    rowid rownum level ctid oid xmin xmax tableoid sysdate systimestamp current_user user
    session_user system_user current_date current_time current_timestamp localtime
    localtimestamp current_role current_schema current_database current_catalog
    _partitiontime _partitiondate _table_suffix _file_name metadata$filename
    metadata$file_row_number metadata$action metadata$isupdate metadata$row_id
    input__file__name block__offset__inside__file _metadata connect_by_root uid nextval
    epoch year quarter month week day hour minute second default filename file_row_number
    """.split()
)


def find_unqualified(linker: Linking, dep: Dep) -> list[Meaning]:
    """The nodes an unqualified name means, looked up from its scope outwards.

    In each scope: the sources known to have it; else an alias of an earlier output together
    with the sources that may have it; else a whole row under its alias.
    """
    if dep.column == STAR or position_of(dep.column) is not None:
        return _rows(linker, dep)
    number = dep.scope
    while number >= 0:
        found = _in_scope(linker, number, dep)
        if found:
            return found
        number = linker.statement.scopes[number].parent
    return _nowhere(linker, dep)


def _rows(linker: Linking, dep: Dep) -> list[Meaning]:
    """Whole rows of every source of the scope, and of no enclosing one."""
    sources = linker.statement.scopes[dep.scope].sources
    views = [linker.view(dep.scope, p) for p, s in enumerate(sources) if not s.hidden]
    return [meaning for view in views for meaning in linker.in_view(view, dep)]


def _in_scope(linker: Linking, number: int, dep: Dep) -> list[Meaning]:
    scope = linker.statement.scopes[number]
    # what stands to the right of a LATERAL is compiled after it, and it cannot see that
    positions = [
        p for p, s in enumerate(scope.sources) if number == dep.scope or s.scope < dep.scope
    ]
    answers = {p: linker.view(number, p).has(dep.column) for p in positions}
    certain = [p for p, answer in answers.items() if answer]
    possible = [p for p, answer in answers.items() if answer is None]
    if certain and (not possible or _settles(scope.sources, certain, dep.column)):
        merged = any(
            dep.column in scope.sources[p].merged or scope.sources[p].natural for p in certain
        )
        return _from(linker, number, certain, dep, ambiguous=len(certain) > 1 and not merged)
    alias = _alias(linker, number, dep)
    possible += certain
    found = _from(linker, number, possible, dep, ambiguous=len(possible) + len(alias) > 1)
    found += [(node, view, bool(found)) for node, view, _ in alias]
    return found + _whole_row(linker, number, dep)


def _settles(sources: tuple[Source, ...], certain: list[int], column: str) -> bool:
    """Whether a name that these sources have cannot mean one of another source too.

    It can where a join has merged the column, and where only a semi join's side has it.
    """
    plain = [sources[p] for p in certain if not sources[p].hidden]
    return bool(plain) and not any(s.natural or column in s.merged for s in plain)


def _from(
    linker: Linking, number: int, positions: list[int], dep: Dep, *, ambiguous: bool
) -> list[Meaning]:
    found: list[Meaning] = []
    for position in positions:
        view = linker.view(number, position)
        new = [holder for holder in view.holders if dep.column not in holder.by_name]
        meant = linker.in_view(view, dep)
        found += [(node, seen, ambiguous or several) for node, seen, several in meant]
        for holder in new if ambiguous else ():
            holder.guessed.add(dep.column)
    return found


def _alias(linker: Linking, number: int, dep: Dep) -> list[Meaning]:
    if number != dep.scope:
        return []
    positions = linker.positions(number).get(dep.column, [])
    visible = positions[: bisect_left(positions, dep.aliases)]
    if visible:
        position = visible[-1]
        deps = linker.statement.scopes[number].outputs[position].deps
        if len(visible) == 1 and any(d.column == dep.column for d in deps):
            return []  # `upper(email) AS email` shows that a source has `email`, and it wins
        return [(linker.alias_node(number, position), None, False)]
    return []


def _whole_row(linker: Linking, number: int, dep: Dep) -> list[Meaning]:
    """`to_json(t)`: the alias of a source where a column could stand is its row."""
    for position, source in enumerate(linker.statement.scopes[number].sources):
        if source.alias == dep.column:
            row = replace(dep, column=STAR, source=position, scope=number)
            return linker.in_view(linker.view(number, position), row)
    return []


def _nowhere(linker: Linking, dep: Dep) -> list[Meaning]:
    """No source should have it. Follow it through all of them anyway, and say so."""
    if dep.column.lower() in PSEUDO_COLUMNS or dep.column[:1] in "$@:":
        return []
    scope = linker.statement.scopes[dep.scope]
    linker.unresolved[dep.column, dep.offset] = ()
    return [
        (holder.named(dep.column), None, True)
        for position in range(len(scope.sources))
        for holder in linker.view(dep.scope, position).holders
    ]
