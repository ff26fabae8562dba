"""Long loops and long chains: no recursion, no depth limit, no growth with the past."""

from __future__ import annotations

import pytest

from tests.engine.spiff.fake_host import FakeHost
from tests.engine.spiff.running import Running


def test_a_thousand_passes_of_a_loop() -> None:
    host = FakeHost()
    host.true = {"again"}
    run = Running(
        "m: xor\nf: and\nj: and\ng: xor\n"
        "start > m > f\nf > a > j\nf > b > j\nj > g\ng ?again > m\ng > end",
        host=host,
    )
    sizes = set()
    for _ in range(1000):
        run.do("b", "a")
        sizes.add(len(run.execution.dump()))
        host.forget()
    assert sizes == {max(sizes)}
    host.true = set()
    run.do("a", "b")
    assert run.done


def test_a_thousand_passes_without_a_rest() -> None:
    class Counting(FakeHost):
        passes_left = 1000

        def choose(self, token, flows):  # type: ignore[no-untyped-def]
            self.passes_left -= 1
            return [flows[0].id if self.passes_left else flows[1].id]

    host = Counting()
    run = Running(
        "m: xor\njob: service\ng: xor\nstart > m > job > g\ng ?again > m\ng > end", host=host
    )
    assert run.done
    assert host.said("took").count("job") == 1000


@pytest.mark.parametrize("kind", ["service", "user"])
def test_a_chain_of_five_hundred_tasks(kind: str) -> None:
    names = [f"t{n}" for n in range(500)]
    text = "\n".join(f"{name}: {kind}" for name in names)
    run = Running(f"{text}\nstart > {' > '.join(names)} > end")
    if kind == "user":
        run.do(*names[:250])
        run.reload()
        run.do(*names[250:])
    assert run.done
    assert run.host.said("took") == ["start", *names, "end"]


def test_five_hundred_parallel_instances_and_their_withdrawal() -> None:
    host = FakeHost()
    host.counts = {"all": 500}
    text = "all: user each\nlate: timer on all\nstart > all > end\nlate > x > end2"
    run = Running(text, host=host)
    run.do("all[499]", "all[0]")
    run.reload()
    assert run.fire("late") == ["x"]
    assert len(host.said("cancelled")) == 499


def test_sub_processes_thirty_deep() -> None:
    lines = [f"s{level}: sub {{" for level in range(30)] + ["startx > a > endx"]
    for level in reversed(range(30)):
        lines += ["}", f"start{level} > s{level} > end{level}"]
    run = Running("\n".join(lines))
    run.reload()
    assert run.here == ["a"]
    run.do("a")
    assert run.done
