"""``ombud migrate`` as people type it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runner.cli import main
from runner.definitions.files import read_folder
from runner.engine import releases
from runner.engine.access import SYSTEM, Person
from runner.engine.instances import start_complaint
from runner.engine.site import Site
from runner.settings import Settings
from runner.worker.loop import Worker

ROOT = Path(__file__).parents[1]


@pytest.fixture
def ombud(site: Site, site_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> object:
    """Runs the command on a site with one running case and a second release."""
    started = start_complaint(
        site, actor=Person("customer"), channel="web_form", start_element="start_received",
        idempotency_key="one",
        variables={"subject": "product", "product_name": "P", "phenomenon": "leaks",
                   "desired_solution": "new", "contact": "a@example.com",
                   "request_kind": "complaint"},
    )  # fmt: skip
    Worker(site, site_settings).work_off()
    files = dict(read_folder(ROOT))
    path = "processes/confirm_facts.bpmn"
    files[path] = (
        files[path]
        .replace(b'"complete_facts"', b'"other"')
        .replace("补全".encode(), "补齐".encode())
    )
    row = releases.make_release(site, actor=SYSTEM, files=files, reason="2")
    releases.approve_release(site, actor=SYSTEM, digest=row.digest)
    monkeypatch.setenv("OMBUD_DATA_DIR", str(site_settings.data_dir))
    monkeypatch.setenv("OMBUD_KEY_DIR", str(site_settings.keys))

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["migrate", *words])

    run.case = started.case_id  # type: ignore[attr-defined]
    return run


def test_plan_run_status_and_revert(ombud) -> None:  # type: ignore[no-untyped-def]
    planned = ombud("plan", "--from", "1", "--to", "2", "--map", "confirm_facts.complete_facts=")
    assert planned.exit_code == 0, planned.output
    assert "1 cases, 1 would stay." in planned.output
    refused = ombud("run", planned.output.split()[-1], "--reason", "law")
    assert (refused.exit_code, "1 refused" in refused.output) == (1, True)
    planned = ombud(
        "plan", "--from", "1", "--to", "2", "--map", "confirm_facts.complete_facts=other"
    )
    digest = planned.output.split()[-1]
    assert re.fullmatch("[0-9a-f]{64}", digest)
    done = ombud("run", digest, "--reason", "law", "--case", ombud.case)
    assert done.exit_code == 0, done.output
    batch = done.output.split()[-1]
    (row,) = json.loads(ombud("status", batch, "--format", "json").output)
    assert row["state"] == "migrated"
    assert "reverted" in ombud("revert", batch, "--reason", "mistake").output
    assert batch in ombud("status").output


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["plan", "--from", "1", "--to", "9"], 1),
        (["plan", "--from", "1", "--to", "1"], 1),
        (["plan", "--from", "1", "--to", "2", "--map", "nonsense"], 2),
        (["plan", "--from", "1", "--to", "2", "--map", "confirm_facts.complete_facts=no"], 1),
        (["run", "none", "--reason", "x"], 1),
        (["run", "none", "--reason", "x", "--state", "odd"], 2),
        (["revert", "none", "--reason", "x"], 1),
        (["status", "none"], 1),
    ],
)
def test_what_cannot_be_is_refused(ombud, words: list[str], status: int) -> None:  # type: ignore[no-untyped-def]
    result = ombud(*words)
    assert result.exit_code == status, result.output
