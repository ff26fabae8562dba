"""Random diagrams of every kind of element: structured ones, which always end, and wild ones.

Wild diagrams may be stuck, may end in the middle, may have two tokens on one flow: nobody draws
them on purpose, everybody draws them once. One thing is never drawn: a way round without a rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from runner.definitions.model import Element, EventDefinition, Flow, MultiInstance, Process

GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")
WORK = ("userTask", "userTask", "userTask", "serviceTask", "receiveTask", "scriptTask", "task")
# What a release may not be able to run yet: a walk is drawn from what it can.
FEATURES = (
    "signal", "escalation", "error", "terminate", "conditional", "link", "compensation",
    "event sub-process", "conditional flow", "call", "multi-instance", "event gateway",
)  # fmt: skip


class Drawing:
    """A process that grows. Names tell the kind, so that a failure can be read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, Flow] = {}

    def add(self, prefix: str, kind: str, parent: str, **fields: Any) -> str:
        name = f"{prefix}{len(self.elements) + 1}"
        self.elements[name] = Element(
            id=name, kind=kind, name="", process_id=self.name, parent=parent, **fields
        )
        return name

    def flow(self, source: str, target: str, condition: str | None = None) -> str:
        name = f"{source}_to_{target}"
        while name in self.flows:
            name += "_again"
        self.flows[name] = Flow(name, "", source, target, condition)
        return name

    def change(self, name: str, **fields: Any) -> None:
        self.elements[name] = replace(self.elements[name], **fields)

    def process(self) -> Process:
        for flow in self.flows.values():
            source = self.elements[flow.source]
            self.change(flow.source, outgoing=(*source.outgoing, flow.id))
            target = self.elements[flow.target]
            self.change(flow.target, incoming=(*target.incoming, flow.id))
        for element in list(self.elements.values()):
            out = element.outgoing
            if element.kind in ("exclusiveGateway", "inclusiveGateway") and len(out) > 1:
                self.change(element.id, default=out[0])
                for flow in out[1:]:
                    self.flows[flow] = replace(self.flows[flow], condition="=c")
        return Process(
            self.name, "", f"{self.name}.bpmn", True, "", dict(self.elements), dict(self.flows)
        )


class Generator:
    """``processes`` gives a new set of processes: ``main``, and ``callee`` where it is called."""

    def __init__(self, random: Random, features: Iterable[str] = FEATURES) -> None:
        self.random = random
        self.features = frozenset(features)
        self.drawing = Drawing("main")
        self.callee = False

    def processes(self) -> Mapping[str, Process]:
        found: dict[str, Process] = {}
        if "call" in self.features:
            self.callee = False
            found["callee"] = self.process("callee", self.random.choice((1, 2)))
            self.callee = True
        found["main"] = self.process("main", self.random.choice((2, 3, 3)))
        return found

    def process(self, name: str, depth: int) -> Process:
        self.drawing = Drawing(name)
        self.inside(name, depth)
        return self.drawing.process()

    def may(self, feature: str, chance: float) -> bool:
        return feature in self.features and self.random.random() < chance

    # --- one (sub-)process ---

    def inside(self, parent: str, depth: int) -> None:
        start = self.drawing.add("start", "startEvent", parent)
        if self.random.random() < 0.6:
            entry, leave = self.block(parent, depth)
            self.drawing.flow(start, entry)
            self.drawing.flow(leave, self.end(parent))
        else:
            self.wild(parent, start, depth)
        if self.may("event sub-process", 0.35):
            self.event_sub_process(parent, depth - 1)

    def end(self, parent: str) -> str:
        kinds = ["none"] * 5
        kinds += [k for k in ("terminate", "error", "escalation", "signal") if k in self.features]
        if self.may("compensation", 0.3):
            kinds.append("compensation")
        kind = self.random.choice(kinds)
        return self.drawing.add("end", "endEvent", parent, event=self.event(kind))

    def event(self, kind: str, *, catch: bool = False) -> EventDefinition:
        code = ""
        if kind in ("error", "escalation", "signal"):
            code = self.random.choice(("A", "B"))
            if catch and kind != "signal" and self.random.random() < 0.4:
                code = ""
        timer = self.random.choice(("date", "duration", "cycle")) if kind == "timer" else ""
        return EventDefinition(
            kind,  # type: ignore[arg-type]
            timer_kind=timer,  # type: ignore[arg-type]
            message_name="m" if kind == "message" else "",
            code=code,
        )

    def outside_kind(self) -> str:
        kinds = ["timer", "timer", "message"]
        kinds += [kind for kind in ("signal", "conditional") if kind in self.features]
        return self.random.choice(kinds)

    def event_sub_process(self, parent: str, depth: int) -> None:
        kinds = ["timer", "message"]
        kinds += [k for k in ("signal", "conditional", "error", "escalation") if k in self.features]
        around = self.drawing.add("eventsub", "subProcess", parent, triggered_by_event=True)
        event = self.event(self.random.choice(kinds), catch=True)
        start = self.drawing.add(
            "start", "startEvent", around, event=event, interrupting=self.random.random() < 0.5
        )
        entry, leave = self.block(around, depth)
        self.drawing.flow(start, entry)
        self.drawing.flow(leave, self.end(around))

    # --- structured blocks: one entry, one exit ---

    def block(self, parent: str, depth: int) -> tuple[str, str]:
        if depth <= 0:
            return self.leaf(parent)
        kinds = [
            self.sequence, self.sequence, self.branches, self.branches, self.loop, self.container,
            self.container, self.guarded, self.guarded, self.thrown,
        ]  # fmt: skip
        if "event gateway" in self.features:
            kinds.append(self.events)
        if "conditional flow" in self.features:
            kinds.append(self.implicit)
        if "compensation" in self.features:
            kinds.append(self.compensated)
        return self.random.choice(kinds)(parent, depth - 1)

    def leaf(self, parent: str, depth: int = 0) -> tuple[str, str]:
        if self.random.random() < 0.15:
            event = self.event(self.outside_kind())
            name = self.drawing.add("catch", "intermediateCatchEvent", parent, event=event)
            return name, name
        name = self.task(parent)
        if self.may("multi-instance", 0.2):
            self.drawing.change(name, multi_instance=self.instances())
        return name, name

    def task(self, parent: str) -> str:
        kind = self.random.choice(WORK)
        event = self.event("message" if kind == "receiveTask" else "none")
        return self.drawing.add(kind.removesuffix("Task"), kind, parent, event=event)

    def instances(self) -> MultiInstance:
        return MultiInstance(
            sequential=self.random.random() < 0.4,
            input_collection="=items",
            completion_condition="=enough" if self.random.random() < 0.4 else None,
        )

    def sequence(self, parent: str, depth: int) -> tuple[str, str]:
        first, last = self.block(parent, depth)
        for _ in range(self.random.randint(1, 2)):
            entry, leave = self.block(parent, depth)
            self.drawing.flow(last, entry)
            last = leave
        return first, last

    def branches(self, parent: str, depth: int) -> tuple[str, str]:
        kind = self.random.choice(GATEWAYS)
        short = kind.removesuffix("Gateway")
        split = self.drawing.add(f"{short}_split", kind, parent)
        join = self.drawing.add(f"{short}_join", kind, parent)
        for _ in range(self.random.randint(2, 3)):
            entry, leave = self.block(parent, depth)
            self.drawing.flow(split, entry)
            self.drawing.flow(leave, join)
        return split, join

    def implicit(self, parent: str, depth: int) -> tuple[str, str]:
        """A task whose own flows split, some under a condition, and a merge without a gateway."""
        first = self.drawing.add("user", "userTask", parent)
        join = self.drawing.add("inclusive_join", "inclusiveGateway", parent)
        for number in range(self.random.randint(2, 3)):
            entry, leave = self.block(parent, depth - 1)
            condition = "=c" if number and self.random.random() < 0.6 else None
            self.drawing.flow(first, entry, condition)
            self.drawing.flow(leave, join)
        return first, join

    def loop(self, parent: str, depth: int) -> tuple[str, str]:
        merge = self.drawing.add("merge", "exclusiveGateway", parent)
        again = self.drawing.add("again", "exclusiveGateway", parent)
        rest = self.drawing.add("user", "userTask", parent)
        entry, leave = self.block(parent, depth)
        self.drawing.flow(merge, entry)
        self.drawing.flow(leave, again)
        after = self.drawing.add("after", "exclusiveGateway", parent)
        self.drawing.flow(again, after)
        self.drawing.flow(again, rest)
        self.drawing.flow(rest, merge)
        return merge, after

    def container(self, parent: str, depth: int) -> tuple[str, str]:
        loop = self.instances() if self.may("multi-instance", 0.3) else None
        if self.callee and self.random.random() < 0.4:
            name = self.drawing.add(
                "call", "callActivity", parent, called_process="callee", multi_instance=loop
            )
        else:
            name = self.drawing.add("sub", "subProcess", parent, multi_instance=loop)
            self.inside(name, depth)
        return name, name

    def guarded(self, parent: str, depth: int) -> tuple[str, str]:
        name = self.container(parent, depth)[0] if self.random.random() < 0.6 else ""
        name = name or self.drawing.add("user", "userTask", parent)
        merge = self.drawing.add("merge", "exclusiveGateway", parent)
        self.drawing.flow(name, merge)
        for _ in range(self.random.randint(1, 3)):
            event = self.boundary(parent, name)
            entry, leave = self.leaf(parent)
            self.drawing.flow(event, entry)
            if self.drawing.elements[event].interrupting:
                self.drawing.flow(leave, merge)
            else:
                self.drawing.flow(leave, self.drawing.add("end", "endEvent", parent))
        return name, merge

    def boundary(self, parent: str, activity: str) -> str:
        kinds = [self.outside_kind(), self.outside_kind()]
        kinds += [kind for kind in ("error", "escalation") if kind in self.features]
        event = self.event(self.random.choice(kinds), catch=True)
        interrupting = event.kind == "error" or self.random.random() < 0.6
        return self.drawing.add(
            "boundary", "boundaryEvent", parent, event=event, attached_to=activity,
            interrupting=interrupting,
        )  # fmt: skip

    def events(self, parent: str, depth: int) -> tuple[str, str]:
        gateway = self.drawing.add("first_of", "eventBasedGateway", parent)
        merge = self.drawing.add("merge", "exclusiveGateway", parent)
        for _ in range(self.random.randint(2, 3)):
            event = self.event(self.outside_kind())
            catch = self.drawing.add("catch", "intermediateCatchEvent", parent, event=event)
            entry, leave = self.block(parent, depth - 1)
            self.drawing.flow(gateway, catch)
            self.drawing.flow(catch, entry)
            self.drawing.flow(leave, merge)
        return gateway, merge

    def thrown(self, parent: str, depth: int) -> tuple[str, str]:
        kinds = ["none"]
        kinds += [k for k in ("signal", "escalation", "compensation") if k in self.features]
        kind = self.random.choice(kinds)
        name = self.drawing.add("throw", "intermediateThrowEvent", parent, event=self.event(kind))
        if self.may("link", 0.3):
            link = EventDefinition("link", code=f"L{len(self.drawing.elements)}")
            to = self.drawing.add("link", "intermediateThrowEvent", parent, event=link)
            at = self.drawing.add("landing", "intermediateCatchEvent", parent, event=link)
            self.drawing.flow(name, to)
            return name, at
        return name, name

    def compensated(self, parent: str, depth: int) -> tuple[str, str]:
        name = self.container(parent, depth)[0] if self.random.random() < 0.4 else ""
        name = name or self.drawing.add("user", "userTask", parent)
        handler = self.drawing.add("undo", "userTask", parent, for_compensation=True)
        self.drawing.add(
            "boundary", "boundaryEvent", parent, event=EventDefinition("compensation"),
            attached_to=name, handler=handler,
        )  # fmt: skip
        return name, name

    # --- wild graphs ---

    def wild(self, parent: str, start: str, depth: int) -> None:
        """Elements joined by chance; a way back leads to a user task, where the round rests."""
        names = [start]
        for _ in range(self.random.randint(4, 9)):
            names.append(self.anything(parent, depth))
        for number, name in enumerate(names[1:], 1):
            self.drawing.flow(self.random.choice(names[max(0, number - 3) : number]), name)
        forward = [
            (self.random.randrange(len(names)), self.random.randrange(1, len(names)))
            for _ in range(self.random.randint(1, 5))
        ]
        for source, target in forward:
            resting = self.drawing.elements[names[target]].kind == "userTask"
            plain = self.drawing.elements[names[target]].multi_instance is None
            if source < target or (resting and plain and source != 0):
                self.drawing.flow(names[source], names[target])
        left = {flow.source for flow in self.drawing.flows.values()}
        for name in names:
            if name not in left and self.random.random() < 0.8:
                self.drawing.flow(name, self.end(parent))

    def anything(self, parent: str, depth: int) -> str:
        chance = self.random.random()
        if chance < 0.45:
            kind = self.random.choice(GATEWAYS)
            return self.drawing.add(kind.removesuffix("Gateway"), kind, parent)
        if chance < 0.65:
            return self.drawing.add("user", "userTask", parent)
        name = self.container(parent, depth - 2)[0] if chance < 0.75 and depth > 1 else ""
        name = name or self.leaf(parent)[0]
        activity = self.drawing.elements[name].kind != "intermediateCatchEvent"
        if activity and self.random.random() < 0.5:
            event = self.boundary(parent, name)
            self.drawing.flow(event, self.end(parent))
        return name
