"""Clauses that decide which rows a query puts out: WHERE, GROUP BY, HAVING, DISTINCT, LIMIT, …."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.absences import absences_of
from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.guards import (
    conjuncts,
    equated_columns,
    equated_sources,
    tests_of,
    tests_of_groups,
    tests_of_rows,
)
from lineage.compile.names import column_name, offset_of
from lineage.objects import ARGUMENT, EVERY, OUTPUT_OF, STAR, UNQUALIFIED, Dep
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.objects import Output

_CUTS = ("limit", "fetch", "offset")
# Where a name in GROUP BY and QUALIFY means an output before any column of a source.
_OUTPUTS_FIRST = frozenset({"bigquery"})


def add_conditions(frame: Frame, node: exp.Select) -> None:
    """What WHERE and its kin test, as influences and, where it holds for all rows, as tests."""
    for key in ("where", "prewhere"):
        clause = node.args.get(key)
        if clause is not None:
            frame.influences.extend(collect(clause.this, frame, Subtype.FILTER, EVERY))
            parts = conjuncts(clause.this)
            frame.tests.extend(tests_of(parts, frame))
            frame.tests.extend(absences_of(parts, frame))
            frame.linked.extend(equated_sources(parts, frame))
            frame.equated.extend(equated_columns(parts))
    having, qualify = node.args.get("having"), node.args.get("qualify")
    if having is not None:
        found = collect(having.this, frame, Subtype.FILTER, EVERY)
        frame.influences.extend((*found, *_Keys(frame, node).aliases(found, Subtype.FILTER)))
        frame.tests.extend(tests_of_groups(node, having.this, frame))
    if qualify is not None:
        found = collect(qualify.this, frame, Subtype.FILTER, EVERY)
        if frame.draft.dialect in _OUTPUTS_FIRST:
            found += _Keys(frame, node).aliases(found, Subtype.FILTER)
        frame.influences.extend(found)
        frame.tests.extend(tests_of_rows(node, qualify.this, frame))
    connect = node.args.get("connect")
    if connect is not None:
        frame.tests.clear()  # PRIOR and CONNECT_BY_ROOT take values from rows that are not tested
    for part in connect.iter_expressions() if connect is not None else ():
        frame.influences.extend(collect(part, frame, Subtype.FILTER))


def add_grouping(frame: Frame, node: exp.Select) -> None:
    """GROUP BY and DISTINCT: the values that make rows one."""
    group, keys = node.args.get("group"), _Keys(frame, node)
    if group is not None:
        for key in [k for k in group.expressions if isinstance(k, exp.Identifier)]:
            # behind a pipe, what the key is called that stands among the outputs
            meant = next((e.this for e in node.expressions if e.alias == key.name), None)
            key.replace(meant.copy() if meant is not None else exp.Column(this=key.copy()))
        for key in group.iter_expressions():
            frame.influences.extend(keys.of(key))
        if group.args.get("all"):
            frame.influences.extend(_of_outputs(frame, aggregates=False))
    distinct = node.args.get("distinct")
    if distinct is None:
        return
    on = distinct.args.get("on")
    if on is None:
        frame.influences.extend(_of_outputs(frame, aggregates=True))
        return
    for key in on.expressions if isinstance(on, exp.Tuple) else [on]:
        frame.influences.extend(keys.of(key))


class _Keys:
    """The keys of a query's clauses, and those of its outputs that they may mean."""

    def __init__(self, frame: Frame, node: exp.Select) -> None:
        self._frame, self._node = frame, node

    def of(self, key: exp.Expr) -> list[Dep]:
        """A key may be a number, the position of a projection, or ALL of them."""
        if isinstance(key, (exp.Tuple, exp.Paren, exp.Rollup, exp.Cube, exp.GroupingSets)):
            return [dep for part in key.iter_expressions() for dep in self.of(part)]
        if _is_all(key):
            return _of_outputs(self._frame, aggregates=True)
        if isinstance(key, exp.Literal) and not key.is_string and key.this.isdigit():
            return self._at_position(int(key.this) - 1)
        found = collect(key, self._frame, Subtype.GROUP_BY, EVERY)
        first = self._frame.draft.dialect in _OUTPUTS_FIRST
        return self._preferred(key, found) if first else found

    def sorting(self, key: exp.Expr) -> list[Dep]:
        """A plain name means what the query puts out under it, before any column of its sources.

        DuckDB's `#2` is a position here, as 2 is.
        """
        if isinstance(key, exp.PositionalColumn):
            return self._at_position(int(key.name) - 1)
        return self._preferred(key, self.of(key))

    def _preferred(self, key: exp.Expr, found: list[Dep]) -> list[Dep]:
        plain = isinstance(key, exp.Column) and not key.args.get("table")
        meant = self.aliases(found, Subtype.GROUP_BY)
        return meant if meant and plain else [*found, *meant]

    def aliases(self, found: list[Dep], subtype: Subtype) -> list[Dep]:
        """What outputs are made of whose names are among these, as far as they mean outputs."""
        named = {dep.column for dep in found if dep.source == UNQUALIFIED and dep.aliases}
        if not named:
            return []
        places = {place for name in named for place in self._places.get(name, ())}
        return [
            replace(dep, subtype=subtype)
            for place in sorted(places.union(self._stars))
            for dep in _put_out_as(named, self._frame.outputs[place], self._frame.number)
        ]

    def _at_position(self, position: int) -> list[Dep]:
        """Where a star stands among the projections, a position may mean any of them."""
        if self._stars:
            return self._any_output
        if 0 <= position < len(self._node.expressions):
            return collect(self._node.expressions[position], self._frame, Subtype.GROUP_BY, EVERY)
        return []

    @cached_property
    def _any_output(self) -> list[Dep]:
        return list(dict.fromkeys(_of_outputs(self._frame, aggregates=True)))

    @cached_property
    def _stars(self) -> list[int]:
        return [n for n, output in enumerate(self._frame.outputs) if output.star is not None]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where outputs of a name stand."""
        found: dict[str, list[int]] = {}
        for place, output in enumerate(self._frame.outputs):
            found.setdefault(output.name, []).append(place)
        return found


def _is_all(key: exp.Expr) -> bool:
    """`GROUP BY ALL` and `ORDER BY ALL`, but no column in quotes, or of a table."""
    alone = isinstance(key, exp.Column) and key.args.get("table") is None
    is_word = alone and not key.this.args.get("quoted")
    return (is_word or isinstance(key, exp.Var)) and key.name.upper() == "ALL"


def _of_outputs(frame: Frame, *, aggregates: bool) -> list[Dep]:
    """The values of every output; GROUP BY ALL takes those that are no aggregates."""
    keys = []
    for output in frame.outputs:
        star = output.star
        if star is not None and star.source >= UNQUALIFIED:
            at = output.offset
            if aggregates or star.subtype is not Subtype.AGGREGATION:
                keys.append(Dep(frame.number, star.source, STAR, Subtype.GROUP_BY, (), at))
        replaced = star.replaced if star is not None else ()
        keys.extend(
            replace(dep, subtype=Subtype.GROUP_BY)
            for dep in (*output.deps, *(d for r in replaced for d in r.deps))
            if aggregates or dep.subtype is not Subtype.AGGREGATION
        )
    return keys


def add_limit(frame: Frame, node: exp.Select) -> None:
    """ORDER BY decides which rows there are only where some of them are left out.

    That may be further out: `SELECT … FROM (SELECT … ORDER BY x) LIMIT 1`.
    """
    args = node.args
    orders = [args[key] for key in ("order", "sort", "cluster") if args.get(key) is not None]
    cut = any(args.get(key) is not None for key in _CUTS) or _makes_one_value(node)
    distinct = args.get("distinct")
    first_of_each = distinct is not None and distinct.args.get("on") is not None
    keys, written = _Keys(frame, node), [key for order in orders for key in order.expressions]
    found = [dep for key in written for dep in _as_sort(keys.sorting(_sorted_by(key)))]
    sorts = frame.draft.sorts
    if cut or first_of_each:
        frame.influences.extend(found)
    elif found:
        sorts[frame.number] = found
        _run_all_the_same(frame, found)
    inner = [d for s in frame.sources for d in sorts.get(s.scope, ())] if sorts else []
    if inner and (cut or _depends_on_order(frame, node)):
        frame.influences.extend(inner)
    elif inner and not found:
        sorts[frame.number] = inner
    frame.influences.extend(_of_the_cut(frame, node))


def _run_all_the_same(frame: Frame, sorting: list[Dep]) -> None:
    """A function that rows are sorted by is run, and may put its arguments somewhere."""
    called = [dep for dep in sorting if any(ARGUMENT in f for f in dep.functions)]
    if called:
        apart = Frame(frame.draft, frame, frame.ctes)
        apart.influences.extend(called)
        apart.finish("", called[0].offset)


def _makes_one_value(node: exp.Select) -> bool:
    """FOR XML, FOR JSON, ARRAY (SELECT …) and MULTISET put the rows together in their order."""
    return node.args.get("for_") is not None or isinstance(node.parent, (exp.Array, exp.Anonymous))


def _sorted_by(key: exp.Expr) -> exp.Expr:
    inner: exp.Expr = key.this if isinstance(key, exp.Ordered) else key
    return inner


def _put_out_as(names: set[str], output: Output, number: int) -> tuple[Dep, ...]:
    """What an output of one of these names is made of, or a column that a star renames so."""
    if output.star is None:
        return output.deps if output.name in names else ()
    replaced = [d for r in output.star.replaced if r.name in names for d in r.deps]
    old = [old for old, new in output.star.renamed if new in names]
    at, source = output.offset, output.star.source
    if source < UNQUALIFIED:  # fields, of what the output depends on
        return (*replaced, *output.deps) if old else tuple(replaced)
    renamed = [Dep(number, source, column, Subtype.SORT, (), at) for column in old]
    return (*replaced, *renamed)


def _depends_on_order(frame: Frame, node: exp.Select) -> bool:
    """An aggregate or a row number may take the rows in the order of a subquery."""
    deps = (dep for output in frame.outputs for dep in output.deps)
    if any(dep.subtype is Subtype.AGGREGATION for dep in deps):
        return True
    if any(projection.find(exp.Window) for projection in node.expressions):
        return True
    where = node.args.get("where")
    if frame.draft.dialect != "oracle" or where is None:
        return False
    return any(column.name.upper() == "ROWNUM" for column in where.find_all(exp.Column))


def _of_the_cut(frame: Frame, node: exp.Expr) -> list[Dep]:
    """`LIMIT (SELECT …)`: how many rows there are may be computed."""
    clauses = [node.args[key] for key in _CUTS if node.args.get(key) is not None]
    return [dep for clause in clauses for dep in collect(clause, frame, Subtype.FILTER)]


def _as_sort(deps: list[Dep]) -> list[Dep]:
    return [
        replace(dep, subtype=Subtype.SORT) if dep.subtype is Subtype.GROUP_BY else dep
        for dep in deps
    ]


def sorted_cut(frame: Frame, node: exp.Expr, parts: list[int]) -> list[Dep]:
    """What decides which rows of a set operation or parenthesised query are left.

    `parts` are the scopes whose outputs the sort keys name.
    """
    sorts = frame.draft.sorts
    sorting = _sorting(frame, node, parts)
    sorting = sorting or [d for p in parts for d in sorts.get(p, ())]
    if any(node.args.get(key) is not None for key in _CUTS):
        return [*_of_the_cut(frame, node), *sorting]
    if sorting:  # something further out may cut them
        sorts[frame.number] = sorting
    return []


def _sorting(frame: Frame, node: exp.Expr, parts: list[int]) -> list[Dep]:
    """What the keys of a set operation name: columns of its first part, and where these stand."""
    order = node.args.get("order")
    if order is None:
        return []
    names = {
        column_name(key.this.this, frame.draft.naming)
        if isinstance(key.this, exp.Column) and not _is_all(key.this)
        else STAR
        for key in order.expressions
    }
    at = offset_of(order)
    alike = bool(node.args.get("by_name"))
    return [
        Dep(part, OUTPUT_OF, name if alike else own, Subtype.SORT, (), at)
        for name in sorted(names)
        for part, own in zip(parts, _each_called(frame, name, parts), strict=True)
    ]


def _each_called(frame: Frame, name: str, parts: list[int]) -> list[str]:
    """What each part calls the column that is called so in the first; any where nobody knows."""
    if name == STAR:
        return [STAR] * len(parts)
    listed = [_names_in(frame, part) for part in parts]
    place = listed[0].index(name) if name in listed[0] else -1
    return [name, *(own[place] if 0 <= place < len(own) else STAR for own in listed[1:])]


def _names_in(frame: Frame, number: int) -> list[str]:
    """The names of the columns that a scope lists, up to the first star."""
    scope = frame.draft.scopes[number]
    outputs = scope.outputs if scope is not None else ()
    stars = (n for n, output in enumerate(outputs) if output.star is not None)
    return [output.name for output in outputs[: next(stars, len(outputs))]]
