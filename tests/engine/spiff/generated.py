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
            self.fork, self.watched, self.undone,
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

    def fork(self, depth: int, flows: list[str]) -> tuple[str, str]:
        """A task with several flows out of it, which a parallel gateway joins."""
        name, _ = self.leaf()
        join = self.name("join")
        self.lines.append(f"{join}: and")
        for _ in range(2):
            entry, leave = self.block(depth, flows)
            flows += [f"{name} > {entry}", f"{leave} > {join}"]
        return name, join

    def watched(self, depth: int, flows: list[str]) -> tuple[str, str]:
        """A sub-process with event sub-processes inside."""
        name = self.name("box")
        inside = self.scope(depth)
        for kind in self.random.sample(["timer", "message", "error"], self.random.randint(1, 2)):
            beside = "" if kind == "error" or self.random.random() < 0.4 else " beside"
            helper, begin, end = self.name("help"), self.name("begin"), self.name("end")
            outer, self.lines = self.lines, []
            inner: list[str] = []
            entry, leave = self.block(depth - 1, inner)
            body = "\n".join([*self.lines, *inner])
            self.lines = outer
            inside += (
                f"\n{helper}: eventsub {{\n{begin}: start {kind}{beside}\n{body}\n"
                f"{begin} > {entry}\n{leave} > {end}\n}}"
            )
        each = self.random.choice(["", " each"])
        self.lines += [f"{name}: sub{each} {{", inside, "}"]
        return name, name

    def undone(self, depth: int, flows: list[str]) -> tuple[str, str]:
        """A sub-process whose end undoes what was done in it, sub-processes included."""
        name, inner = self.name("box"), self.name("box")
        first, second, third, fourth = (self.name("t") for _ in range(4))
        undo = self.name("undo")
        declared = []
        for task in (first, second, third, fourth):
            declared.append(f"x{task}: compensation on {task} by u{task}\nu{task}: user undoes")
        each = self.random.choice(["", " each", " each sequential"])
        fork, join = self.name("f"), self.name("j")
        self.lines += [
            f"{name}: sub {{", declared[0], declared[3], f"{undo}: end compensation",
            f"{fork}: and", f"{join}: and",
            f"{inner}: sub{each} {{", declared[1], declared[2],
            f"{self.name('start')} > {second} > {third} > {self.name('end')}", "}",
            f"{self.name('start')} > {fork} > {first} > {join}", f"{fork} > {inner} > {join}",
            f"{join} > {fourth} > {undo}", "}",
        ]  # fmt: skip
        return name, name

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
