"""The task list page, first 50 of 100,000 open tasks: time in the server."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from benchmarks.cases import Ground
from benchmarks.measuring import Figure, Spans
from runner.web.app import create_app

MOST_MS = 50.0
_LINK = re.compile(r'href="/tasks/(\w+)"')
TIMES = 30
ROWS = {"groups": 50, "late": 0, "mine": 50}  # by view; copies are all due in the future


def measure(ground: Ground) -> list[Figure]:
    client = create_app(ground.site).test_client()
    client.set_cookie("ombud_session", ground.session)
    figures = []
    for view, rows in ROWS.items():
        spans = Spans()

        def page(address: str = f"/tasks?view={view}") -> TestResponse:
            answer = client.get(address)
            if answer.status_code != 200:
                raise RuntimeError(f"the task list answered {answer.status_code}")
            return answer

        found = len(set(_LINK.findall(page().text)))
        if found < rows:
            raise RuntimeError(f"the view '{view}' shows {found} tasks, expected {rows}")
        for _ in range(TIMES):
            spans.time(page)
        figures.append(
            Figure(
                f"task list of 100,000 open tasks, view '{view}'",
                "ms",
                spans.median_ms,
                spans.p95_ms,
                f"median <= {MOST_MS}",
                spans.median_ms <= MOST_MS,
            )
        )
    return figures
