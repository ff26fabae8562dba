"""Signals: elements begin to wait for one, and throw one to all that wait.

What is thrown lies in rows of its own, one for each element that waits and each case to be started,
written in the thrower's transaction; each is delivered in a transaction of its case
(``engine/signals.py``). So a signal reaches exactly those that waited when it was thrown, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection

from runner.definitions.model import is_expression
from runner.encoding import dumps
from runner.engine.case_change import CaseChange
from runner.engine.elements.expressions import evaluate, wrong_value
from runner.engine.elements.services import mapped_inputs
from runner.engine.site import Site
from runner.engine.spiff.host import Token
from runner.engine.variables import READ_ONLY
from runner.errors import Failure, NotFound
from runner.events import SignalAwaited, SignalThrown
from runner.feel import compile_expression
from runner.store.keys import Erased
from runner.store.signals import (
    Delivery,
    SignalSubscription,
    Waiting,
    insert_deliveries,
    waiting_for_signal,
)


def enter(change: CaseChange, token: Token) -> bool:
    subscribe(change, token, None)
    return False


def subscribe(change: CaseChange, token: Token, before: SignalSubscription | None) -> None:
    """From now on the case can receive this signal. ``before`` is the subscription whose event
    happened and is armed again here: what was thrown to that one reaches this one."""
    name = name_of(change, token)
    # In the order of waiting, outermost first: a signal reaches what is around an activity before
    # what is in it, which may end by it.
    order = f"{change.case.head.count:08x}" if before is None else before.id[:8]
    key = order + uuid4().hex[8:]
    change.signals.open(
        SignalSubscription(
            id=key,
            root_id=change.case.id,
            token_id=token.id,
            element_id=token.element.id,
            name=name,
            origin=key if before is None else before.origin,
        )
    )
    change.record(
        SignalAwaited(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            signal=name,
        )
    )


def throw(change: CaseChange, token: Token) -> bool:
    """A throw event: its input mappings are what the signal brings."""
    name = name_of(change, token)
    payload = mapped_inputs(change, token)
    if wrong := sorted(READ_ONLY & payload.keys()):
        raise Failure(
            "expression_failed",
            token.element.id,
            f"信号不能带上：{'、'.join(wrong)}。 / A signal cannot bring: {', '.join(wrong)}.",
        )
    row = change.case.row
    waiting, starts = send(
        change.site,
        change.connection,
        name,
        payload,
        at=change.at,
        policy_id=row.policy_id,
        simulated=row.simulated,
        own=change,
    )
    change.record(
        SignalThrown(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            signal=name,
            waiting=str(waiting),
            starts=str(starts),
            payload=payload,
        )
    )
    return True


def send(
    site: Site,
    connection: Connection,
    name: str,
    payload: Mapping[str, object],
    *,
    at: datetime,
    policy_id: str,
    simulated: bool,
    own: CaseChange | None = None,
) -> tuple[int, int]:
    """Puts a signal on its way: to how many elements, and how many cases it will start. One that
    comes from a simulated case reaches only such. ``own`` is the case that throws it."""
    reached = [
        found
        for found in waiting_for_signal(connection, name, simulated_only=simulated)
        if own is None or not own.signals.has_ended(found.origin)
    ]
    if own is not None:
        subject = own.case.row.subject_id
        reached += [
            Waiting(own.case.id, opened.origin, subject)
            for opened in own.signals.opened.values()
            if opened.name == name
        ]
    starts = _starts(site, connection, name)
    data = dumps(dict(payload))

    def delivery(subject_id: str, **to: str) -> Delivery:
        try:
            sealed = site.vault.encrypt(connection, subject_id, data)
        except Erased:
            sealed = None
        return Delivery(
            id=uuid4().hex,
            name=name,
            root_id=to.get("root_id"),
            origin=to.get("origin"),
            start_element=to.get("start_element"),
            policy_id=policy_id,
            simulated=simulated,
            subject_id=subject_id,
            data=sealed,
            thrown_at=at,
        )

    sent = [delivery(w.subject_id, root_id=w.root_id, origin=w.origin) for w in reached]
    for element in starts:
        subject = uuid4().hex  # until the case begins, which has a subject of its own
        site.vault.create(connection, subject, site.clock)
        sent.append(delivery(subject, start_element=element))
    insert_deliveries(connection, sent)
    return len(reached), len(starts)


def _starts(site: Site, connection: Connection, name: str) -> list[str]:
    """The signal start events of the effective release that wait for the signal."""
    try:
        release = site.effective_release(connection)
    except NotFound:
        return []
    return [
        element.id
        for process in site.definitions(connection, release.digest).processes.values()
        if process.executable
        for element in process.children(process.id)
        if element.kind == "startEvent"
        and element.event.kind == "signal"
        and _fixed(site, element.event.code) == name
    ]


def _fixed(site: Site, text: str) -> object:
    """A start event's signal name; there are no variables yet."""
    if not is_expression(text):
        return text
    return compile_expression(text[1:]).evaluate({}, now=site.clock.now()).value


def name_of(change: CaseChange, token: Token) -> str:
    """The name of the signal an element waits for or throws. Raises ``Failure``."""
    text = token.element.event.code
    name = evaluate(change, token, text)
    if isinstance(name, str) and name:
        return name
    raise wrong_value(token, text, name, "信号的名称", "a signal's name")
