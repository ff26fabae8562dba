"""A database that cannot work now: a sentence and status 503, nothing half done, and afterwards
everything goes on by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from runner.engine import jobs, user_tasks
from runner.engine.people import open_session
from runner.engine.site import Site
from runner.errors import Unavailable
from runner.settings import Settings
from runner.store import database
from runner.store.cases import lock_case
from runner.store.database import Database
from runner.store.user_tasks import find_user_task
from runner.web.app import create_app
from runner.web.visit import LANGUAGE_COOKIE, SESSION_COOKIE
from runner.worker.jobs import perform
from runner.worker.loop import Worker
from service_tasks.contract import Call, Handler, Outcome
from tests.crash.grounds import WaitingTask, ground, waiting_task
from tests.definitions.diagrams import extended, node, simple
from tests.engine.conftest import House, make_house
from tests.hanging import not_hanging
from tests.invariants import check_all
from tests.postgresql import Server
from tests.serving import post_fields
from tests.sites import Released, everybody
from tests.web.conftest import _CSRF, Visitor

__all__ = ["make_house"]
HOLD_MS = 300


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", HOLD_MS)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(
    request: pytest.FixtureRequest, released: Released, tmp_path: Path
) -> Iterator[tuple[Site, Settings]]:
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").new_database()
    site, settings = ground(released, tmp_path / "site", url)
    yield site, settings
    site.database.close()


def test_a_lock_held_by_another_process_is_told_and_passes(place: tuple[Site, Settings]) -> None:
    site, _ = place
    task = waiting_task(site, everybody(site))
    submit = _form_of(site, task)
    with _held(site, task.case_id), not_hanging(30):
        answer = submit()
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "The database is busy; nothing was changed." in answer.text
        with pytest.raises(Unavailable) as told:
            _complete(site, task)
        assert told.value.reason == "busy"
    _unchanged_then_done(site, task, submit)


def test_a_job_whose_outcome_cannot_be_recorded_is_done_again(
    make_house: Callable[..., House], caplog: pytest.LogCaptureFixture
) -> None:
    """With the same idempotency key; nothing becomes an incident."""
    keys: list[str] = []
    holding = ExitStack()

    def effect(call: Call) -> Outcome:
        keys.append(call.idempotency_key)
        if len(keys) == 1:
            holding.enter_context(_held(house.site, call.case_id))
        return Outcome()

    house = make_house({"effect": Handler("effect", "external", "E", "—", run=effect)})
    house.site.database = Database(house.site.database.url.render_as_string(hide_password=False))
    task = node("serviceTask", "t", extended('<zeebe:taskDefinition type="effect" />'))
    house.release(simple(task))
    case = house.start().case_id
    with holding, not_hanging(30):
        (job,) = jobs.claim_jobs(house.site, "w", 1)
        perform(house.site, Settings(), job)
    assert "could not be recorded" in caplog.text
    assert house.types(case)[-1] != "case_completed"
    for _ in range(2):  # the lease runs out, then the pause after a failed attempt
        house.clock.advance(timedelta(minutes=5))
        Worker(house.site, Settings()).work_off()
    assert house.types(case)[-1] == "case_completed"
    assert keys == [job.id] * 2
    with house.site.database.read() as connection:
        assert check_all(connection, house.site) == 1
    house.site.database.close()


def test_a_full_disk_is_told_and_passes(released: Released, tmp_path: Path) -> None:
    site, _ = released.copy(tmp_path / "site")
    task = waiting_task(site, everybody(site))
    submit = _form_of(site, task)
    with _full(site):
        answer = submit()
        assert answer.status_code == 503
        assert "disk is full; nothing was changed" in answer.text
    _unchanged_then_done(site, task, submit)
    site.database.close()


def test_a_restarted_server_is_found_again(
    own_postgresql: Server, released: Released, tmp_path: Path
) -> None:
    site, _ = ground(released, tmp_path / "site", own_postgresql.new_database())
    task = waiting_task(site, everybody(site))
    submit = _form_of(site, task)
    own_postgresql.stop("fast")
    try:
        with not_hanging(60):
            answer = submit()
            assert answer.status_code == 503
            assert "The database does not answer; nothing was changed." in answer.text
            health = create_app(site).test_client().get("/healthz")
            assert health.status_code == 503
    finally:
        own_postgresql.start()
    _unchanged_then_done(site, task, submit)
    site.database.close()


def test_a_process_that_stands_still_in_a_transaction_holds_up_nobody(
    postgresql: Server, released: Released, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that was stopped: the server ends its transaction, and it is told so."""
    site, settings = ground(released, tmp_path / "site", postgresql.new_database())
    task = waiting_task(site, everybody(site))
    monkeypatch.setattr(database, "IDLE_TIMEOUT_MS", HOLD_MS)
    still = Database(settings.url)
    told = None
    with not_hanging(30):
        try:
            with still.write() as connection:
                lock_case(connection, task.case_id)
                _complete(site, task)  # waits until the other is ended
                lock_case(connection, task.case_id)
        except Unavailable as error:
            told = error
    assert told is not None
    assert told.reason == "gone"
    with site.database.read() as connection:
        assert check_all(connection, site) == 1
    still.close()
    site.database.close()


def _form_of(site: Site, task: WaitingTask) -> Callable[[], TestResponse]:
    """Somebody has the task's page open, and sends it."""
    client = create_app(site).test_client()
    client.set_cookie(LANGUAGE_COOKIE, "en")
    client.set_cookie(SESSION_COOKIE, open_session(site, person=task.people[0]))
    visitor = Visitor(client)
    address = f"/tasks/{task.task_id}"
    with site.database.read() as connection:
        digest = site.effective_release(connection).digest
        forms = site.definitions(connection, digest).forms
        open_task = find_user_task(connection, task.task_id)
    assert open_task is not None
    assert open_task.form_id is not None
    token = unescape(_CSRF.findall(visitor.read(address))[0])
    fields = [("csrf_token", token), *post_fields(forms[open_task.form_id], task.submission)]

    def submit() -> TestResponse:
        data = MultiDict(fields)
        return client.post(address, data=data, content_type="multipart/form-data")

    return submit


def _complete(site: Site, task: WaitingTask) -> None:
    user_tasks.complete_user_task(
        site, actor=task.people[0], task_id=task.task_id, submission=task.submission
    )


def _unchanged_then_done(site: Site, task: WaitingTask, submit: Callable[[], TestResponse]) -> None:
    with site.database.read() as connection:
        waiting = find_user_task(connection, task.task_id)
        assert waiting is not None
        assert waiting.state == "created"
        assert check_all(connection, site) == 1
    assert submit().status_code == 303
    with site.database.read() as connection:
        done = find_user_task(connection, task.task_id)
        assert done is not None
        assert (done.state, done.completed_by) == ("completed", task.people[0].id)
        assert check_all(connection, site) == 1


@contextmanager
def _held(site: Site, case_id: str) -> Iterator[None]:
    """As if another process were inside a command on this case."""
    other = Database(site.database.url.render_as_string(hide_password=False))
    try:
        with other.write() as connection:
            lock_case(connection, case_id)
            yield
    finally:
        other.close()


@contextmanager
def _full(site: Site) -> Iterator[None]:
    """The database's file cannot grow by a single page."""

    def limit(connection: Any, record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    engine = site.database.engine
    engine.dispose()
    event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()
