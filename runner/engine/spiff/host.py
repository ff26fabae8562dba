"""What a running process instance asks of its surroundings.

SpiffWorkflow moves tokens; everything with a meaning (variables, conditions, user tasks, timers,
jobs, events of the log) is decided by the command that holds the transaction. The execution calls
a ``Host`` while it steps. A host never raises for something a person can mend: it records an
incident and answers "stay", and the token rests until ``Execution.retry``. A host that raises ends
the execution: it must be thrown away and loaded again. A host never calls the execution back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from runner.definitions.model import Element, Flow


@dataclass(frozen=True, slots=True)
class Token:
    """One token at one element. ``id`` is stable over save and load (32 hex digits).

    ``instance_id``: the process instance the token is in: the root instance's id, or the token id
    of the call activity that opened it. ``scope_id``: the nearest variable scope around the
    element: the multi-instance body (its token id), the embedded sub-process (its token id) or the
    process instance. The element's own local scope, where it has one, is ``id``. ``loop`` is the
    position in a multi-instance body (0-based), else None: a body and its inner tokens share one
    element. ``attached_to`` is the token id of the activity a boundary event watches (of the body,
    where the activity is multi-instance); of an event sub-process's start event the id of the scope
    it watches; of what undoes an activity the compensation event that began it. ``kept``: the scope
    must outlive the element's end, until ``Host.forgotten``, because it can be undone.
    """

    id: str
    element: Element
    instance_id: str
    scope_id: str
    loop: int | None = None
    attached_to: str | None = None
    kept: bool = False

    @property
    def within(self) -> str | None:
        """The token id of the sub-process or multi-instance body directly around it; None where it
        is in the process instance itself."""
        return None if self.scope_id == self.instance_id else self.scope_id

    @property
    def watches(self) -> bool:
        """Whether its event interrupts or accompanies others when it happens."""
        kind = self.element.kind if self.element.event.kind != "compensation" else ""
        return self.attached_to is not None and kind in ("boundaryEvent", "startEvent")


class Host(Protocol):
    """The callbacks of one command. Called in the order things happen, within one thread.

    An ordinary element: ``enter``, ``leave``, ``took``. A gateway: ``choose`` where it splits by
    conditions, ``took``. A sub-process or call activity: ``enter``, ``enter`` of its boundary
    events, its inside, ``leave``, ``took``. A multi-instance activity: ``items`` (body), ``enter``
    of its boundary events, then per inner token ``enter`` and ``leave``, after each ``enough``
    (body); at last ``leave`` and ``took`` of the body. An inner token gets no ``took``: its
    ``leave`` is its end. Where a condition is on a flow that leaves an activity: ``choose`` between
    ``leave`` and ``took``.

    An event sub-process: when the scope around it begins, ``enter`` of its start event, which
    ``watches``. When that happens: ``enter`` of the sub-process, then ``leave`` and ``took`` of the
    start event, now inside. A compensation event: ``enter``, then for each activity it undoes
    ``enter``, ``leave`` and ``took`` of the event on the activity's border and of what undoes it
    (or of the compensation event sub-process); at last its own ``leave`` and ``took``.
    """

    def enter(self, token: Token) -> bool:
        """A token arrived at an activity or event (not at a gateway).

        True: done at once, go on. False: it rests until ``complete``, ``fire`` or ``retry``. Called
        once for a multi-instance body's every inner token (``loop`` set), for the call activity or
        sub-process before its inside starts (True lets it start), and for every boundary event when
        its activity starts (it always rests; the answer is ignored).

        Boundary events are entered after their activity, and only where it does not end at once;
        start events of event sub-processes before all else in their scope. A non-interrupting one
        of either that can happen again (message, signal, escalation, condition, timer cycle) is
        re-armed when it fires: a new token, same element and ``attached_to``, is entered before the
        fired one leaves. Behind an event-based gateway every event is entered in file
        order; the first that answers True wins at once.
        """
        ...

    def items(self, token: Token) -> int | None:
        """A multi-instance activity starts: how many inner instances. None: stay."""
        ...

    def enough(self, body: Token) -> bool | None:
        """An inner instance of ``body`` ended: whether the completion condition now holds.

        Only called where the activity has a completion condition and more instances to go. True
        withdraws the others. None: the body stays (inner instances that run may end meanwhile, but
        nothing new begins) until ``Execution.retry`` of the body.
        """
        ...

    def choose(self, token: Token, flows: Sequence[Flow]) -> Sequence[str] | None:
        """The ids of the flows to take out of a splitting exclusive or inclusive gateway, or of an
        activity with a condition on a flow that leaves it.

        ``flows`` is in file order. Exactly one for an exclusive gateway, one or more for the
        others. None: stay (an incident was recorded).
        """
        ...

    def leave(self, token: Token) -> bool:
        """The element's work is done; output mappings apply now. False: stay."""
        ...

    def took(self, token: Token, flows: Sequence[str]) -> None:
        """The element is completed and these flows were taken (empty for an end event).

        Called for every flow node, gateways and joins included, exactly once per completion. A join
        reports the token that arrived first, once for all that it merged; an event-based gateway
        reports when one of its events happened.
        """
        ...

    def cancelled(self, token: Token) -> None:
        """A resting token was withdrawn: its activity was interrupted or its process ended.

        Called for every token that was entered (or asked for ``items`` or ``choose``) and is not
        completed, innermost first: user tasks, events, and the sub-process, call activity or body
        around them. Boundary events are withdrawn this way each time their activity ends.
        """
        ...

    def uncaught(self, token: Token, code: str) -> None:
        """An error end event threw ``code`` and nothing around it catches it; the token rests.

        ``Execution.complete`` lets it end as if it were a plain end event.
        """
        ...

    def code(self, token: Token) -> str | None:
        """The error or escalation code an event throws, where it is an expression. None: stay."""
        ...

    def condition(self, token: Token, *, fresh: bool) -> bool:
        """Whether a conditional event happens now. Asked when it begins to wait (``fresh``), and
        after every step, where it is true only if a variable it reads has changed since."""
        ...

    def forgotten(self, token: Token) -> None:
        """A ``kept`` element can no longer be undone: its scope may go."""
        ...
