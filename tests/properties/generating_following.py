"""The engine's steps, replayed in the token game: what the host hears must be a possible move."""

from __future__ import annotations

from collections.abc import Sequence

from runner.definitions.model import Element
from runner.definitions.token_game import IllegalMove, Move, Node, Played, State, TokenGame
from runner.definitions.token_game.board import Board
from runner.definitions.token_game.catching import awaited
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.host import Token

CONTAINERS = frozenset({"subProcess", "callActivity"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway"})


class Difference(AssertionError):
    """The engine did what the model does not allow, or stopped where the model goes on."""


class Follower:
    """Holds the model's state beside the engine's. ``tokens`` maps the engine's token ids to the
    model's; events that are only awaited have none yet and stand in ``armed``."""

    def __init__(self, game: TokenGame, process: str, start: str | None = None) -> None:
        self.game = game
        self.state: State = game.initial(process, start)
        self.tokens: dict[str, int] = {}
        self.armed: dict[str, tuple[int, str]] = {}
        self.story: list[str] = []
        self._withdrawn: set[int] = set()
        self._removed: set[int] = set()
        self._gateways: dict[int, set[str]] = {}
        self.moves = 0

    # --- moves ---

    def play(self, move: Move) -> Played:
        try:
            played = self.game.play(self.state, move)
        except IllegalMove as error:
            raise Difference(f"{move.kind} {move.element}: {error}") from error
        self.state = played.state
        self.moves += 1
        self._removed.update(seen.node for seen in played.seen if seen.what == "cancelled")
        return played

    def node(self, node_id: int) -> Node | None:
        return next((node for node in self.state.nodes if node.id == node_id), None)

    def _node_of(self, token: Token) -> Node:
        found = self.node(self.tokens.get(token.id, -1))
        if found is None:
            raise Difference(f"the model has no token at {_name(token)}")
        return found

    def _scope_of(self, token: Token) -> int:
        """The model's scope of the token's."""
        return self._scope_named(token.scope_id)

    def _scope_named(self, scope_id: str) -> int:
        """The model's scope of the engine's; an inside that has not begun begins."""
        if scope_id not in self.tokens:
            return self.state.scopes[0].id
        container = self.tokens[scope_id]
        node = self.node(container)
        if node is None:
            raise Difference(f"the model has ended the container {container}")
        if node.phase == "opening":
            self.play(Move("open", node.id, node.element))
        for scope in self.state.scopes:
            if scope.owner == container:
                return scope.id
        raise Difference(f"{node.element} has no inside in the model")

    def _coming(self, scope_id: int, element: Element) -> str:
        scope = next(scope for scope in self.state.scopes if scope.id == scope_id)
        for flow in element.incoming:
            if flow in scope.flows:
                return flow
        raise Difference(f"no token leads to {element.id}: there are {list(scope.flows)}")

    # --- what the host hears ---

    def entering(self, token: Token) -> None:
        if token.id in self.tokens or token.id in self.armed:
            return  # retried
        self.story.append(f"enter {_name(token)}")
        element = token.element
        if element.kind == "boundaryEvent":
            assert token.attached_to is not None
            if element.event.kind != "compensation":  # seen with the handler it leads to
                self.armed[token.id] = (self.tokens[token.attached_to], element.id)
        elif token.watches:
            assert token.attached_to is not None
            self.armed[token.id] = (self._scope_named(token.attached_to), element.id)
        elif element.triggered_by_event:
            self._event_sub_process(token)
        elif token.loop is not None:
            body = self.tokens[token.scope_id]
            for node in self.state.nodes:
                if node.parent == body and node.loop == token.loop:
                    self.tokens[token.id] = node.id
                    return
            raise Difference(f"the model has no instance {_name(token)}")
        elif element.kind == "startEvent":
            self._start(token)
        elif self._behind_gateway(token):
            self._event(token)
        elif element.for_compensation:
            self._handler(token)
        elif not self._landed(token):
            scope = self._scope_of(token)
            came = self._coming(scope, element)
            played = self.play(Move("enter", scope, element.id, came=came))
            self.tokens[token.id] = played.seen[0].node

    def _landed(self, token: Token) -> bool:
        """The model is there already: at the catch event of a link."""
        if token.element.event.kind != "link" or token.element.kind != "intermediateCatchEvent":
            return False
        found = self._unknown_node(token, self._scope_of(token))
        if found is not None:
            self.tokens[token.id] = found
        return found is not None

    def _start(self, token: Token) -> None:
        found = self._unknown_node(token, self._scope_of(token))
        if found is None:
            raise Difference(f"the model has not begun at {token.element.id}")
        self.tokens[token.id] = found

    def _event_sub_process(self, token: Token) -> None:
        scope, found = self._scope_of(token), self._unknown_node(token, self._scope_of(token))
        if found is None:  # else what was thrown has begun it in the model
            net = self.game.nets[token.element.process_id]
            (start,) = (e.id for e in net.starts[token.element.id])
            played = self.play(Move("happen", scope, token.element.parent, event=start))
            found = next(s.node for s in played.seen if s.what == "entered")
        self.tokens[token.id] = found

    def _unknown_node(self, token: Token, scope: int, parent: int = 0) -> int | None:
        """A node of the model at the token's element that no token of the engine stands for. What
        undoes something (for ``parent``) lies in the scope of its compensation event."""
        taken = set(self.tokens.values())
        for node in self.state.nodes:
            here = node.scope == scope if parent == 0 else node.parent == parent
            here = here and node.element == token.element.id
            if here and node.id not in taken:
                return node.id
        return None

    def _behind_gateway(self, token: Token) -> bool:
        flows = self.game.nets[token.element.process_id].flows
        elements = self.game.nets[token.element.process_id].elements
        return any(
            elements[flows[flow].source].kind == "eventBasedGateway"
            for flow in token.element.incoming
        )

    def _event(self, token: Token) -> None:
        net = self.game.nets[token.element.process_id]
        gateway = net.elements[net.flows[token.element.incoming[0]].source]
        scope = self._scope_of(token)
        for node_id, events in self._gateways.items():
            node = self.node(node_id)
            if node is None or node.phase != "events" or node.scope != scope:
                continue
            if node.element == gateway.id and token.element.id not in events:
                events.add(token.element.id)
                self.armed[token.id] = (node_id, token.element.id)
                return
        came = self._coming(scope, gateway)
        node_id = self.play(Move("enter", scope, gateway.id, came=came)).seen[0].node
        self._gateways[node_id] = {token.element.id}
        self.armed[token.id] = (node_id, token.element.id)

    def _handler(self, token: Token) -> None:
        assert token.attached_to is not None
        thrower = self.tokens[token.attached_to]
        found = self._unknown_node(token, 0, parent=thrower)
        if found is not None:
            self.tokens[token.id] = found
            return
        elements = self.game.nets[token.element.process_id].elements
        moves = [
            move
            for move in self.game.enabled(self.state)
            if move.kind == "compensate" and move.owner == thrower
        ]
        if not moves or elements[moves[0].element].handler != token.element.id:
            raise Difference(f"{token.element.id} is not what has to be undone: {moves}")
        played = self.play(moves[0])
        self.tokens[token.id] = next(s.node for s in played.seen if s.what == "entered")

    def happening(self, token: Token) -> None:
        """The event happens: what it interrupts ends now, its own way begins later."""
        if token.watches:
            owner, event = self.armed[token.id]
            self._happen(owner, event)

    def items(self, token: Token, number: int) -> None:
        self.play(Move("begin", self._node_of(token).id, token.element.id, number=number))

    def judged(self, body: Token, *, enough: bool) -> None:
        self.play(Move("judge", self._node_of(body).id, body.element.id, yes=enough))

    def left(self, token: Token) -> None:
        """The work of an inner instance or a compensation handler is done."""
        if token.loop is not None:
            self._leave(token, ())

    def took(self, token: Token, flows: Sequence[str]) -> None:
        self.story.append(f"took {_name(token)} {' '.join(flows)}".rstrip())
        element, taken = token.element, tuple(flows)
        if element.kind in GATEWAYS:
            scope = self._scope_of(token)
            joins = len(element.incoming) > 1 and element.kind != "exclusiveGateway"
            came = "" if joins else self._coming(scope, element)
            self.play(Move("pass", scope, element.id, came=came, flows=taken))
        elif element.kind == "eventBasedGateway":
            self._decided(token, taken[0])
        elif element.event.kind != "compensation" or element.kind != "boundaryEvent":
            if element.kind == "boundaryEvent" and token.id not in self.tokens:
                self._boundary(token)
            elif element.kind == "startEvent" and token.id in self.armed:
                del self.armed[token.id]
                self._start(token)
            self._leave(token, taken)

    def _decided(self, token: Token, flow: str) -> None:
        event = self.game.nets[token.element.process_id].target(flow).id
        scope = self._scope_of(token)
        for token_id, (node_id, armed) in list(self.armed.items()):
            node = self.node(node_id)
            if armed == event and node is not None and node.phase == "events":
                if node.scope != scope:
                    continue
                if any(n == node_id and e != event for n, e in self.armed.values()):
                    continue  # the others were not withdrawn: another gateway token decided
                del self.armed[token_id]
                self.tokens[token_id] = self._happen(node_id, event)
                return
        raise Difference(f"no token waits at {token.element.id}")

    def _boundary(self, token: Token) -> None:
        owner, event = self.armed.pop(token.id)
        # an error, an escalation or a condition has brought the model there already
        found = self._unknown_node(token, self._scope_of(token))
        self.tokens[token.id] = self._happen(owner, event) if found is None else found

    def _happen(self, owner: int, event: str) -> int:
        at = self.node(owner)
        name = at.element if at is not None else ""
        played = self.play(Move("happen", owner, name, event=event))
        return next(seen.node for seen in played.seen if seen.what == "happened")

    def _leave(self, token: Token, flows: tuple[str, ...]) -> None:
        node = self._node_of(token)
        if node.phase == "work" and token.element.event.kind != "none":
            self._happen(node.id, token.element.id)
        elif node.phase == "compensating":
            self._others_undo(node)
        self.play(Move("leave", node.id, token.element.id, flows=flows))

    def _others_undo(self, node: Node) -> None:
        """An event that leaves something to another one: the other one has begun with it, which is
        heard of a little later."""
        for _ in self.state.nodes:
            moves = [move for move in self.game.enabled(self.state) if move.kind == "compensate"]
            others = [move for move in moves if move.owner != node.id]
            if len(others) == len(moves) or not others:
                return
            self.play(others[0])

    def throwing(self, token: Token, code: str) -> bool:
        """Somebody outside ends the work at ``token`` with an error: whether it is caught."""
        node = self._node_of(token)
        move = Move("throw", node.id, node.element, code=code, outside=True)
        try:
            self.game.apply(self.state, move)
        except IllegalMove:
            return False
        self.play(move)
        return True

    def cancelled(self, token: Token) -> None:
        if token.id in self.armed:
            del self.armed[token.id]
        elif token.id in self.tokens:
            self.story.append(f"cancelled {_name(token)}")
            self._withdrawn.add(self.tokens[token.id])

    def uncaught(self, token: Token) -> None:
        if self._node_of(token).phase != "uncaught":
            raise Difference(f"the model knows who catches {token.element.id}")

    # --- when all rests ---

    def rested(self, execution: Execution, staying: set[str]) -> None:
        """Compares what can happen next, after one command."""
        known = set(self.tokens.values())
        withdrawn, removed = self._withdrawn, self._removed & known
        self._withdrawn, self._removed = set(), set()
        if withdrawn != removed:
            raise Difference(f"withdrawn: {withdrawn}, in the model: {removed}")
        if execution.completed != self.state.completed:
            raise Difference(f"the engine has ended: {execution.completed}; {self.state}")
        resting = {t.id: t for t in execution.resting()}
        held = {self.tokens[t] for t in staying if t in self.tokens}
        gateways = {
            (self._scope_of(resting[t]), resting[t].element.id)
            for t in staying
            if t in resting and resting[t].element.kind in GATEWAYS
        }
        going_on = [
            move
            for move in self.game.enabled(self.state)
            if not move.outside and move.owner not in held
            and (move.owner, move.element) not in gateways
        ]  # fmt: skip
        if going_on and not staying:
            raise Difference(f"the engine rests, but {going_on[0]}")
        self._compare_work(resting, held)
        self._compare_armed(resting, held)

    def _compare_work(self, resting: dict[str, Token], held: set[int]) -> None:
        ours = {self.tokens[t] for t in resting if t in self.tokens} - held
        theirs = {n.id for n in self.state.nodes if n.phase in ("work", "uncaught")} - held
        if ours != theirs:
            names = {node.id: node.element for node in self.state.nodes}
            raise Difference(
                f"at work: {[names.get(n) for n in ours - theirs]} only in the engine, "
                f"{[names.get(n) for n in theirs - ours]} only in the model"
            )

    def _compare_armed(self, resting: dict[str, Token], held: set[int]) -> None:
        ours = sorted(
            armed
            for token_id, armed in self.armed.items()
            if token_id in resting and armed[0] not in held
        )
        theirs = sorted(armed for armed in self._awaited() if armed[0] not in held)
        if ours != theirs:
            raise Difference(f"armed: {ours}, in the model: {theirs}")

    def _awaited(self) -> list[tuple[int, str]]:
        board = Board(self.state)
        return [
            (owner, element.id)
            for owner, element in awaited(board, lambda scope: self.game.nets[scope.process])
            if element.kind in ("boundaryEvent", "startEvent") or self._at_gateway(owner)
        ]

    def _at_gateway(self, owner: int) -> bool:
        node = self.node(owner)
        return node is not None and node.phase == "events"


def _name(token: Token) -> str:
    loop = "" if token.loop is None else f"[{token.loop}]"
    return f"{token.element.id}{loop}"
