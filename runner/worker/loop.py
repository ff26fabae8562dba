"""The worker: finds due work, calls the engine, runs handlers outside any transaction.

On PostgreSQL any number of workers may run anywhere. Whatever dies half-way is found again: a timer
stays due, a job's lease runs out.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from runner.engine import checkpoints, jobs, signals, start_timers, timers
from runner.engine.jobs import LEASE
from runner.engine.kept_messages import kept_work, remove_expired_messages, tend_kept_messages
from runner.engine.migration import work_migrations
from runner.engine.site import Site
from runner.errors import Refusal
from runner.settings import Settings
from runner.worker.executor import Hands, executor_for
from runner.worker.jobs import perform
from runner.worker.mailbox import Mailbox
from runner.worker.patience import Patience
from runner.worker.reminding import Reminding

POLL_SECONDS = 0.5
BATCH = 20
HEARTBEAT_SECONDS = 20.0  # at most: three times within the shortest lease
CHECKPOINT_EVERY = timedelta(hours=1)
PARALLEL_JOBS = 4

_log = logging.getLogger(__name__)


class Worker:
    """One worker of a site. ``run`` returns after ``stop``, when the jobs in hand are done."""

    def __init__(self, site: Site, settings: Settings, name: str = "") -> None:
        self._site = site
        self._settings = settings
        self._name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._stop = threading.Event()
        self._over = threading.Event()
        self._timers = Patience("timer")
        self._signals = Patience("signal")
        self._starts = Patience("start timer")
        self._kept = Patience("kept message")
        self._hands = Hands(site, settings, self._name, PARALLEL_JOBS)
        self._executor = executor_for(site, self._hands)
        self._mailbox = Mailbox(site, settings)
        self._reminding = Reminding(site, settings)
        self._last_checkpoint = site.machine_clock.now()
        self._in_turn: deque[Callable[[], int]] = deque(
            (
                lambda: jobs.release_expired_leases(site, BATCH),
                self._start_patiently,
                self._tend_patiently,
                lambda: work_migrations(site),
                self._reminding.turn,
            )
        )

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        """Works until stopped. What fails is logged and tried again, never fatal, and what stands
        behind it is done all the same."""
        beat = threading.Thread(target=self._heartbeat, name="heartbeat", daemon=True)
        beat.start()
        self._executor.start()
        self._mailbox.start()
        try:
            while not self._stop.is_set():
                if not self._clock_is_right() or not self._round():
                    self._stop.wait(POLL_SECONDS)
        finally:
            self._mailbox.stop()
            self._executor.stop()
            self._over.set()  # until here jobs in hand keep their leases

    def work_off(self) -> int:
        """Does everything that is due now, in this thread, and returns how much that was. For
        simulated time and for tests: raises what ``run`` would only log."""
        done = 0
        while True:
            fired = self._fire_due() + jobs.release_expired_leases(self._site, BATCH)
            fired += start_timers.fire_due_start_timers(self._site)
            fired += tend_kept_messages(self._site) + signals.deliver_signals(self._site, BATCH)
            claimed = jobs.claim_jobs(self._site, self._name, BATCH)
            for job in claimed:
                perform(self._site, self._settings, job)
            moved = work_migrations(self._site)
            if not fired and not claimed and not moved:
                return done
            done += fired + len(claimed) + moved

    def _clock_is_right(self) -> bool:
        try:
            return self._hands.clock.right()
        except Exception:
            _log.exception("the database does not tell the time")
            return True  # nothing else will work either

    def _round(self) -> bool:
        """What people wait for is looked at in every round, the rest in turn: while nothing is
        due, a poll costs four statements however much may become due."""
        done = self._tried(self._fire_patiently)
        done += self._tried(self._deliver_patiently)
        done += self._tried(self._executor.turn)
        done += self._tried(self._in_turn[0])
        self._in_turn.rotate(-1)
        self._tried(self._checkpoint)
        return bool(done)

    def _tried(self, stage: Callable[[], int]) -> int:
        try:
            return stage()
        except Exception:
            _log.exception("a round of the worker failed; it is tried again")
            return 0

    def _fire_due(self) -> int:
        fired = 0
        for timer in timers.due_timers(self._site, self._site.clock.now(), BATCH):
            try:
                fired += timers.fire_timer(self._site, timer_id=timer)
            except Refusal as refusal:
                _log.info("timer %s: %s", timer, refusal.message)
        return fired

    def _fire_patiently(self) -> int:
        """Timers that cannot be fired are put aside for a while, so that they neither keep those
        behind them from firing nor lock their case again and again."""
        site, patience = self._site, self._timers
        due = timers.due_timers(site, site.clock.now(), BATCH + patience.resting)
        return sum(
            patience.attempt(
                timer,
                partial(timers.fire_timer, site, timer_id=timer),
                partial(timers.halt_timer, site, timer),
            )
            for timer in due
        )

    def _deliver_patiently(self) -> int:
        site, patience = self._site, self._signals
        return sum(
            patience.attempt(
                delivery,
                partial(signals.deliver_signal, site, delivery, case),
                partial(signals.hand_over, site, delivery, case),
            )
            for delivery, case in signals.signals_on_their_way(site, BATCH + patience.resting)
        )

    def _start_patiently(self) -> int:
        site, patience = self._site, self._starts
        return sum(
            patience.attempt(
                timer.id,
                partial(start_timers.fire_start_timer, site, timer),
                partial(start_timers.refuse_start_timer, site, timer),
            )
            for timer in start_timers.starts_due(site, BATCH + patience.resting)
        )

    def _tend_patiently(self) -> int:
        """Messages that are kept: what cannot be done with one waits, and its time ends."""
        site, patience = self._site, self._kept
        return sum(
            patience.attempt(key, work, hand_over)
            for key, work, hand_over in kept_work(site, BATCH + patience.resting)
        ) + remove_expired_messages(site)

    def _checkpoint(self) -> int:
        now = self._site.machine_clock.now()
        if now - self._last_checkpoint < CHECKPOINT_EVERY:
            return 0
        checkpoints.make_checkpoint(self._site)
        self._last_checkpoint = now
        return 1

    def _heartbeat(self) -> None:
        leases = [jobs.lease_of(self._site, job_type) for job_type in self._site.handlers]
        shortest = min(leases, default=LEASE).total_seconds()
        while not self._over.wait(min(HEARTBEAT_SECONDS, shortest / 3)):
            for job in self._hands.held():
                try:
                    jobs.extend_lease(self._site, job.id, job.attempt, job.lease)
                except Exception:
                    _log.exception("the lease of job %s could not be extended", job.id)
