"""The same completion over HTTP: one client, a real ``ombud serve``, one connection."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path

from benchmarks.cases import Ground, OurCase
from benchmarks.measuring import Figure, Spans, quietest
from benchmarks.procedure import answers
from tests.serving import Browser, Server, post_fields

MEDIAN_MS, ROUNDS = 6.0, 3


def measure(ground: Ground, first: int, last: int, cases: int) -> list[Figure]:
    prepared = iter([OurCase(ground).until(first) for _ in range(ROUNDS * cases + 1)])
    with tempfile.TemporaryDirectory(prefix="ombud-bench-http-") as folder:
        server = Server(ground.settings, Path(folder) / "log")
        try:
            server.start()
            _complete(ground, server, [next(prepared)], last)  # reads and compiles the release
            spans = quietest(
                lambda: _complete(ground, server, list(islice(prepared, cases)), last), ROUNDS
            )
        finally:
            server.stop()
    return [
        Figure(
            "complete one user task, over HTTP",
            "ms",
            spans.median_ms,
            spans.p95_ms,
            f"median <= {MEDIAN_MS}",
            spans.median_ms <= MEDIAN_MS,
        )
    ]


def _complete(ground: Ground, server: Server, cases: list[OurCase], last: int) -> Spans:
    spans = Spans()
    browser = Browser(server.port, {"ombud_session": ground.session})
    with ground.site.database.read() as connection:
        digest = ground.site.effective_release(connection).digest
        forms = ground.site.definitions(connection, digest).forms
    token = browser.get(f"/tasks/{cases[0].task_id}").csrf
    for case in cases:
        while case.completed < last:
            form = forms[f"measured_{case.element_id}"]
            data = answers(case.element_id, case.completed)
            fields = [("csrf_token", token), *post_fields(form, data)]
            address = f"/tasks/{case.task_id}"

            def post(address: str = address, fields: list[tuple[str, str]] = fields) -> None:
                status = browser.post(address, fields).status
                if status != 303:
                    raise RuntimeError(f"completing a task over HTTP answered {status}")

            spans.time(post)
            case.completed += 1
            case.look()
    browser.close()
    return spans
