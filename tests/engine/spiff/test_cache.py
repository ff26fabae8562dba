from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from runner.engine.spiff.cache import LiveCache
from runner.engine.spiff.execution import Execution
from tests.engine.spiff.running import Running


@pytest.fixture
def execution() -> Execution:
    return Running("start > a > end").execution


def test_what_was_put_is_taken_once(execution: Execution) -> None:
    cache = LiveCache(2)
    cache.put("one", 1, execution)
    assert cache.take("one", 1) is execution
    assert cache.take("one", 1) is None


def test_another_revision_is_stale_and_dropped(execution: Execution) -> None:
    cache = LiveCache(2)
    cache.put("one", 1, execution)
    assert cache.take("one", 2) is None
    assert cache.take("one", 1) is None


def test_a_later_revision_is_not_replaced_by_an_earlier_one(execution: Execution) -> None:
    cache = LiveCache(2)
    cache.put("one", 2, execution)
    cache.put("one", 1, Running("start > b > end").execution)
    assert cache.take("one", 2) is execution


def test_the_one_not_used_longest_goes_first(execution: Execution) -> None:
    cache = LiveCache(2)
    for name in ("one", "two"):
        cache.put(name, 1, execution)
    cache.put("one", 2, execution)
    cache.put("three", 1, execution)
    assert len(cache) == 2
    assert cache.take("two", 1) is None
    assert cache.take("one", 2) is execution


def test_none_is_kept_where_none_may(execution: Execution) -> None:
    cache = LiveCache(0)
    cache.put("one", 1, execution)
    assert len(cache) == 0
    with pytest.raises(ValueError, match="-1"):
        LiveCache(-1)


def test_an_instance_can_be_discarded(execution: Execution) -> None:
    cache = LiveCache(2)
    cache.put("one", 1, execution)
    cache.discard("one")
    cache.discard("one")
    assert cache.take("one", 1) is None


def test_only_one_of_many_threads_gets_it(execution: Execution) -> None:
    cache = LiveCache(8)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(50):
            cache.put("one", 1, execution)
            got = list(pool.map(lambda _: cache.take("one", 1), range(8)))
            assert sum(found is not None for found in got) == 1
