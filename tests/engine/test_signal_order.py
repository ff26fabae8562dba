"""Signals reach a case in the order they were thrown, and what is around an activity before what is
in it, which may end by it."""

from __future__ import annotations

from threading import Thread

import pytest

from runner.engine import signals
from runner.engine.signals import broadcast_signal, deliver_signals, signals_on_their_way
from tests.conformance.drawing import draw
from tests.engine.conftest import House

AROUND = """
s: sub {
w: catch signal S1
start2 > w > end2
}
b: beside s signal S1
start > s > end
b > k > end3
"""


def test_an_activity_that_ends_by_the_signal_has_had_it_on_its_border_before(house: House) -> None:
    house.release(draw(AROUND, "order"))
    for _ in range(4):  # by chance it would be right half of the time
        case = house.start({}, "start").case_id
        broadcast_signal(house.site, actor=house.owner, name="S1")
        while deliver_signals(house.site):
            pass
        assert list(house.tasks(case)) == ["k"]
        assert "case_completed" not in house.types(case)


AGAIN = """
b: beside k signal S1
start > k > end
b > end2
"""


def test_two_workers_bring_a_case_its_signals_in_the_order_they_were_thrown(house: House) -> None:
    house.release(draw(AGAIN, "again"))
    cases = [house.start({}, "start").case_id for _ in range(2)]
    for number in range(5):
        broadcast_signal(house.site, actor=house.owner, name="S1", variables={"n": number})
    due = signals_on_their_way(house.site, 100)
    assert sorted(case or "" for _, case in due) == sorted(cases)  # of each case the first
    workers = [Thread(target=lambda: deliver_signals(house.site)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    deliver_signals(house.site)
    for case in cases:
        came = [event.values["payload.n"] for event in house.events(case, "signal_received")]
        assert came == [0, 1, 2, 3, 4]


def test_a_signal_that_waits_for_a_person_stands_in_the_way_of_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = AGAIN.replace("start >", "c: beside k signal S2\nstart >") + "c > end3\n"
    house.release(draw(two, "two"))
    case = house.start({}, "start").case_id
    for name in ("S1", "S2"):
        broadcast_signal(house.site, actor=house.owner, name=name)
    (first,) = signals_on_their_way(house.site, 100)
    with monkeypatch.context() as patched:
        patched.setattr(signals, "_deliver", lambda *_: 1 / 0)
        assert deliver_signals(house.site) == 0
    assert house.events(case, "signal_received") == []  # the second waits for the first
    signals.hand_over(house.site, *first, RuntimeError("broken"))
    assert deliver_signals(house.site) == 1
    (received,) = house.events(case, "signal_received")
    assert received.header["facts"]["signal"] == "S2"
