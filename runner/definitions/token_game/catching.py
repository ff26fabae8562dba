"""Who catches an error or an escalation, and who hears a signal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from runner.definitions.model import Element
from runner.definitions.token_game.board import Board
from runner.definitions.token_game.net import Net, happens_again, interrupts
from runner.definitions.token_game.state import NOBODY, Node, Scope

WATCHED = frozenset({"work", "opening", "inside", "body"})
"""The phases of an activity in which its boundary events can happen."""

NetOf = Callable[[Scope], Net]


class Catch(NamedTuple):
    """An event that can happen: at the node or scope ``owner``."""

    owner: int
    element: Element


def watching(net: Net, node: Node) -> Iterator[Element]:
    """The boundary events of the activity that can happen now."""
    ending = node.phase == "leaving" and node.total > 0  # all instances ended, their body not yet
    if (node.phase in WATCHED or ending) and node.loop < 0:
        for event in net.boundary.get(node.element, ()):
            if event.id not in node.spent:
                yield event


def listening(net: Net, scope: Scope) -> Iterator[Element]:
    """The start events of event sub-processes that can happen now."""
    if not scope.closed:
        for event in net.listening.get(scope.place, ()):
            if event.id not in scope.spent:
                yield event


def catcher(
    board: Board, net_of: NetOf, scope: Scope, node: Node | None, kind: str, code: str
) -> Catch | None:
    """Who catches what is thrown in ``scope`` (by a throw event) or by the activity ``node``.

    The nearest around wins; at one place an event sub-process before the boundary, an event with
    this very code before one without. An event sub-process never catches what is thrown in itself.
    """
    coming_from = ""
    while True:
        if node is not None:
            if node.parent != NOBODY and node.loop >= 0:
                node = board.nodes[node.parent]
            found = _best(watching(net_of(scope), node), kind, code)
            if found is not None:
                return Catch(node.id, found)
            coming_from = node.element
            while node.parent != NOBODY:  # a compensation handler belongs to its throw event
                node = board.nodes[node.parent]
        found = _best(
            (e for e in listening(net_of(scope), scope) if e.parent != coming_from), kind, code
        )
        if found is not None:
            return Catch(scope.id, found)
        if scope.owner == NOBODY:
            return None
        node = board.nodes[scope.owner]
        scope = board.scopes[node.scope]


def _best(events: Iterator[Element], kind: str, code: str) -> Element | None:
    any_code: Element | None = None
    for element in events:
        if element.event.kind == kind:
            if element.event.code == code:
                return element
            if not element.event.code:
                any_code = any_code or element
    return any_code


def hearing(board: Board, net_of: NetOf, name: str) -> Iterator[Catch]:
    """Everything that waits for the signal ``name``, also in a scope whose last token sent it."""
    for catch in awaited(board, net_of, ended=True):
        if catch.element.event.kind == "signal" and catch.element.event.code == name:
            yield catch


def awaited(board: Board, net_of: NetOf, *, ended: bool = False) -> Iterator[Catch]:
    """Every event that is awaited anywhere, errors and escalations included. ``ended``: also in a
    scope without a token."""
    for node in board.nodes.values():
        net = net_of(board.scopes[node.scope])
        if node.phase == "events":
            for flow in net.elements[node.element].outgoing:
                yield Catch(node.id, net.target(flow))
        elif node.phase == "work" and net.elements[node.element].event.kind != "none":
            yield Catch(node.id, net.elements[node.element])
        for event in watching(net, node):
            yield Catch(node.id, event)
    for scope in board.scopes.values():
        for event in listening(net_of(scope), scope):
            if ended or not board.empty(scope):
                yield Catch(scope.id, event)


def happened(board: Board, net: Net, catch: Catch) -> Node:
    """The event happens: what it interrupts is taken away. The token that goes on from it."""
    event = catch.element
    if catch.owner in board.scopes:
        return _event_sub_process(board, net, board.scopes[catch.owner], event)
    node = board.node(catch.owner)
    if event.kind == "boundaryEvent":
        if interrupts(event):
            board.cancel(node)
        elif not happens_again(event):
            board.change(node, spent=tuple(sorted((*node.spent, event.id))))
        token = board.add(node.scope, event.id, "leaving")
    elif node.phase == "events":
        del board.nodes[node.id]
        flow = next(f for f in net.elements[node.element].outgoing if net.target(f) is event)
        board.see("completed", node, (flow,))
        token = board.add(node.scope, event.id, "leaving")
    else:
        token = board.change(node, phase="leaving")
    board.see("happened", token)
    return token


def _event_sub_process(board: Board, net: Net, scope: Scope, event: Element) -> Node:
    if interrupts(event):
        board.clear(scope)
        board.scopes[scope.id] = board.scopes[scope.id]._replace(closed=True)
    elif not happens_again(event):
        spent = tuple(sorted((*scope.spent, event.id)))
        board.scopes[scope.id] = board.scopes[scope.id]._replace(spent=spent)
    around = board.add(scope.id, event.parent, "inside")
    board.see("entered", around)
    inside = board.open(around.id, scope.process, event.parent)
    token = board.add(inside.id, event.id, "leaving")
    board.see("happened", token)
    return token
