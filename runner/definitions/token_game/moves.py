"""What may happen next, and what is seen of it: named as the case's trace names it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from runner.definitions.token_game.state import State

MoveKind = Literal[
    "enter",  # a token on ``came`` enters an activity or event
    "pass",  # a gateway takes its token (all it needs, at a join) and sends out ``flows``
    "open",  # a sub-process or call activity begins its inside
    "begin",  # a multi-instance activity has ``number`` items
    "judge",  # its completion condition is asked after an instance ended: ``yes``
    "leave",  # work done: ``flows`` are taken, and what the element throws has its effect
    "happen",  # ``event`` happens, at the node or scope ``owner`` where it is awaited
    "throw",  # the work at a task ends with the BPMN error ``code``
    "signal",  # the signal ``code`` comes from outside
    "compensate",  # the next compensation handler begins
]
OUTSIDE = frozenset({"happen", "throw", "signal"})


class Move(NamedTuple):
    """One step. ``owner`` is the id of the node it happens at; of the scope for tokens on flows and
    event sub-processes. ``outside``: somebody or something else must do it; the rest goes on by
    itself."""

    kind: MoveKind
    owner: int
    element: str
    came: str = ""
    flows: tuple[str, ...] = ()
    event: str = ""
    number: int = 0
    yes: bool = False
    code: str = ""
    outside: bool = False


class Seen(NamedTuple):
    """One thing to see: ``node`` is the token's id. ``flows`` are those taken."""

    what: Literal["entered", "completed", "cancelled", "happened"]
    element: str
    node: int
    flows: tuple[str, ...] = ()


class Played(NamedTuple):
    """A move's result: the state after it and what was seen, in order."""

    state: State
    seen: tuple[Seen, ...]


class IllegalMove(Exception):
    """The move is not possible in this state."""
