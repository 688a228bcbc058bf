"""The Merkle tree hash of RFC 6962, section 2.1, taken line by line in bounded memory."""

from __future__ import annotations

import hashlib


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 0x00 and the data: no leaf can pass for an inner node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and the two hashes below."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """A tree that grows by one leaf at a time and keeps only its complete subtrees' hashes.

    `size` leaves need as many hashes as `size` has binary ones, so a tree of a million
    leaves is held in at most 20 of them.
    """

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf by its hash; equal neighbours merge as a binary counter carries."""
        node, carry = leaf, self.size
        while carry & 1:
            node = node_hash(self._peaks.pop(), node)
            carry >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree hash of the leaves so far; SHA-256 of nothing when there are none."""
        if not self._peaks:
            return hashlib.sha256().digest()
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root
