"""Instances: a statement with what the functions that it calls do, in place of their names.

Each argument goes the ways that the function's parameter goes; what the function reads is read.
"""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.dialects import last_name
from lineage.graph import ROWS
from lineage.link.segments import ANY
from lineage.link.ways import Summary, Way, put_out_by
from lineage.objects import (
    ARGUMENT,
    CALLED,
    OUTPUT_OF,
    PROCEDURE,
    ROWS_OF,
    STAR,
    TRIGGERED,
    UNQUALIFIED,
    Dep,
    Output,
    Scope,
    Source,
    Star,
    Write,
    known_as,
)
from lineage.words import TransformSubtype as Subtype
from lineage.words import TransformType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lineage.link.ways import Parameter
    from lineage.objects import Statement

    Known = Callable[[str], tuple[Summary, ...]]
    # A value on its way: what it is so far, its functions, and whether it only decides by now.
    Value = tuple[Subtype, tuple[str, ...], bool]

_AS_IT_IS = Way("", Subtype.TRANSFORMATION)
_MOST_WAYS = 64  # of one value; beyond, it is told as it would be with nothing done to it
_MOST_FUNCTIONS = 64
_ANY_COLUMN = ""


def with_calls(statement: Statement, known: Known) -> Statement:
    """The statement, where it calls a function that some text makes; `known` tells of these."""
    answers = {name: known(name) for name in statement.calls}
    if not any(answers.values()):
        return statement
    return _Instance(statement, answers).made()


class _Instance:
    """One statement on its way to be made concrete."""

    def __init__(self, statement: Statement, answers: dict[str, tuple[Summary, ...]]) -> None:
        self._statement = statement
        self._answers = answers
        self._scopes = list(statement.scopes)
        self._before: list[int] = []  # scopes of what functions return
        self._after: list[int] = []  # scopes of arguments that go on elsewhere
        self._returned: dict[tuple[str, tuple[str, ...] | None], int] = {}
        self._writes: dict[tuple[str, Dep], Write] = {}
        # Of an argument of a function, by what marks it and the column that is asked for.
        self._ways: dict[tuple[str, str], list[tuple[Way | None, Parameter | None]]] = {}

    def made(self) -> Statement:
        """The statement as it is linked."""
        for number, scope in enumerate(self._statement.scopes):
            self._scopes[number] = self._called(number, scope)
        for name, number in self._statement.fires:
            self._fire(name, number)
        return replace(
            self._statement,
            scopes=tuple(self._scopes),
            order=(*self._before, *self._statement.order, *self._after),
            writes=(*self._statement.writes, *self._writes.values()),
        )

    def _called(self, number: int, scope: Scope) -> Scope:
        """A scope; the rows of a call are what is called returns or, of a procedure, puts out."""
        called = self._answers.get(scope.function, ())
        functions = tuple(s for s in called if not s.relation.startswith(PROCEDURE))
        if functions:
            return self._rows(scope, functions)
        put_out = put_out_by(called)
        if put_out is None:
            return self._scope(number, scope)
        self._deps(scope.anything)  # arguments go into parameters
        every = tuple(self._all_of(relation, None, scope.offset) for relation in put_out)
        return replace(scope, outputs=(), influences=(), anything=(), branches=every)

    def _scope(self, number: int, scope: Scope) -> Scope:
        anything = self._deps(scope.anything)
        if scope.anything and not anything:  # there are such columns, made of nothing
            anything = (Dep(number, ROWS_OF, STAR, Subtype.FILTER, (), scope.offset),)
        outputs = [self._output(output) for output in scope.outputs]
        influences = self._deps(scope.influences)
        same = all(map(is_, outputs, scope.outputs))
        if same and influences is scope.influences and anything is scope.anything:
            return scope  # as most are
        return replace(scope, outputs=tuple(outputs), influences=influences, anything=anything)

    def _output(self, output: Output) -> Output:
        star = output.star
        if star is not None and star.replaced:
            star = replace(star, replaced=tuple(self._output(o) for o in star.replaced))
        fields = tuple([self._output(field) for field in output.fields]) if output.fields else ()
        deps = self._deps(output.deps)
        if deps is output.deps and star is output.star and not fields:
            return output
        return replace(output, deps=deps, star=star, fields=fields)

    def _deps(self, deps: Sequence[Dep], column: str = _ANY_COLUMN) -> tuple[Dep, ...]:
        """Dependencies with calls in them as what these come to, for one column of their rows."""
        if isinstance(deps, tuple) and (not deps or not any(map(_calls, deps))):
            return deps
        return tuple(dict.fromkeys(d for dep in deps for d in self._dep(dep, column)))

    def _dep(self, dep: Dep, column: str) -> Iterator[Dep]:
        if dep.source == CALLED and ARGUMENT in dep.column:
            name, _, place = dep.column.partition(ARGUMENT)
            for _way, parameter in _ways(self._answers.get(name, ()), place, column):
                if parameter is not None:
                    yield self._value_from(parameter, dep)
        elif dep.source == CALLED:
            for summary in self._answers.get(dep.column, ()):
                doubted = summary.columns is not None and not summary.certain
                if summary.reads or doubted:  # a gap may be in what it returns
                    one = not summary.table and len(summary.columns or ()) == 1
                    yield from self._dep(self._value_of(summary, dep, "" if one else STAR), column)
        elif _calls(dep):
            yield from self._through(dep, column)
        else:
            yield dep

    # -- values ----------------------------------------------------------------------------------

    def _value_of(self, summary: Summary, dep: Dep, column: str) -> Dep:
        """What a function returns that it was not given."""
        number = self._all_of(summary.relation, summary.columns, dep.offset)
        return replace(dep, scope=number, source=OUTPUT_OF, column=column)

    def _value_from(self, parameter: Parameter, dep: Dep) -> Dep:
        """What a parameter holds once the procedure has run."""
        number = self._all_of(parameter.relation, None, dep.offset)
        return replace(dep, scope=number, source=OUTPUT_OF, column=parameter.name)

    def _all_of(self, relation: str, names: tuple[str, ...] | None, at: int) -> int:
        """The scope of the columns of a relation: those that are known, or all there will be."""
        number = self._returned.get((relation, names))
        if number is None:
            number = self._returned[relation, names] = len(self._scopes)
            source = Source("", relation, -1, offset=at)
            every = [Output("", (), at, Star(UNQUALIFIED))]
            if names is not None:  # also where what returns them is linked later
                every = [
                    Output(n, (Dep(number, 0, n, Subtype.IDENTITY, (), at),), at) for n in names
                ]
            self._scopes.append(Scope("", -1, (source,), tuple(every), offset=at))
            self._before.append(number)
        return number

    def _through(self, dep: Dep, column: str) -> Iterator[Dep]:
        """A value that is an argument, on each way through the functions around it."""
        values: set[Value] = {(dep.subtype, (), False)}
        *inside, last = dep.functions
        for function in inside:
            values = self._applied(dep, function, values, _ANY_COLUMN)
        values = self._applied(dep, last, values, column)
        if len(values) > _MOST_WAYS or any(len(v[1]) > _MOST_FUNCTIONS for v in values):
            values = {(subtype, (), done) for subtype, _functions, done in values}
        for subtype, functions, _done in sorted(values):
            yield replace(dep, subtype=subtype, functions=functions)

    def _applied(self, dep: Dep, function: str, values: set[Value], column: str) -> set[Value]:
        name, _, place = function.partition(ARGUMENT)
        summaries = self._answers.get(name, ()) if place else ()
        if not summaries:
            return {(s, f if done else (*f, known_as(function)), done) for s, f, done in values}
        found: set[Value] = set()
        for way, parameter in self._ways_of(function, column, summaries):
            for value in values:
                if value[2]:
                    found.add(value)
                    continue
                if parameter is not None and parameter.leaves:
                    self._leave(replace(dep, functions=value[1]), parameter)
                found.add(_passed(value, way, name)) if way is not None else None
        return found | {value for value in values if value[2]}

    def _ways_of(
        self, function: str, column: str, summaries: tuple[Summary, ...]
    ) -> list[tuple[Way | None, Parameter | None]]:
        """The ways of an argument into a column, looked for once a statement."""
        found = self._ways.get((function, column))
        if found is None:
            ways = _ways(summaries, function.partition(ARGUMENT)[2], column)
            found = self._ways[function, column] = list(ways)
        return found

    def _leave(self, dep: Dep, parameter: Parameter) -> None:
        """An argument that the function puts somewhere else goes into its parameter.

        It does so itself, also where what the function returns only decides about something.
        """
        if dep.subtype.type is TransformType.INDIRECT:
            dep = replace(dep, subtype=Subtype.TRANSFORMATION)
        key = (parameter.relation, dep)
        if key in self._writes:
            return
        number, at = len(self._scopes), dep.offset
        self._scopes.append(Scope("", -1, (), (Output(parameter.name, (dep,), at),), offset=at))
        self._after.append(number)
        columns = (parameter.name,)
        self._writes[key] = Write(
            parameter.relation, number, "variable", columns, temporary=True, offset=at
        )

    def _fire(self, name: str, number: int) -> None:
        """The rows of a scope go into what a trigger's function knows as NEW and OLD."""
        at = self._scopes[number].offset
        for summary in self._answers.get(name, ()):
            for row in (p for p in summary.parameters if p.name in TRIGGERED):
                dep = Dep(number, OUTPUT_OF, STAR, Subtype.IDENTITY, (), at)
                self._writes[row.relation, dep] = Write(
                    row.relation, number, "variable", temporary=True, offset=at
                )

    # -- rows ------------------------------------------------------------------------------------

    def _rows(self, scope: Scope, summaries: tuple[Summary, ...]) -> Scope:
        """The rows of a call in FROM: columns of what is returned, and arguments in their places.

        A function that returns one value is a column by its alias or name.
        """
        arguments = [d for d in scope.anything if d.functions and ARGUMENT in d.functions[-1]]
        at, outputs = scope.offset, []
        named: dict[str, list[Dep]] = {}
        for summary in summaries:
            if summary.columns is None:
                inner = self._all_of(summary.relation, summary.columns, at)
                every = Dep(inner, OUTPUT_OF, STAR, Subtype.IDENTITY, (), at)
                outputs.append(Output("", (every,), at, Star(OUTPUT_OF)))
                continue
            for column in summary.columns:
                inner = self._all_of(summary.relation, summary.columns, at) if summary.reads else -1
                read = column in summary.reads or ANY in summary.reads
                found = [Dep(inner, OUTPUT_OF, column, Subtype.IDENTITY, (), at)] if read else []
                of_column = named.setdefault(self._name(scope, summary, column), [])
                of_column += [*found, *self._deps(arguments, column)]
        outputs += [Output(name, tuple(deps), at) for name, deps in named.items()]
        known = all(summary.columns is not None for summary in summaries)
        alone = known and len(named) == 1
        return replace(
            scope,
            outputs=tuple(outputs),
            influences=self._influences(scope, summaries, arguments),
            anything=outputs[0].deps if alone else () if known else self._deps(arguments),
            closed=alone,
        )

    @staticmethod
    def _name(scope: Scope, summary: Summary, column: str) -> str:
        one = not summary.table and len(summary.columns or ()) == 1
        return (scope.label or last_name(summary.name)) if one else column

    def _influences(
        self, scope: Scope, summaries: tuple[Summary, ...], arguments: list[Dep]
    ) -> tuple[Dep, ...]:
        at = scope.offset
        rows = [
            Dep(self._all_of(s.relation, s.columns, at), ROWS_OF, STAR, Subtype.FILTER, (), at)
            for s in summaries
            if s.reads or not s.certain
        ]
        deciding = (d for d in self._deps(arguments, ROWS))
        direct = TransformType.DIRECT
        filters = [
            replace(d, subtype=Subtype.FILTER) if d.subtype.type is direct else d for d in deciding
        ]
        marked = [d for d in scope.influences if any(ARGUMENT in f for f in d.functions)]
        queries = [d for d in scope.influences if d.source in {OUTPUT_OF, ROWS_OF}]
        return tuple(dict.fromkeys((*rows, *filters, *self._deps((*marked, *queries)))))


def _calls(dep: Dep) -> bool:
    """Whether a value goes through a call, or is one."""
    if dep.source == CALLED:
        return True
    for function in dep.functions:  # noqa: SIM110 - twice as fast as `any`, and often asked
        if ARGUMENT in function:
            return True
    return False


def _passed(value: Value, way: Way, name: str) -> Value:
    """A value after it went one way through a function of that name."""
    subtype, functions, _done = value
    if way.subtype.type is TransformType.INDIRECT:
        decides = way.subtype if subtype.type is TransformType.DIRECT else subtype
        return decides, (*functions, *way.functions), True
    if subtype.type is TransformType.DIRECT and way.subtype is Subtype.AGGREGATION:
        subtype = way.subtype
    return subtype, (*functions, *way.functions, name), False


def _ways(
    summaries: tuple[Summary, ...], place: str, column: str
) -> Iterator[tuple[Way | None, Parameter | None]]:
    """The ways of an argument at a place into a column, or into any, and the parameter it is.

    A parameter that goes no way is told too: it may go elsewhere.
    """
    for summary in _fitting(summaries, place):
        parameters = _parameters(summary, place.partition("/")[0])
        for parameter in parameters:
            ways = [w for w in parameter.ways if w.column in {column, ANY} or not column]
            yield from ((way, parameter) for way in ways)
            if not ways:
                yield None, parameter
        if not summary.certain or not parameters:
            yield _AS_IT_IS, None


def _fitting(summaries: tuple[Summary, ...], place: str) -> tuple[Summary, ...]:
    """Of several functions of a name those with as many parameters as there are arguments."""
    count = place.partition("/")[2]
    exact = tuple(s for s in summaries if str(len(s.parameters)) == count)
    unsure = tuple(s for s in summaries if s not in exact and not s.certain)
    return (*exact, *unsure) if exact else summaries


def _parameters(summary: Summary, key: str) -> tuple[Parameter, ...]:
    if key == "?":
        return summary.parameters
    if key.isdecimal():
        return summary.parameters[int(key) : int(key) + 1] or summary.parameters[-1:]
    return tuple(p for p in summary.parameters if p.name.lower() == key)
