"""Makes the specs of one process from its typed model, or says why it cannot be run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from runner.definitions.model import (
    ACTIVITY_KINDS,
    EVENT_SUB_PROCESS_STARTS,
    EXECUTED_EVENTS,
    Element,
    Process,
    is_expression,
)
from runner.engine.spiff.containers import BodySpec, ContainerSpec, EventSubSpec, WatchSpec
from runner.engine.spiff.gateways import (
    EventGatewaySpec,
    ExclusiveSpec,
    GatewaySpec,
    InclusiveSpec,
    ParallelSpec,
)
from runner.engine.spiff.scope import ScopeSpec, UnsupportedDiagram
from runner.engine.spiff.specs import BoundarySpec, NodeSpec, WorkSpec
from runner.engine.spiff.throwing import CompensateSpec, LinkSpec, ThrowSpec, UndoSpec

INNER = " [each]"  # no XML id contains a space, so these names never meet an element's
WATCHING = " [armed]"

_GATEWAYS: Mapping[str, type[NodeSpec]] = {
    "exclusiveGateway": ExclusiveSpec,
    "inclusiveGateway": InclusiveSpec,
    "parallelGateway": ParallelSpec,
    "eventBasedGateway": EventGatewaySpec,
}
_PLAIN = frozenset(
    {
        "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask",
        "businessRuleTask", "scriptTask", "startEvent", "intermediateCatchEvent",
    }
)  # fmt: skip


class Compiler:
    """Of one process; ``processes`` are those it may call."""

    def __init__(self, process: Process, processes: Mapping[str, Process]) -> None:
        self.process = process
        self.processes = processes

    def refuse(self, element: Element, reason: str) -> UnsupportedDiagram:
        return UnsupportedDiagram(self.process.id, element.id, reason)

    def scopes(self) -> Iterator[ScopeSpec]:
        """Of the process and of each of its sub-processes. Raises ``UnsupportedDiagram``."""
        yield self.scope(self.process.id, self.process.id)
        for element in self.process.elements.values():
            if element.kind == "subProcess":
                yield self.scope(self.inside(element), element.id)

    def inside(self, element: Element) -> str:
        return f"{self.process.id} {element.id}"  # no process id contains a space

    def scope(self, key: str, parent: str) -> ScopeSpec:
        scope = ScopeSpec(key, self.process, parent)
        elements = self.process.children(parent)
        nodes = {element.id: self.node(scope, element) for element in elements}
        for node in nodes.values():
            self.connect(node, nodes)
        for element in elements:
            if element.kind == "boundaryEvent":
                self.attach(nodes[element.id], nodes)
        for node in nodes.values():
            if isinstance(node, InclusiveSpec):
                node.reach = self.reach(node.element)
            elif isinstance(node, LinkSpec):
                node.target = self.linked(node.element, nodes)
            elif isinstance(node, EventSubSpec) and not node.undoes:
                start = self.process.elements[node.start]
                scope.watches += (WatchSpec(scope, start, node, WATCHING),)
        return scope

    def node(self, scope: ScopeSpec, element: Element) -> NodeSpec:
        if element.multi_instance is None:
            node = self.single(scope, element, "")
        else:
            each = self.single(scope, element, INNER)
            plain = isinstance(each, WorkSpec | ContainerSpec)
            if not plain or isinstance(each, EventSubSpec) or element.kind.endswith("Event"):
                raise self.refuse(element, f"a {element.kind} cannot be multi-instance")
            node = BodySpec(scope, element, each)
        if element.for_compensation:
            node.undoes = True
            if element.incoming or element.outgoing:
                raise self.refuse(element, "what undoes an activity has no sequence flows")
        return node

    def single(self, scope: ScopeSpec, element: Element, suffix: str) -> NodeSpec:
        kind, event = element.kind, element.event
        allowed = EXECUTED_EVENTS.get(kind)
        around = self.process.elements.get(element.parent)
        if kind == "startEvent" and around is not None and around.triggered_by_event:
            allowed = EVENT_SUB_PROCESS_STARTS
        if allowed is not None and event.kind not in allowed:
            raise self.refuse(element, f"a {kind} of the kind {event.kind} is not run")
        if kind == "receiveTask" and not event.message_name:
            raise self.refuse(element, "a receive task needs a message")
        if kind in _PLAIN:
            return WorkSpec(scope, element, suffix=suffix)
        if kind in _GATEWAYS:
            return _GATEWAYS[kind](scope, element)
        if kind in ("endEvent", "intermediateThrowEvent"):
            return self.throw(scope, element)
        if kind == "boundaryEvent":
            undo = event.kind == "compensation"
            return UndoSpec(scope, element) if undo else BoundarySpec(scope, element)
        if kind == "subProcess" and element.triggered_by_event:
            return self.event_sub_process(scope, element)
        if kind == "subProcess":
            return ContainerSpec(scope, element, self.inside(element), called=False, suffix=suffix)
        if kind == "callActivity":
            callee = element.called_process
            if callee is None or is_expression(callee) or callee not in self.processes:
                raise self.refuse(element, f"the called process {callee!r} is not in the release")
            return ContainerSpec(scope, element, callee, called=True, suffix=suffix)
        raise self.refuse(element, f"a {kind} is not run")

    def throw(self, scope: ScopeSpec, element: Element) -> NodeSpec:
        event = element.event
        if event.kind == "link":
            return LinkSpec(scope, element)
        if event.kind != "compensation":
            return ThrowSpec(scope, element)
        if not event.waits:
            raise self.refuse(element, "it must wait until what it undoes is undone")
        return CompensateSpec(scope, element)

    def event_sub_process(self, scope: ScopeSpec, element: Element) -> NodeSpec:
        starts = [e for e in self.process.children(element.id) if e.kind == "startEvent"]
        if len(starts) != 1:
            raise self.refuse(element, f"needs one start event, has {len(starts)}")
        if element.incoming or element.outgoing:
            raise self.refuse(element, "an event sub-process has no sequence flows")
        if starts[0].event.kind == "compensation" and scope.parent == self.process.id:
            raise self.refuse(element, "nothing ever undoes a whole process")
        return EventSubSpec(scope, element, self.inside(element), starts[0])

    def connect(self, node: NodeSpec, nodes: Mapping[str, NodeSpec]) -> None:
        element = node.element
        flows = tuple(self.process.flows[flow] for flow in element.outgoing)
        exits: dict[str, NodeSpec] = {}
        for flow in flows:
            target = nodes.get(flow.target)
            if target is None:
                raise self.refuse(element, f"its flow {flow.id} leads out of its (sub-)process")
            if flow.condition is not None and not isinstance(node, ExclusiveSpec):
                if element.kind not in ACTIVITY_KINDS:
                    raise self.refuse(element, f"its flow {flow.id} cannot have a condition")
                node.chooses = True
            if target.element.kind in ("startEvent", "boundaryEvent") or target.undoes:
                raise self.refuse(element, f"its flow {flow.id} leads to what no flow begins")
            if isinstance(node, EventGatewaySpec):
                self.check_event(element, target)
            exits[flow.id] = target
            node.connect(target)
        if isinstance(node, ExclusiveSpec) and len(flows) > 1:
            for flow in flows:
                if flow.condition is None and flow.id != element.default:
                    raise self.refuse(
                        element, f"its flow {flow.id} has neither condition nor default"
                    )
        if exits and isinstance(node, LinkSpec | UndoSpec):
            raise self.refuse(element, "no flow leads out of it")
        if not exits and isinstance(node, EventGatewaySpec):
            raise self.refuse(element, "it leads nowhere")
        node.flows = flows
        node.exits = MappingProxyType(exits)

    def check_event(self, gateway: Element, target: NodeSpec) -> None:
        event = target.element
        if (
            event.kind not in ("intermediateCatchEvent", "receiveTask")
            or event.event.kind == "link"
        ):
            raise self.refuse(gateway, f"its flow to {event.id} must lead to a catch event")
        if event.multi_instance is not None or self.process.boundary_events(event.id):
            raise self.refuse(event, "behind an event-based gateway it must be plain")

    def attach(self, node: NodeSpec, nodes: Mapping[str, NodeSpec]) -> None:
        host = nodes.get(node.element.attached_to or "")
        if host is None or not isinstance(host, WorkSpec | ContainerSpec | BodySpec):
            raise self.refuse(node.element, "it is not attached to an activity")
        if host.element.kind.endswith("Event") or isinstance(host, EventSubSpec) or host.undoes:
            raise self.refuse(node.element, "it is not attached to an activity that can have it")
        if not isinstance(node, UndoSpec):
            assert isinstance(node, BoundarySpec)
            host.boundary = (*host.boundary, node)
            return
        handler = nodes.get(node.element.handler or "")
        if handler is None or not handler.undoes or isinstance(handler, GatewaySpec):
            raise self.refuse(node.element, "it is not joined to what undoes its activity")
        if host.undo is not None:
            raise self.refuse(node.element, "its activity has another compensation event")
        node.handler = handler
        host.undo = node

    def linked(self, throw: Element, nodes: Mapping[str, NodeSpec]) -> NodeSpec:
        found = [node for node in nodes.values() if _catches(node.element, throw)]
        if len(found) != 1 or not throw.event.code:
            raise self.refuse(throw, f"has {len(found)} link events to go on at, needs one")
        return found[0]

    def reach(self, join: Element) -> Mapping[str, frozenset[str]]:
        """For each element: the incoming flows of ``join`` a token there can still come by."""
        found: dict[str, set[str]] = {}
        for incoming in join.incoming:
            todo = [self.process.flows[incoming].source]
            while todo:
                at = todo.pop()
                if at == join.id or incoming in found.setdefault(at, set()):
                    continue
                found[at].add(incoming)
                element = self.process.elements[at]
                todo += [self.process.flows[flow].source for flow in element.incoming]
                if element.attached_to is not None:
                    todo.append(element.attached_to)
                if element.kind == "intermediateCatchEvent" and element.event.kind == "link":
                    siblings = self.process.children(element.parent)
                    todo += [e.id for e in siblings if _catches(element, e)]
        return MappingProxyType({key: frozenset(value) for key, value in found.items()})


def _catches(catch: Element, throw: Element) -> bool:
    """Whether the link ``throw`` goes on at ``catch``, both in one scope."""
    return (
        catch.kind == "intermediateCatchEvent"
        and throw.kind == "intermediateThrowEvent"
        and catch.event.kind == throw.event.kind == "link"
        and catch.event.code == throw.event.code
    )
