"""Due jobs are begun once, whoever wakes the worker; what the queue loses is found in the table."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from runner.clock import SystemClock
from runner.settings import Settings
from runner.store.database import Database
from runner.store.job_queue import QUEUE
from runner.store.tables import jobs
from runner.worker import procrastinate_executor
from runner.worker.executor import EmbeddedRunner
from runner.worker.loop import Worker
from runner.worker.procrastinate_executor import ProcrastinateExecutor
from service_tasks.contract import Call, Handler, Outcome, Retry
from tests.definitions.diagrams import extended, node, simple
from tests.engine.conftest import House, make_house
from tests.postgresql import Server
from tests.worker.test_loop import eventually, running

__all__ = ["make_house"]
KINDS = ["sqlite", "postgresql embedded", "postgresql procrastinate"]
SERVICE = simple(node("serviceTask", "t", extended('<zeebe:taskDefinition type="work" />')))


@pytest.fixture(params=KINDS)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Every pair of database and executor there is."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('executor') / 'test.db'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    made = Database(url, queue="embedded" not in request.param)
    made.create()
    yield made
    made.close()


def test_the_database_chooses_the_executor(make_house: Callable[..., House]) -> None:
    house = make_house()
    chosen = Worker(house.site, Settings())._executor
    wanted = ProcrastinateExecutor if house.site.database.announces else EmbeddedRunner
    assert isinstance(chosen, wanted)


def test_jobs_of_two_workers_are_done_once_each(make_house: Callable[..., House]) -> None:
    done: list[str] = []
    house = make_house({"work": _handler(lambda call: done.append(call.idempotency_key))})
    house.site.clock = SystemClock()
    house.release(SERVICE)
    with running(Worker(house.site, Settings(), "a")), running(Worker(house.site, Settings(), "b")):
        cases = [house.start().case_id for _ in range(12)]
        assert eventually(lambda: all(_ended(house, case) for case in cases))
    assert len(done) == len(set(done)) == len(cases)
    assert _deliveries(house) == 0


def test_a_failed_attempt_is_made_again(
    make_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.engine.jobs.BACK_OFF", (timedelta(milliseconds=50),))
    monkeypatch.setattr(procrastinate_executor, "SWEEP_SECONDS", 0.1)
    attempts: list[int] = []

    def fails_first(call: Call) -> None:
        attempts.append(call.attempt)
        if call.attempt == 1:
            raise Retry("later")

    house = make_house({"work": _handler(fails_first)})
    house.site.clock = SystemClock()
    house.release(SERVICE)
    with running(Worker(house.site, Settings())):
        case = house.start().case_id
        assert eventually(lambda: _ended(house, case))
    assert attempts == [1, 2]


def test_a_job_in_hand_is_finished_when_the_worker_stops(
    make_house: Callable[..., House],
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(call: Call) -> None:
        begun.set()
        assert go_on.wait(30)

    house = make_house({"work": _handler(slow)})
    house.site.clock = SystemClock()
    house.release(SERVICE)
    worker = Worker(house.site, Settings())
    with running(worker):
        case = house.start().case_id
        assert begun.wait(20)
        worker.stop()
        threading.Timer(0.2, go_on.set).start()
    assert _ended(house, case)


def test_a_job_that_never_came_to_be_is_announced_to_nobody(
    make_house: Callable[..., House],
) -> None:
    """The delivery is part of the transaction that leaves the job."""
    house = make_house({"work": _handler(lambda call: None)})
    house.release(SERVICE)
    house.start()
    assert _deliveries(house) == int(house.site.database.announces)
    with pytest.raises(ZeroDivisionError), house.site.database.write() as connection:
        connection.execute(text("UPDATE jobs SET last_error = 'x'"))
        from runner.store.job_queue import announce

        announce(connection, ["never"])
        raise ZeroDivisionError
    assert _deliveries(house) == int(house.site.database.announces)


def test_deliveries_that_are_lost_or_too_many_change_nothing(
    make_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procrastinate_executor, "OVERDUE", timedelta(milliseconds=100))
    monkeypatch.setattr(procrastinate_executor, "SWEEP_SECONDS", 0.1)
    done: list[str] = []
    house = make_house({"work": _handler(lambda call: done.append(call.idempotency_key))})
    if not house.site.database.announces:
        pytest.skip("the embedded runner has no deliveries to lose")
    house.site.clock = SystemClock()
    house.release(SERVICE)
    lost, doubled = house.start().case_id, house.start().case_id
    with house.site.database.write() as connection:
        connection.execute(
            text(
                "DELETE FROM procrastinate_jobs WHERE id = (SELECT min(id) FROM procrastinate_jobs)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
                "SELECT queue_name, task_name, args FROM procrastinate_jobs, generate_series(1, 3)"
            )
        )
    with running(Worker(house.site, Settings())):
        assert eventually(lambda: _ended(house, lost) and _ended(house, doubled))
        assert eventually(lambda: _deliveries(house) == 0)
    assert len(done) == len(set(done)) == 2


def test_a_delivery_of_a_worker_that_died_is_thrown_away(
    make_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procrastinate_executor, "STALLED_SECONDS", 0.5)
    house = make_house({"work": _handler(lambda call: None)})
    if not house.site.database.announces:
        pytest.skip("the embedded runner has no deliveries")
    house.site.clock = SystemClock()
    house.release(SERVICE)
    with house.site.database.write() as connection:  # fetched by one that is gone
        connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) "
                f"VALUES ('{QUEUE}', 'ombud_perform_job', '{{\"key\": \"gone\"}}', 'doing')"
            )
        )
    with running(Worker(house.site, Settings())):
        assert eventually(lambda: _deliveries(house) == 0)


def test_a_server_that_restarts_is_found_again(
    own_postgresql: Server,
    make_house: Callable[..., House],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(procrastinate_executor, "RESTART_SECONDS", 0.1)
    house = make_house({"work": _handler(lambda call: None)})
    if house.site.database.is_sqlite:
        pytest.skip("SQLite has no server")
    queue = house.site.database.announces
    house.site.database = Database(own_postgresql.new_database(), queue=queue)
    house.site.database.create()
    house = House(house.site, house.clock)
    house.site.clock = SystemClock()
    house.release(SERVICE)
    with running(Worker(house.site, Settings())):
        before = house.start().case_id
        assert eventually(lambda: _ended(house, before))
        own_postgresql.stop("fast")
        own_postgresql.start()
        after = house.start().case_id
        assert eventually(lambda: _ended(house, after))
        if queue:
            assert eventually(lambda: "the queue broke off" in caplog.text)
    house.site.database.close()


def _handler(work: Callable[[Call], object]) -> Handler:
    def run(call: Call) -> Outcome:
        work(call)
        return Outcome()

    return Handler("work", "external", "做 / Work", "—", run)


def _ended(house: House, case_id: str) -> bool:
    return house.types(case_id)[-1] == "case_completed"


def _deliveries(house: House) -> int:
    """How many are in the queue, in whatever state."""
    with house.site.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(jobs)).scalar_one() >= 0
        if house.site.database.is_sqlite:
            return 0
        table = connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar_one()
        if table is None:
            return 0
        return int(connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one())
