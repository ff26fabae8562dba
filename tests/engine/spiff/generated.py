"""Random structured diagrams: blocks of one entry and one exit, put into each other.

Sound by construction, so a walk through them must always reach the end.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random

LEAVES = (
    "user", "user", "service", "rule each", "user each", "user each until",
    "user each sequential until", "timer",
)  # fmt: skip


class Generator:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.number = 0

    def processes(self, depth: int) -> dict[str, str]:
        """``main``, which calls ``other``, which calls ``deepest``."""
        found = {"deepest": self.process(depth - 2, None)}
        found["other"] = self.process(depth - 1, "deepest")
        found["main"] = self.process(depth, "other")
        return found

    def process(self, depth: int, callee: str | None) -> str:
        self.callee = callee
        self.lines: list[str] = []
        return self.scope(depth)

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def scope(self, depth: int) -> str:
        """The text of one (sub-)process: its declarations first, as flows need them."""
        outer, self.lines = self.lines, []
        flows: list[str] = []
        entry, leave = self.block(depth, flows)
        start, end = self.name("start"), self.name("end")
        text = "\n".join([*self.lines, *flows, f"{start} > {entry}", f"{leave} > {end}"])
        self.lines = outer
        return text

    def block(self, depth: int, flows: list[str]) -> tuple[str, str]:
        if depth <= 0:
            return self.leaf()
        kinds = [
            self.sequence, self.sequence, self.exclusive, self.parallel, self.inclusive, self.loop,
            self.loop, self.container, self.container, self.guarded, self.events, self.leaf_block,
        ]  # fmt: skip
        return self.random.choice(kinds)(depth - 1, flows)

    def leaf(self) -> tuple[str, str]:
        name = self.name("t")
        self.lines.append(f"{name}: {self.random.choice(LEAVES)}")
        return name, name

    def leaf_block(self, depth: int, flows: list[str]) -> tuple[str, str]:
        return self.leaf()

    def sequence(self, depth: int, flows: list[str]) -> tuple[str, str]:
        parts = [self.block(depth, flows) for _ in range(self.random.randint(2, 3))]
        for (_, leave), (entry, _) in pairwise(parts):
            flows.append(f"{leave} > {entry}")
        return parts[0][0], parts[-1][1]

    def exclusive(self, depth: int, flows: list[str]) -> tuple[str, str]:
        return self.branches("xor", depth, flows)

    def parallel(self, depth: int, flows: list[str]) -> tuple[str, str]:
        return self.branches("and", depth, flows)

    def inclusive(self, depth: int, flows: list[str]) -> tuple[str, str]:
        return self.branches("or", depth, flows)

    def branches(self, kind: str, depth: int, flows: list[str]) -> tuple[str, str]:
        split = self.name("split")
        join = split.replace("split", "join")
        self.lines += [f"{split}: {kind}", f"{join}: {kind}"]
        for number in range(self.random.randint(2, 3)):
            entry, leave = self.block(depth, flows)
            condition = f" ?c{number}" if number and kind != "and" else ""
            flows += [f"{split}{condition} > {entry}", f"{leave} > {join}"]
        return split, join

    def loop(self, depth: int, flows: list[str]) -> tuple[str, str]:
        merge, exit_ = self.name("merge"), self.name("loop")
        self.lines += [f"{merge}: xor", f"{exit_}: xor"]
        entry, leave = self.block(depth, flows)
        flows += [f"{merge} > {entry}", f"{leave} > {exit_}", f"{exit_} ?again > {merge}"]
        return merge, exit_

    def container(self, depth: int, flows: list[str]) -> tuple[str, str]:
        name = self.name("box")
        each = self.random.choice(["", "", " each", " each sequential", " each until"])
        if self.callee is not None and self.random.random() < 0.5:
            self.lines.append(f"{name}: call {self.callee}{each}")
        else:
            inside = self.scope(depth)
            self.lines += [f"{name}: sub{each} {{", inside, "}"]
        return name, name

    def guarded(self, depth: int, flows: list[str]) -> tuple[str, str]:
        """An activity with boundary events: interrupting ones meet its own flow, others end."""
        name, _ = (
            self.container(depth, flows) if self.random.random() < 0.6 else self.leaf_of("user")
        )
        merge = self.name("merge")
        self.lines.append(f"{merge}: xor")
        flows.append(f"{name} > {merge}")
        for kind in self.random.sample(["timer", "message", "error"], self.random.randint(1, 2)):
            event = self.name(kind)
            entry, leave = self.leaf()
            self.lines.append(f"{event}: {kind} on {name}")
            flows += [f"{event} > {entry}", f"{leave} > {merge}"]
        if self.random.random() < 0.5:
            event, end = self.name("nag"), self.name("end")
            kind = self.random.choice(["timer", "timer cycle", "message"])
            self.lines.append(f"{event}: {kind} beside {name}")
            flows.append(f"{event} > {end}")
        return name, merge

    def leaf_of(self, kind: str) -> tuple[str, str]:
        name = self.name("t")
        self.lines.append(f"{name}: {kind}")
        return name, name

    def events(self, depth: int, flows: list[str]) -> tuple[str, str]:
        gateway, merge = self.name("gate"), self.name("merge")
        self.lines += [f"{gateway}: event", f"{merge}: xor"]
        for kind in ("timer", "timer", "message"):
            event = self.name("catch")
            entry, leave = self.block(depth - 1, flows)
            self.lines.append(f"{event}: {kind}")
            flows += [f"{gateway} > {event} > {entry}", f"{leave} > {merge}"]
        return gateway, merge
