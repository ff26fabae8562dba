"""The clock and the machine's own work: jobs, timers, signals and kept messages of one site."""

from __future__ import annotations

from datetime import datetime, timedelta

from runner.clock import SetClock
from runner.definitions.owners_yaml import Path as KeyPath
from runner.engine import jobs, signals, timers
from runner.engine.kept_messages import tend_kept_messages
from runner.engine.site import Site
from runner.settings import Settings
from runner.store.jobs import open_jobs
from runner.worker.jobs import perform

BATCH = 50
MOST_ROUNDS = 2_000


class Differs(Exception):
    """What the scenario says is not what the procedure does; ``key`` is the key that says it."""

    def __init__(self, text: str, *key: str | int) -> None:
        super().__init__(text)
        self.key: KeyPath = key


class Time:
    """Moves a site's clock forward; what becomes due on the way happens at its own instant."""

    def __init__(self, site: Site, settings: Settings) -> None:
        if not isinstance(site.clock, SetClock):
            raise TypeError("expected a site with a clock that can be set")
        self._site, self._settings, self._clock = site, settings, site.clock
        self._rounds = 0

    @property
    def now(self) -> datetime:
        return self._clock.now()

    def work(self) -> None:
        """Everything the machine can do now, as the worker does it. Timers that begin cases of
        their own stay: a scenario is one case."""
        site = self._site
        while True:
            self._rounds += 1
            if self._rounds > MOST_ROUNDS:
                raise Differs(f"the machine's work came to no end after {MOST_ROUNDS} rounds")
            done = sum(
                timers.fire_timer(site, timer_id=timer)
                for timer in timers.due_timers(site, self.now, BATCH)
            )
            done += tend_kept_messages(site) + signals.deliver_signals(site, BATCH)
            claimed = jobs.claim_jobs(site, "ombud try", BATCH)
            for job in claimed:
                perform(site, self._settings, job)
            if not done and not claimed:
                return

    def go_to(self, moment: datetime, case_id: str = "") -> None:
        """Moves to ``moment``. Raises ``Differs`` for a moment before now."""
        if moment < self.now:
            site = self._site
            raise Differs(
                f"time cannot go back: it is {site.local_time(self.now)} already, "
                f"expected {site.local_time(moment)} or earlier steps"
            )
        self.work()
        while True:
            due = self.next_moment(case_id)
            if due is None or due > moment:
                break
            self._clock.set(max(due, self.now))
            self.work()
        self._clock.set(moment)
        self.work()

    def next_moment(self, case_id: str = "") -> datetime | None:
        """When something happens by itself next: a timer, or another attempt of a job."""
        moments = [timers.next_timer_at(self._site)]
        if case_id:
            with self._site.database.read() as connection:
                waiting = open_jobs(connection, case_id)
            moments += [job.due_at for job in waiting if job.state == "created"]
        return min((moment for moment in moments if moment is not None), default=None)

    def leap(self, case_id: str) -> bool:
        """Moves to the next such moment. False where nothing will happen by itself."""
        due = self.next_moment(case_id)
        if due is None:
            return False
        if due <= self.now:  # a job that failed just now waits a little
            due = self.now + timedelta(seconds=1)
        self._clock.set(due)
        self.work()
        return True
