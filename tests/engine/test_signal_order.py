"""A signal reaches what is around an activity before what is in it, which may end by it."""

from __future__ import annotations

from runner.engine.signals import broadcast_signal, deliver_signals
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
