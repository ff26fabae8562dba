"""Where all tokens are: one immutable, hashable value."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, NamedTuple

Phase = Literal[
    "work",  # a task or catch event: somebody outside works or something outside must happen
    "leaving",  # its work is done, its outgoing flows are not taken yet
    "throwing",  # a throw or end event whose effect is still to come
    "opening",  # a sub-process or call activity without an inside yet
    "inside",  # a sub-process or call activity whose inside decides
    "items",  # a multi-instance activity that does not know its number of instances yet
    "body",  # a multi-instance activity whose instances run
    "events",  # an event-based gateway
    "compensating",  # a compensation event that waits for its handlers
    "uncaught",  # an error end event whose error nobody catches: a person must decide
]
NOBODY = 0
"""No owner or parent; ids begin with 1."""


class Record(NamedTuple):
    """A completed activity that can be compensated. ``order`` grows with every completion,
    ``inner`` are those inside a sub-process, in that order."""

    element: str
    order: int
    inner: tuple[Record, ...] = ()


class Node(NamedTuple):
    """A token at an element. ``parent`` is the multi-instance body or the compensation event it
    belongs to, ``spent`` the events at it that happened and cannot happen again, ``kept`` what a
    body's ended instances left to be compensated. A compensation event undoes what was completed
    ``until`` it began, and is in the middle of ``undoing`` these sub-processes (by order)."""

    id: int
    scope: int
    element: str
    phase: Phase
    parent: int = NOBODY
    loop: int = -1
    total: int = 0
    begun: int = 0
    done: int = 0
    judging: bool = False
    spent: tuple[str, ...] = ()
    kept: tuple[Record, ...] = ()
    until: int = 0
    undoing: tuple[int, ...] = ()


class Scope(NamedTuple):
    """A running process or inside of a sub-process. ``owner`` is the node it is the inside of,
    ``place`` the id of the process or sub-process, ``flows`` the sequence flows with a token,
    sorted, once for every token, ``closed`` whether an interrupting event sub-process has begun,
    ``done`` what can be compensated, in the order of completion."""

    id: int
    owner: int
    process: str
    place: str
    flows: tuple[str, ...] = ()
    spent: tuple[str, ...] = ()
    closed: bool = False
    done: tuple[Record, ...] = ()


class State(NamedTuple):
    """``nodes`` and ``scopes`` by id; the first scope is the whole. ``signalled`` are the events
    (by the node or scope they wait at) that a signal has reached and that have not reacted yet.
    ``last`` is the last id given: none is given twice."""

    nodes: tuple[Node, ...]
    scopes: tuple[Scope, ...]
    signalled: tuple[tuple[int, str], ...] = ()
    last: int = NOBODY

    @property
    def completed(self) -> bool:
        """Whether no token is left."""
        return not self.nodes and not any(scope.flows for scope in self.scopes)


def fold(state: State) -> State:
    """The same state with ids given anew: states that differ only by ids, or by which of several
    equal instances is meant, become equal. Moves of the one do not fit the other."""
    return _Folding(_ranked(state)).folded()


def _ranked(state: State) -> State:
    """The orders of completion as 1, 2, 3 ..."""
    orders = sorted(
        order
        for records in (*(s.done for s in state.scopes), *(n.kept for n in state.nodes))
        for order in _orders(records)
    )
    if not orders and not any(node.until for node in state.nodes):
        return state
    rank = {order: number for number, order in enumerate(orders, 1)}

    def records(given: tuple[Record, ...]) -> tuple[Record, ...]:
        return tuple(Record(r.element, rank[r.order], records(r.inner)) for r in given)

    nodes = tuple(
        node._replace(
            kept=records(node.kept),
            until=bisect_right(orders, node.until),
            undoing=tuple(rank[order] for order in node.undoing if order in rank),
        )
        for node in state.nodes
    )
    return state._replace(
        nodes=nodes, scopes=tuple(s._replace(done=records(s.done)) for s in state.scopes)
    )


def _orders(records: tuple[Record, ...]) -> Iterator[int]:
    for record in records:
        yield record.order
        yield from _orders(record.inner)


class _Folding:
    def __init__(self, state: State) -> None:
        self.state = state
        self.inside: dict[int, Scope] = {scope.owner: scope for scope in state.scopes}
        self.of_scope: dict[int, list[Node]] = {scope.id: [] for scope in state.scopes}
        self.of_parent: dict[int, list[Node]] = {}
        for node in state.nodes:
            (
                self.of_parent.setdefault(node.parent, [])
                if node.parent
                else self.of_scope[node.scope]
            ).append(node)
        self.reached: dict[int, tuple[str, ...]] = {}
        for owner, event in state.signalled:
            self.reached[owner] = (*self.reached.get(owner, ()), event)
        self.keys: dict[int, tuple[object, ...]] = {}
        self.ids: dict[int, int] = {NOBODY: NOBODY}

    def folded(self) -> State:
        root = self.state.scopes[0]
        self._number_scope(root)
        nodes = (
            node._replace(
                id=self.ids[node.id],
                scope=self.ids[node.scope],
                parent=self.ids[node.parent],
                loop=-1 if node.loop < 0 else 0,
            )
            for node in self.state.nodes
        )
        scopes = (
            scope._replace(id=self.ids[scope.id], owner=self.ids[scope.owner])
            for scope in self.state.scopes
        )
        return State(
            tuple(sorted(nodes)),
            tuple(sorted(scopes)),
            tuple(sorted((self.ids[owner], event) for owner, event in self.state.signalled)),
            len(self.ids) - 1,
        )

    def _number_scope(self, scope: Scope) -> None:
        self.ids[scope.id] = len(self.ids)
        for node in sorted(self.of_scope[scope.id], key=self._key):
            self._number_node(node)

    def _number_node(self, node: Node) -> None:
        self.ids[node.id] = len(self.ids)
        for child in sorted(self.of_parent.get(node.id, ()), key=self._key):
            self._number_node(child)
        inside = self.inside.get(node.id)
        if inside is not None:
            self._number_scope(inside)

    def _key(self, node: Node) -> tuple[object, ...]:
        """What the token is, with everything in it and without any id."""
        found = self.keys.get(node.id)
        if found is None:
            inside = self.inside.get(node.id)
            found = self.keys[node.id] = (
                node[2:4],
                node[6:],
                self.reached.get(node.id, ()),
                tuple(sorted(self._key(child) for child in self.of_parent.get(node.id, ()))),
                () if inside is None else self._scope_key(inside),
            )
        return found

    def _scope_key(self, scope: Scope) -> tuple[object, ...]:
        return (
            scope[2:],
            self.reached.get(scope.id, ()),
            tuple(sorted(self._key(node) for node in self.of_scope[scope.id])),
        )
