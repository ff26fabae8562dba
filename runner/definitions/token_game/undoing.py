"""What a compensation event undoes next: last completed, first undone, each once.

Several compensation events share what there is to undo. What one of them has begun to undo inside a
sub-process it also finishes; the others leave that sub-process alone meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from runner.definitions.token_game.board import Board
from runner.definitions.token_game.net import Net
from runner.definitions.token_game.state import Node, Record, Scope


class Position(Protocol):
    """What is needed of a play."""

    board: Board

    def net(self, scope: Scope) -> Net: ...

    def net_at(self, node: Node) -> Net: ...


class Undone(NamedTuple):
    """A completed activity to be undone by following ``event``: in ``scope``, in the sub-processes
    ``within`` (by order, outermost first)."""

    scope: int
    within: tuple[int, ...]
    order: int
    event: str


def next_undone(play: Position, node: Node) -> Undone | None:
    """What the compensation event at ``node`` undoes now. From an event sub-process also what was
    completed in the scope it belongs to, after its own."""
    scope = play.board.scopes[node.scope]
    net = play.net(scope)
    only = net.elements[node.element].event.activity
    busy = {
        order
        for other in play.board.nodes.values()
        if other.undoing and play.board.children(other)
        for order in other.undoing
    }
    while True:
        records = [r for r in scope.done if r.order < node.until and only in ("", r.element)]
        for found in _candidates(net, scope.id, (), records, busy):
            return found
        around = play.board.nodes.get(scope.owner)
        if around is None or not play.net_at(around).elements[around.element].triggered_by_event:
            return None
        scope = play.board.scopes[around.scope]


def _candidates(
    net: Net, scope: int, within: tuple[int, ...], records: list[Record], busy: set[int]
) -> Iterator[Undone]:
    for record in sorted(records, key=lambda r: r.order, reverse=True):
        if record.order in busy:
            continue
        event = net.undone_by.get(record.element)
        # an instance of a multi-instance activity is undone with the whole, never by itself
        if event is not None and not record.inner:
            yield Undone(scope, within, record.order, event)
        else:
            inside = (*within, record.order)
            yield from _candidates(net, scope, inside, list(record.inner), busy)


def take_out(board: Board, undone: Undone) -> None:
    """It cannot be undone again."""
    scope = board.scopes[undone.scope]
    done = _without(scope.done, undone.order)
    board.scopes[scope.id] = scope._replace(done=done)


def _without(records: tuple[Record, ...], order: int) -> tuple[Record, ...]:
    return tuple(
        record._replace(inner=_without(record.inner, order))
        for record in records
        if record.order != order
    )
