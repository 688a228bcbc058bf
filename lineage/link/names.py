"""What an unqualified name means: the scoping rules that SQL dialects share."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.link.holders import position_of
from lineage.link.segments import some_of
from lineage.link.star_names import given_by, may_give
from lineage.link.stars import views_of_star
from lineage.objects import FIELDS, IF_KNOWN, STAR, UNQUALIFIED
from lineage.words import GapReason, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from lineage.link.linking import Linking, Meaning
    from lineage.objects import Dep, Output, Source

# Names that are no column: pseudo-columns, and functions that are called without brackets.
PSEUDO_COLUMNS = frozenset(
    """
    rowid rownum level ctid oid xmin xmax tableoid sysdate systimestamp current_user user
    session_user system_user current_date current_time current_timestamp localtime
    localtimestamp current_role current_schema current_database current_catalog
    _partitiontime _partitiondate _table_suffix _file_name metadata$filename
    metadata$file_row_number metadata$action metadata$isupdate metadata$row_id
    input__file__name block__offset__inside__file row__id
    cmin cmax _part _part_index _part_offset _part_starting_offset _part_uuid
    _block_number _block_offset _sample_factor _row_exists _table _database
    _shard_num _path _file _size _time
    tg_op tg_name tg_when tg_level tg_relid tg_relname tg_table_name tg_table_schema tg_nargs
    tg_argv sqlstate sqlerrm found
    row__is__deleted grouping__id _metadata connect_by_root uid nextval
    epoch year quarter month week day hour minute second default filename file_row_number
    merge_action
    """.split()
)


def is_plain(output: Output) -> bool:
    """Whether an output is a column as it is, under its own name or another."""
    deps = output.deps
    if len(deps) != 1:
        return False
    dep = deps[0]
    return dep.source == UNQUALIFIED and dep.subtype is TransformSubtype.IDENTITY


def find_unqualified(linker: Linking, dep: Dep) -> tuple[list[Meaning], bool]:
    """The nodes an unqualified name means, looked up from its scope outwards.

    In each scope: the sources known to have it, and where rows go first also the row of the source
    that is called so; else an alias of an earlier output together with the sources that may have
    it; else a whole row under its alias. Where it is not certain that a scope has the name, it may
    be one of an enclosing scope as well.

    Also tells whether the name means the same everywhere in its scope.
    """
    if dep.source == IF_KNOWN:
        return _known(linker, dep), True
    if dep.column == STAR or (dep.column[:1] == "$" and position_of(dep.column) is not None):
        return _rows(linker, dep), False
    alone = _in_only_source(linker, dep)
    if alone:
        return alone, True
    scopes = linker.statement.scopes
    number, child = dep.scope, -1
    found, settled = _in_scope(linker, number, dep, child)
    while linker.encloses(number) and not settled:
        number, child = scopes[number].parent, number
        here, settled = _in_scope(linker, number, dep, child)
        found = found + here
    if not found:
        return _nowhere(linker, dep), False
    if len(found) == 1:
        _node, view, _ = found[0]
        if view is not None:
            view.confirm(dep.column)
    elif not settled:
        found = [(node, view, True) for node, view, _ in found]
    seen_by_all = not any(source.hidden for source in scopes[dep.scope].sources)
    return found, seen_by_all and dep.column not in linker.aliases(dep.scope)


def may_be_assigned(linker: Linking, place: tuple[int, int], column: str) -> bool:
    """Whether a plain name that is assigned may be a column of that source of that scope.

    It is asked before anything is written, for what is written is there.
    """
    number, position = place
    found = linker.assigned.get((number, column))
    if found is None:
        certain, possible = _sources_with(linker, number, column, -1, hidden=False)
        found = linker.assigned[number, column] = certain or possible
    return position in found


def _known(linker: Linking, dep: Dep) -> list[Meaning]:
    """The nodes of a name that is a column only where a source is known to have it."""
    scopes = linker.statement.scopes
    number, child = dep.scope, -1
    while number >= 0:
        certain, _possible = _sources_with(linker, number, dep.column, child, hidden=False)
        if certain:
            return _from(linker, number, certain, dep, ambiguous=len(certain) > 1)
        number, child = scopes[number].parent, number
    return []


def _in_only_source(linker: Linking, dep: Dep) -> list[Meaning]:
    """What the name means where there is nothing else that it could mean: the usual case."""
    number, column = dep.scope, dep.column
    view = linker.only_view(number)
    if view is None:
        return []
    if dep.aliases and not linker.aliases(number).keys().isdisjoint((column, STAR)):
        return []
    if linker.statement.scopes[number].sources[0].alias == column:
        return []
    nodes = view.find(column)
    if nodes:
        view.confirm(column)
    return [(node, view, len(nodes) > 1) for node in nodes]


def _rows(linker: Linking, dep: Dep) -> list[Meaning]:
    """Whole rows of every source of the scope, and of no enclosing one."""
    sources = linker.statement.scopes[dep.scope].sources
    views = [linker.view(dep.scope, p) for p, s in enumerate(sources) if not s.hidden]
    return [meaning for view in views for meaning in linker.in_view(view, dep)]


def _in_scope(linker: Linking, number: int, dep: Dep, child: int) -> tuple[list[Meaning], bool]:
    """What the name may mean in one scope, and whether it can mean nothing further out.

    `child` is the scope from which the search comes, -1 where it starts.
    """
    scope = linker.statement.scopes[number]
    joins = child >= 0 or dep.subtype is TransformSubtype.JOIN
    certain, possible = _sources_with(linker, number, dep.column, child, hidden=joins)
    if dep.seen and number == dep.scope:
        near = _seen(certain, dep), _seen(possible, dep)
        certain, possible = near if any(near) else (certain, possible)
    if certain and (not possible or _settles(scope.sources, certain, dep.column)):
        merged = any(
            dep.column in scope.sources[p].merged or scope.sources[p].natural for p in certain
        )
        several = len(certain) > 1 and not merged
        found = _from(linker, number, certain, dep, ambiguous=several)
        return found + (_row_first(linker, number, dep, child) if scope.rows_first else []), True
    alias = _alias(linker, number, dep, child)
    settled = bool(certain or alias)
    possible += certain
    found = _from(linker, number, possible, dep, ambiguous=len(possible) + len(alias) > 1)
    found += [(node, view, bool(found)) for node, view, _ in alias]
    row = _whole_row(linker, number, dep, child)
    return found + row, settled or bool(row)


def _seen(positions: list[int], dep: Dep) -> list[int]:
    """Those of some sources that the condition can see in which a name stands."""
    first, end = dep.seen
    return [position for position in positions if first <= position < end]


def _sources_with(
    linker: Linking, number: int, column: str, child: int, *, hidden: bool
) -> tuple[list[int], list[int]]:
    """The sources of a scope that have a column, and those that may have it.

    A semi join's other side is `hidden` from all but the condition of the join.
    """
    sources = linker.statement.scopes[number].sources
    finished = linker.finished
    here = finished.get(child, len(finished))  # what is never finished is around all
    certain: list[int] = []
    possible: list[int] = []
    for position, source in enumerate(sources):
        if child >= 0 and finished.get(source.scope, -1) >= here:
            break  # what stands in FROM sees at most what stands to its left
        if source.hidden and not hidden:
            continue
        answer = linker.view(number, position).has(column)
        if answer is not False:
            (certain if answer else possible).append(position)
    return certain, possible


def _settles(sources: tuple[Source, ...], certain: list[int], column: str) -> bool:
    """Whether a name that these sources have cannot mean one of another source too.

    It can where a join has merged the column, and where only a semi join's side has it.
    """
    plain = [sources[p] for p in certain if not sources[p].hidden]
    return bool(plain) and not any(s.natural or column in s.merged for s in plain)


def _from(
    linker: Linking, number: int, positions: list[int], dep: Dep, *, ambiguous: bool
) -> list[Meaning]:
    return [
        (node, view, ambiguous or several)
        for position in positions
        for node, view, several in linker.in_view(linker.view(number, position), dep)
    ]


def _alias(linker: Linking, number: int, dep: Dep, child: int) -> list[Meaning]:
    """The output of a scope that is called so, of those that the name can see."""
    scopes = linker.statement.scopes
    seen = dep.aliases if number == dep.scope else scopes[child].aliases
    if not seen:
        return []
    positions = linker.aliases(number).get(dep.column, [])
    visible = positions[: bisect_left(positions, seen)]
    if visible:
        position = visible[-1]
        deps = scopes[number].outputs[position].deps
        if len(visible) == 1 and any(d.column == dep.column for d in deps):
            return []  # `upper(email) AS email` shows that a source has `email`, and it wins
        return [(linker.alias_node(number, position), None, False)]
    starred = linker.aliases(number).get(STAR, ())
    seen_stars = starred[: bisect_left(starred, seen)]
    return [found for place in seen_stars for found in _of_star(linker, number, place, dep)]


def _of_star(linker: Linking, number: int, position: int, dep: Dep) -> list[Meaning]:
    """The columns that a star puts out under a name that it gives them itself."""
    output = linker.statement.scopes[number].outputs[position]
    star = output.star
    if star is None or not may_give(star, dep.column):
        return []  # `f(a) AS "*"`
    if star.source == FIELDS:
        fields = linker.fields
        nodes = [node for d in output.deps for node, _view, _several in linker.meanings(d)]
        known = [fields.part(node, (dep.column,)) for node in nodes if fields.names(node)]
        return [(node, None, False) for node in known or nodes]
    return [
        (node, None, False)
        for view, _merged, own, _position in views_of_star(linker, number, output, star)
        for old in given_by(own, dep.column, [name for name, _node in view.items()])
        for node in view.find(old)
    ]


def _whole_row(linker: Linking, number: int, dep: Dep, child: int) -> list[Meaning]:
    """`to_json(t)`: the alias of a source where a column could stand is its row.

    In `unnest(m) AS m` the name inside is not that of the rows which are about to be made.
    """
    finished = linker.finished
    here = finished.get(child, len(finished))
    for position, source in enumerate(linker.statement.scopes[number].sources):
        if child >= 0 and finished.get(source.scope, -1) >= here:
            break
        if source.alias == dep.column:
            row = replace(dep, column=STAR, source=position, scope=number)
            linker.rows.mean(dep)
            return linker.in_view(linker.view(number, position), row)
    return []


def _row_first(linker: Linking, number: int, dep: Dep, child: int) -> list[Meaning]:
    """The row of a source that is called like a column; where it has no other, it is the column."""
    scopes = linker.statement.scopes
    inner = [
        scopes[s.scope] for s in scopes[number].sources if s.alias == dep.column and s.scope >= 0
    ]
    if any([output.name for output in rows.outputs] == [dep.column] for rows in inner):
        return []
    return _whole_row(linker, number, dep, child)


def _nowhere(linker: Linking, dep: Dep) -> list[Meaning]:
    """No source should have it. Follow it through all of them anyway, and say so."""
    if dep.column.lower() in PSEUDO_COLUMNS or dep.column[:1] in {"", "$"}:
        return []
    if dep.path and _is_variable(linker, dep):
        return []
    scope = linker.statement.scopes[dep.scope]
    tell_once(linker, dep)
    return [
        (holder.demand(dep.column), None, True)
        for position in range(len(scope.sources))
        for holder in linker.view(dep.scope, position).holders
    ]


def tell_once(linker: Linking, dep: Dep) -> None:
    """Say that nothing has a name, once a statement."""
    linker.unresolved.setdefault(dep.column, {dep.offset: set()})


def _is_variable(linker: Linking, dep: Dep) -> bool:
    """Whether a name is that of a block around and its path leads to a variable of that."""
    scopes = linker.statement.scopes
    number = dep.scope
    while scopes[number].parent >= 0:
        number = scopes[number].parent
    whole = ".".join((dep.column, *dep.path)).lower().removeprefix("system.") + "."
    return any(whole.startswith(f"{name}.") for name in scopes[number].qualified)


def gaps_of_names(
    unresolved: Mapping[str, Mapping[int, Collection[str]]],
) -> Iterator[tuple[GapReason, str, tuple[str, ...], int]]:
    """The gaps of names, by their offset, that no source has or that relations may have."""
    told = ((name, *place) for name, places in unresolved.items() for place in places.items())
    for name, offset, unknown in told:
        if name == STAR:
            relations = tuple(sorted(unknown))
            whose = some_of(relations) or "a table function"
            message = f"the columns of {whose} are not known"
            yield GapReason.UNRESOLVED_STAR, message, relations, offset
        else:
            yield GapReason.UNRESOLVED_NAME, f"no source has a column `{name}`", (), offset
