"""The meaning of a diagram as a game of tokens: an independent model, without data and engine.

Written from chapter 13 of BPMN 2.0.2 and, where that leaves a choice, from Camunda 8's behaviour.
It says what may happen, never what will: conditions, numbers of items, completion conditions,
clocks and messages are moves that somebody else chooses. States are immutable and hashable, so the
states a diagram can be in can be explored; the engine's walks are compared with it step by step.

    game = TokenGame(processes)
    state = game.initial("complaint")
    for move in game.enabled(state):
        after = game.apply(state, move)
"""

from runner.definitions.token_game.game import TokenGame
from runner.definitions.token_game.moves import IllegalMove, Move, Played, Seen
from runner.definitions.token_game.net import NotModelled
from runner.definitions.token_game.state import Node, Record, Scope, State, fold

__all__ = [
    "IllegalMove",
    "Move",
    "Node",
    "NotModelled",
    "Played",
    "Record",
    "Scope",
    "Seen",
    "State",
    "TokenGame",
    "fold",
]
