from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from enforcer.protection.methods import LADDER, Effect, accepts, effect_of, protect, refused, rung
from enforcer.protection.states import (
    CLEAR,
    DIRECT,
    STATES,
    Making,
    Mixing,
    State,
    make_tables,
    protections_in,
    with_hashes_clear,
)
from enforcer.rules import Accepts
from enforcer.words import Protection
from lineage import Transform, TransformSubtype, TransformType
from lineage.flow import bits, propagate
from lineage.graph import EdgeKind, EdgeSite, GraphBuilder

P = Protection


def after(functions: str, *, enumerable: bool = False, grouped: bool = False) -> Protection:
    protection = P.CLEAR
    for name in functions.split():
        protection = protect(protection, effect_of(name), enumerable=enumerable, grouped=grouped)
    return protection


def test_a_hash_cut_short_is_still_a_hash() -> None:
    """left(sha2(x), 8) is hashed, and so is a hash of a part."""
    assert after("sha2 left") is P.HASHED
    assert after("left sha2") is P.HASHED


def test_decoding_what_was_encoded_is_clear_again() -> None:
    """An encoding is undone by any decoding, and by that alone."""
    assert after("to_base64 from_base64") is P.CLEAR
    assert after("to_base64 upper") is P.ENCODED
    assert after("sha2 hex unhex") is P.HASHED


def test_decrypting_what_was_encrypted_is_clear_again() -> None:
    """An encrypted value survives an encoding and its undoing, and ends with its decryption."""
    assert after("aes_encrypt to_base64 from_base64") is P.ENCRYPTED
    assert after("aes_encrypt to_base64 from_base64 aes_decrypt") is P.CLEAR
    assert after("left aes_encrypt aes_decrypt") is P.TRUNCATED


def test_what_is_not_known_protects_nothing() -> None:
    """An unknown function, a cast and a qualified name that looks like a hash keep the value."""
    assert after("cast") is P.CLEAR
    assert after("my_mask") is P.CLEAR
    assert after("someone.sha2") is P.CLEAR
    assert after("regexp_replace") is P.CLEAR
    assert after("round") is P.CLEAR


def test_a_projects_own_functions_come_first() -> None:
    """A project may say what its own functions do."""
    assert effect_of("vault.token", {"vault.token": Effect.TOKENISE}) is Effect.TOKENISE


def test_the_parsers_spelling_does_not_matter() -> None:
    """Underscores that the parser puts into names are no part of them."""
    assert effect_of("s_h_a2_digest") is effect_of("SHA2_DIGEST") is Effect.HASH


def test_a_hash_of_what_can_be_tried_hides_nothing() -> None:
    """An unkeyed hash of an enumerable value arrives clear, a part too; one with a key is keyed."""
    for functions in ("sha2", "sha2 left", "sha2 to_base64", "md5 sha2"):
        hashed = 1 << State(after(functions, enumerable=True)).number
        assert protections_in(with_hashes_clear(hashed)) == (P.CLEAR,)
    assert after("sha2 hmac_sha256", enumerable=True) is P.KEYED
    assert after("left sha2", enumerable=True) is P.TRUNCATED


def test_only_counts_and_totals_of_groups_are_aggregated() -> None:
    """A minimum, a list or any value is a single person's value, whatever the group."""
    assert after("sum", grouped=True) is P.AGGREGATED
    assert after("count", grouped=True) is P.AGGREGATED
    for name in ("min", "max", "any_value", "array_agg", "group_concat", "first", "median"):
        assert after(name, grouped=True) is P.CLEAR


def test_a_total_without_a_group_is_a_persons_value() -> None:
    """The sum over a group of one is the value; a count of one still says that there is one."""
    assert after("sum") is P.CLEAR
    assert after("count") is P.GENERALISED


def test_one_bit_about_a_value_is_not_the_value() -> None:
    """Predicates and sizes generalise."""
    for name in ("eq", "like", "is", "length", "date_trunc"):
        assert after(name) is P.GENERALISED


def test_the_rung_asked_for_and_all_above_it_pass() -> None:
    """`at_least` is a rung, `accept` a set; a constant always passes, nothing else by default."""
    keyed = Accepts(at_least=P.KEYED)
    assert [p for p in LADDER if accepts(keyed, p)] == [
        P.KEYED,
        P.SURROGATE,
        P.AGGREGATED,
        P.CONSTANT,
    ]
    assert refused(Accepts(accept=(P.TRUNCATED,)), (P.HASHED, P.TRUNCATED, P.CLEAR)) == (
        P.CLEAR,
        P.HASHED,
    )
    assert refused(None, LADDER) == LADDER[:-1]


def test_states_are_numbered_without_holes() -> None:
    """Every state has its own number, and a value starts as number 0."""
    assert [state.number for state in STATES] == list(range(len(STATES)))
    assert CLEAR == 1


@given(st.sampled_from(LADDER), st.lists(st.sampled_from(list(Effect)), max_size=6))
def test_only_an_undoing_weakens_a_protection(start: Protection, effects: list[Effect]) -> None:
    """Without a decoding, decryption or look-up back no function makes a value clearer."""
    undoing = {Effect.DECODE, Effect.DECRYPT, Effect.DETOKENISE}
    here = start
    for effect in effects:
        there = protect(here, effect, enumerable=False, grouped=False)
        assert effect in undoing or rung(there) >= rung(here)
        here = there


TRANSFORMS = (
    Transform(TransformSubtype.IDENTITY),
    Transform(TransformSubtype.TRANSFORMATION, ("sha2", "left")),
    Transform(TransformSubtype.TRANSFORMATION, ("to_base64",)),
    Transform(TransformSubtype.TRANSFORMATION, ("from_base64",)),
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
    protection = state.protection
    for name in transform.functions:
        protection = protect(protection, effect_of(name), enumerable=False, grouped=False)
    flow = state.flow
    if flow == DIRECT and transform.type is TransformType.INDIRECT:
        flow = transform.subtype.value.lower()
    mixing = state.mixing
    if "count" in transform.functions:
        mixing = Mixing.GROUP
    elif "lag" in transform.functions or transform.subtype is TransformSubtype.GROUP_BY:
        mixing = max(mixing, Mixing.OTHER)
    return State(protection, flow, mixing)


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
    tables = make_tables(
        graph, Making(), is_group=lambda _: False, is_blocked=lambda kind: kind in blocked
    )
    masks = propagate(graph, {0: CLEAR}, tables)
    found = {node: {STATES[number] for number in bits(mask)} for node, mask in masks.items()}
    assert found == walk_all_paths(edges, blocked)
