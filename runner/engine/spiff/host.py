"""What a running process instance asks of its surroundings.

SpiffWorkflow moves tokens; everything with a meaning (variables, conditions, user tasks, timers,
jobs, events of the log) is decided by the command that holds the transaction. The execution calls
a ``Host`` while it steps. A host never raises for something a person can mend: it records an
incident and answers "stay", and the token rests until ``Execution.retry``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from runner.definitions.model import Element, Flow


@dataclass(frozen=True)
class Token:
    """One token at one element. ``id`` is stable over save and load (32 hex digits).

    ``instance_id``: the process instance the token is in: the root instance's id, or the token id of
    the call activity that opened it. ``scope_id``: the nearest variable scope around the element:
    the multi-instance body (its token id), the embedded sub-process (its token id) or the process
    instance. The element's own local scope, where it has one, is ``id``. ``loop`` is the position in
    a multi-instance body (0-based), else None. ``attached_to`` is the token id of the activity a
    boundary event watches.
    """

    id: str
    element: Element
    instance_id: str
    scope_id: str
    loop: int | None = None
    attached_to: str | None = None


class Host(Protocol):
    """The callbacks of one command. Called in the order things happen, within one thread."""

    def enter(self, token: Token) -> bool:
        """A token arrived at an activity or event (not at a gateway).

        True: done at once, go on. False: it rests until ``complete``, ``fire`` or ``retry``. Called
        once for a multi-instance body's every inner token (``loop`` set), for the call activity or
        sub-process before its inside starts (True lets it start), and for every boundary event when its
        activity starts (it always rests; the answer is ignored) and each time it is re-armed.
        """
        ...

    def items(self, token: Token) -> int | None:
        """A multi-instance activity starts: how many inner instances. None: stay."""
        ...

    def enough(self, token: Token) -> bool:
        """An inner instance ended: whether the completion condition now holds."""
        ...

    def choose(self, token: Token, flows: Sequence[Flow]) -> Sequence[str] | None:
        """The ids of the flows to take out of a splitting exclusive or inclusive gateway.

        ``flows`` is in file order. None: stay (an incident was recorded).
        """
        ...

    def leave(self, token: Token) -> bool:
        """The element's work is done; output mappings apply now. False: stay."""
        ...

    def took(self, token: Token, flows: Sequence[str]) -> None:
        """The element is completed and these flows were taken (empty for an end event).

        Called for every flow node, gateways and joins included, exactly once per completion.
        """
        ...

    def cancelled(self, token: Token) -> None:
        """A resting token was withdrawn: its activity was interrupted or its process ended."""
        ...
