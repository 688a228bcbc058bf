"""The graph and what moves along it, against brute force on random graphs."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from lineage import Column, Transform, TransformSubtype
from lineage.flow import ShortestWays, bits, propagate
from lineage.graph import EdgeKind, EdgeSite, Graph, GraphBuilder

STATES = 3
SITE = EdgeSite(0, 0)


class World(NamedTuple):
    """A random graph, what its kinds of edge do to states, and where values start."""

    graph: Graph
    tables: list[list[int]]
    seeds: dict[int, int]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    size = draw(st.integers(2, 7))
    kinds = draw(st.integers(1, 3))
    node = st.integers(0, size - 1)
    edges = draw(st.lists(st.tuples(node, node, st.integers(0, kinds - 1)), max_size=16))
    builder = GraphBuilder()
    nodes = [builder.node("r", str(n)) for n in range(size)]
    numbers = [
        builder.kind(EdgeKind(Transform(TransformSubtype.IDENTITY, (str(n),))))
        for n in range(kinds)
    ]
    for source, target, kind in edges:
        builder.edge(nodes[source], nodes[target], numbers[kind], SITE)
    mask = st.integers(0, 2**STATES - 1)
    tables = draw(st.lists(st.lists(mask, min_size=STATES, max_size=STATES), min_size=3))
    seeds = draw(st.dictionaries(node, st.integers(1, 2**STATES - 1), max_size=3))
    return World(builder.freeze(), tables, seeds)


def _steps(world: World, node: int, state: int) -> list[tuple[int, int, int]]:
    """Every step that a value can take: edge, node and state after it."""
    graph = world.graph
    return [
        (edge, graph.targets[edge], after)
        for edge in graph.outgoing(node)
        for after in bits(world.tables[graph.kind_of[edge]][state])
    ]


def _distances(world: World, start: tuple[int, int]) -> dict[tuple[int, int], int]:
    """Steps to each (node, state), by repeated relaxation of every pair."""
    found = {start: 0}
    for _ in range(len(world.graph.columns) * STATES):
        for (node, state), steps in list(found.items()):
            for _edge, target, after in _steps(world, node, state):
                known = found.get((target, after), steps + 1)
                found[target, after] = min(known, steps + 1)
    return found


@given(worlds())
def test_propagation_finds_what_brute_force_finds(world: World) -> None:
    """The fixpoint is the union over the seeds of all states that single values reach."""
    expected: dict[int, int] = {}
    for node, mask in world.seeds.items():
        for state in bits(mask):
            for reached, after in _distances(world, (node, state)):
                expected[reached] = expected.get(reached, 0) | 1 << after

    assert propagate(world.graph, world.seeds, world.tables) == expected


@given(worlds(), st.data())
def test_a_witness_is_a_real_and_shortest_path(world: World, data: st.DataObject) -> None:
    """A witness starts at the source, each step is an edge, and no path is shorter."""
    size = len(world.graph.columns)
    source = data.draw(st.tuples(st.integers(0, size - 1), st.integers(0, STATES - 1)))
    goal = data.draw(st.integers(0, size - 1))
    wanted = data.draw(st.integers(0, 2**STATES - 1))
    steps = ShortestWays(world.graph, source, world.tables).steps_to(goal, wanted)
    ends = [d for (n, s), d in _distances(world, source).items() if n == goal and wanted >> s & 1]

    assert len(steps) == min(ends, default=0)
    here = source
    for step in steps:
        assert world.graph.sources[step.edge] == here[0]
        here = (world.graph.targets[step.edge], step.state)
        assert (step.edge, *here) in _steps(
            world, world.graph.sources[step.edge], _before(steps, step, source)
        )
    if steps:
        assert here[0] == goal
        assert wanted >> here[1] & 1


def _before(steps: tuple[object, ...], step: object, source: tuple[int, int]) -> int:
    """The state in which a value arrives at a step."""
    position = steps.index(step)
    return source[1] if position == 0 else steps[position - 1].state  # type: ignore[attr-defined]


@given(worlds())
def test_the_index_agrees_with_the_arrays(world: World) -> None:
    """`outgoing`, `incoming`, `find` and `nodes_of` say what the flat arrays say."""
    graph = world.graph
    for edge, (source, target) in enumerate(zip(graph.sources, graph.targets, strict=True)):
        assert edge in graph.outgoing(source)
        assert edge in graph.incoming(target)
        assert source != target
    assert [graph.find(column) for column in graph.columns] == list(range(len(graph.columns)))
    assert len(graph.nodes_of("r")) == len(graph.columns)
    assert graph.to_networkx().number_of_edges() == len(graph.sources)


def test_equal_edges_are_one_and_keep_their_first_place() -> None:
    """The same flow written twice is one edge, where it was first written."""
    builder = GraphBuilder()
    one, two = builder.node("a", "x"), builder.node("b", "x")
    kind = builder.kind(EdgeKind(Transform(TransformSubtype.IDENTITY)))
    for offset, _ in product((3, 9), range(2)):
        builder.edge(one, two, kind, EdgeSite(0, offset))
    graph = builder.freeze()

    assert list(graph.sites.offsets) == [3]
    assert graph.find(Column("a", "x")) == one
    assert graph.find(Column("a", "y")) is None
