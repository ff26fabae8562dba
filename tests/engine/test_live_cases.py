"""The cache of live cases is bounded, however many cases are open."""

from __future__ import annotations

from runner.engine.live_cases import LiveCase, LiveCases
from runner.engine.scopes import Scopes
from runner.store.cases import CaseRow
from runner.store.event_log import GENESIS, ChainHead
from tests.definitions.diagrams import simple
from tests.engine.conftest import House
from tests.engine.test_events import do, ended, plain, sound

OPEN = 100_000
MOST = 2_000


def live(number: int, revision: int = 1) -> LiveCase:
    key = f"case {number}"
    row = CaseRow(
        id=key, release_digest="r", policy_id="p", policy_digest="d", subject_id="s",
        simulated=False, revision=revision, event_count=0, event_head=GENESIS,
    )  # fmt: skip
    return LiveCase(row, "en", ChainHead(key, 0, GENESIS), Scopes(key), revision)


def test_a_hundred_thousand_open_cases_leave_two_thousand_in_memory() -> None:
    kept = LiveCases()
    for number in range(OPEN):
        kept.put(live(number))
        assert len(kept) <= MOST
    assert len(kept) == MOST
    assert kept.take("case 0", 1) is None
    last = kept.take(f"case {OPEN - 1}", 1)
    assert last is not None
    assert len(kept) == MOST - 1


def test_what_was_used_last_stays_longest() -> None:
    kept = LiveCases(most=2)
    kept.put(live(1))
    kept.put(live(2))
    first = kept.take("case 1", 1)
    assert first is not None
    kept.put(first)
    kept.put(live(3))
    assert kept.take("case 2", 1) is None
    assert kept.take("case 1", 1) is first


def test_a_case_another_process_moved_on_is_not_used() -> None:
    kept = LiveCases()
    kept.put(live(1, revision=4))
    assert kept.take("case 1", 5) is None
    assert len(kept) == 0
    kept.put(live(1, revision=5))
    kept.put(live(1, revision=4))  # a slower thread's
    assert kept.take("case 1", 5) is not None


def test_cases_beyond_the_bound_are_loaded_again_and_go_on(house: House) -> None:
    house.site.live = LiveCases(most=3)
    house.release(simple(plain("t")))
    cases = [house.start().case_id for _ in range(10)]
    assert len(house.site.live) == 3
    for case in cases:
        do(house, case, "t")
        assert len(house.site.live) <= 3
        assert ended(house, case)
        sound(house, case)
