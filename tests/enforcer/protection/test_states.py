from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from enforcer.protection.acts import Acts
from enforcer.protection.methods import protect
from enforcer.protection.states import (
    CLEAR,
    DIRECT,
    STATES,
    Making,
    Mixing,
    State,
    Transforms,
    block_kinds,
    make_tables,
    or_hashed,
    with_hashes_clear,
)
from enforcer.protection.variants import VARIANTS
from enforcer.words import Protection
from lineage import Transform, TransformSubtype, TransformType
from lineage.flow import bits, propagate
from lineage.graph import EdgeKind, EdgeSite, GraphBuilder

TRANSFORMS = (
    Transform(TransformSubtype.IDENTITY),
    Transform(TransformSubtype.TRANSFORMATION, ("sha2", "left:8")),
    Transform(TransformSubtype.TRANSFORMATION, ("to_base64",)),
    Transform(TransformSubtype.TRANSFORMATION, ("from_base64",)),
    Transform(TransformSubtype.TRANSFORMATION, ("substring:5",)),
    Transform(TransformSubtype.TRANSFORMATION, ("left:3", "hmac")),
    Transform(TransformSubtype.AGGREGATION, ("count",)),
    Transform(TransformSubtype.AGGREGATION, ("lag",)),
    Transform(TransformSubtype.FILTER, ("eq",)),
    Transform(TransformSubtype.GROUP_BY),
)
Edges = list[tuple[int, int, int]]
EDGES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, len(TRANSFORMS) - 1)).filter(
        lambda edge: edge[0] < edge[1]
    ),
    max_size=14,
)
MASKS = st.integers(0, (1 << len(STATES)) - 1)


def test_states_are_numbered_without_holes() -> None:
    """Every state has its own number, and a value starts as number 0."""
    assert [state.number for state in STATES] == list(range(len(STATES)))
    assert len(STATES) == len(set(STATES)) == len(VARIANTS) * 7 * len(Mixing)
    assert CLEAR == 1


@given(MASKS)
def test_hashes_that_hide_nothing_arrive_clear(mask: int) -> None:
    """Each hash becomes the clear state of the same flow and mixing, and all else stays."""
    wanted = set()
    for number in bits(mask):
        state = STATES[number]
        hashed = state.protection is Protection.HASHED
        detail = state.variant.detail
        clear = next(
            v for v in VARIANTS if v.protection is Protection.CLEAR and v.detail in ("", detail)
        )
        if hashed and detail:
            clear = next(v for v in VARIANTS if v.detail == detail)
        wanted.add(State(clear, state.flow, state.mixing) if hashed else state)
    assert {STATES[number] for number in bits(with_hashes_clear(mask))} == wanted
    assert with_hashes_clear(or_hashed(mask)) == with_hashes_clear(mask)


def walk_all_paths(edges: Edges, blocked: set[int]) -> dict[int, set[State]]:
    """Every state of every path from node 0, one path at a time."""
    reached = {0: {State()}}

    def walk(node: int, state: State) -> None:
        for source, target, number in edges:
            transform = TRANSFORMS[number]
            if source != node or (number in blocked and state.mixing is Mixing.ROW):
                continue
            arrived = step(state, transform)
            reached.setdefault(target, set()).add(arrived)
            walk(target, arrived)

    walk(0, State())
    return reached


def step(state: State, transform: Transform) -> State:
    variant = state.variant
    for name in transform.functions:
        variant = protect(variant, Acts().of(name), enumerable=False, grouped=False)
    flow = state.flow
    if flow == DIRECT and transform.type is TransformType.INDIRECT:
        flow = transform.subtype.value.lower()
    mixing = state.mixing
    if "count" in transform.functions:
        mixing = Mixing.GROUP
    elif "lag" in transform.functions or transform.subtype is TransformSubtype.GROUP_BY:
        mixing = max(mixing, Mixing.OTHER)
    return State(variant, flow, mixing)


@given(EDGES, st.sets(st.integers(0, len(TRANSFORMS) - 1), max_size=3))
def test_propagation_finds_what_all_paths_find(edges: Edges, blocked: set[int]) -> None:
    """The least fixpoint is the union over all paths, blocked edges included."""
    builder = GraphBuilder()
    for node in range(7):
        builder.node("r", f"c{node}")
    kinds = [builder.kind(EdgeKind(transform)) for transform in TRANSFORMS]
    for source, target, number in edges:
        builder.edge(source, target, kinds[number], EdgeSite(0, 0))
    graph = builder.freeze()
    tables = block_kinds(make_tables(Transforms(graph), Making()), blocked)
    masks = propagate(graph, {0: CLEAR}, tables)
    found = {node: {STATES[number] for number in bits(mask)} for node, mask in masks.items()}
    assert found == walk_all_paths(edges, blocked)
