"""The case page and the task page of a case with 10,000 completed tasks, beside those of a case
that just fills them: time in the server."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from flask.testing import FlaskClient

from benchmarks.cases import Ground, OurCase
from benchmarks.measuring import Figure, Spans, quietest
from runner.web.app import create_app

USUAL, TIMES = 100, 15
MOST_MS, MOST_RATIO = 100.0, 2.0
TABS = ("overview", "tasks", "data", "log")


def measure(ground: Ground, long: OurCase, times: int = TIMES) -> Iterator[Figure]:
    """``long`` has many completed tasks."""
    client = create_app(ground.site).test_client()
    client.set_cookie("ombud_session", ground.session)
    usual = OurCase(ground).until(USUAL)
    long.look()
    usual.look()
    for page in (*TABS, "task"):
        short, spans = (
            quietest(partial(_read, client, _address(case, page), times)) for case in (usual, long)
        )
        ratio = spans.median_ms / short.median_ms
        name = "the task page" if page == "task" else f"the case page, '{page}'"
        yield Figure(
            f"{name} after {long.completed:,} completed tasks",
            "ms",
            spans.median_ms,
            spans.p95_ms,
            f"median <= {MOST_MS:.0f}, ratio <= {MOST_RATIO:.0f}",
            spans.median_ms <= MOST_MS and ratio <= MOST_RATIO,
            ratio,
        )


def _address(case: OurCase, page: str) -> str:
    return f"/tasks/{case.task_id}" if page == "task" else f"/cases/{case.id}?tab={page}"


def _read(client: FlaskClient, address: str, times: int) -> Spans:
    spans = Spans()

    def read() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")

    read()
    for _ in range(times):
        spans.time(read)
    return spans
