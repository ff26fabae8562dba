"""Joins inside loops: the library counts branches of earlier passes."""

from __future__ import annotations

from itertools import product

import pytest

from tests.engine.spiff.fake_host import FakeHost
from tests.engine.spiff.running import Running

both = pytest.mark.parametrize("restart", [False, True], ids=["live", "restarted"])
ORDERS = list(product(("ab", "ba"), repeat=3))
PARALLEL = "m: xor\nf: and\nj: and\ng: xor\nstart > m > f\nf > a > j\nf > b > j\n"
INCLUSIVE = "m: xor\nf: or\nj: or\ng: xor\nstart > m > f\nf ?x > a > j\nf ?y > b > j\n"
AROUND = "j > decide > g\ng ?again > m\ng > end"


@both
@pytest.mark.parametrize("block", [PARALLEL, INCLUSIVE], ids=["parallel", "inclusive"])
@pytest.mark.parametrize("orders", ORDERS)
def test_a_join_in_a_loop_waits_in_every_pass(
    block: str, orders: tuple[str, ...], restart: bool
) -> None:
    host = FakeHost()
    host.true = {"x", "y", "again"}
    run = Running(block + AROUND, host=host, restart=restart)
    for number, (first, second) in enumerate(orders):
        assert run.here == ["a", "b"]
        assert run.do(first) == [second]
        assert run.do(second) == ["decide"]
        if number == 2:
            host.true = set()
        run.do("decide")
    assert run.done
    assert host.said("took").count("j") == 3


@both
@pytest.mark.parametrize("kind", ["sub", "call"])
@pytest.mark.parametrize("orders", ORDERS[:4])
def test_a_join_inside_a_container_in_a_loop(
    kind: str, orders: tuple[str, ...], restart: bool
) -> None:
    block = "f: and\nj: and\nstart1 > f\nf > a > j\nf > b > j\nj > end1\n"
    inside = f"part: sub {{\n{block}}}\n" if kind == "sub" else "part: call other\n"
    host = FakeHost()
    host.true = {"again"}
    run = Running(
        inside + "m: xor\ng: xor\nstart > m > part > decide > g\ng ?again > m\ng > end",
        host=host,
        restart=restart,
        other=block,
    )
    for first, second in orders:
        assert run.do(first) == [second]
        assert run.do(second) == ["decide"]
        assert run.do("decide") == ["a", "b"]
    run.do("b", "a")
    host.true = set()
    run.do("decide")
    assert run.done


@both
def test_a_loop_inside_one_branch_of_a_join(restart: bool) -> None:
    host = FakeHost()
    host.true = {"again"}
    run = Running(
        "f: and\nj: and\nm: xor\ng: xor\n"
        "start > f\nf > m > a > g\ng ?again > m\ng > j\nf > b > j\nj > end",
        host=host,
        restart=restart,
    )
    assert run.do("a", "a", "b", "a") == ["a"]
    host.true = set()
    assert run.do("a") == []
    assert run.done


@both
def test_two_tokens_on_one_flow_do_not_fire_a_parallel_join(restart: bool) -> None:
    run = Running(
        "f: and\nm: xor\nj: and\nstart > f\nf > a > m\nf > b > m\nm > j\nf > c > j\nj > d > end",
        restart=restart,
    )
    assert run.do("a", "b") == ["c"]
    assert run.do("c") == ["d"]


@both
@pytest.mark.parametrize(
    ("true", "tasks"), [({"x"}, ["a"]), ({"y"}, ["b"]), (set(), ["c"]), ({"x", "y"}, ["a", "b"])]
)
def test_an_inclusive_join_waits_for_what_was_taken(
    true: set[str], tasks: list[str], restart: bool
) -> None:
    host = FakeHost()
    host.true = true
    run = Running(
        "f: or\nj: or\nstart > f\nf ?x > a > j\nf ?y > b > j\nf > c > j\nj > after > end",
        host=host,
        restart=restart,
    )
    assert run.here == tasks
    assert run.do(*tasks) == ["after"]
    assert run.do("after") == []
    assert host.said("took").count("j") == 1


@both
def test_an_inclusive_join_does_not_wait_for_a_branch_that_went_elsewhere(restart: bool) -> None:
    run = Running(
        "f: and\ng: xor\nj: or\nstart > f\nf > a > j\nf > b > g\ng ?no > j\ng > end1\n"
        "j > after > end",
        restart=restart,
    )
    assert run.do("a") == ["b"]  # b could still come
    assert run.do("b") == ["after"]


@both
def test_an_inclusive_join_waits_for_a_boundary_event_that_may_come(restart: bool) -> None:
    text = (
        "late: timer on b\nf: and\nj: or\nstart > f\nf > a > j\nf > b > end1\nlate > j\n"
        "j > after > end"
    )
    run = Running(text, restart=restart)
    assert run.do("a") == ["b", "late"]
    assert run.do("b") == ["after"]
    run = Running(text, restart=restart)
    run.do("a")
    assert run.fire("late") == ["after"]
    assert run.host.said("took").count("j") == 1


@both
def test_two_inclusive_joins_on_a_loop_do_not_wait_for_each_other(restart: bool) -> None:
    host = FakeHost()
    run = Running(
        "f: and\nj: or\nk: or\ng: xor\nh: xor\nstart > f\nf > j > g\ng ?x > k\ng > end1\n"
        "f > k > h\nh ?y > j\nh > end2",
        host=host,
        restart=restart,
    )
    assert run.done
