"""A guard against work that never comes back. How fast it is, benchmarks say, not tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_hanging(seconds: int = 60) -> Iterator[None]:
    """Fails when the block is still running after ``seconds``; far beyond any honest time."""

    def give_up(*_: object) -> None:
        raise AssertionError(f"still running after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
