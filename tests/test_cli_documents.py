"""``ombud document`` as people type it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runner.cli import main
from runner.engine.access import Person
from runner.engine.instances import start_complaint
from runner.engine.site import Site
from runner.settings import Settings
from runner.worker.loop import Worker

Ombud = Callable[..., Result]


@pytest.fixture
def ombud(
    site: Site, site_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Ombud:
    """Runs the command on a site with one complaint."""
    started = start_complaint(
        site, actor=Person("customer"), channel="web_form", start_element="start_received",
        idempotency_key="one",
        variables={"subject": "product", "product_name": "P", "phenomenon": "leaks",
                   "desired_solution": "new", "contact": "a@example.com",
                   "request_kind": "complaint"},
    )  # fmt: skip
    Worker(site, site_settings).work_off()
    monkeypatch.setenv("OMBUD_DATA_DIR", str(site_settings.data_dir))
    monkeypatch.setenv("OMBUD_KEY_DIR", str(site_settings.keys))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["document", started.case_id, *words])

    return run


def test_a_document_is_written_and_kept_as_the_next_revision(ombud: Ombud, tmp_path: Path) -> None:
    for revision in (1, 2):
        made = ombud("case_record", "-o", "record.pdf", "--lang", "en")
        assert made.exit_code == 0, made.output
        assert f"revision {revision}" in made.output
    assert (tmp_path / "record.pdf").read_bytes().startswith(b"%PDF-")


def test_kinds_are_listed(ombud: Ombud) -> None:
    told = ombud()
    assert told.exit_code == 0, told.output
    assert "eight_d_report" in told.output
    assert "F-24" in told.output


def test_what_is_not_there_is_told_with_the_nearest(ombud: Ombud) -> None:
    refused = ombud("eight_d_reprt")
    assert refused.exit_code == 1
    assert "eight_d_report" in refused.output
    assert "Traceback" not in refused.output
