"""The game itself: from a state, what may happen next, and the state after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.definitions.model import ACTIVITY_KINDS, Element, Process
from runner.definitions.token_game.board import Board
from runner.definitions.token_game.catching import Catch, awaited, catcher
from runner.definitions.token_game.joins import Join, ready_joins
from runner.definitions.token_game.moves import IllegalMove, Move, Played
from runner.definitions.token_game.net import FROM_OUTSIDE, Net, NotModelled
from runner.definitions.token_game.playing import Play
from runner.definitions.token_game.state import NOBODY, Node, Scope, State
from runner.definitions.token_game.undoing import next_undone

GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway"})


class TokenGame:
    """The processes of one release. Immutable; ``most_items`` bounds the number of items that
    ``enabled`` offers to a multi-instance activity (``apply`` takes any).

    Raises ``NotModelled`` for what has no meaning here: transactions, ad-hoc sub-processes, complex
    gateways, cancel events, calls of processes that are not there.
    """

    def __init__(self, processes: Mapping[str, Process], *, most_items: int = 2) -> None:
        self.nets = {key: Net(process) for key, process in processes.items() if process.executable}
        self.most_items = most_items
        self._error_codes = sorted(
            {
                element.event.code
                for net in self.nets.values()
                for element in net.elements.values()
                if element.event.kind == "error" and element.kind != "endEvent"
            }
        )
        for net in self.nets.values():
            for element in net.elements.values():
                if element.kind == "callActivity" and element.called_process not in self.nets:
                    raise NotModelled(
                        net.process.id, element.id, "calls a process that is not there"
                    )

    def initial(self, process: str, start: str | None = None) -> State:
        """A process begins at ``start`` (default: its plain start event). Raises ``NotModelled``
        where there is none, ``KeyError`` for a process that is not there."""
        net = self.nets[process]
        element = net.start(process) if start is None else net.elements[start]
        board = Board(State((), ()))
        scope = board.open(NOBODY, process, process)
        Play(self.nets, board).enter(scope, element)
        return board.state()

    def enabled(self, state: State) -> list[Move]:
        """Every move that is possible, those that go on by themselves first."""
        play = Play(self.nets, Board(state))
        moves: list[Move] = []
        joins = ready_joins(state, self.nets)
        for scope in state.scopes:
            moves.extend(self._from_flows(scope, joins))
        for node in state.nodes:
            moves.extend(self._at(play, node))
        moves.extend(self._reached(play))
        for node in state.nodes:
            moves.extend(self._worked(play, node))
        moves.extend(self._happening(play))
        return moves

    def apply(self, state: State, move: Move) -> State:
        """The state after ``move``. Raises ``IllegalMove`` where it is not possible."""
        return self.play(state, move).state

    def play(self, state: State, move: Move) -> Played:
        """As ``apply``, with what is seen of it."""
        board = Board(state)
        play = Play(self.nets, board)
        if move.kind == "enter":
            self._enter(play, move)
        elif move.kind == "pass":
            self._pass(state, play, move)
        elif move.kind == "happen":
            play.happen(self._awaited(play, move))
        elif move.kind == "signal":
            play.signal(move.code)
        else:
            self._node_move(play, move)
        return Played(board.state(), tuple(board.seen))

    def element(self, state: State, node: Node) -> Element:
        """The element a token is at."""
        scope = next(scope for scope in state.scopes if scope.id == node.scope)
        return self.nets[scope.process].elements[node.element]

    # --- what is possible ---

    def _from_flows(self, scope: Scope, joins: set[Join]) -> Iterator[Move]:
        net = self.nets[scope.process]
        seen: set[str] = set()
        for flow in dict.fromkeys(scope.flows):
            element = net.target(flow)
            if element.kind not in GATEWAYS:
                yield Move("enter", scope.id, element.id, came=flow)
                continue
            if len(element.incoming) > 1 and element.kind != "exclusiveGateway":
                if element.id in seen:
                    continue
                seen.add(element.id)
                if element.kind == "parallelGateway":
                    ready = set(element.incoming) <= set(scope.flows)
                else:
                    ready = Join(scope.id, element.id) in joins
                flow = ""
                if not ready:
                    continue
            for flows in net.exits(element):
                yield Move("pass", scope.id, element.id, came=flow, flows=flows)

    def _at(self, play: Play, node: Node) -> Iterator[Move]:
        if node.phase == "opening":
            yield Move("open", node.id, node.element)
        elif node.phase == "items":
            for number in range(self.most_items + 1):
                yield Move("begin", node.id, node.element, number=number)
        elif node.judging:
            for yes in (False, True):
                yield Move("judge", node.id, node.element, yes=yes)
        elif node.phase == "compensating" and not play.board.children(node):
            undone = next_undone(play, node)
            if undone is None:
                yield from self._leaving(play, node)
            else:
                yield Move("compensate", node.id, undone.event)
        elif node.phase not in ("work", "uncaught") and play.may_leave(node):
            yield from self._leaving(play, node)

    def _leaving(self, play: Play, node: Node, *, outside: bool = False) -> Iterator[Move]:
        net = play.net_at(node)
        alone = node.parent == NOBODY
        for flows in net.exits(net.elements[node.element]) if alone else [()]:
            yield Move("leave", node.id, node.element, flows=flows, outside=outside)

    def _reached(self, play: Play) -> Iterator[Move]:
        for owner, event in play.board.signalled:
            yield Move("happen", owner, self._at_owner(play, owner), event=event)

    def _worked(self, play: Play, node: Node) -> Iterator[Move]:
        if node.phase == "uncaught" or (node.phase == "work" and play.may_leave(node)):
            yield from self._leaving(play, node, outside=True)
        if node.phase == "work" and play.net_at(node).elements[node.element].kind in ACTIVITY_KINDS:
            scope = play.board.scopes[node.scope]
            for code in self._error_codes:
                if catcher(play.board, play.net, scope, node, "error", code) is not None:
                    yield Move("throw", node.id, node.element, code=code, outside=True)

    def _happening(self, play: Play) -> Iterator[Move]:
        signals: dict[str, None] = {}
        for owner, element in awaited(play.board, play.net):
            kind = element.event.kind
            if kind == "signal":
                signals[element.event.code] = None
            elif kind in FROM_OUTSIDE:
                at = self._at_owner(play, owner)
                yield Move("happen", owner, at, event=element.id, outside=True)
        for name in signals:
            yield Move("signal", NOBODY, "", code=name, outside=True)

    @staticmethod
    def _at_owner(play: Play, owner: int) -> str:
        scope = play.board.scopes.get(owner)
        return play.board.nodes[owner].element if scope is None else scope.place

    # --- what it does ---

    def _enter(self, play: Play, move: Move) -> None:
        scope = play.board.scope(move.owner)
        element = play.net(scope).target(move.came)
        if element.kind in GATEWAYS:
            raise IllegalMove(f"{element.id} is a gateway")
        play.board.take(scope.id, move.came)
        play.enter(play.board.scopes[scope.id], element)

    def _pass(self, state: State, play: Play, move: Move) -> None:
        board, scope = play.board, play.board.scope(move.owner)
        net = play.net(scope)
        element = net.elements[move.element]
        if move.flows not in net.exits(element):
            raise IllegalMove(f"{element.id} is never left by {list(move.flows)}")
        joins = len(element.incoming) > 1
        if element.kind == "parallelGateway" and joins:
            consumed = list(element.incoming)
        elif element.kind == "inclusiveGateway" and joins:
            if Join(scope.id, element.id) not in ready_joins(state, self.nets):
                raise IllegalMove(f"{element.id} still has to wait")
            consumed = [flow for flow in element.incoming if flow in scope.flows]
        else:
            consumed = [move.came]
            if net.target(move.came) is not element:
                raise IllegalMove(f"{move.came} does not lead to {element.id}")
        for flow in consumed:
            board.take(scope.id, flow)
        node = Node(NOBODY, scope.id, element.id, "leaving")
        board.see("completed", node, move.flows)
        board.put(scope.id, move.flows)

    def _awaited(self, play: Play, move: Move) -> Catch:
        reached = (move.owner, move.event) in play.board.signalled
        for catch in awaited(play.board, play.net, ended=reached):
            here = catch.owner == move.owner and catch.element.id == move.event
            if here and catch.element.event.kind in FROM_OUTSIDE:
                return catch
        raise IllegalMove(f"{move.event} is not awaited at {move.element}")

    def _node_move(self, play: Play, move: Move) -> None:
        node = play.board.node(move.owner)
        if move.kind == "open":
            play.open(node)
        elif move.kind == "begin":
            play.begin(node, move.number)
        elif move.kind == "judge":
            play.judge(node, enough=move.yes)
        elif move.kind == "compensate":
            play.compensate(node)
        elif move.kind == "throw":
            play.throw(node, move.code)
        else:
            allowed = {found.flows for found in self._leaving(play, node)}
            if not play.may_leave(node) or move.flows not in allowed:
                raise IllegalMove(f"{node.element} cannot be left by {list(move.flows)} now")
            play.leave(node, move.flows)
