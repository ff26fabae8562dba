"""The executor on PostgreSQL: procrastinate wakes us within milliseconds of a job's commit.

It brings keys. A key is claimed by our own row, under our own lease, so that a second delivery, a
late one or one of a job that is over changes nothing. What it does not bring is found by a sweep
of the table: jobs that became due later, and deliveries that were lost with a worker or a server.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any, LiteralString

from procrastinate import App, PsycopgConnector
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from runner.engine import jobs
from runner.engine.site import Site
from runner.store.job_queue import QUEUE, TASK
from runner.worker.executor import Hands

POLL_SECONDS = 0.5  # of the queue, where a notification got lost
SWEEP_SECONDS = 2.0
OVERDUE = timedelta(seconds=2)  # the queue is faster: what is older it has lost, or never had
BEAT_SECONDS, STALLED_SECONDS = 10.0, 45.0
RESTART_SECONDS = 1.0

_log = logging.getLogger(__name__)


class ProcrastinateExecutor:
    """Listens in a thread with an event loop of its own, started again whenever it breaks off, as
    it does when the server restarts."""

    def __init__(self, site: Site, hands: Hands) -> None:
        self._site = site
        self._hands = hands
        self._address = site.database.url.set(drivername="postgresql")
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="queue", daemon=True)
        self._lock = threading.Lock()
        self._listening: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._swept_at = 0.0

    def start(self) -> None:
        self._thread.start()

    def turn(self) -> int:
        """The sweep."""
        free = self._hands.free
        if free <= 0 or time.monotonic() - self._swept_at < SWEEP_SECONDS:
            return 0
        claimed = jobs.claim_jobs(self._site, self._hands.name, free, overdue_by=OVERDUE)
        for job in claimed:
            self._hands.begin(job)
        if not claimed:
            self._swept_at = time.monotonic()
        return len(claimed)

    def stop(self) -> None:
        self._stopping.set()
        with self._lock:
            if self._listening is not None:
                loop, over = self._listening
                loop.call_soon_threadsafe(over.set)
        self._thread.join()
        self._hands.close()

    def _perform(self, key: str) -> None:
        if not self._hands.clock.right():
            return  # another worker's sweep finds it
        for job in jobs.claim_jobs(self._site, self._hands.name, 1, key=key):
            self._hands.do(job)

    def _supervise(self) -> None:
        while not self._stopping.is_set():
            why: object = "it lost the server"
            try:
                # psycopg cannot wait on Windows' default event loop
                with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                    runner.run(self._listen())
            except Exception as error:
                why = error
            if not self._stopping.is_set():
                _log.warning("the queue broke off and is started again: %s", why)
            self._stopping.wait(RESTART_SECONDS)

    async def _listen(self) -> None:
        """Until it is stopped or the server is lost."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        threads = self._hands.most + 2  # names are looked up in them too
        loop.set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="queue"))
        connector = _Connector(over, self._address.render_as_string(hide_password=False))
        app = App(connector=connector)

        @app.task(name=TASK, queue=QUEUE)
        def perform_job(key: str) -> None:
            self._perform(key)

        async with app.open_async():
            with self._lock:
                self._listening = loop, over
                if self._stopping.is_set():
                    over.set()
            working = asyncio.create_task(self._work(app))
            others = [asyncio.create_task(self._tidy(app)), asyncio.create_task(over.wait())]
            try:
                await asyncio.wait([working, *others], return_when=asyncio.FIRST_COMPLETED)
            finally:
                with self._lock:
                    self._listening = None
                for task in (working, *others):
                    task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            with suppress(asyncio.CancelledError):
                await working  # jobs in hand are finished

    async def _work(self, app: App) -> None:
        await app.run_worker_async(
            queues=[QUEUE],
            name=self._hands.name,
            concurrency=self._hands.most,
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=BEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            delete_jobs="always",
            install_signal_handlers=False,
        )

    async def _tidy(self, app: App) -> None:
        """Deliveries of workers that died are thrown away: their jobs' leases run out."""
        while True:
            for delivery in await app.job_manager.get_stalled_jobs(
                queue=QUEUE, seconds_since_heartbeat=STALLED_SECONDS
            ):
                with suppress(ConnectorException):  # another worker was faster
                    await app.job_manager.finish_job(delivery, Status.FAILED, delete_job=True)
            await asyncio.sleep(STALLED_SECONDS)


class _Connector(PsycopgConnector):
    """Says when the server was lost. The library itself goes on then, but neither listens nor
    beats any more: in 3.10 it watches its side tasks only until the first of them ends."""

    def __init__(self, over: asyncio.Event, address: str) -> None:
        super().__init__(conninfo=address, min_size=1, max_size=4, timeout=5)
        self._over = over

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        try:
            await super().listen_notify(on_notification, channels)
        finally:
            self._over.set()

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        try:
            await super().execute_query_async(query, **arguments)
        except ConnectorException as error:
            if getattr(error.__cause__, "sqlstate", None) is None:  # nobody answered
                self._over.set()
            raise
