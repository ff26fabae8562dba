"""The host of one command: tells each kind of element's module what happens to its tokens.

A ``Failure`` becomes an incident of the element and its token stays; all else ends the command.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from runner.definitions.model import Element, Flow
from runner.encoding import NotStorable
from runner.engine.case_change import CaseChange
from runner.engine.elements import (
    calls,
    conditions,
    decided,
    decisions,
    events,
    gateways,
    incidents,
    loops,
    mappings,
    messages,
    scripts,
    services,
    signals,
    timers,
    user_tasks,
)
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.host import Token
from runner.errors import Failure
from runner.events import ElementActivated, ElementCancelled, ElementCompleted
from runner.feel import FeelError, UnsetValue
from runner.store.signals import SignalSubscription
from runner.store.timers import Timer

Answer = TypeVar("Answer")
Fired = tuple[Timer | SignalSubscription, Token]
MAPPED = "#mapped"
"""Kept in the scope of an instance whose output mappings were applied; nothing reads it."""
_CONTAINERS = frozenset({"callActivity", "subProcess"})
_WORK: dict[str, Callable[[CaseChange, Token], bool]] = {
    "userTask": user_tasks.enter,
    "serviceTask": services.enter,
    "sendTask": services.enter,
    "businessRuleTask": decisions.enter,
    "scriptTask": scripts.enter,
    "receiveTask": messages.enter,
    "callActivity": calls.enter,
    "subProcess": calls.enter,
}
_THROWN: dict[str, Callable[[CaseChange, Token], bool]] = {
    "message": services.enter,
    "signal": signals.throw,
}
_EVENTS: dict[str, dict[str, Callable[[CaseChange, Token], bool]]] = {
    "intermediateCatchEvent": {
        "timer": timers.enter,
        "message": messages.enter,
        "signal": signals.enter,
        "conditional": lambda change, token: False,
    },
    "intermediateThrowEvent": _THROWN,
    "endEvent": _THROWN,
}


def moving(
    change: CaseChange,
    *,
    retried: str | None = None,
    fired: Fired | None = None,
) -> Execution:
    """The case's tokens with a host for this command. ``retried`` is the token whose incident was
    resolved, ``fired`` the timer or signal whose event may happen again, and its token."""
    return change.stepping(CaseHost(change, retried=retried, fired=fired))


def attempt(change: CaseChange, token: Token, work: Callable[[], None]) -> None:
    """Does something for a token outside of its steps; what cannot be done is an incident of its
    element, as there."""
    CaseHost(change)._guarded(token, work, None)


class CaseHost:
    """Implements ``spiff.host.Host`` for one ``CaseChange``."""

    def __init__(
        self,
        change: CaseChange,
        *,
        retried: str | None = None,
        fired: Fired | None = None,
    ) -> None:
        self._change = change
        self._retried = retried
        self._fired = fired

    def enter(self, token: Token) -> bool:
        element = token.element
        if element.event.kind == "conditional":
            conditions.begin(self._change, token)
        if token.watches:
            self._activated(token)
            self._guarded(token, lambda: self._arm(token), None)
            return False
        scoped = element.kind in _CONTAINERS or mappings.has_scope(token)

        def work() -> bool:
            if element.kind in _CONTAINERS:
                calls.open_scope(self._change, token)
            if scoped:
                mappings.open_scope(self._change, token)
            return self._work(token)

        rests = self._rests_always(element)
        if rests:
            self._activated(token)
        done = self._guarded(token, work, False)
        if not done and not rests:
            self._activated(token)
        return done

    def items(self, token: Token) -> int | None:
        self._activated(token)
        return self._guarded(token, lambda: loops.begin(self._change, token), None)

    def enough(self, body: Token) -> bool | None:
        return self._guarded(body, lambda: loops.enough(self._change, body), None)

    def choose(self, token: Token, flows: Sequence[Flow]) -> Sequence[str] | None:
        return self._guarded(token, lambda: gateways.choose(self._change, token, flows), None)

    def leave(self, token: Token) -> bool:
        body = token.element.multi_instance is not None and token.loop is None

        def work() -> bool:
            if body:
                loops.finish(self._change, token)
            elif token.watches and token.element.kind == "startEvent":
                events.begin_inside(self._change, token)
            else:
                self._map_outputs(token)
                if token.loop is not None:
                    loops.collect(self._change, token)
                if token.element.kind == "callActivity":
                    calls.leave(self._change, token)
            return True

        if not self._guarded(token, work, False):
            return False
        if not token.kept:
            self._change.case.scopes.close(token.id)
        if token.loop is not None:
            self._completed(token, ())
        return True

    def _map_outputs(self, token: Token) -> None:
        """Once, however often an instance's end is tried again because of what follows."""
        own = self._change.case.scopes.get(token.id)
        if own is not None and MAPPED in own.values:
            return
        mappings.map_outputs(self._change, token)
        if own is not None and token.loop is not None and token.element.outputs:
            self._change.declare(token, token.id, {MAPPED: True})

    def took(self, token: Token, flows: Sequence[str]) -> None:
        self._completed(token, tuple(flows))

    def cancelled(self, token: Token) -> None:
        change = self._change
        user_tasks.withdraw(change, token)
        timers.withdraw(change, token)
        change.case.subscriptions.end(token.id, "cancelled")
        if token.element.event.kind == "signal":
            change.signals.withdraw(token.id)
        change.case.jobs.end(token.id, "cancelled")
        change.case.incidents.end(token.id, "cancelled")
        change.case.instances.end(token.id, "cancelled")
        change.case.scopes.close(token.id)
        change.record(
            ElementCancelled(
                element=token.element.id,
                token=token.id,
                process=token.element.process_id,
                instance=token.instance_id,
                within=token.within,
            )
        )

    def uncaught(self, token: Token, code: str) -> None:
        incidents.raise_incident(
            self._change,
            token,
            Failure(
                "error_uncaught",
                token.element.id,
                f"错误“{code}”没有人接住。 / Nothing catches the error '{code}'.",
            ),
        )

    def code(self, token: Token) -> str | None:
        return self._guarded(token, lambda: events.thrown_code(self._change, token), None)

    def condition(self, token: Token, *, fresh: bool) -> bool:
        def work() -> bool:
            return conditions.holds(self._change, token, fresh=fresh)

        return self._guarded(token, work, False)

    def forgotten(self, token: Token) -> None:
        self._change.touched = True
        self._change.case.scopes.close(token.id)

    def _work(self, token: Token) -> bool:
        element = token.element
        by_event = _EVENTS.get(element.kind)
        work = _WORK.get(element.kind) if by_event is None else by_event.get(element.event.kind)
        return True if work is None else work(self._change, token)

    def _arm(self, token: Token) -> None:
        kind = token.element.event.kind
        if kind == "timer":
            fired = self._going_on(token) if token.element.event.timer_kind == "cycle" else None
            timers.arm(self._change, token, fired=fired if isinstance(fired, Timer) else None)
        elif kind == "message":
            messages.subscribe(self._change, token)
        elif kind == "signal":
            before = self._going_on(token)
            signals.subscribe(
                self._change, token, before if isinstance(before, SignalSubscription) else None
            )

    def _going_on(self, token: Token) -> Timer | SignalSubscription | None:
        """What happened to an event that this token takes up: it watches the same activity. One
        that the same element got anew, on a way back to its activity, begins its own."""
        if self._fired is None:
            return None
        row, event = self._fired
        same = token.element.id == event.element.id
        return row if same and token.attached_to == event.attached_to else None

    def _rests_always(self, element: Element) -> bool:
        """Whether the token is seen to arrive before anything else is told of it."""
        return element.kind in _CONTAINERS or element.kind in ("userTask", "receiveTask")

    def _activated(self, token: Token) -> None:
        if token.id == self._retried:
            return  # it has rested here since its incident
        self._change.record(
            ElementActivated(
                element=token.element.id,
                token=token.id,
                process=token.element.process_id,
                instance=token.instance_id,
                loop=None if token.loop is None else str(token.loop),
                attached_to=token.attached_to,
                within=token.within,
            )
        )

    def _completed(self, token: Token, flows: tuple[str, ...]) -> None:
        self._change.record(
            ElementCompleted(
                element=token.element.id,
                token=token.id,
                process=token.element.process_id,
                instance=token.instance_id,
                flows=flows,
                loop=None if token.loop is None else str(token.loop),
                within=token.within,
            )
        )

    def _guarded(self, token: Token, work: Callable[[], Answer], stay: Answer) -> Answer:
        try:
            return work()
        except Failure as failure:
            found = failure
        except (UnsetValue, NotStorable) as error:
            path = error.path if isinstance(error, UnsetValue) else error.unset
            if path is None:
                found = Failure(
                    "expression_failed",
                    token.element.id,
                    f"结果无法保存：{error} / The result cannot be kept: {error}",
                )
            elif decided.take_over(self._change, token, path):
                return self._guarded(token, work, stay)
            else:
                found = incidents.unset(token.element.id, path)
        except FeelError as error:
            found = Failure(
                "expression_failed",
                token.element.id,
                f"表达式算不出来：{error} / An expression cannot be evaluated: {error}",
            )
        incidents.raise_incident(self._change, token, found)
        return stay
