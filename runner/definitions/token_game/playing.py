"""What an element does with its token when it is entered and when it is left."""

from __future__ import annotations

from collections.abc import Mapping

from runner.definitions.model import Element
from runner.definitions.token_game.board import Board
from runner.definitions.token_game.catching import Catch, catcher, happened, hearing
from runner.definitions.token_game.moves import IllegalMove
from runner.definitions.token_game.net import CONTAINERS, Net
from runner.definitions.token_game.state import NOBODY, Node, Phase, Record, Scope
from runner.definitions.token_game.undoing import next_undone, take_out

_THROWS = frozenset({"endEvent", "intermediateThrowEvent"})


class Play:
    """One move on one board. ``nets`` are all processes by id."""

    def __init__(self, nets: Mapping[str, Net], board: Board) -> None:
        self.nets = nets
        self.board = board

    def net(self, scope: Scope) -> Net:
        return self.nets[scope.process]

    def net_at(self, node: Node) -> Net:
        return self.nets[self.board.scopes[node.scope].process]

    # --- entering ---

    def enter(
        self, scope: Scope, element: Element, *, parent: int = NOBODY, loop: int = -1
    ) -> Node:
        phase = self._first_phase(scope, element, loop)
        node = self.board.add(scope.id, element.id, phase, parent=parent, loop=loop)
        self.board.see("entered", node)
        if phase == "compensating":
            node = self.board.change(node, until=self.board.serial())
        return node

    def _first_phase(self, scope: Scope, element: Element, loop: int) -> Phase:
        if element.multi_instance is not None and loop < 0:
            return "items"
        if element.kind in CONTAINERS:
            return "opening"
        if element.kind == "eventBasedGateway":
            return "events"
        if element.kind in _THROWS:
            kind, code = element.event.kind, element.event.code
            if kind == "compensation":
                return "compensating"
            uncaught = kind == "error" and self._catcher(scope, None, kind, code) is None
            return "uncaught" if uncaught else "throwing"
        return "leaving" if element.kind == "startEvent" else "work"

    def open(self, node: Node) -> None:
        """The inside begins at its plain start event."""
        net = self.net_at(node)
        element = net.elements[node.element]
        if node.phase != "opening":
            raise IllegalMove(f"{element.id} does not wait to begin")
        called = element.kind == "callActivity"
        process = (element.called_process or "") if called else net.process.id
        place = process if called else element.id
        inside = self.board.open(node.id, process, place)
        self.board.change(node, phase="inside")
        self.enter(inside, self.nets[process].start(place))

    # --- multi-instance ---

    def begin(self, body: Node, number: int) -> None:
        """The number of items is known."""
        if body.phase != "items" or number < 0:
            raise IllegalMove(f"{body.element} does not wait for {number} items")
        if number == 0:
            self.board.change(body, phase="leaving")
            return
        body = self.board.change(body, phase="body", total=number)
        for _ in range(1 if self._sequential(body) else number):
            body = self._next_instance(body)

    def judge(self, body: Node, *, enough: bool) -> None:
        """The completion condition was asked after an instance ended."""
        if not body.judging:
            raise IllegalMove(f"no instance of {body.element} has just ended")
        if enough:
            for child in self.board.children(body):
                self.board.cancel(child)
            self.board.change(body, phase="leaving", judging=False)
            return
        body = self.board.change(body, judging=False)
        if self._sequential(body):
            self._next_instance(body)

    def _instance_ended(self, body: Node, kept: tuple[Record, ...]) -> None:
        loop = self.net_at(body).elements[body.element].multi_instance
        assert loop is not None
        body = self.board.change(body, done=body.done + 1, kept=(*body.kept, *kept))
        if body.done == body.total:
            self.board.change(body, phase="leaving", judging=False)
        elif loop.completion_condition is not None:
            self.board.change(body, judging=True)
        elif loop.sequential:
            self._next_instance(body)

    def _sequential(self, body: Node) -> bool:
        loop = self.net_at(body).elements[body.element].multi_instance
        return loop is not None and loop.sequential

    def _next_instance(self, body: Node) -> Node:
        element = self.net_at(body).elements[body.element]
        scope = self.board.scopes[body.scope]
        self.enter(scope, element, parent=body.id, loop=body.begun)
        return self.board.change(body, begun=body.begun + 1)

    # --- leaving ---

    def leave(self, node: Node, flows: tuple[str, ...]) -> None:
        """The element is completed: tokens go out, and what it throws has its effect."""
        board, net = self.board, self.net_at(node)
        element, scope = net.elements[node.element], board.scopes[node.scope]
        left = self._left_behind(node, net)
        board.see("completed", node, flows)
        parent = board.nodes.get(node.parent)
        inside = board.inside(node)
        if inside is not None:
            del board.scopes[inside.id]
        del board.nodes[node.id]
        if parent is not None:
            if node.loop >= 0:
                self._instance_ended(parent, left)
            return
        board.remember(scope.id, *left)
        board.put(scope.id, flows)
        if node.phase in ("throwing", "compensating"):
            self._thrown(scope, element)

    def may_leave(self, node: Node) -> bool:
        """Whether the element's work is done, or somebody outside may say so."""
        element = self.net_at(node).elements[node.element]
        if node.phase == "work":
            return element.event.kind == "none"
        if node.phase == "inside":
            inside = self.board.inside(node)
            return inside is not None and self.board.empty(inside)
        if node.phase == "compensating":
            return not self.board.children(node) and next_undone(self, node) is None
        return node.phase in ("leaving", "throwing", "uncaught")

    def _thrown(self, scope: Scope, element: Element) -> None:
        kind, code = element.event.kind, element.event.code
        if kind == "terminate":
            # "ended without compensation": what it did can no longer be undone
            self.board.clear(self.board.scopes[scope.id])
            self.board.scopes[scope.id] = self.board.scopes[scope.id]._replace(done=())
        elif kind == "signal":
            self.signal(code)
        elif kind == "link":
            target = self.net(scope).links.get((element.parent, code))
            if target is None:
                raise IllegalMove(f"no link event is called {code}")
            self.board.see("happened", self.board.add(scope.id, target.id, "leaving"))
        elif kind in ("error", "escalation"):
            caught = self._catcher(scope, None, kind, code)
            if caught is not None:
                self.happen(caught)

    def throw(self, node: Node, code: str) -> None:
        """The work at an activity ends with a BPMN error."""
        scope = self.board.scopes[node.scope]
        caught = self._catcher(scope, node, "error", code)
        if node.phase != "work" or caught is None:
            raise IllegalMove(f"nothing catches {code!r} from {node.element}")
        self.happen(caught)

    def happen(self, catch: Catch) -> None:
        board = self.board
        if catch.owner in board.scopes:
            net = self.net(board.scopes[catch.owner])
        else:
            net = self.net_at(board.node(catch.owner))
        board.signalled = [s for s in board.signalled if s != (catch.owner, catch.element.id)]
        happened(board, net, catch)

    def signal(self, name: str) -> None:
        """Reaches everything that waits for it at this moment."""
        reached = {(c.owner, c.element.id) for c in hearing(self.board, self.net, name)}
        self.board.signalled = sorted(reached.union(self.board.signalled))

    def _catcher(self, scope: Scope, node: Node | None, kind: str, code: str) -> Catch | None:
        return catcher(self.board, self.net, scope, node, kind, code)

    def compensate(self, node: Node) -> None:
        """What was completed last is undone next: its compensation event leads to the handler."""
        found = None
        if node.phase == "compensating" and not self.board.children(node):
            found = next_undone(self, node)
        if found is None:
            raise IllegalMove(f"{node.element} has nothing to undo now")
        net = self.net_at(node)
        event = net.elements[found.event]
        take_out(self.board, found)
        self.board.change(node, undoing=found.within)
        self.board.see("completed", Node(NOBODY, node.scope, event.id, "leaving"))
        handler = net.elements[event.handler or ""]
        self.enter(self.board.scopes[node.scope], handler, parent=node.id)

    def _left_behind(self, node: Node, net: Net) -> tuple[Record, ...]:
        """What can be compensated later because of this completion."""
        element = net.elements[node.element]
        inside = self.board.inside(node)
        inner = node.kept
        if inside is not None and element.kind == "subProcess":
            inner = inside.done
        own = element.id in net.undone_by and node.loop < 0
        if not own and not inner:
            return ()
        return (Record(element.id, self.board.serial(), () if own else inner),)
