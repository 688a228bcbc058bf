"""Random programs: a value that goes through functions, one after another and side by side.

A program is a row of queries, each over an earlier one, written as CTEs or as tables. What
becomes of the column `x` of `r.u` on the way to `m.y` can be read off it path by path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Path = tuple["Step", ...]
COLUMNS = ("p", "q")


class Step(msgspec.Struct, frozen=True):
    """A function in DuckDB's SQL, what it does to a value, and the SQL that undoes it."""

    sql: str
    kind: str
    inverse: str = ""


class Name(msgspec.Struct, frozen=True):
    """A column of the query that is read."""

    name: str


class Done(msgspec.Struct, frozen=True):
    """A function of a value."""

    step: Step
    of: Node


class Either(msgspec.Struct, frozen=True):
    """Several values of which any may be what comes out."""

    sql: str
    of: tuple[Node, ...]


class Picked(msgspec.Struct, frozen=True):
    """One of two values that were put into a struct."""

    of: Node
    beside: Node


Node = Name | Done | Either | Picked


class Branch(msgspec.Struct, frozen=True):
    """A SELECT over an earlier query, -1 for the relation that the value starts in."""

    source: int
    outputs: tuple[Node, ...]


class Program(msgspec.Struct, frozen=True):
    """Queries, each a union of branches, and whether they are tables of their own."""

    queries: tuple[tuple[Branch, ...], ...]
    last: Branch
    tables: bool

    @property
    def sql(self) -> str:
        """The program, which fills `m.y`."""
        written = [
            " union all ".join(_select(branch, COLUMNS) for branch in query)
            for query in self.queries
        ]
        last = _select(self.last, ("y",))
        if self.tables:
            made = [f"create table q{n} as {sql};" for n, sql in enumerate(written)]
            return "\n".join((*made, f"create table m as {last};"))
        ctes = ", ".join(f"q{n} as ({sql})" for n, sql in enumerate(written))
        return f"create table m as {f'with {ctes} ' if ctes else ''}{last};"

    def paths(self) -> Iterator[Path]:
        """Every way from the value to the end: the functions on it, one after another."""
        yield from self.paths_of(self.last.outputs[0], self.last.source, ("p",))

    def paths_of(self, node: Node, source: int, starts: Sequence[str]) -> Iterator[Path]:
        """Every way to a value of a query over `source` from these columns of the beginning."""
        match node:
            case Name(name) if source < 0:
                yield from [()] if name in starts else []
            case Name(name):
                for branch in self.queries[source]:
                    output = branch.outputs[COLUMNS.index(name)]
                    yield from self.paths_of(output, branch.source, starts)
            case Done(step, of):
                yield from ((*path, step) for path in self.paths_of(of, source, starts))
            case Either(_, parts):
                for part in parts:
                    yield from self.paths_of(part, source, starts)
            case Picked(of, _):
                yield from self.paths_of(of, source, starts)


def _select(branch: Branch, names: Sequence[str]) -> str:
    outputs = ", ".join(
        f"{_written(node)} as {name}" for node, name in zip(branch.outputs, names, strict=True)
    )
    source = f"q{branch.source}" if branch.source >= 0 else "(select x as p, z as q, f from r.u)"
    return f"select {outputs}, f from {source}"


def _written(node: Node) -> str:
    match node:
        case Name(name):
            return name
        case Done(step, of):
            return step.sql.format(_written(of))
        case Either(sql, parts):
            return sql.format(*map(_written, parts))
        case Picked(of, beside):
            return f"struct_extract({{'a': {_written(of)}, 'b': {_written(beside)}}}, 'a')"


def _chain(start: Node, steps: Sequence[Step]) -> Node:
    for step in steps:
        start = Done(step, start)
    return start


def programs(
    steps: Sequence[Step], eithers: Sequence[str], most: int = 3
) -> st.SearchStrategy[Program]:
    """Programs of these functions, in which values meet in these ways."""
    by_kind = {step.kind: [one for one in steps if one.kind == step.kind] for step in steps}
    step = st.sampled_from(sorted(by_kind)).flatmap(lambda kind: st.sampled_from(by_kind[kind]))
    names = st.builds(Name, st.sampled_from(("p", "p", "p", "q")))
    chains = st.builds(_chain, names, st.lists(step, min_size=1, max_size=3))
    meeting = st.builds(
        lambda sql, a, b: Either(sql, (a, b)), st.sampled_from(eithers), chains, names | chains
    )
    nodes: st.SearchStrategy[Node] = st.one_of(
        chains,
        st.builds(_chain, meeting, st.lists(step, max_size=2)),
        st.builds(_chain, st.builds(Picked, chains, chains), st.lists(step, max_size=1)),
    )

    @st.composite
    def draw_program(draw: st.DrawFn) -> Program:
        queries: list[tuple[Branch, ...]] = []
        for number in range(draw(st.integers(0, most))):
            branches = st.builds(Branch, st.integers(-1, number - 1), st.tuples(nodes, nodes))
            queries.append(tuple(draw(st.lists(branches, min_size=1, max_size=2))))
        last = draw(st.builds(Branch, st.integers(-1, len(queries) - 1), st.tuples(nodes)))
        return Program(tuple(queries), last, draw(st.booleans()))

    return draw_program()
