"""A worker with nothing to do: SQL statements of one poll."""

from __future__ import annotations

import threading

from benchmarks.cases import Ground
from benchmarks.measuring import Figure, counting
from runner.worker.loop import POLL_SECONDS, Worker

MOST = 5
POLLS = 8


def measure(ground: Ground) -> Figure:
    Worker(ground.site, ground.settings).work_off()
    worker = Worker(ground.site, ground.settings)
    with counting(ground.site.database.engine) as counted:
        thread = threading.Thread(target=worker.run)
        thread.start()
        threading.Event().wait(POLL_SECONDS * (POLLS - 0.5))
        worker.stop()
        thread.join()
    each = counted.statements / POLLS
    return Figure(
        "idle worker with 100,000 open cases",
        "statements a poll",
        each,
        each,
        f"<= {MOST}",
        each <= MOST,
    )
