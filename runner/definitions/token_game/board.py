"""A state that is being changed: one move's working copy."""

from __future__ import annotations

from bisect import insort

from runner.definitions.token_game.moves import IllegalMove, Seen
from runner.definitions.token_game.state import NOBODY, Node, Phase, Record, Scope, State


class Board:
    """Nodes and scopes by id. What is taken away is seen as cancelled, innermost first."""

    def __init__(self, state: State) -> None:
        self.nodes = {node.id: node for node in state.nodes}
        self.scopes = {scope.id: scope for scope in state.scopes}
        self.signalled = list(state.signalled)
        self.seen: list[Seen] = []
        self._last = state.last

    def state(self) -> State:
        return State(
            tuple(self.nodes.values()),
            tuple(self.scopes.values()),
            tuple(
                sorted(
                    (owner, event)
                    for owner, event in self.signalled
                    if owner in self.nodes or owner in self.scopes
                )
            ),
            self._last,
        )

    def see(self, what: str, node: Node, flows: tuple[str, ...] = ()) -> None:
        self.seen.append(Seen(what, node.element, node.id, flows))  # type: ignore[arg-type]

    # --- tokens ---

    def node(self, node_id: int) -> Node:
        found = self.nodes.get(node_id)
        if found is None:
            raise IllegalMove(f"there is no token {node_id}")
        return found

    def scope(self, scope_id: int) -> Scope:
        found = self.scopes.get(scope_id)
        if found is None:
            raise IllegalMove(f"there is no scope {scope_id}")
        return found

    def add(
        self, scope: int, element: str, phase: Phase, *, parent: int = NOBODY, loop: int = -1
    ) -> Node:
        self._last += 1
        node = Node(self._last, scope, element, phase, parent, loop)
        self.nodes[node.id] = node
        return node

    def change(self, node: Node, **fields: object) -> Node:
        changed = node._replace(**fields)  # type: ignore[arg-type]
        self.nodes[node.id] = changed
        return changed

    def open(self, owner: int, process: str, place: str) -> Scope:
        self._last += 1
        scope = Scope(self._last, owner, process, place)
        self.scopes[scope.id] = scope
        return scope

    def put(self, scope_id: int, flows: tuple[str, ...]) -> None:
        scope = self.scopes[scope_id]
        held = list(scope.flows)
        for flow in flows:
            insort(held, flow)
        self.scopes[scope_id] = scope._replace(flows=tuple(held))

    def take(self, scope_id: int, flow: str) -> None:
        scope = self.scope(scope_id)
        held = list(scope.flows)
        if flow not in held:
            raise IllegalMove(f"no token on {flow}")
        held.remove(flow)
        self.scopes[scope_id] = scope._replace(flows=tuple(held))

    def serial(self) -> int:
        """A number greater than all before it."""
        self._last += 1
        return self._last

    # --- structure ---

    def inside(self, node: Node) -> Scope | None:
        return next((scope for scope in self.scopes.values() if scope.owner == node.id), None)

    def empty(self, scope: Scope) -> bool:
        return not scope.flows and not any(n.scope == scope.id for n in self.nodes.values())

    def children(self, node: Node) -> list[Node]:
        return [child for child in self.nodes.values() if child.parent == node.id]

    # --- cancelling ---

    def cancel(self, node: Node) -> None:
        """Takes the token away with everything in it."""
        for child in self.children(node):
            self.cancel(child)
        inside = self.inside(node)
        if inside is not None:
            self.clear(inside)
            del self.scopes[inside.id]
        del self.nodes[node.id]
        self.see("cancelled", node)

    def clear(self, scope: Scope) -> None:
        """Takes away every token in the scope."""
        for node in [node for node in self.nodes.values() if node.scope == scope.id]:
            if node.id in self.nodes:  # an instance goes with its body
                self.cancel(node)
        self.scopes[scope.id] = self.scopes[scope.id]._replace(flows=())

    def remember(self, scope_id: int, *records: Record) -> None:
        scope = self.scopes[scope_id]
        self.scopes[scope_id] = scope._replace(done=(*scope.done, *records))
