"""The phase that lists show of a case."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from runner.clock import SetClock
from runner.engine import instances
from runner.engine.access import CUSTOMER
from runner.store.complaints import find_complaint
from runner.store.user_tasks import open_user_tasks
from runner.worker.loop import Worker
from tests.sites import NOW, Released


def test_what_runs_beside_the_phases_is_not_the_phase(released: Released, tmp_path: Path) -> None:
    site, settings = released.copy(tmp_path / "site", SetClock(NOW))
    told = {
        "phenomenon": "the joint leaks",
        "contact": "li@example.com",
        "request_kind": "complaint",
        "line_stop_risk": True,
    }
    case_id = instances.start_complaint(
        site, actor=CUSTOMER, variables=told, channel="web_form", start_element="start_received",
        policy_id="demo-autoparts", idempotency_key=uuid4().hex,
    ).case_id  # fmt: skip
    Worker(site, settings).work_off()
    with site.database.read() as connection:
        tasks = {task.process_id for task in open_user_tasks(connection, case_id)}
        found = find_complaint(connection, case_id)
    site.database.close()
    assert "escalation" in tasks
    assert found is not None
    assert found["phase"] in {"intake", "triage"}
