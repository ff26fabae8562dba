"""A scripted load of customers and staff over HTTP that remembers what the server acknowledged.

An answer 503 says that nothing was done, or that nobody knows: what was asked is asked again, with
the same key, as after no answer at all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import select

from runner.definitions.forms import Form
from runner.engine.access import Person
from runner.engine.site import Site
from runner.engine.task_forms import form_context
from runner.errors import NotFound, Unavailable
from runner.store.tables import candidate_groups, user_tasks
from tests.properties.answers import PNG, Answers
from tests.serving import Browser, Gone, Page, Server, post_fields

CUSTOMERS, STAFF = 2, 4
PAUSE_SECONDS = 30
COMPLAINTS_A_ROUND = 8
LEANINGS: Mapping[str, tuple[float, object]] = {
    "request_kind": (0.9, "complaint"),
    "readback_confirmed": (1.0, True),
    "decision": (0.7, "approved"),
    "customer_answer": (0.7, "agreed"),
    "closing_decision": (0.8, "close"),
}


@dataclass(frozen=True)
class Complaint:
    """What a customer sends: again with the same key where no answer came."""

    key: str
    marker: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str, bytes], ...]


@dataclass(frozen=True)
class Registration:
    """What a member of staff sends to record a call."""

    key: str
    person: Person


@dataclass
class Remembered:
    """What was asked for, and what the server said it did. One for all rounds."""

    complaints: dict[str, str] = field(default_factory=dict)  # key -> private link's secret
    markers: dict[str, Complaint] = field(default_factory=dict)  # every complaint ever sent
    unsure_complaints: list[Complaint] = field(default_factory=list)
    registered: dict[str, str] = field(default_factory=dict)  # key -> first task
    sent_registrations: set[str] = field(default_factory=set)
    unsure_registrations: list[Registration] = field(default_factory=list)
    completed: dict[str, str] = field(default_factory=dict)  # task -> person
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Load:
    """One round of load on a server until ``stop`` is set; until it is gone, unless ``patient``."""

    server: Server
    site: Site
    people: Mapping[str, tuple[Person, str]]  # by id, with the token of an open session
    remembered: Remembered
    random: Random
    patient: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    desks: threading.local = field(default_factory=threading.local)

    def start(self) -> list[threading.Thread]:
        works = [self._customer] * CUSTOMERS + [self._staff] * STAFF + [self._window]
        threads = [
            threading.Thread(target=self._until_gone, args=(work, Random(self.random.random())))
            for work in works
        ]
        for thread in threads:
            thread.start()
        return threads

    def _until_gone(self, work: Callable[[Random], None], random: Random) -> None:
        while not self.stop.is_set():
            try:
                work(random)
            except (Gone, Unavailable):
                self.desks.__dict__.clear()
                if not self.patient:
                    return
                self.stop.wait(0.1)
            except Exception as error:
                with self.remembered.lock:
                    self.remembered.wrong.append(f"{type(error).__name__}: {error}")
                return

    # --- customers ---

    def _customer(self, random: Random) -> None:
        for _ in range(COMPLAINTS_A_ROUND // CUSTOMERS):
            if self.stop.is_set():
                return
            with self.remembered.lock:
                unsure = self.remembered.unsure_complaints
                again = unsure.pop() if unsure else None
            self._complain(again, random)
            time.sleep(random.random() * 0.1)
        self.stop.wait(PAUSE_SECONDS)

    def _complain(self, again: Complaint | None, random: Random) -> None:
        address = ".".join(str(random.randrange(1, 255)) for _ in range(4))
        browser = Browser(self.server.port, address=address)
        try:
            page = _there(browser.get("/complaint"))
        except Gone:
            if again is not None:
                with self.remembered.lock:
                    self.remembered.unsure_complaints.append(again)
            raise
        complaint = again or self._new_complaint(page.key, random)
        with self.remembered.lock:
            self.remembered.markers[complaint.marker] = complaint
        try:
            answer = _there(
                browser.post(
                    "/complaint",
                    [("csrf_token", page.csrf), ("key", complaint.key), *complaint.fields],
                    complaint.files,
                )
            )
        except Gone:
            with self.remembered.lock:
                self.remembered.unsure_complaints.append(complaint)
            raise
        with self.remembered.lock:
            if answer.status == 303:
                self.remembered.complaints[complaint.key] = answer.location.split("/")[2]
            else:
                self.remembered.wrong.append(f"complaint: {_said(answer)}")

    def _new_complaint(self, key: str, random: Random) -> Complaint:
        with self.site.database.read() as connection:
            release = self.site.effective_release(connection)
            form = self.site.definitions(connection, release.digest).forms["web_complaint"]
        answer = Answers(random, self.site.zone).fill(form, {}, self.site.clock.now())
        marker = f"complaint {key}"
        data = {**answer.data, "phenomenon": marker}
        files = tuple((f"{path}:file", "照片.png", PNG) for path in answer.files)
        return Complaint(key, marker, tuple(post_fields(form, data)), files)

    # --- staff ---

    def _window(self, random: Random) -> None:
        """Records calls, as the window does."""
        with self.remembered.lock:
            unsure = self.remembered.unsure_registrations
            again = unsure.pop() if unsure else None
        windows = [p for p, _ in self.people.values() if "customer_service" in p.groups]
        person = again.person if again is not None else random.choice(windows)
        browser = self._browser(person)
        try:
            page = _there(browser.get("/register"))
        except Gone:
            if again is not None:
                with self.remembered.lock:
                    self.remembered.unsure_registrations.append(again)
            raise
        wanted = again or Registration(page.key, person)
        fields = [("channel", "phone"), ("language", "zh"), ("key", wanted.key)]
        with self.remembered.lock:
            self.remembered.sent_registrations.add(wanted.key)
        try:
            answer = _there(browser.post("/register", [("csrf_token", page.csrf), *fields]))
        except Gone:
            with self.remembered.lock:
                self.remembered.unsure_registrations.append(wanted)
            raise
        with self.remembered.lock:
            if answer.status == 303 and answer.location.startswith(("/tasks/", "/cases/")):
                self.remembered.registered[wanted.key] = answer.location.split("/")[2]
            else:
                self.remembered.wrong.append(f"registration: {_said(answer)}")
        time.sleep(random.random() * 0.4)

    def _staff(self, random: Random) -> None:
        """Completes some open task with a random valid answer."""
        with self.site.database.read() as connection:
            tasks = connection.execute(
                select(user_tasks.c.id, user_tasks.c.assignee).where(
                    user_tasks.c.state == "created"
                )
            ).all()
            if not tasks:
                time.sleep(0.05)
                return
            task = random.choice(tasks)
            groups = frozenset(
                connection.execute(
                    select(candidate_groups.c.group_id).where(
                        candidate_groups.c.user_task_id == task.id
                    )
                ).scalars()
            )
        able = [p for p, _ in self.people.values() if p.groups & groups]
        person = self.people[task.assignee][0] if task.assignee else random.choice(able)
        try:
            context = form_context(self.site, actor=person, task_id=task.id)
        except NotFound:
            return
        if context.task.state != "created" or context.form is None:
            return
        browser, token = self._desk(person)
        self._submit(browser, token, context.form, context.variables, task.id, person, random)

    def _submit(
        self,
        browser: Browser,
        token: str,
        form: Form,
        variables: Mapping[str, object],
        task_id: str,
        person: Person,
        random: Random,
    ) -> None:
        scope = {name: variables[name] for name in variables}
        answers = Answers(random, self.site.zone, leanings=LEANINGS, optional=0.2)
        answer = answers.fill(form, scope, self.site.clock.now())
        answered = _there(
            browser.post(
                f"/tasks/{task_id}",
                [("csrf_token", token), *post_fields(form, answer.data)],
                [(f"{path}:file", "照片.png", PNG) for path in answer.files],
            )
        )
        with self.remembered.lock:
            if answered.status == 303:
                self.remembered.completed[task_id] = person.id
            elif answered.status in (403, 404, 409, 422):  # a colleague was faster, four eyes
                self.remembered.refused += 1
            else:
                self.remembered.wrong.append(f"task: {_said(answered)}")

    def _desk(self, person: Person) -> tuple[Browser, str]:
        """This thread's browser of a person, with the token of the task list it has open."""
        known: dict[str, tuple[Browser, str]] = self.desks.__dict__.setdefault("open", {})
        if person.id not in known:
            browser = self._browser(person)
            known[person.id] = (browser, _there(browser.get("/tasks")).csrf)
        return known[person.id]

    def _browser(self, person: Person) -> Browser:
        return Browser(self.server.port, {"ombud_session": self.people[person.id][1]})


def _there(page: Page) -> Page:
    """An answer of a server that has its database. Raises ``Gone``."""
    if page.status == 503:
        raise Gone(page.text)
    return page


def _said(page: Page) -> str:
    return f"{page.status} {page.location} {page.text[-1500:]}"
