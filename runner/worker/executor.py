"""Who finds due jobs and has them done: the port, what both sides of it share, and the embedded
runner that polls the table of jobs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from runner.engine import jobs
from runner.engine.jobs import ClaimedJob
from runner.engine.site import Site
from runner.settings import Settings
from runner.worker.clock_guard import ClockGuard
from runner.worker.jobs import perform


class Executor(Protocol):
    """Begins every due job once, whichever process it runs in. What it knows besides the row in
    the table of jobs may be lost at any time."""

    def start(self) -> None:
        """Called once, before the first turn."""

    def turn(self) -> int:
        """One look at what is due, in the worker's own thread; how many jobs were begun."""

    def stop(self) -> None:
        """Begins nothing more; returns when the jobs in hand are done."""


class Hands:
    """Up to ``most`` claimed jobs that are being done at once, and who they are: their leases have
    to be kept."""

    def __init__(self, site: Site, settings: Settings, name: str, most: int) -> None:
        self.name = name
        self.most = most
        self.clock = ClockGuard(site)
        self._site = site
        self._settings = settings
        self._held: dict[str, ClaimedJob] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="job")
        self._pending = 0

    @property
    def free(self) -> int:
        """How many more may be begun in threads of ours."""
        return self.most - self._pending

    def held(self) -> list[ClaimedJob]:
        with self._lock:
            return list(self._held.values())

    def begin(self, job: ClaimedJob) -> None:
        """Does a claimed job in a thread of ours. Its lease counts from here on."""
        with self._lock:
            self._held[job.id] = job
            self._pending += 1
        self._pool.submit(self._in_thread, job)

    def do(self, job: ClaimedJob) -> None:
        """Does a claimed job here and now. Never raises what its handler raises."""
        with self._lock:
            self._held[job.id] = job
        try:
            perform(self._site, self._settings, job)
        finally:
            with self._lock:
                if self._held.get(job.id) is job:  # a later attempt may be here too
                    del self._held[job.id]

    def close(self) -> None:
        """Waits for what was begun."""
        self._pool.shutdown()

    def _in_thread(self, job: ClaimedJob) -> None:
        try:
            self.do(job)
        finally:
            with self._lock:
                self._pending -= 1


class EmbeddedRunner:
    """Polls: claims what is due under a lease, as many as there are hands. Any number of workers
    may do so on PostgreSQL; on SQLite it is the only executor."""

    def __init__(self, site: Site, hands: Hands) -> None:
        self._site = site
        self._hands = hands

    def start(self) -> None:
        return

    def turn(self) -> int:
        free = self._hands.free
        claimed = jobs.claim_jobs(self._site, self._hands.name, free) if free > 0 else []
        for job in claimed:
            self._hands.begin(job)
        return len(claimed)

    def stop(self) -> None:
        self._hands.close()


def executor_for(site: Site, hands: Hands) -> Executor:
    """The embedded runner on SQLite, procrastinate on PostgreSQL, unless the settings say so."""
    if not site.database.announces:
        return EmbeddedRunner(site, hands)
    from runner.worker.procrastinate_executor import ProcrastinateExecutor

    return ProcrastinateExecutor(site, hands)
