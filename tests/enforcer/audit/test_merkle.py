"""The tree hash against published vectors and against the recursive definition."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.audit.merkle import MerkleTree, leaf_hash, node_hash

# The leaves and roots that Certificate Transparency's implementations share: here from
# github.com/transparency-dev/merkle, testonly/constants.go at 417fb0c (Apache-2.0).
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def by_the_definition(entries: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return node_hash(by_the_definition(entries[:split]), by_the_definition(entries[split:]))


def streamed(entries: list[bytes]) -> bytes:
    """The root of a tree that grows leaf by leaf."""
    tree = MerkleTree()
    for entry in entries:
        tree.add(leaf_hash(entry))
    return tree.root()


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_published_roots(size: int) -> None:
    """A tree over the shared leaves has the root that every log computes."""
    assert streamed(LEAVES[:size]).hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_the_streamed_root_is_that_of_the_definition(entries: list[bytes]) -> None:
    """Growing a tree leaf by leaf gives the root of the recursive definition."""
    assert streamed(entries) == by_the_definition(entries)


def test_a_large_tree_is_held_in_few_hashes() -> None:
    """Ten thousand leaves need no more than fourteen hashes."""
    tree = MerkleTree()
    for number in range(10_000):
        tree.add(leaf_hash(number.to_bytes(4, "big")))
    assert len(tree._peaks) <= 14  # noqa: SLF001 - the bound is the promise
