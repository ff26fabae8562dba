"""Random walks: a whole complaint handled by chance, from its start to its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import uuid4

from sqlalchemy import func, select

from runner.clock import SetClock
from runner.engine import incidents, instances, jobs, messages, timers, user_tasks
from runner.engine.access import CUSTOMER, SYSTEM, Person
from runner.engine.attachments import Upload
from runner.engine.people import add_person
from runner.engine.site import Site
from runner.engine.task_forms import form_context
from runner.errors import NotAllowed, NotFound
from runner.settings import Settings
from runner.store.complaints import find_complaint
from runner.store.tables import incidents as incident_rows
from runner.store.tables import jobs as job_rows
from runner.store.tables import process_instances
from runner.store.user_tasks import UserTask, open_user_tasks
from runner.worker.loop import LEASE, Worker
from tests.invariants import check_case, open_work
from tests.properties.answers import PNG, Answer, Answers
from tests.sites import members

CALM_FROM, HURRIED_FROM, MOST_TASKS = 25, 90, 400
START_FORMS = {"start_received": "web_complaint", "start_recorded": "missed_call"}
# What an answer says that lets its phase end.
FINISHING: Mapping[str, object] = {
    "closing_decision": "close",
    "customer_answer": "agreed",
    "decision": "approved",
    "demand_reasonable": True,
    "dispute_result": "settled",
    "effect": "shown",
    "execution_state": "done",
    "filing_received": "received",
    "improvement_effect": "shown",
    "facts_answer": "yes",
    "gap_action": "waived",
    "mediation_answer": "accepted",
    "item_state": "settled",
    "meeting_outcome": "concluded",
    "objection_handling": "kept",
    "reached": True,
    "recall_requested": False,
    "reason_confirmed": True,
    "recovered_now": 1_000_000,
    "request_kind": "complaint",
    "satisfaction": "satisfied",
}
# By even chances few cases would get far.
LEANINGS: Mapping[str, tuple[float, object]] = {
    "customer_answer": (0.5, "agreed"),
    "decision": (0.3, "approved"),
    "request_kind": (0.8, "complaint"),
}
Reopen = Callable[[], tuple[Site, Settings]]


@dataclass
class Walk:
    """One case. ``reopen`` gives the site anew, as after a restart of the process; ``clock`` is
    the one every opened site shares."""

    site: Site
    settings: Settings
    people: list[Person]
    clock: SetClock
    reopen: Reopen
    random: Random
    policy: str
    case_id: str = ""
    number: str | None = None
    done: int = 0
    story: list[str] = field(default_factory=list)
    visited: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Raises ``AssertionError`` with the story when the case does not end well."""
        try:
            self._start()
            while self._active():
                self._step()
                assert self.done < MOST_TASKS, "the case does not come to an end"
            with self.site.database.read() as connection:
                check_case(connection, self.site, self.case_id)
        except Exception as error:
            told = "\n".join(self.story[-40:])
            raise AssertionError(f"{type(error).__name__}: {error}\n{told}") from error

    def _start(self) -> None:
        random = self.random
        element = random.choice(
            ("start_received", "start_recorded", "start_recorded", "recurrence")
        )
        variables: dict[str, object] = {}
        files: list[Upload] = []
        wanted = START_FORMS.get(element)
        if element == "recurrence":
            element, variables = "start_recurrence", {"previous_complaint": "C-2025-0007"}
        elif wanted is not None and (element == "start_received" or random.random() < 0.4):
            with self.site.database.read() as connection:
                digest = self.site.effective_release(connection).digest
                definitions = self.site.definitions(connection, digest)
            form, policy = definitions.forms[wanted], definitions.policy(self.policy)
            scope = {"policy": policy, "language": "zh"}
            answer = self._answers().fill(form, scope, self.clock.now())
            files = self._uploads(answer)
            data = {**answer.data, **{upload.field: ["sent"] for upload in files}}
            variables = dict(form.validate(data, scope, self.clock.now(), self.site.zone).values)
            for upload in files:
                del variables[upload.field]
        started = instances.start_complaint(
            self.site,
            actor=CUSTOMER if element == "start_received" else random.choice(self.people),
            variables=variables,
            channel="web_form" if element == "start_received" else "phone",
            start_element=element,
            policy_id=self.policy,
            idempotency_key=uuid4().hex,
            attachments=files,
            language=random.choice(("zh", "en")),
        )
        self.case_id, self.number = started.case_id, started.complaint_number
        self._tell(f"started at {element} under {self.policy}: {variables}")
        if element == "start_received":
            assert self.number, "a customer gets the number at once"

    def _step(self) -> None:
        random = self.random
        if random.random() < 0.06:
            self._restart()
        if random.random() < 0.08:
            self._lose_a_job()
        elif random.random() < 0.5:
            self._work_off()
        chance = random.random()
        if chance < 0.12:
            self._let_time_pass(timedelta(minutes=random.choice((1, 30, 300, 1500, 6000))))
        elif chance < 0.14 and self.done < HURRIED_FROM:
            self._send_message()
        elif not self._complete_some_task() and not self._work_off() and self._active():
            self._wait_for_the_next_timer()

    def _complete_some_task(self) -> bool:
        with self.site.database.read() as connection:
            tasks = open_user_tasks(connection, self.case_id)
        if not tasks:
            return False
        task = self.random.choice(tasks)
        able = members(self.people, task.groups)
        assert able, f"nobody is in the groups of {task.element_id}: {task.groups}"
        if task.assignee is not None:
            able = [person for person in self.people if person.id == task.assignee]
        elif self.random.random() < 0.2:
            able = self._claim(task, able)
        self.random.shuffle(able)
        self._complete(task, able)
        return True

    def _claim(self, task: UserTask, able: list[Person]) -> list[Person]:
        """Who may complete it now: the one who took it, or all where four eyes refuse that one."""
        taker = self.random.choice(able)
        try:
            user_tasks.claim_user_task(self.site, actor=taker, task_id=task.id)
        except NotAllowed as refused:
            if refused.details.get("reason") != "four_eyes":
                raise
            return able
        if self.random.random() < 0.5:
            user_tasks.unclaim_user_task(self.site, actor=taker, task_id=task.id)
        return [taker]

    def _complete(self, task: UserTask, able: list[Person]) -> None:
        context = form_context(self.site, actor=able[0], task_id=task.id)
        assert context.form is not None, f"{task.element_id} has no form"
        scope = {name: context.variables[name] for name in context.variables}
        answer = self._answers().fill(context.form, scope, self.clock.now())
        files = self._uploads(answer)
        for person in able:
            try:
                user_tasks.complete_user_task(
                    self.site,
                    actor=person,
                    task_id=task.id,
                    submission=answer.data,
                    attachments=files,
                )
            except NotAllowed as refused:
                if refused.details.get("reason") != "four_eyes":
                    raise
                self._tell(f"four eyes at {task.element_id}")
                continue
            break
        else:
            if task.assignee is not None:  # taken by somebody who may not finish it
                user_tasks.unclaim_user_task(self.site, actor=able[0], task_id=task.id)
                return
            self._hire(task)
            return
        self.done += 1
        self.visited[f"{task.process_id}.{task.element_id}"] += 1
        self._tell(f"{task.process_id}.{task.element_id}: {answer.data}")
        self._no_incident()

    def _hire(self, task: UserTask) -> None:
        """Everybody of the role took part in what this task checks: the task stays open, and the
        administrator gives the role one more member."""
        group = min(task.groups)
        new = add_person(
            self.site, actor=SYSTEM, username=uuid4().hex, display_name="新同事", groups=[group]
        )
        self.people.append(new)
        self._tell(f"one more person in {group} for {task.element_id}")
        with self.site.database.read() as connection:
            again = next(t for t in open_user_tasks(connection, self.case_id) if t.id == task.id)
        assert new.groups & again.groups
        self._complete(again, [new])

    def _send_message(self) -> None:
        name = self.random.choice(
            ("withdrawal_received", "help_requested", "help_requested", "help_requested")
        )
        try:
            sent = messages.correlate_message(
                self.site,
                actor=self.random.choice(self.people),
                name=name,
                correlation_key=self.number or self._find_number(),
                payload={"withdrawn_at": self.clock.now(), "withdrawal_reason": None}
                if name == "withdrawal_received"
                else {},
                idempotency_key=uuid4().hex,
            )
        except NotFound:
            return
        assert sent.case_id == self.case_id
        self._tell(f"message {name}")
        self._no_incident()

    def _find_number(self) -> str:
        with self.site.database.read() as connection:
            number = find_complaint(connection, self.case_id).get("complaint_number")
        self.number = number if isinstance(number, str) else None
        return self.number or "none yet"

    def _let_time_pass(self, by: timedelta) -> None:
        self.clock.advance(by)
        self._tell(f"{by} later")
        if self.random.random() < 0.7:
            self._work_off()

    def _wait_for_the_next_timer(self) -> None:
        due = timers.next_timer_at(self.site)
        with self.site.database.read() as connection:
            retry = connection.execute(
                select(func.min(job_rows.c.due_at)).where(
                    job_rows.c.root_id == self.case_id, job_rows.c.state == "created"
                )
            ).scalar()
            left = open_work(connection, self.case_id)
        moments = [moment for moment in (due, retry) if moment is not None]
        assert moments, f"the case is stuck with {left}"
        self.clock.set(max(self.clock.now(), min(moments)))
        self._tell(f"waited until {self.clock.now()}")
        self._work_off()

    def _work_off(self) -> int:
        worked = Worker(self.site, self.settings).work_off()
        if worked:
            self._tell(f"worker: {worked}")
            self._no_incident()
        return worked

    def _lose_a_job(self) -> None:
        """A worker dies with a job, an attempt fails, or the last one does: somebody repairs it."""
        claimed = jobs.claim_jobs(self.site, "a worker that fails", 1, LEASE)
        if not claimed:
            return
        job, fate = claimed[0], self.random.choice(("dies", "fails", "gives up"))
        self._tell(f"{job.job_type}: the worker {fate}")
        if fate == "dies":
            self.clock.advance(LEASE + timedelta(seconds=1))
            return
        final = fate == "gives up"
        assert jobs.fail_job(self.site, job.id, job.attempt, "made to fail", final=final)
        if final:
            with self.site.database.read() as connection:
                (incident,) = connection.execute(
                    select(incident_rows.c.id).where(
                        incident_rows.c.root_id == self.case_id, incident_rows.c.state == "open"
                    )
                ).scalars()
            repairer = self.random.choice(members(self.people, frozenset({"process_owner"})))
            incidents.resolve_incident(
                self.site, actor=repairer, incident_id=incident, reason="looked at it"
            )

    def _restart(self) -> None:
        if self.random.random() < 0.5:
            self.site.live.clear()
        else:
            self.site, self.settings = self.reopen()
        self._tell("restarted")

    def _active(self) -> bool:
        with self.site.database.read() as connection:
            state = connection.execute(
                select(process_instances.c.state).where(process_instances.c.id == self.case_id)
            ).scalar_one()
        return bool(state == "active")

    def _no_incident(self) -> None:
        with self.site.database.read() as connection:
            found = connection.execute(
                select(incident_rows).where(
                    incident_rows.c.root_id == self.case_id, incident_rows.c.state == "open"
                )
            ).all()
            if found:
                errors = connection.execute(
                    select(job_rows.c.last_error).where(job_rows.c.root_id == self.case_id)
                ).scalars()
                raise AssertionError(f"incident {found}; {[e for e in errors if e]}")

    def _answers(self) -> Answers:
        haste = min(1.0, max(0.0, (self.done - CALM_FROM) / (HURRIED_FROM - CALM_FROM)))
        return Answers(
            self.random, self.site.zone, FINISHING, LEANINGS, haste, optional=0.5 + haste / 2
        )

    def _uploads(self, answer: Answer) -> list[Upload]:
        return [Upload("照片.png", "image/png", PNG, field) for field in answer.files]

    def _tell(self, what: str) -> None:
        self.story.append(f"{self.clock.now():%Y-%m-%d %H:%M} {what}")
