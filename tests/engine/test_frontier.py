"""The right edge of a growing Merkle tree."""

from __future__ import annotations

import pytest

from runner.engine.frontier import Frontier
from runner.merkle import leaf_hash, tree_root


@pytest.mark.parametrize("size", [*range(20), 31, 32, 33, 100])
def test_the_edge_knows_the_root_of_the_whole_tree(size: int) -> None:
    leaves = [leaf_hash(str(number).encode()) for number in range(size)]
    edge = Frontier()
    edge.extend(leaves[: size // 2])
    edge.extend(leaves[size // 2 :])
    assert edge.size == size
    assert edge.root() == tree_root(leaves)
