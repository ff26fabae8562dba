"""The demonstration as a discrete-event simulation: one clock that only goes forward, a queue of
(instant, what somebody does then), and the real commands. Nothing is written past the engine."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

import runner.demo.answers_actions
import runner.demo.answers_inquiry
import runner.demo.answers_remedy
import runner.demo.answers_service  # noqa: F401 - each registers the answers to its forms
from runner.calendars import Calendar
from runner.clock import SetClock
from runner.definitions.release import Definitions
from runner.demo.answers import Answer, Asked, answer
from runner.demo.answers_intake import photos, web_complaint
from runner.demo.cast import Cast
from runner.demo.pace import after, working_minutes
from runner.demo.stories import Story
from runner.engine import instances, messages, timers, user_tasks
from runner.engine.access import CUSTOMER, Person
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.errors import NotFound
from runner.settings import Settings
from runner.store.jobs import open_jobs
from runner.store.timers import case_of_timer
from runner.store.user_tasks import UserTask, find_user_task, open_user_tasks
from runner.worker.loop import Worker

CLAIMED_AFTER = 0.4  # of the time a task takes, it lies unclaimed
NOBODY_LISTENS = 9  # the discard port: a mail server that never answers
Action = Callable[[], None]


@dataclass
class Running:
    """One story under way."""

    story: Story
    case_id: str
    planned: set[str] = field(default_factory=set)
    visits: Counter[str] = field(default_factory=Counter)
    done_by: dict[str, set[str]] = field(default_factory=dict)
    over: bool = False


class Simulation:
    """Runs stories on a site whose clock is set. ``now`` is where time stops."""

    def __init__(
        self, site: Site, settings: Settings, definitions: Definitions, cast: Cast, now: datetime
    ) -> None:
        if not isinstance(site.clock, SetClock):
            raise TypeError("expected a site with a clock that can be set")
        self._site, self._clock, self._cast, self._now = site, site.clock, cast, now
        self._definitions = definitions
        self._worker = Worker(site, settings, "demo")
        dead = replace(settings, smtp_host="127.0.0.1", smtp_port=NOBODY_LISTENS)
        self._without_mail = Worker(site, dead, "demo")
        self._queue: list[tuple[datetime, int, Action]] = []
        self._order = count()
        self.cases: dict[str, Running] = {}
        self._by_case: dict[str, Running] = {}

    def at(self, moment: datetime, action: Action) -> None:
        """Queues ``action`` for ``moment``; what lies behind ``now`` never happens."""
        if moment <= self._now:
            heapq.heappush(self._queue, (moment, next(self._order), action))

    def begin(self, story: Story, moment: datetime) -> None:
        """Queues the arrival of a story."""
        self.at(moment, lambda: self._arrive(story))

    def run(self, progress: Callable[[datetime], None]) -> None:
        """Does and fires everything in the order of its instant, and stops at ``now``."""
        while True:
            due = timers.next_timer_at(self._site)
            moment = self._queue[0][0] if self._queue else self._now
            if due is not None and due <= moment:
                self._fire(due)
            elif self._queue:
                _, _, action = heapq.heappop(self._queue)
                self._forward(moment)
                action()
            else:
                break
            progress(self._clock.now())
        self._forward(self._now)

    # --- time ---

    def _fire(self, due: datetime) -> None:
        self._forward(due)
        for timer_id in timers.due_timers(self._site, self._clock.now(), 20):
            with self._site.database.read() as connection:
                case_id = case_of_timer(connection, timer_id)
            if timers.fire_timer(self._site, timer_id=timer_id) and case_id in self._by_case:
                self._go_on(self._by_case[case_id])

    def _forward(self, moment: datetime) -> None:
        self._clock.set(max(self._clock.now(), moment))

    # --- cases ---

    def _arrive(self, story: Story) -> None:
        started = self._start(story)
        running = Running(story, started.case_id)
        self.cases[story.id] = self._by_case[started.case_id] = running
        self._go_on(running)

    def _start(self, story: Story) -> instances.Started:
        key = f"demo:{story.id}"
        if story.web:
            event = "start_received"
            values = self._web_values(story, event)
            return instances.start_complaint(
                self._site, actor=CUSTOMER, variables=values, channel=story.channel,
                start_element=event, policy_id=story.policy, idempotency_key=key,
                attachments=photos(story), language=story.language, simulated=True,
            )  # fmt: skip
        variables: dict[str, object] = {}
        event = "start_recorded"
        if story.missed_call:
            variables = {"contact_kind": "missed_call", "contact": story.customer["contact"]}
        if story.recurrence_of:
            event = "start_recurrence"
            variables = {"previous_complaint": self._number(self.cases[story.recurrence_of])}
        group = "store" if story.channel == "store" else "customer_service"
        actor = self._cast.member(group if story.policy == "demo-consumer" else "after_sales")
        return instances.start_complaint(
            self._site, actor=actor, variables=variables, channel=story.channel,
            start_element=event, policy_id=story.policy, idempotency_key=key,
            language=story.language, simulated=True,
        )  # fmt: skip

    def _web_values(self, story: Story, event: str) -> Mapping[str, object]:
        with self._site.database.read() as connection:
            element = self._site.start_event(connection, event)
        form = self._definitions.forms[element.form_id or element.properties["form"]]
        checked = form.validate(web_complaint(story), {}, self._clock.now(), self._site.zone)
        if checked.errors:
            raise ValueError(f"story {story.id}: {checked.errors}")
        return {name: value for name, value in checked.values.items() if value is not None}

    def _go_on(self, running: Running) -> None:
        """Automatic work of the case at once, then a plan for each of its new tasks."""
        while self._mail_fails(running):  # attempts with their pauses, until an incident is open
            self._without_mail.work_off()
            self._forward(self._clock.now() + timedelta(minutes=1))
        self._worker.work_off()
        with self._site.database.read() as connection:
            tasks = open_user_tasks(connection, running.case_id)
        for task in sorted(tasks, key=_stable):
            if task.id not in running.planned:
                running.planned.add(task.id)
                self._plan(running, task)

    def _mail_fails(self, running: Running) -> bool:
        named = running.story.mail_fails
        if not named:
            return False
        with self._site.database.read() as connection:
            jobs = open_jobs(connection, running.case_id)
        return any(job.element_id == named and job.state != "failed" for job in jobs)

    def _plan(self, running: Running, task: UserTask) -> None:
        story, element = running.story, task.element_id
        visit = running.visits[element]
        running.visits[element] += 1
        minutes = working_minutes(story, element, visit)
        calendar = self.calendar(story)
        if story.withdraw.get("at") == element:
            self.at(after(calendar, task.created_at, minutes), lambda: self._withdraw(running))
            return
        if story.cancel.get("at") == element:
            self.at(after(calendar, task.created_at, minutes), lambda: self._cancel(running))
            return
        stays = self._stays(story, task, visit)
        by_chance = random.Random(f"{story.id} {element}").random() < 0.5  # noqa: S311 - no secret
        claims = not stays or "draft" in story.said or by_chance
        person = self._person(running, task)
        if person is None:
            return
        if claims:
            taken_at = after(calendar, task.created_at, minutes * CLAIMED_AFTER)
            self.at(taken_at, lambda: self._claim(running, task, person, stays))
        if not stays:
            done_at = after(calendar, task.created_at, minutes)
            self.at(done_at, lambda: self._complete(running, task, visit, person))

    def calendar(self, story: Story) -> Calendar:
        """The working time of the story's policy."""
        named = self._definitions.policies[story.policy].calendar
        return self._definitions.calendars[named or "cn"]

    @staticmethod
    def _stays(story: Story, task: UserTask, visit: int) -> bool:
        if story.until != task.element_id or visit < story.until_visit:
            return False
        return not task.groups & set(story.said.get("approve_only", ()))

    def _person(self, running: Running, task: UserTask) -> Person | None:
        known = [person for people in running.done_by.values() for person in people]
        return self._cast.choose(running.story, task, known, self._forbidden(running, task))

    def _forbidden(self, running: Running, task: UserTask) -> frozenset[str]:
        """Whom four eyes keep from the task by now."""
        element = self._definitions.processes[task.process_id].elements[task.element_id]
        named = (element.properties.get("four_eyes") or "").split(",")
        return frozenset().union(*(running.done_by.get(n.strip(), set()) for n in named))

    def _instead(self, running: Running, task: UserTask, person: Person) -> Person | None:
        """The person, or a colleague where meanwhile four eyes keep that one from the task."""
        if person.id not in self._forbidden(running, task):
            return person
        with self._site.database.read() as connection:
            found = find_user_task(connection, task.id)
        if found is not None and found.assignee == person.id:
            user_tasks.unclaim_user_task(self._site, actor=person, task_id=task.id)
        return self._person(running, task)

    def _open(self, task: UserTask) -> bool:
        with self._site.database.read() as connection:
            found = find_user_task(connection, task.id)
        return found is not None and found.state == "created"

    # --- what people do ---

    def _claim(self, running: Running, task: UserTask, person: Person, stays: bool) -> None:
        able = self._instead(running, task, person) if self._open(task) else None
        if able is None or able.id != person.id:
            return
        user_tasks.claim_user_task(self._site, actor=person, task_id=task.id)
        if stays and running.story.said.get("draft"):
            written = self._answer(running, task, 0, person)
            draft = {k: v for k, v in written.values.items() if isinstance(v, str | list)}
            for name in running.story.said["draft"]:
                draft.pop(name, None)
            user_tasks.save_draft(self._site, actor=person, task_id=task.id, data=draft)

    def _complete(self, running: Running, task: UserTask, visit: int, person: Person) -> None:
        able = self._instead(running, task, person) if self._open(task) else None
        if able is None:
            return
        person = able
        found = self._answer(running, task, visit, person)
        user_tasks.complete_user_task(
            self._site,
            actor=person,
            task_id=task.id,
            submission=found.values,
            attachments=found.uploads,
        )
        running.done_by.setdefault(task.element_id, set()).add(person.id)
        self._go_on(running)

    def _answer(self, running: Running, task: UserTask, visit: int, person: Person) -> Answer:
        context = user_tasks.form_context(self._site, actor=person, task_id=task.id)
        story = running.story
        return answer(
            task.form_id or "",
            Asked(
                story=story,
                element=task.element_id,
                visit=visit,
                now=self._clock.now().astimezone(self._site.zone),
                variables=context.variables,
                person=person.display_name,
                calendar=self.calendar(story),
                colleagues=self._cast.colleagues(story),
            ),
        )

    def _withdraw(self, running: Running) -> None:
        now = self._clock.now()
        try:
            messages.correlate_message(
                self._site,
                actor=self._cast.member("customer_service"),
                name="withdrawal_received",
                correlation_key=self._number(running) or "",
                payload={
                    "withdrawn_at": now,
                    "withdrawal_reason": running.story.withdraw["reason"],
                    "confirmed_by_customer": str(running.story.customer["name"]),
                },
                idempotency_key=f"demo:withdrawal:{running.story.id}",
            )
        except NotFound as error:
            raise LookupError(f"story {running.story.id}: nothing waits for it") from error
        self._go_on(running)

    def _cancel(self, running: Running) -> None:
        instances.cancel_case(
            self._site,
            actor=self._cast.member("complaint_management"),
            case_id=running.case_id,
            reason=running.story.cancel["reason"],
        )
        running.over = True

    def _number(self, running: Running) -> str | None:
        with self._site.database.read() as connection:
            found = read_case_variables(self._site, connection, running.case_id)
        number = found.get("complaint_number")
        return number if isinstance(number, str) else None


def _stable(task: UserTask) -> tuple[datetime, str, str]:
    """An order that does not depend on random ids."""
    return (task.created_at, task.element_id, ",".join(sorted(task.groups)))
