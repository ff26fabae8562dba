"""The process owner: writes the procedure out, changes it, checks, releases; running cases stay."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.engine import instances
from runner.engine.access import CUSTOMER
from runner.engine.site import Site, open_site
from runner.settings import Settings
from runner.store.cases import find_case
from runner.store.user_tasks import open_user_tasks

ROOT = Path(__file__).parents[2]
Ombud = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ombud(tmp_path: Path) -> Ombud:
    """Runs the real command in a folder of its own."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OMBUD_")},
        "OMBUD_DATA_DIR": str(tmp_path / "data"),
        "OMBUD_POLICY": "demo-consumer",
        "LANG": "en",
        "PYTHONPATH": str(ROOT),
    }

    def run(*words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from runner.cli import main; main()", *words],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": path} if path else environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) >= 1, f"{file.name} has no {before!r}"
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def complain(site: Site, key: str) -> str:
    return instances.start_complaint(
        site,
        actor=CUSTOMER,
        variables={
            "phenomenon": "电水壶漏电",
            "contact": "li@example.org",
            "request_kind": "complaint",
            "submitted_at": site.clock.now(),
        },
        channel="web_form",
        start_element="start_received",
        idempotency_key=key,
    ).case_id


def open_names(site: Site, case_id: str) -> set[str]:
    with site.database.read() as connection:
        return {task.name for task in open_user_tasks(connection, case_id)}


def release_of(site: Site, case_id: str) -> str:
    with site.database.read() as connection:
        case = find_case(connection, case_id)
        assert case is not None
        return case.release_digest


def test_the_next_complaint_follows_a_change_and_running_ones_stay(
    ombud: Ombud, tmp_path: Path
) -> None:
    assert ombud("init", ".").returncode == 0
    first = ombud("release", "--reason", "first")
    assert first.returncode == 0, first.stderr
    site = open_site(Settings(data_dir=tmp_path / "data", policy="demo-consumer"))
    from runner.worker.loop import Worker

    worker = Worker(site, Settings(data_dir=tmp_path / "data"))
    before = complain(site, "one")
    worker.work_off()
    assert "核实并补全 / Confirm, complete" in open_names(site, before)

    edit(
        tmp_path / "processes/confirm_facts.bpmn",
        "核实并补全 /&#10;Confirm",
        "电话核实 /&#10;Confirm",
    )
    assert ombud("check").returncode == 0
    second = ombud("release", "--reason", "clearer name")
    assert second.returncode == 0, second.stderr
    assert "Release 2 is effective" in second.stdout

    after = complain(site, "two")
    worker.work_off()
    assert "电话核实 / Confirm, complete" in open_names(site, after)
    assert "核实并补全 / Confirm, complete" in open_names(site, before)
    assert release_of(site, before) != release_of(site, after)
    site.database.close()


def test_a_faulty_change_is_refused_with_its_place_and_nothing_changes(
    ombud: Ombud, tmp_path: Path
) -> None:
    assert ombud("init", ".").returncode == 0
    assert ombud("release", "--reason", "first").returncode == 0
    edit(tmp_path / "processes/intake.bpmn", 'formId="handover"', 'formId="no_such_form"')
    checked = ombud("check", "--format", "json")
    assert checked.returncode == 1
    rows = json.loads(checked.stdout)
    (row,) = [row for row in rows if row["severity"] == "error"]
    assert row["file"] == "processes/intake.bpmn"
    assert row["element_id"]
    assert row["rule"] == "missing_form"
    refused = ombud("release", "--reason", "second")
    assert refused.returncode == 1
    assert "no_such_form" in refused.stderr
    site = open_site(Settings(data_dir=tmp_path / "data"))
    with site.database.read() as connection:
        assert site.effective_release(connection).number == 1
    site.database.close()


def test_the_same_files_are_the_same_release(ombud: Ombud) -> None:
    assert ombud("init", ".").returncode == 0
    one, two = (ombud("release", "--reason", "same") for _ in range(2))
    assert one.returncode == two.returncode == 0
    assert one.stdout.splitlines()[-2:] == two.stdout.splitlines()[-2:]


def test_init_overwrites_nothing(ombud: Ombud, tmp_path: Path) -> None:
    assert ombud("init", ".").returncode == 0
    (tmp_path / "processes/roles.yaml").write_text("mine", encoding="utf-8")
    again = ombud("init", ".")
    assert again.returncode == 2
    assert "processes" in again.stderr
    assert (tmp_path / "processes/roles.yaml").read_text(encoding="utf-8") == "mine"


def test_a_wheel_works_away_from_the_checkout(ombud: Ombud, tmp_path: Path) -> None:
    built = subprocess.run(
        [
            sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation",
            "--no-index", "-w", str(tmp_path), str(ROOT),
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("ombud-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    away = str(tmp_path / "installed")
    assert ombud("init", "mine", path=away).returncode == 0
    assert (tmp_path / "mine/processes/complaint.bpmn").exists()
    assert (tmp_path / "mine/forms/complaint_intake.form").exists()
    checked = ombud("check", "mine", path=away)
    assert checked.returncode == 0, checked.stdout


def test_nothing_is_released_or_made_by_mistake(ombud: Ombud, tmp_path: Path) -> None:
    empty = ombud("release", "--reason", "from nowhere")
    assert empty.returncode == 2
    assert "processes/" in empty.stderr
    for reading in (("public-key",), ("evidence", "TS-2026-0001")):
        found = ombud(*reading)
        assert found.returncode == 2
        assert "There is no site" in found.stderr
    assert not (tmp_path / "data").exists()
    assert ombud("init", ".").returncode == 0
    assert ombud("release").returncode == 2  # a release says why
    for part in ("processes", "forms"):
        assert ombud("check", part).returncode == 0
