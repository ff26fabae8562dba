"""Joins in loops, and loops themselves: ours beside the library as shipped."""

from __future__ import annotations

from itertools import product
from random import Random

from tests.engine.spiff.fake_host import FakeHost
from tests.engine.spiff.running import Running
from tests.engine.spiff.stock.library import Stock

AROUND = "j > decide > g\ng ?again > m\ng > end"
PARALLEL = "m: xor\nf: and\nj: and\ng: xor\nstart > m > f\nf > a > j\nf > b > j\n" + AROUND
INCLUSIVE = "m: xor\nf: or\nj: or\ng: xor\nstart > m > f\nf ?x > a > j\nf ?y > b > j\n" + AROUND
ORDERS = list(product(("ab", "ba"), repeat=2))
REWORK = (
    "m: xor\nf: and\nj: and\ng: xor\nh: or\ni: or\nstart > m > take > f\nf > a1 > a2 > j\n"
    "f > b1 > j\nf > h\nh ?p > c1 > i\nh ?q > c2 > i\nh > c3 > i\ni > j\n" + AROUND
)


def early(text: str, orders: tuple[str, str]) -> bool:
    """Whether the library leaves the join in the second pass with the first branch alone."""
    run = Stock(text, data={"x": True, "y": True, "again": False})
    run.do(*orders[0])
    run.do("decide", again=True)
    return "decide" in run.do(orders[1][0])


def waits(text: str, orders: tuple[str, str]) -> bool:
    host = FakeHost()
    host.true = {"x", "y", "again"}
    run = Running(text, host=host)
    run.do(*orders[0], "decide")
    return run.do(orders[1][0]) == [orders[1][1]] and run.do(orders[1][1]) == ["decide"]


def test_a_parallel_join_in_a_loop() -> None:
    assert all(waits(PARALLEL, orders) for orders in ORDERS)
    assert sum(early(PARALLEL, orders) for orders in ORDERS) == 2


def test_an_inclusive_join_in_a_loop() -> None:
    assert all(waits(INCLUSIVE, orders) for orders in ORDERS)
    assert sum(early(INCLUSIVE, orders) for orders in ORDERS) == 4


def shipped_walk(seed: int) -> bool:
    """Whether people and the library come to the end, ``decide`` always alone."""
    random = Random(seed)
    run = Stock(REWORK, data={"p": True, "q": True, "again": False})
    passes = 0
    while run.here:
        name = random.choice(run.here)
        passes += name == "decide"
        values = {"p": random.random() < 0.6, "q": random.random() < 0.6, "again": passes < 3}
        try:
            run.do(name, **values)
        except Exception:
            return False
        if "decide" in run.here and len(run.here) > 1:
            return False
    return run.done


def our_walk(seed: int) -> bool:
    random = Random(seed)
    host = FakeHost()
    run = Running(REWORK, host=host, restart=seed % 2 == 1)
    passes = 0
    while run.here:
        name = random.choice(run.here)
        passes += name == "decide"
        host.true = {flag for flag in "pq" if random.random() < 0.6}
        host.true |= {"again"} if passes < 3 else set()
        run.do(name)
        if "decide" in run.here and len(run.here) > 1:
            return False
    return run.done


def test_random_walks_through_a_rework_loop() -> None:
    assert all(our_walk(seed) for seed in range(30))
    assert sum(not shipped_walk(seed) for seed in range(30)) >= 10


def test_a_loop_of_hundreds_of_passes() -> None:
    text = "m: xor\ng: xor\nstart > m > a > g\ng ?again > m\ng > end"
    host = FakeHost()
    host.true = {"again"}
    ours = Running(text, host=host)
    for _ in range(600):
        assert ours.do("a") == ["a"]
    shipped = Stock("g: xor\nstart > a > g\ng ?again > a\ng > end", data={"again": True})
    passes = 0
    while shipped.here and passes < 600:
        shipped.do("a")
        passes += 1
    assert passes == 500
    assert not shipped.done  # nobody can do anything, and nothing says so
