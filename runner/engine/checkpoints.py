"""Checkpoints: committed events get their place in the Merkle tree, and its head is signed."""

from __future__ import annotations

from sqlalchemy import Connection

from runner.engine.frontier import Frontier
from runner.engine.site import Site
from runner.notes import Checkpoint, public_bytes, sign, verifier_key
from runner.store.checkpoints import (
    CheckpointRow,
    insert_checkpoint,
    insert_leaves,
    latest_checkpoint,
    leaf_hashes_after,
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
    empty log. The first of a process reads every leaf hash, later ones only new ones."""
    known = site.tree_edge
    with site.database.read() as connection:  # most of the reading, while others may write
        edge = _caught_up(connection, known)
    with site.database.write() as connection:
        lock_leaves(connection)
        edge = _caught_up(connection, edge)
        new = unindexed_events(connection, everything=known is None)
        latest = latest_checkpoint(connection)
        if not new and (latest is None or latest.tree_size == edge.size):
            site.tree_edge = edge
            return latest
        insert_leaves(connection, edge.size, [event_id for event_id, _ in new])
        edge.extend(leaf for _, leaf in new)
        name = origin(site)
        note = sign(Checkpoint(name, edge.size, edge.root()), name, site.keys.signing())
        row = CheckpointRow(edge.size, edge.root(), note, site.machine_clock.now())
        insert_checkpoint(connection, row)
    site.tree_edge = edge
    return row


def _caught_up(connection: Connection, known: Frontier | None) -> Frontier:
    """The frontier of all leaves that have an index, as a copy of its own."""
    edge = Frontier() if known is None else Frontier(known.size, list(known.peaks))
    if tree_size(connection) > edge.size:
        edge.extend(leaf_hashes_after(connection, edge.size))
    return edge
