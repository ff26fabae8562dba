"""A Merkle tree that grows: its right edge is enough to add leaves and to know the root."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from runner.merkle import node_hash, tree_root


@dataclass
class Frontier:
    """The right edge of a growing tree: what is needed to add leaves and know the root.

    ``peaks`` are (number of leaves below, hash) of the complete subtrees, largest first.
    """

    size: int = 0
    peaks: list[tuple[int, bytes]] = field(default_factory=list)

    def extend(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            below, node = 1, leaf
            while self.peaks and self.peaks[-1][0] == below:
                _, left = self.peaks.pop()
                below, node = below * 2, node_hash(left, node)
            self.peaks.append((below, node))
            self.size += 1

    def root(self) -> bytes:
        """RFC 9162 2.1.1: the same as ``merkle.tree_root`` over all leaves."""
        if not self.peaks:
            return tree_root([])
        node = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            node = node_hash(left, node)
        return node
