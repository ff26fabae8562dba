"""Checkpoints: committed events get their place in the Merkle tree, and its head is signed."""

from __future__ import annotations

from runner.engine.site import Site
from runner.merkle import tree_root
from runner.notes import Checkpoint, public_bytes, sign, verifier_key
from runner.store.checkpoints import (
    CheckpointRow,
    insert_checkpoint,
    insert_leaves,
    latest_checkpoint,
    leaf_hashes,
    lock_leaves,
    tree_size,
    unindexed_events,
)


def origin(site: Site) -> str:
    """Who says it: the first line of every checkpoint and the name of the signing key."""
    return f"ombud/demo/{site.name}" if site.demo else f"ombud/{site.name}"


def public_key(site: Site) -> str:
    """The line an auditor gets by another way (a C2SP verifier key)."""
    return verifier_key(origin(site), public_bytes(site.keys.signing()))


def make_checkpoint(site: Site) -> CheckpointRow | None:
    """Signs the tree over all committed events. The latest one where nothing is new; None in an
    empty log."""
    with site.database.write() as connection:
        lock_leaves(connection)
        size = tree_size(connection)
        new = unindexed_events(connection)
        latest = latest_checkpoint(connection)
        if not new and (latest is not None or size == 0):
            return latest
        insert_leaves(connection, size, new)
        root = tree_root(leaf_hashes(connection))
        name = origin(site)
        note = sign(Checkpoint(name, size + len(new), root), name, site.keys.signing())
        row = CheckpointRow(size + len(new), root, note, site.machine_clock.now())
        insert_checkpoint(connection, row)
        return row
