"""RFC 9162 trees: known roots, and every proof of every small tree."""

from __future__ import annotations

import hashlib

import pytest

from runner import merkle

# The reference tree of certificate transparency implementations: eight leaves and its root.
LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
]
ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_root_of_the_reference_tree() -> None:
    assert merkle.tree_root([merkle.leaf_hash(leaf) for leaf in LEAVES]).hex() == ROOT


def test_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle.tree_root([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 18))
def test_every_leaf_is_proven_and_no_other_leaf_is(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
    tree = merkle.Tree(leaves)
    root = tree.root
    for index, leaf in enumerate(leaves):
        proof = tree.inclusion_proof(index)
        assert merkle.root_from_inclusion(leaf, index, size, proof) == root
        other = merkle.leaf_hash(b"another")
        assert merkle.root_from_inclusion(other, index, size, proof) != root
        with pytest.raises(ValueError):
            merkle.root_from_inclusion(leaf, index, size, [*proof, root])


@pytest.mark.parametrize("size", range(1, 18))
def test_every_prefix_is_proven_consistent(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
    root = merkle.tree_root(leaves)
    for first in range(1, size + 1):
        before = merkle.tree_root(leaves[:first])
        proof = merkle.consistency_proof(leaves, first)
        assert merkle.is_consistent(first, before, size, root, proof)
        assert not merkle.is_consistent(first, merkle.leaf_hash(b"x"), size, root, proof)
