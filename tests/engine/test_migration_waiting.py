"""What a case waits for survives its migration, its revert and a suspension in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from runner.engine.access import SYSTEM
from runner.engine.external_jobs import complete_external_job
from runner.engine.kept_messages import tend_kept_messages
from runner.engine.messages import correlate_message
from runner.engine.migration import make_plan
from runner.engine.signals import broadcast_signal, deliver_signals
from runner.engine.suspension import resume_case, suspend_case
from runner.engine.user_tasks import claim_user_task
from runner.store.incidents import open_incidents
from tests.definitions.diagrams import diagram, flow, line, node
from tests.engine import conftest
from tests.engine.conftest import START, House
from tests.engine.moving import HOUR, Moving, after, chain, task
from tests.engine.test_events import E, S, do, plain, sound
from tests.engine.test_external_jobs import ERP, take
from tests.engine.test_jobs import service
from tests.engine.test_messages import receiving
from tests.engine.test_pausing import answer, ask, dues, waiting
from tests.engine.test_signals import NAMED, SIGNAL


def catching(signal: str, element: str = "w", extra: str = "") -> bytes:
    catch = node("intermediateCatchEvent", element, SIGNAL)
    ids = ("t", extra) if extra else ("t",)
    parts = "".join(plain(i) for i in ids)
    outside = NAMED.replace("recall", signal)
    return diagram(S + catch + parts + E + line("s", element, *ids, "e"), outside=outside)


def thrown(house: House, name: str, unique: str = "") -> int:
    sent = broadcast_signal(
        house.site, actor=house.owner, name=name, variables={}, idempotency_key=name + unique
    )
    house.site.live.clear()
    deliver_signals(house.site)
    return sent


def pair(house: House, source: str, case: str, target: str) -> Moving:
    moving = Moving.__new__(Moving)
    moving.house, moving.source, moving.case, moving.target = house, source, case, target
    return moving


def test_a_signal_is_awaited_under_the_name_of_the_other_release(house: House) -> None:
    moving = Moving(house, catching("recall"), catching("recall2", extra="u"))
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    house.site.live.clear()
    sound(house, moving.case)
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    assert thrown(house, "recall2") == 0
    sound(house, moving.case)
    moving.run()
    assert thrown(house, "recall") == 0
    assert thrown(house, "recall2", "again") == 1
    assert set(house.tasks(moving.case)) == {"t"}
    moving.finish()
    sound(house, moving.case)


def test_a_signal_on_its_way_reaches_a_case_that_was_migrated_meanwhile(house: House) -> None:
    moving = Moving(house, catching("recall"), catching("recall2", extra="u"))
    sent = broadcast_signal(
        house.site, actor=house.owner, name="recall", variables={}, idempotency_key="x"
    )
    assert sent == 1
    assert moving.result(moving.run())[0] == "migrated"
    house.site.live.clear()
    deliver_signals(house.site)
    assert set(house.tasks(moving.case)) == {"t"}
    moving.finish()


def test_a_signal_whose_element_has_another_id_is_still_awaited(house: House) -> None:
    moving = Moving(house, catching("recall"), catching("recall", "v", "u"))
    batch = moving.run(moving.plan({("p", "w"): "v"}))
    assert moving.result(batch) == ("migrated", "")
    assert thrown(house, "recall") == 1
    assert set(house.tasks(moving.case)) == {"t"}
    moving.finish()


def test_a_message_kept_for_the_new_name_is_delivered_after_the_migration(house: House) -> None:
    source = house.release(receiving())
    case = house.start({"reference": "K1"}).case_id
    target = house.release(receiving().replace(b'name="reply"', b'name="answer"'))
    moving = pair(house, source, case, target)
    correlate_message(
        house.site, actor=SYSTEM, name="answer", correlation_key="K1", payload={},
        idempotency_key="kept", time_to_live=timedelta(days=1),
    )  # fmt: skip
    kept = moving.run()
    assert moving.result(kept) == ("migrated", "")
    tend_kept_messages(house.site)
    assert "message_received" not in house.types(case)  # it still waits for the old name
    moving.back(kept)
    assert moving.result(kept) == ("reverted", "")
    plan = make_plan(
        house.site, actor=house.owner, source=source, target=target,
        renew=frozenset({("p", "wait")}),
    )  # fmt: skip
    assert moving.result(moving.run(plan)) == ("migrated", "")
    house.site.live.clear()
    while tend_kept_messages(house.site):
        pass
    assert house.types(case)[-1] == "case_completed"
    sound(house, case)


@pytest.fixture
def pausing_releases(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> Callable[[bytes, bytes], Moving]:
    def make(old: bytes, new: bytes) -> Moving:
        written = conftest.POLICY + "deadlines: {pause_for: [customer]}\n"
        monkeypatch.setattr(conftest, "POLICY", written)
        properties = conftest.POLICY_SCHEMA["properties"]
        monkeypatch.setitem(properties, "deadlines", conftest.SECTION)  # type: ignore[arg-type]
        source = house.release(old)
        case = house.start({"reference": "K1"}).case_id
        return pair(house, source, case, house.release(new))

    return make


Make = Callable[[bytes, bytes], Moving]
MORE = (b"</bpmn:process>", task("more").encode() + b"</bpmn:process>")


@pytest.mark.parametrize("restart", [False, True])
def test_a_deadline_that_stands_still_keeps_what_was_left_of_it(
    house: House, pausing_releases: Make, restart: bool
) -> None:
    moving = pausing_releases(waiting(), waiting().replace(*MORE))
    house.clock.advance(HOUR)
    ask(house, moving.case)
    house.clock.advance(10 * HOUR)
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    if restart:
        house.site.live.clear()
    assert dues(house, moving.case)[0] is None
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    assert moving.result(moving.run())[0] == "migrated"
    suspend_case(house.site, actor=house.owner, case_id=moving.case, reason="r")
    house.clock.advance(20 * HOUR)
    resume_case(house.site, actor=house.owner, case_id=moving.case, reason="r", give_back=True)
    if restart:
        house.site.live.clear()
    house.clock.advance(HOUR)
    answer(house)
    assert dues(house, moving.case) == (START + 39 * HOUR, START + 37 * HOUR)


@pytest.mark.parametrize("restart", [False, True])
def test_a_deadline_that_the_other_release_lets_run_goes_on_and_back(
    house: House, pausing_releases: Make, restart: bool
) -> None:
    moving = pausing_releases(waiting(), waiting(pauses=""))
    house.clock.advance(HOUR)
    ask(house, moving.case)
    house.clock.advance(10 * HOUR)
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    assert dues(house, moving.case) == (START + 18 * HOUR, START + 16 * HOUR)
    house.clock.advance(HOUR)
    if restart:
        house.site.live.clear()
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    assert dues(house, moving.case)[0] is None
    if restart:
        house.site.live.clear()
    house.clock.advance(HOUR)
    answer(house)
    assert dues(house, moving.case) == (START + 20 * HOUR, START + 18 * HOUR)


def test_a_deadline_that_only_the_other_release_lets_stand_still(
    house: House, pausing_releases: Make
) -> None:
    moving = pausing_releases(waiting(pauses=""), waiting())
    ask(house, moving.case)
    house.clock.advance(HOUR)
    batch = moving.run()
    assert dues(house, moving.case)[0] is None
    house.clock.advance(HOUR)
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    assert dues(house, moving.case) == (START + 8 * HOUR, START + 6 * HOUR)


def test_a_paused_deadline_computed_anew_begins_anew_and_stands_still(
    house: House, pausing_releases: Make
) -> None:
    moving = pausing_releases(waiting(), waiting().replace(*MORE))
    ask(house, moving.case)
    house.clock.advance(10 * HOUR)
    batch = moving.run(moving.plan(None, ("p", "t"), ("p", "late")))
    assert moving.result(batch) == ("migrated", "")
    assert dues(house, moving.case)[0] is None
    house.clock.advance(5 * HOUR)
    answer(house)
    assert dues(house, moving.case) == (START + 23 * HOUR, START + 21 * HOUR)


def test_a_job_that_an_external_worker_holds_stays_its_own(house: House) -> None:
    source = house.release(service("book", retries="2"))
    case = house.start({"amount": 1}).case_id
    (job,) = take(house)
    text = service("book", retries="2").replace(
        b"</bpmn:process>", task("extra").encode() + b"</bpmn:process>"
    )
    moving = pair(house, source, case, house.release(text))
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    moving.run()
    assert take(house) == []
    complete_external_job(house.site, worker=ERP, job_id=job.id, attempt=1, variables={"x": 1})
    assert house.variables(case)["x"] == 1
    sound(house, case)


def test_an_incident_moves_with_its_element(house: House) -> None:
    def choosing(name: str) -> bytes:
        gateway = node("exclusiveGateway", name)
        ways = flow(name, "e", "=amount > 3") + line("s", name)
        return diagram(
            S + gateway + E + node("endEvent", "e2") + ways + flow(name, "e2", "=amount &lt; 3")
        )

    moving = Moving(house, choosing("g"), choosing("h"))
    with house.site.database.read() as connection:
        (before,) = open_incidents(connection, moving.case)
    batch = moving.run(moving.plan({("p", "g"): "h"}))
    assert moving.result(batch) == ("migrated", "")
    with house.site.database.read() as connection:
        (now,) = open_incidents(connection, moving.case)
    assert (now.id, now.element_id) == (before.id, "h")
    moving.back(batch)
    with house.site.database.read() as connection:
        assert open_incidents(connection, moving.case) == [before]


def test_a_revert_after_staff_went_on_keeps_all_they_did(house: House) -> None:
    moving = Moving(
        house,
        diagram(chain(("a", task("a")), ("b", task("b")))),
        diagram(chain(("a", task("a")), ("c", task("c")), ("b", task("b")))),
    )
    batch = moving.run()
    do(house, moving.case, "a")
    claim_user_task(house.site, actor=house.ann, task_id=house.tasks(moving.case)["c"])
    log = house.types(moving.case)
    moving.back(batch)
    state, message = moving.result(batch)
    assert state == "kept"
    assert "Ann" in message
    assert house.types(moving.case) == log
    assert set(house.tasks(moving.case)) == {"c"}
    moving.finish()


def gated(*events: str, extra: str = "") -> bytes:
    caught = "".join(node("intermediateCatchEvent", f"c{h}", after(int(h))) for h in events)
    ways = "".join(flow("g", f"c{h}") + flow(f"c{h}", f"t{h}") + flow(f"t{h}", "e") for h in events)
    tasks = "".join(plain(f"t{h}") for h in events)
    return diagram(
        S + node("eventBasedGateway", "g") + caught + tasks + E + ways + line("s", "g") + extra
    )


def test_an_event_gateway_keeps_waiting_and_other_events_refuse(house: House) -> None:
    moving = Moving(house, gated("3", "5"), gated("3", "5", extra=task("new")))
    state, timers = moving.state(), moving.timers()
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    assert moving.timers() == timers
    moving.back(batch)
    assert moving.state() == state
    other = pair(house, moving.source, moving.case, house.release(gated("3", "7")))
    assert other.result(other.run())[0] == "refused"
    sound(house, moving.case)


def test_a_join_that_waits_for_less_goes_on_at_once(house: House) -> None:
    def forked(*ids: str) -> bytes:
        parts = "".join(plain(i) for i in ids) + plain("z")
        ways = "".join(line("f", i, "j") for i in ids)
        return diagram(
            S + node("parallelGateway", "f") + parts + node("parallelGateway", "j") + E
            + line("s", "f") + ways + line("j", "z", "e")
        )  # fmt: skip

    moving = Moving(house, forked("a", "b", "c"), forked("a", "b"))
    do(house, moving.case, "a")
    do(house, moving.case, "b")
    batch = moving.run(moving.plan({("p", "c"): "z"}))
    assert moving.result(batch) == ("migrated", "")
    assert moving.places() == ["z", "z"]
    moving.back(batch)
    state, message = moving.result(batch)
    assert state == "kept"
    assert "by itself" in message
    sound(house, moving.case)


def test_a_join_that_nothing_can_reach_any_more_refuses(house: House) -> None:
    def forked(*ids: str) -> bytes:
        parts = "".join(plain(i) for i in ids)
        ways = "".join(line("f", i, "j") for i in ids)
        return diagram(
            S + node("parallelGateway", "f") + parts + node("parallelGateway", "j") + E
            + line("s", "f") + ways + line("j", "e")
        )  # fmt: skip

    moving = Moving(house, forked("a", "b"), forked("a", "b", "c"))
    do(house, moving.case, "a")
    state, message = moving.result(moving.run())
    assert state == "refused"
    assert "for ever" in message
    sound(house, moving.case)


def test_an_inclusive_join_with_a_token_keeps_it(house: House) -> None:
    def forked(*more: str) -> bytes:
        ways = flow("f", "a", "=true") + flow("f", "b", "=true")
        return diagram(
            S + node("inclusiveGateway", "f") + plain("a") + plain("b")
            + "".join(plain(i) for i in more)
            + node("inclusiveGateway", "j") + E + line("s", "f") + ways
            + line("a", "j", "e") + line("b", *more, "j")
        )  # fmt: skip

    moving = Moving(house, forked(), forked("c"))
    do(house, moving.case, "a")
    state = moving.state()
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    moving.back(batch)
    assert moving.state() == state
    moving.run()
    assert do(house, moving.case, "b") == {"c"}
    moving.finish()
    sound(house, moving.case)
