"""Which inclusive joins need not wait any longer."""

from __future__ import annotations

from typing import NamedTuple

from runner.definitions.model import Element
from runner.definitions.token_game.net import Net
from runner.definitions.token_game.state import NOBODY, Scope, State


class Join(NamedTuple):
    scope: int
    element: str


def ready_joins(state: State, net_of: dict[str, Net]) -> set[Join]:
    """The inclusive joins that fire now (BPMN 2.0.2, 13.4.3): at least one incoming flow has a
    token, and no token elsewhere can still come by one that has none, unless it can also come by
    one that has.

    Joins that wait for nobody but each other would wait for ever: each of them may fire. The
    standard is silent there; a process that goes on beats one that hangs.
    """
    waiting: dict[Join, set[Join | None]] = {}
    for scope in state.scopes:
        if scope.flows:
            _look(state, net_of[scope.process], scope, waiting)
    ready = {join for join, held_by in waiting.items() if not held_by}
    return ready or _circles(waiting)


def _look(state: State, net: Net, scope: Scope, waiting: dict[Join, set[Join | None]]) -> None:
    targets = {flow: net.target(flow) for flow in set(scope.flows)}
    joins = {
        element.id: element for element in targets.values() if element.kind == "inclusiveGateway"
    }
    for join in joins.values():
        waiting[Join(scope.id, join.id)] = _awaited(state, net, scope, join, targets)


def _awaited(
    state: State, net: Net, scope: Scope, join: Element, targets: dict[str, Element]
) -> set[Join | None]:
    """What holds the join up: the join a token waits at, None for a token that can move."""
    arrived = {flow for flow, target in targets.items() if target is join}
    missing = set(join.incoming) - arrived
    if not missing:
        return set()
    reach = net.reach(join)
    found: set[Join | None] = set()
    for target in targets.values():
        if target is not join and _holds(reach.get(target.id), missing, arrived):
            at_join = target.kind == "inclusiveGateway" and len(target.incoming) > 1
            found.add(Join(scope.id, target.id) if at_join else None)
    for node in state.nodes:
        here = node.scope == scope.id and node.parent == NOBODY
        if here and _holds(reach.get(node.element), missing, arrived):
            found.add(None)
    return found


def _holds(reach: frozenset[str] | None, missing: set[str], arrived: set[str]) -> bool:
    return reach is not None and bool(reach & missing) and not reach & arrived


def _circles(waiting: dict[Join, set[Join | None]]) -> set[Join]:
    free: dict[Join, set[Join | None]] = dict(waiting)
    while held := [join for join, by in free.items() if any(who not in free for who in by)]:
        for join in held:
            del free[join]
    return set(free)
