"""Plays a case on the real engine: a site on SQLite, commands as pages and workers give them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

from runner.definitions.model import Element
from runner.engine import messages, timers, user_tasks
from runner.engine.external_jobs import (
    ActivatedJob,
    activate_jobs,
    complete_external_job,
    throw_job_error,
)
from runner.engine.signals import broadcast_signal, deliver_signals
from runner.engine.worker_tokens import ExternalWorker
from runner.errors import Refusal
from runner.feel import to_feel
from runner.store.incidents import open_incidents
from runner.store.jobs import open_jobs
from runner.store.timers import armed_timers
from runner.store.user_tasks import open_user_tasks
from tests.conformance.cases import Case, Step
from tests.engine.conftest import House

Command = Callable[[], object]
SEEN = ("element_activated", "element_completed", "element_cancelled")
CONTAINERS = frozenset({"subProcess", "callActivity"})
LOCK = timedelta(hours=1)


class Differs(AssertionError):
    """What was seen is not what the standard says."""


class Driver:
    """One run of one case. ``restart``: every command meets an empty cache, as after a restart.
    ``race``: every command is given twice at the same moment; one must be refused."""

    def __init__(
        self, house: House, case: Case, worker: ExternalWorker, *, restart: bool, race: bool
    ) -> None:
        self.house = house
        self.case = case
        self.worker = worker
        self.restart = restart
        self.race = race
        self.key = f"{case.name} {restart} {race}"
        self.case_id = ""
        self.labels: dict[str, str] = {}
        self.elements: dict[str, Element] = {}
        self.seen = 0
        self.open: dict[str, str] = {}

    def run(self) -> None:
        for number, step in enumerate(self.case.steps):
            try:
                self._step(step)
            except Differs as error:
                said = f"step {number + 1} ({step.action} {step.about}): {error}"
                raise Differs(said) from None
            if self.restart:
                self.house.site.live.clear()
        self._end()

    # --- commands ---

    def _step(self, step: Step) -> None:
        if step.action == "start":
            assert isinstance(step.about, dict)
            given = {name: to_feel(value) for name, value in step.about.items()}
            self.case_id = self.house.start({**given, "key": self.key}, "start").case_id
        elif step.refused:
            self._refused(step)
        else:
            command = self._command(step)
            if command is None:
                raise Differs("nothing waits for it")
            self._once(command, step)
        self._deliver()
        self._compare(step)

    def _deliver(self) -> None:
        """What the worker does: signals arrive, each of them once, by whoever delivers it."""
        site = self.house.site
        if not self.race:
            while deliver_signals(site):
                pass
            return
        threads = [Thread(target=lambda: deliver_signals(site)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        while deliver_signals(site):
            pass

    def _refused(self, step: Step) -> None:
        command = self._command(step)
        if command is None:
            return
        try:
            done = command()
        except Refusal:
            return
        if done is not False:
            raise Differs("should have been refused")

    def _once(self, command: Command, step: Step) -> None:
        if not self.race:
            command()
            return
        outcomes: list[object] = []
        barrier = Barrier(2)

        def run() -> None:
            barrier.wait()
            try:
                outcomes.append(command())
            except Exception as error:
                outcomes.append(error)

        threads = [Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        refused = [o for o in outcomes if o is False or isinstance(o, Refusal)]
        broken = [o for o in outcomes if isinstance(o, Exception) and not isinstance(o, Refusal)]
        if broken:
            raise Differs(f"racing broke: {broken[0]!r}")
        if step.action in ("message", "signal"):  # the same twice is the same answer twice
            if refused or outcomes[0] != outcomes[1]:
                raise Differs(f"the same {step.action} gave {outcomes}")
        elif len(refused) != 1:
            raise Differs(f"one of two should be refused: {outcomes}")

    def _command(self, step: Step) -> Command | None:
        site, about = self.house.site, step.about
        if step.action == "complete":
            task = self._task(str(about))
            if task is None:
                return None
            return lambda: (
                user_tasks.complete_user_task(
                    site, actor=self.house.ann, task_id=task, submission={}
                )
                and None
            )
        if step.action == "fire":
            return self._fire(str(about))
        assert isinstance(about, dict) or step.action == "signal"
        if step.action == "message":
            return self._message(about)  # type: ignore[arg-type]
        if step.action == "signal":
            return self._signal(str(about))
        return self._job(step.action, about)  # type: ignore[arg-type]

    def _task(self, label: str) -> str | None:
        with self.house.site.database.read() as connection:
            tasks = [task.id for task in open_user_tasks(connection, self.case_id)]
        found = [task for task in tasks if self.labels.get(task) == label]
        # one that is done already, where a case says that it must be refused
        done = [token for token, name in self.labels.items() if name == label]
        return found[0] if found else (done[-1] if done else None)

    def _fire(self, element: str) -> Command | None:
        with self.house.site.database.read() as connection:
            armed = [t for t in armed_timers(connection, self.case_id) if t.element_id == element]
        if not armed:
            return None
        timer = armed[0]
        clock = self.house.clock
        clock.set(max(clock.now(), timer.due_at))
        return lambda: timers.fire_timer(self.house.site, timer_id=timer.id)

    def _message(self, about: Mapping[str, Any]) -> Command:
        key = f"{self.key} {self.seen} {about['name']}"
        payload = {name: to_feel(value) for name, value in about.get("variables", {}).items()}
        return lambda: messages.correlate_message(
            self.house.site,
            actor=self.house.ann,
            name=about["name"],
            correlation_key=self.key,
            payload=payload,
            idempotency_key=key,
        )

    def _signal(self, name: str) -> Command:
        return lambda: broadcast_signal(
            self.house.site,
            actor=self.house.owner,
            name=name,
            idempotency_key=f"{self.key} {self.seen} {name}",
        )

    def _job(self, action: str, about: Mapping[str, Any]) -> Command | None:
        held = self._hold(str(about["task"]))
        if held is None:
            return None
        site, worker = self.house.site, self.worker
        if action == "error":
            code = str(about["code"])

            def throw() -> None:
                throw_job_error(
                    site, worker=worker, job_id=held.id, attempt=held.attempt, code=code
                )

            return throw
        values = {name: to_feel(value) for name, value in about.get("variables", {}).items()}
        return lambda: complete_external_job(
            site, worker=worker, job_id=held.id, attempt=held.attempt, variables=values
        )

    def _hold(self, label: str) -> ActivatedJob | None:
        """Takes the job; one that is held already is held still."""
        with self.house.site.database.read() as connection:
            jobs = open_jobs(connection, self.case_id)
        for taken in activate_jobs(
            self.house.site,
            worker=self.worker,
            job_types=self.worker.job_types,
            name="conformance",
            limit=100,
            lock=LOCK,
        ):
            self.held[taken.id] = taken
        names = {job.id: self.labels.get(job.token_id) for job in jobs}
        found = [job for key, job in self.held.items() if names.get(key) == label]
        done = [job for job in self.held.values() if self.labels.get(job.id) == label]
        return found[0] if found else (done[-1] if done else None)

    @property
    def held(self) -> dict[str, ActivatedJob]:
        if not hasattr(self, "_held"):
            self._held: dict[str, ActivatedJob] = {}
        return self._held

    # --- what is seen ---

    def _compare(self, step: Step) -> None:
        completed, cancelled = self._news()
        self._same("completed", completed, step.completed)
        self._same("cancelled", cancelled, step.cancelled)
        self._same("waiting", [self.labels[t] for t in self.open if self._works(t)], step.waiting)
        with self.house.site.database.read() as connection:
            incidents = [i.element_id for i in open_incidents(connection, self.case_id)]
        self._same("incidents", incidents, step.incidents)

    @staticmethod
    def _same(what: str, found: list[str], expected: object) -> None:
        assert isinstance(expected, list)
        if Counter(found) != Counter(expected):
            raise Differs(f"{what}: {sorted(found)}, expected {sorted(expected)}")

    def _news(self) -> tuple[list[str], list[str]]:
        """Completed and cancelled elements since the last look, in order."""
        events = self.house.events(self.case_id)
        fresh, self.seen = events[self.seen :], len(events)
        completed, cancelled = [], []
        for event in fresh:
            if event.type not in SEEN:
                continue
            token, element = event.header["token"], event.header["element"]
            facts = event.header.get("facts", {})
            loop = facts.get("loop")
            label = element if loop is None else f"{element}.{int(loop) + 1}"
            self.labels[token] = self.labels.get(token, label)
            self.elements[token] = self._element(event.header)
            if event.type == "element_activated":
                self.open[token] = label
            elif event.type == "element_completed":
                completed.append(label)
                self.open.pop(token, None)
            else:
                self.open.pop(token, None)
                if self._held_a_token(token):
                    cancelled.append(self.labels[token])
        return completed, cancelled

    def _element(self, header: Mapping[str, Any]) -> Element:
        site = self.house.site
        with site.database.read() as connection:
            digest = site.effective_release(connection).digest
            definitions = site.definitions(connection, digest)
        return definitions.processes[header["process"]].elements[header["element"]]

    def _held_a_token(self, token: str) -> bool:
        """Not an event that was only awaited: on a border, at a start, behind a gateway."""
        element = self.elements[token]
        return element.kind not in ("boundaryEvent", "startEvent") and not self._alternative(
            element
        )

    def _alternative(self, element: Element) -> bool:
        site = self.house.site
        with site.database.read() as connection:
            digest = site.effective_release(connection).digest
            process = site.definitions(connection, digest).processes[element.process_id]
        sources = (process.elements[process.flows[f].source] for f in element.incoming)
        return any(source.kind == "eventBasedGateway" for source in sources)

    def _works(self, token: str) -> bool:
        """Whether somebody outside works there, or something outside must happen."""
        element = self.elements[token]
        if element.kind in ("boundaryEvent", "startEvent"):
            return False
        if element.multi_instance is not None and "." not in self.labels[token]:
            return False
        throws = element.kind in ("endEvent", "intermediateThrowEvent")
        return element.kind not in CONTAINERS and not throws

    def _end(self) -> None:
        completed = bool(self.house.events(self.case_id, "case_completed"))
        if completed != (self.case.ends == "completed"):
            raise Differs(f"the case has ended: {completed}, expected {self.case.ends}")
        if self.case.ends == "stuck" and [t for t in self.open if self._works(t)]:
            raise Differs("the case is not stuck")
        values = self.house.variables(self.case_id)
        for name, value in self.case.variables.items():
            if name not in values or values[name] != to_feel(value):
                found = values.get(name, "nothing")
                raise Differs(f"{name} is {found}, expected {value}")
        for name in self.case.absent:
            if name in values:
                raise Differs(f"{name} is {values[name]}, expected not to be there")
