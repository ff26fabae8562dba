"""Commands on signals: throwing one from outside, and delivering what is on its way."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from runner.encoding import NotStorable, dumps, loads, writable
from runner.engine.access import SYSTEM, Person, require_group
from runner.engine.case_change import CaseChange
from runner.engine.elements import mappings, signals
from runner.engine.elements.host import moving
from runner.engine.elements.messages import LONGEST
from runner.engine.halting import halt
from runner.engine.instances import end_if_completed, start_complaint
from runner.engine.refused_starts import refuse_start
from runner.engine.site import Site
from runner.engine.transaction import change_case, change_chain
from runner.engine.variables import READ_ONLY
from runner.errors import AlreadyExists, Endless, InvalidInput, NotFound, Refusal
from runner.events import SignalReceived, SignalThrown
from runner.feel import to_feel
from runner.store.command_keys import CommandKey, find_command, insert_command
from runner.store.keys import Erased
from runner.store.signals import (
    Delivery,
    due_deliveries,
    end_delivery,
    find_delivery,
    subscription_of,
)

MAY_BROADCAST = ("process_owner", "administrator", "complaint_management", "quality_manager")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Thrown:
    """A signal on its way: ``reached`` is how many elements and new cases it is for. ``repeated``
    tells that this call threw nothing: the result is that of the first."""

    reached: int
    repeated: bool = False


def broadcast_signal(
    site: Site,
    *,
    actor: Person,
    name: str,
    variables: Mapping[str, object] | None = None,
    idempotency_key: str = "",
) -> int:
    """``throw_signal`` by a person of these groups. How many elements and cases it is for. Raises
    ``NotAllowed``, and what ``throw_signal`` raises."""
    require_group(actor, *MAY_BROADCAST)
    return throw_signal(
        site, actor=actor, name=name, variables=variables, idempotency_key=idempotency_key
    ).reached


def throw_signal(
    site: Site,
    *,
    actor: Person,
    name: str,
    variables: Mapping[str, object] | None = None,
    idempotency_key: str = "",
) -> Thrown:
    """Puts a signal on its way to every element that waits for it now, in any case, and to every
    signal start event of the effective release. Asks no rights: who calls has.

    ``variables`` are FEEL values. A second call with the same key and content throws nothing and
    gives the first result. Raises ``InvalidInput``, ``AlreadyExists``.
    """
    if not name.strip() or len(name) > LONGEST or not writable(name):
        raise InvalidInput(
            f"信号的名称应有 1 到 {LONGEST} 个字。 / "
            f"A signal's name has 1 to {LONGEST} characters.",
            {"name": ["长度不对。 / Wrong length."]},
        )
    values = {key: to_feel(value) for key, value in (variables or {}).items()}
    wrong = sorted(key for key in values if key in READ_ONLY or key.startswith("#"))
    if wrong:
        names = ", ".join(wrong)
        raise InvalidInput(
            f"信号不能写入：{names}。 / A signal cannot write: {names}.",
            {key: ["只读。 / Read-only."] for key in wrong},
        )
    try:
        written = dumps({"name": name, "payload": values})
    except NotStorable as error:
        raise InvalidInput(f"无法保存：{error} / Cannot be kept: {error}") from error
    digest = hashlib.sha256(written).hexdigest()
    with change_chain(site, "access", actor=actor) as change:
        change.lock()  # of two with one key the second sees what the first did
        known = find_command(change.connection, idempotency_key) if idempotency_key else None
        if known is not None:
            if known.command != "broadcast_signal" or known.input_digest != digest:
                raise AlreadyExists(
                    "这个编号已用于另一份内容。 / This key was used for other content."
                )
            return Thrown(int(known.result), repeated=True)
        waiting, starts = signals.send(
            site,
            change.connection,
            name,
            values,
            at=change.at,
            policy_id=site.default_policy,
            simulated=False,
        )
        change.record(SignalThrown(signal=name, waiting=str(waiting), starts=str(starts)))
        if idempotency_key:
            key = CommandKey(idempotency_key, "broadcast_signal", digest, str(waiting + starts))
            insert_command(change.connection, key, change.at)
    return Thrown(waiting + starts)


def deliver_signals(site: Site, limit: int = 100) -> int:
    """Delivers what is on its way, each in a transaction of its own: how many were. One that cannot
    be delivered stays on its way, and those of other cases are delivered all the same."""
    done = 0
    tried: set[str] = set()
    while len(tried) < limit:
        due = signals_on_their_way(site, limit + len(tried))
        new = [found for found in due if found[0] not in tried]
        if not new:
            break
        for delivery_id, case_id in new:
            tried.add(delivery_id)
            try:
                done += deliver_signal(site, delivery_id, case_id)
            except Refusal as refusal:  # suspended meanwhile
                _log.warning("signal %s: %s", delivery_id, refusal.message)
            except Exception:
                _log.exception("signal %s could not be delivered; it is tried again", delivery_id)
    return done


def signals_on_their_way(site: Site, limit: int) -> list[tuple[str, str | None]]:
    """Ids of what can be delivered now, with their cases: of each case the first, so that signals
    reach it in the order they were thrown. One SQL statement."""
    with site.database.read() as connection:
        return due_deliveries(connection, limit)


def deliver_signal(site: Site, delivery_id: str, case_id: str | None) -> bool:
    """Delivers one. A case that cannot be begun is told once and left to a person; where the
    diagram goes round without end, the signal stays on its way and an incident waits for one."""
    try:
        return (
            _start(site, delivery_id) if case_id is None else _deliver(site, delivery_id, case_id)
        )
    except Endless as endless:
        return hand_over(site, delivery_id, case_id, endless)
    except Erased:  # the case has ended long since: nobody waits there
        with site.database.write() as connection:
            if find_delivery(connection, delivery_id) is None:
                return False
            end_delivery(connection, delivery_id, "discarded", site.clock.now())
        return True
    except Refusal as refusal:
        if case_id is not None:
            raise
        return hand_over(site, delivery_id, case_id, refusal)


def hand_over(site: Site, delivery_id: str, case_id: str | None, why: Exception) -> bool:
    """What cannot be delivered waits for a person. False where it is not on its way any more."""
    if case_id is None:
        with site.database.read() as connection:
            delivery = find_delivery(connection, delivery_id)
        if delivery is None or delivery.start_element is None:
            return False
        return refuse_start(site, "signal", delivery_id, delivery.start_element, why)
    with change_case(site, actor=SYSTEM, case=case_id, command="deliver_signal") as change:
        delivery = find_delivery(change.connection, delivery_id)
        if delivery is None or delivery.origin is None:
            return False
        subscription = subscription_of(change.connection, case_id, delivery.origin)
        if subscription is None or subscription.token_id in change.case.incidents.open:
            return False
        assert change.case.execution is not None
        halt(change, change.case.execution.token(subscription.token_id), why)
        return True


def _deliver(site: Site, delivery_id: str, case_id: str) -> bool:
    with change_case(site, actor=SYSTEM, case=case_id, command="deliver_signal") as change:
        delivery = find_delivery(change.connection, delivery_id)
        if delivery is None or delivery.origin is None:
            return False
        subscription = subscription_of(change.connection, case_id, delivery.origin)
        state = "discarded" if subscription is None else "delivered"
        end_delivery(change.connection, delivery_id, state, change.at)
        if subscription is None:
            return True
        assert change.case.execution is not None
        token = change.case.execution.token(subscription.token_id)
        values = _values(change, delivery)
        change.signals.receive(subscription)
        change.record(
            SignalReceived(
                element=token.element.id,
                token=token.id,
                process=token.element.process_id,
                instance=token.instance_id,
                signal=delivery.name,
                delivery=delivery.id,
                payload=values,
            )
        )
        if mappings.has_scope(token) and change.case.scopes.get(token.id) is None:
            mappings.open_scope(change, token)
        mappings.take_result(change, token, values)
        change.case.incidents.end(token.id, "cancelled")
        execution = moving(change, fired=(subscription, token))
        if token.watches:
            execution.fire(token.id)
        else:
            execution.complete(token.id)
        end_if_completed(change)
        return True


def _values(change: CaseChange, delivery: Delivery) -> Mapping[str, object]:
    if delivery.data is None:
        return {}
    try:
        found = loads(
            change.site.vault.decrypt(change.connection, delivery.subject_id, delivery.data)
        )
    except Erased:
        return {}
    return found if isinstance(found, dict) else {}


def _start(site: Site, delivery_id: str) -> bool:
    """The case begins and the delivery ends in one transaction. False where another worker begins
    it."""
    with site.database.read() as connection:
        delivery = find_delivery(connection, delivery_id)
        if delivery is None or delivery.data is None or delivery.start_element is None:
            return False
        found = loads(site.vault.decrypt(connection, delivery.subject_id, delivery.data))
    begun: list[str] = []

    def end(connection: Connection, state: str) -> None:
        end_delivery(connection, delivery_id, state, site.clock.now())
        site.vault.erase(connection, delivery.subject_id, site.clock)

    def within(change: CaseChange) -> None:
        end(change.connection, "delivered")
        begun.append(change.case.id)

    if not _has_start(site, delivery.start_element):  # another release is effective by now
        with site.database.write() as connection:
            end(connection, "discarded")
        return True
    start_complaint(
        site,
        actor=SYSTEM,
        variables=found if isinstance(found, dict) else {},
        channel="signal",
        start_element=delivery.start_element,
        policy_id=delivery.policy_id,
        idempotency_key=f"signal {delivery.id}",
        simulated=delivery.simulated,
        within=within,
    )
    return bool(begun)


def _has_start(site: Site, start_element: str) -> bool:
    with site.database.read() as connection:
        try:
            site.start_event(connection, start_element)
        except NotFound:
            return False
    return True
