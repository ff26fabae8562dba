"""The steps of a scenario, each one function: start, task, message, waiting, deciding, the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from runner.engine import incidents, instances, messages, refused_starts, start_timers
from runner.engine.access import CUSTOMER, SYSTEM, Person
from runner.engine.signals import MAY_BROADCAST, broadcast_signal
from runner.engine.site import Site
from runner.engine.transaction import change_chain
from runner.errors import NotFound
from runner.feel import to_feel
from runner.settings import Settings
from runner.store.command_keys import find_command
from runner.store.incidents import Incident, open_incidents
from runner.store.start_timers import armed_start_timers
from runner.store.subscriptions import open_subscriptions
from runner.store.timers import armed_timers
from runner.store.user_tasks import UserTask
from runner.trying.moving import Differs
from runner.trying.played_case import PlayedCase, is_named
from runner.trying.scenarios import Scenario
from runner.trying.stage import Stage
from runner.trying.submitting import Submitting, form_values

MOST_TASKS = 400
MOST_LEAPS = 60
MOST_VISITS = 40
STARTERS = ("customer_service", "after_sales", "sales", "complaint_management")


class ComesBack(Differs):
    """A task that the usual answers never get rid of."""

    def __init__(self, task: str, text: str) -> None:
        super().__init__(text, "end")
        self.task = task


class Playing(PlayedCase):
    """The steps of one scenario, done one after the other."""

    def __init__(
        self, stage: Stage, site: Site, settings: Settings, scenario: Scenario,
        previous: Mapping[str, object],
    ) -> None:  # fmt: skip
        super().__init__(stage, site, settings, scenario, previous)
        self._submitting = Submitting(self)

    # --- beginning ---

    def start(self) -> None:
        given = self.scenario.data["start"]
        if "at" in given:
            self.time.go_to(self.instant(str(given["at"])))
        if "timer" in given:
            self._start_by_timer(str(given["timer"]), given.get("variables") or {})
        elif "message" in given:
            self._start_by_message(given)
        else:
            self._start_at(given)
        self.tell(f"the case begins under {self.scenario.profile}")
        self.settle()

    def _start_at(self, given: Mapping[str, Any]) -> None:
        event = str(given["event"])
        element = next(
            element for process in self.stage.definitions.processes.values()
            for element in process.elements.values()
            if element.id == event and element.kind == "startEvent"
        )  # fmt: skip
        by = str(given.get("by") or ("customer" if element.properties.get("form") else ""))
        form_id = element.form_id or element.properties.get("form")
        answers = self.evaluated(given.get("answers", {}))
        values: dict[str, object] = self.evaluated(given.get("variables", {}))
        files = []
        if form_id in self.stage.definitions.forms:
            form = self.stage.definitions.forms[str(form_id)]
            policy = self.stage.definitions.policy(self.policy_id)
            scope = {"policy": policy, "language": str(given.get("language", "zh"))}
            filled = form_values(self, form, scope, answers, given.get("files", {}))
            values |= filled.values
            files = filled.uploads
        else:
            values |= answers
        started = instances.start_complaint(
            self.site,
            actor=self._starter(by),
            variables={name: to_feel(value) for name, value in values.items()},
            channel=str(given.get("channel", "web_form" if by == "customer" else "phone")),
            start_element=event,
            policy_id=self.policy_id,
            idempotency_key=uuid4().hex,
            attachments=files,
            language=str(given.get("language", "zh")),
            simulated=True,
            process_id=str(given.get("process", "")),
        )
        self.case_id = started.case_id

    def _start_by_message(self, given: Mapping[str, Any]) -> None:
        payload = {**given.get("variables", {}), **given.get("answers", {})}
        self.site.default_policy = self.policy_id  # what a message begins belongs to it
        sent = messages.correlate_message(
            self.site,
            actor=self._starter(str(given.get("by", ""))),
            name=str(given["message"]),
            correlation_key=str(given.get("key", "")),
            payload={n: to_feel(v) for n, v in self.evaluated(payload).items()},
            idempotency_key=uuid4().hex,
        )
        if not sent.started:
            raise Differs(f'the message "{given["message"]}" began no case', "message")
        self.case_id = sent.case_id

    def _start_by_timer(self, element: str, wanted: Mapping[str, object]) -> None:
        """``wanted``: which item, where the element has a timer for each of a list."""
        self._arm_under_the_policy()
        with self.site.database.read() as connection:
            armed = armed_start_timers(connection)
        items = {json.dumps(f"s:{value}", ensure_ascii=False) for value in wanted.values()}
        found = [
            timer
            for timer in armed
            if timer.element_id == element and (not items or timer.item in items)
        ]
        if not found:
            known = ", ".join(sorted({f"{t.element_id} {t.item or ''}" for t in armed})) or "none"
            raise Differs(
                f'no timer "{element}" waits to begin a case; there wait: {known}', "timer"
            )
        timer = min(found, key=lambda one: one.due_at)
        self.time.go_to(max(timer.due_at, self.time.now))
        if not start_timers.fire_start_timer(self.site, timer):
            raise Differs(f'the timer "{element}" began no case', "timer")
        key = hashlib.sha256(f"start timer {timer.id}".encode()).hexdigest()
        with self.site.database.read() as connection:
            command = find_command(connection, key)
        assert command is not None
        self.case_id = str(json.loads(command.result)["case_id"])

    def _arm_under_the_policy(self) -> None:
        """What begins by itself belongs to the site's default policy: here the scenario's."""
        self.site.default_policy = self.policy_id
        with self.site.database.read() as connection:
            digest = self.site.effective_release(connection).digest
        with change_chain(self.site, refused_starts.CHAIN, actor=SYSTEM) as change:
            change.lock()
            start_timers.arm_start_timers(change, digest)

    def _starter(self, group: str, *usual: str) -> Person:
        """Somebody of the group; without one of the first usual group that there is."""
        if group == "customer":
            return CUSTOMER
        if group:
            return self.stage.people[group][0]
        for name in (*usual, *STARTERS):
            if self.stage.people.get(name):
                return self.stage.people[name][0]
        return next((people[0] for people in self.stage.people.values() if people), SYSTEM)

    # --- one step ---

    def step(self, number: int) -> None:
        """Does the step of this number."""
        self.at_step = number
        given = self.scenario.steps[number]
        if "after" in given:
            self.time.go_to(self.later(str(given["after"])), self.case_id)
        if "at" in given:
            self.time.go_to(self.instant(str(given["at"])), self.case_id)
        if "task" in given:
            self._do_task(given)
        elif "send" in given:
            self._send(given)
        elif "signal" in given:
            self._broadcast(given)
        elif "wait" in given:
            self.time.go_to(self.later(str(given["wait"])), self.case_id)
        elif "wait_until" in given:
            self._wait_until(str(given["wait_until"]))
        elif "decide" in given:
            self._decide(given["decide"])
        elif "cancel" in given:
            actor = self._starter(str(given.get("by") or ""), *instances.MAY_CANCEL)
            instances.cancel_case(
                self.site, actor=actor, case_id=self.case_id, reason=str(given["cancel"])
            )
        self.settle()

    def _do_task(self, given: Mapping[str, Any]) -> None:
        wanted = str(given["task"])
        self.reach(lambda: bool(self.tasks_of(wanted)), f"the task {wanted} is not open", "task")
        tasks = self._items(wanted, self.tasks_of(wanted), given)
        for task in tasks:
            self._submitting.complete(task, given)
            self.settle()

    def _items(
        self, wanted: str, tasks: list[UserTask], given: Mapping[str, Any]
    ) -> list[UserTask]:
        item = given.get("item")
        if given.get("each"):
            return tasks
        if isinstance(item, int):
            if item > len(tasks):
                raise Differs(f"there are {len(tasks)} open tasks {wanted}, not {item}", "item")
            return [tasks[item - 1]]
        if isinstance(item, Mapping):
            found = [t for t in tasks if self._submitting.has(t, self.evaluated(item))]
            if not found:
                seen = "; ".join(self._submitting.told(task, list(item)) for task in tasks)
                raise Differs(f"no open task {wanted} has {dict(item)}; open: {seen}", "item")
            return found[:1]
        return tasks[:1]

    def _send(self, given: Mapping[str, Any]) -> None:
        name = str(given["send"])
        key = given.get("key")

        def waits() -> bool:
            with self.site.database.read() as connection:
                return any(s.name == name
                           for s in open_subscriptions(connection, self.case_id))  # fmt: skip

        if not waits() and self.scenario.others != "leave":
            self._try_to_reach(waits)
        correlation = str(key) if key is not None else str(self.variable("complaint_number") or "")
        try:
            sent = messages.correlate_message(
                self.site,
                actor=self._starter(str(given.get("by") or "")),
                name=name,
                correlation_key=correlation,
                payload={n: to_feel(v) for n, v in self.evaluated(given.get("with", {})).items()},
                idempotency_key=uuid4().hex,
            )
        except NotFound as error:
            raise Differs(
                f'nobody takes the message "{name}" (key "{correlation}"); {self.situation()}',
                "send",
            ) from error
        self.tell(f"message {name}" + (f" reaches {sent.element_id}" if sent.element_id else ""))

    def _broadcast(self, given: Mapping[str, Any]) -> None:
        broadcast_signal(
            self.site,
            actor=self._starter(str(given.get("by") or ""), *MAY_BROADCAST),
            name=str(given["signal"]),
            variables={n: to_feel(v) for n, v in self.evaluated(given.get("with", {})).items()},
            idempotency_key=uuid4().hex,
        )
        self.tell(f"signal {given['signal']}")

    def _wait_until(self, text: str) -> None:
        """An instant; or an element: until its timer or due time, or until its task is open."""
        if text[:1].isdigit() or text.startswith("="):
            self.time.go_to(self.instant(text), self.case_id)
            return

        def due() -> list[datetime]:
            with self.site.database.read() as connection:
                timers = armed_timers(connection, self.case_id)
            dues = [t.due_at for t in timers if t.element_id == text]
            return dues + [t.due_at for t in self.tasks_of(text) if t.due_at is not None]

        self.settle()
        self.reach(
            lambda: bool(due() or self.tasks_of(text)),
            f"{text} never comes by itself",
            "wait_until",
        )
        moments = due()
        if moments:
            self.time.go_to(max(min(moments), self.time.now), self.case_id)

    def _decide(self, given: Mapping[str, Any]) -> None:
        for path, value in given.items():
            self.reach(
                lambda path=path: self._undecided(path) is not None,  # type: ignore[misc]
                f"nobody asks for the policy value {path}", "decide",
            )  # fmt: skip
            incident = self._undecided(path)
            assert incident is not None
            owners = self.stage.definitions.policies[self.policy_id].values.get("owner")
            named = [str(name) for name in owners] if isinstance(owners, list) else []
            incidents.resolve_incident(
                self.site,
                actor=self._starter("", *named, "process_owner"),
                incident_id=incident.id,
                policy_value=value,
                reason="decided in the scenario",
            )
            self.tell(f"the owner decides {path}: {value}")
            self.settle()

    def _undecided(self, path: str) -> Incident | None:
        with self.site.database.read() as connection:
            found = open_incidents(connection, self.case_id)
        return next((i for i in found if i.policy_path == path), None)

    # --- what no step names ---

    def finish(self) -> None:
        """After the last step: the rest of the case, where the scenario wants that."""
        self.at_step = len(self.scenario.steps)
        if self.scenario.others != "finish":
            return
        self.settle()
        for _ in range(MOST_TASKS):
            if not self.running:
                return
            tasks = self.open_tasks()
            if tasks:
                self._as_usual(tasks[0])
            elif not self.time.leap(self.case_id):
                raise Differs(f"the case comes to no end; {self.situation()}", "end")
            self.settle()
        raise Differs(f"the case comes to no end after {MOST_TASKS} more tasks", "end")

    def reach(self, there: Callable[[], bool], missing: str, key: str) -> None:
        """Does what no step names until ``there``. Raises ``Differs`` where that leads nowhere."""
        try:
            if there() or (self.scenario.others != "leave" and self._try_to_reach(there)):
                return
        except ComesBack as circle:
            raise Differs(f"{missing}; {self.unanswered(circle.task)}. {circle}", key) from circle
        raise Differs(f"{missing}; {self.situation()}", key)

    def _try_to_reach(self, there: Callable[[], bool]) -> bool:
        leaps = 0
        for _ in range(MOST_TASKS):
            if there():
                return True
            if not self.running:
                return False
            later = self.named_later()
            free = [task for task in self.open_tasks() if not is_named(task, later)]
            if free:
                self._as_usual(free[0])
            else:
                leaps += 1
                if leaps > MOST_LEAPS or not self.time.leap(self.case_id):
                    return False
            self.settle()
        return False

    def _as_usual(self, task: UserTask) -> None:
        if self.visits[task.element_id] >= MOST_VISITS:
            raise ComesBack(
                task.element_id,
                f"{task.element_id} comes back again and again with the usual answers; say in a "
                f"step or under usual how it goes on. {self.last_choice()} {self.situation()}",
            )
        self._submitting.complete(task, {})
        pace = self.scenario.data.get("pace")
        if pace:
            self.time.go_to(self.later(str(pace)), self.case_id)

    def settle(self) -> None:
        """The machine's work, and no surprise in it."""
        self.time.work()
        if not self.case_id:
            return
        with self.site.database.read() as connection:
            found = open_incidents(connection, self.case_id)
        for incident in found:
            if not self._awaited(incident):
                hint = ""
                if incident.policy_path:
                    hint = (f": the policy leaves {incident.policy_path} open; write it under "
                            "decided or values, or add a step decide")  # fmt: skip
                said = incident.message.split(" / ")[-1]
                raise Differs(f"incident {incident.kind} at {incident.element_id}: {said}{hint}")

    def _awaited(self, incident: Incident) -> bool:
        steps = self.scenario.steps[max(self.at_step, 0) :]
        if any(incident.policy_path in step.get("decide", {}) for step in steps):
            return True
        every = [self.scenario.data.get("expect", {}), *(s.get("expect", {}) for s in steps)]
        for expected in every:
            named = expected.get("incidents", "none")
            names = named if isinstance(named, list) else [named]
            if any(name in ("any", incident.kind, incident.element_id) for name in names):
                return True
        return False
