"""An office that handles one complaint over HTTP: tasks are found on task lists, claimed, and their
forms filled with what the demonstration's people would write."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import Flask

import runner.demo.answers_actions
import runner.demo.answers_inquiry
import runner.demo.answers_remedy  # noqa: F401 - each registers the answers to its forms
from runner.clock import SetClock
from runner.demo.answers import Answer, Asked, answer
from runner.demo.answers_intake import photos, web_complaint
from runner.demo.stories import Story, load_stories
from runner.engine.access import Person
from runner.engine.instances import access_digest
from runner.engine.site import Site
from runner.engine.task_forms import form_context
from runner.engine.timers import next_timer_at
from runner.settings import Settings
from runner.store.attachments import AttachmentRow, attachments_of_case
from runner.store.case_lists import case_line
from runner.store.complaints import case_by_access
from runner.store.user_tasks import UserTask, open_user_tasks
from runner.web.app import create_app
from runner.worker.loop import Worker
from tests.acceptance.browsing import Fields, Page, Visitor, visitor
from tests.serving import post_fields
from tests.sites import NOW, Released, everybody

TELLING = "robot-compensation"  # a complaint that goes up to the company's leaders


def web_story(name: str = TELLING) -> Story:
    """A story of the demonstration, filed on the public page and told to its end."""
    story = next(s for s in load_stories() if s.id == name)
    customer = {**story.customer, "contact": "wei@example.com"}
    return replace(story, channel="web_form", customer=customer, until="")


@dataclass
class Office:
    """One site, its application and its people; ``clock`` moves only by hand."""

    released: Released
    site: Site
    settings: Settings
    app: Flask
    clock: SetClock
    story: Story
    people: Sequence[Person]
    case_id: str = ""
    token: str = ""
    number: str = ""
    visits: Counter[str] = field(default_factory=Counter)
    done_by: dict[str, Person] = field(default_factory=dict)

    def copy(self, folder: Path) -> Office:
        """The same office as it stands now, on a folder of its own."""
        shutil.copytree(self.settings.data_dir, folder)
        clock = SetClock(self.clock.now())
        settings = replace(self.settings, data_dir=folder)
        site, settings = self.released.reopen(settings, clock)
        visits, done_by = Counter(self.visits), dict(self.done_by)
        return replace(
            self, site=site, settings=settings, app=app_of(site), clock=clock, visits=visits,
            done_by=done_by,
        )  # fmt: skip

    def visitor(self, person: Person | None = None, language: str = "en") -> Visitor:
        return visitor(self.app, self.site, person, language)

    def member(self, *groups: str, beside: Sequence[Person] = ()) -> Person:
        """Somebody in all of these groups."""
        return next(
            p for p in self.people if p.groups >= set(groups) and p.id not in {b.id for b in beside}
        )

    def work_off(self) -> None:
        Worker(self.site, self.settings).work_off()

    def file_complaint(self) -> Page:
        """The customer fills the public form; gives the confirmation page."""
        customer = self.visitor()
        page = customer.page("/complaint")
        answers: Fields = [(name, str(value)) for name, value in web_complaint(self.story).items()]
        files = [(f"{u.field}:file", u.name, u.data) for u in photos(self.story)]
        answered = customer.fill(page, "/complaint", answers, files)
        assert answered.status_code == 303, Page(answered.text).text
        self.token = answered.location.split("/")[2]
        with self.site.database.read() as connection:
            self.case_id = case_by_access(connection, access_digest(self.token)) or ""
        self.work_off()
        return customer.page(answered.location)

    def open_tasks(self) -> list[UserTask]:
        with self.site.database.read() as connection:
            tasks = open_user_tasks(connection, self.case_id)
        return sorted(tasks, key=lambda t: (t.created_at, t.element_id, sorted(t.groups)))

    def decision(self) -> UserTask:
        """The leader's decision that the handled complaint waits for."""
        return next(t for t in self.open_tasks() if t.element_id == "decide_application")

    def files(self, case_id: str = "") -> list[AttachmentRow]:
        """The documents of the handled case, or of another one."""
        with self.site.database.read() as connection:
            return attachments_of_case(connection, case_id or self.case_id, self.site.vault)

    def able(self, task: UserTask) -> list[Person]:
        """Everybody whose work a task is, four eyes heeded."""
        with self.site.database.read() as connection:
            case = self.site.definitions(connection, self._release())
        named = case.processes[task.process_id].elements[task.element_id].properties
        did = [e.strip() for e in named.get("four_eyes", "").split(",") if e.strip()]
        out = {self.done_by[element].id for element in did if element in self.done_by}
        return [p for p in self.people if p.groups & task.groups and p.id not in out]

    def _release(self) -> str:
        with self.site.database.read() as connection:
            return self.site.effective_release(connection).digest

    def run_until(self, *elements: str, steps: int = 120) -> UserTask | None:
        """Handles the complaint until one of these tasks is open; None once the case has ended."""
        for _ in range(steps):
            tasks = self.open_tasks()
            waiting = next((task for task in tasks if task.element_id in elements), None)
            if waiting is not None or self.closed():
                return waiting
            if tasks:
                self.do(tasks[0])
            else:
                self.wait()
        raise AssertionError(f"still open: {[task.element_id for task in self.open_tasks()]}")

    def wait(self) -> None:
        """Nothing to do for anybody: time passes until the next clock of the case runs out."""
        due = next_timer_at(self.site)
        assert due is not None, "the case is stuck"
        self.clock.set(max(self.clock.now(), due))
        self.work_off()

    def closed(self) -> bool:
        with self.site.database.read() as connection:
            line = case_line(connection, self.case_id)
        return line is not None and line.state != "active"

    def do(self, task: UserTask, person: Person | None = None) -> Person:
        """Somebody finds the task on their list, claims it, fills its form and submits it."""
        self.clock.advance(timedelta(minutes=3))
        person = person or self.able(task)[0]
        staff, path = self.visitor(person), f"/tasks/{task.id}"
        assert path in staff.page("/tasks?view=groups").links(), task.element_id
        claimed = staff.press(staff.page(path), f"{path}/claim")
        assert (claimed.status_code, claimed.location) == (303, path)
        given = self.answer(task, person)
        files = [(f"{u.field}:file", u.name, u.data) for u in given.uploads]
        fields = self.fields(task, person, given)
        submitted = staff.fill(staff.page(path), path, fields, files)
        if submitted.status_code == 422:  # an answer brought up further questions: they are asked
            submitted = staff.fill(Page(submitted.text), path, fields, files)
        assert submitted.status_code == 303, (task.element_id, _errors(Page(submitted.text)))
        self.visits[task.element_id] += 1
        self.done_by[task.element_id] = person
        self.work_off()
        return person

    def fields(self, task: UserTask, person: Person, given: Answer) -> Fields:
        form = form_context(self.site, actor=person, task_id=task.id).form
        return [] if form is None else post_fields(form, self._as_typed(given.values))

    def _as_typed(self, values: Mapping[str, object]) -> dict[str, object]:
        return {name: self._typed(value) for name, value in values.items()}

    def _typed(self, value: object) -> object:
        """Times as the inputs of a browser write them."""
        if isinstance(value, datetime):
            return f"{value.astimezone(self.site.zone):%Y-%m-%dT%H:%M}"
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Mapping):
            return self._as_typed({str(key): item for key, item in value.items()})
        if isinstance(value, list):
            return [self._typed(item) for item in value]
        return value

    def answer(self, task: UserTask, person: Person) -> Answer:
        context = form_context(self.site, actor=person, task_id=task.id)
        if context.form is None:
            return Answer({})
        with self.site.database.read() as connection:
            definitions = self.site.definitions(connection, self._release())
        calendar = definitions.calendars[definitions.policies[self.story.policy].calendar or "cn"]
        colleagues: dict[str, list[str]] = {}
        for somebody in self.people:
            for group in somebody.groups:
                colleagues.setdefault(group, []).append(somebody.display_name)
        return answer(
            task.form_id or "",
            Asked(
                story=self.story,
                element=task.element_id,
                visit=self.visits[task.element_id],
                now=self.clock.now().astimezone(self.site.zone),
                variables=context.variables,
                person=person.display_name,
                calendar=calendar,
                colleagues=colleagues,
            ),
        )


def open_office(released: Released, folder: Path, story: Story | None = None) -> Office:
    """An office on a copy of the released site."""
    clock = SetClock(NOW)
    site, settings = released.copy(folder, clock)
    return Office(
        released, site, settings, app_of(site), clock, story or web_story(), everybody(site)
    )


def app_of(site: Site) -> Flask:
    """The application, with no limit on how often somebody may send a form."""
    app = create_app(site)
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    return app


def _errors(page: Page) -> str:
    start = page.text.find("to correct")
    return page.text[max(0, start - 60) : start + 600]
