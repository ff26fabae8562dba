"""The diagrams of one release, compiled once to SpiffWorkflow specs that all instances share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from SpiffWorkflow.specs import WorkflowSpec

from runner.definitions.model import Element, Process, is_expression
from runner.engine.spiff.containers import BodySpec, ContainerSpec
from runner.engine.spiff.gateways import (
    EventGatewaySpec,
    ExclusiveSpec,
    InclusiveSpec,
    ParallelSpec,
)
from runner.engine.spiff.specs import BoundarySpec, NodeSpec, RootSpec, ThrowSpec, WorkSpec

INNER = " [each]"  # no XML id contains a space, so these names never meet an element's
_ROOT = " root"

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
_EVENTS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"none", "timer", "message", "signal"}),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal"}),
    "boundaryEvent": frozenset({"timer", "message", "signal", "error", "escalation"}),
    "intermediateThrowEvent": frozenset({"none", "message", "signal", "escalation"}),
    "endEvent": frozenset({"none", "message", "signal", "error", "escalation", "terminate"}),
}


class UnsupportedDiagram(Exception):
    """The diagram holds what the engine does not run; the checker says so before a release.

    ``process_id`` and ``element_id`` say where.
    """

    def __init__(self, process_id: str, element_id: str, reason: str) -> None:
        super().__init__(f"{process_id}: {element_id}: {reason}")
        self.process_id = process_id
        self.element_id = element_id


class ScopeSpec(WorkflowSpec):  # type: ignore[misc]
    """One process, or the inside of one embedded sub-process."""

    data_objects: Mapping[str, object] = MappingProxyType({})

    def __init__(self, key: str, process: Process, parent: str) -> None:
        super().__init__(name=key, filename=process.file)
        self.process = process
        self.parent = parent
        self.start = RootSpec(self, _ROOT)

    def node(self, name: str) -> NodeSpec:
        """The spec of the element ``name``. Raises ``KeyError``."""
        spec = self.task_specs[name]
        if not isinstance(spec, NodeSpec):
            raise KeyError(name)
        return spec

    def start_events(self) -> list[NodeSpec]:
        return [
            spec
            for spec in self.task_specs.values()
            if isinstance(spec, NodeSpec) and spec.element.kind == "startEvent"
        ]

    def none_start(self) -> NodeSpec:
        """The one start event without an event definition. Raises ``UnsupportedDiagram``."""
        starts = [spec for spec in self.start_events() if spec.element.event.kind == "none"]
        if len(starts) != 1:
            raise UnsupportedDiagram(
                self.process.id, self.parent, f"needs one plain start event, has {len(starts)}"
            )
        return starts[0]


class Procedure:
    """Immutable after ``compile``; safe to share between instances and threads."""

    def __init__(self, specs: Mapping[str, ScopeSpec]) -> None:
        self.specs = MappingProxyType(dict(specs))

    @classmethod
    def compile(cls, processes: Mapping[str, Process]) -> Procedure:
        """All executable processes of one release. Raises ``UnsupportedDiagram``."""
        specs: dict[str, ScopeSpec] = {}
        runnable = {key: process for key, process in processes.items() if process.executable}
        for process in runnable.values():
            for scope in _Compiler(process, runnable).scopes():
                specs[scope.name] = scope
        for scope in specs.values():
            for spec in scope.task_specs.values():
                each = spec.each if isinstance(spec, BodySpec) else spec
                if isinstance(each, ContainerSpec):
                    inside = specs[each.inside]
                    inside.none_start()
                    if not each.called and len(inside.start_events()) > 1:
                        reason = "an embedded sub-process has one start event"
                        raise UnsupportedDiagram(inside.process.id, inside.parent, reason)
        return cls(specs)

    def scope(self, process_id: str) -> ScopeSpec:
        """The spec of a whole process. Raises ``KeyError`` for one the release does not have."""
        return self.specs[process_id]


class _Compiler:
    def __init__(self, process: Process, processes: Mapping[str, Process]) -> None:
        self.process = process
        self.processes = processes

    def refuse(self, element: Element, reason: str) -> UnsupportedDiagram:
        return UnsupportedDiagram(self.process.id, element.id, reason)

    def scopes(self) -> Iterator[ScopeSpec]:
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
        return scope

    def node(self, scope: ScopeSpec, element: Element) -> NodeSpec:
        if element.multi_instance is None:
            return self.single(scope, element, "")
        each = self.single(scope, element, INNER)
        if not isinstance(each, WorkSpec | ContainerSpec) or element.kind.endswith("Event"):
            raise self.refuse(element, f"a {element.kind} cannot be multi-instance")
        return BodySpec(scope, element, each)

    def single(self, scope: ScopeSpec, element: Element, suffix: str) -> NodeSpec:
        kind = element.kind
        allowed = _EVENTS.get(kind)
        if allowed is not None and element.event.kind not in allowed:
            raise self.refuse(element, f"a {kind} of the kind {element.event.kind} is not run")
        if kind == "receiveTask" and not element.event.message_name:
            raise self.refuse(element, "a receive task needs a message")
        if kind in _PLAIN:
            return WorkSpec(scope, element, suffix=suffix)
        if kind in _GATEWAYS:
            return _GATEWAYS[kind](scope, element)
        if kind in ("endEvent", "intermediateThrowEvent"):
            return ThrowSpec(scope, element)
        if kind == "boundaryEvent":
            return BoundarySpec(scope, element)
        if kind == "subProcess" and not element.triggered_by_event:
            return ContainerSpec(scope, element, self.inside(element), called=False, suffix=suffix)
        if kind == "callActivity":
            callee = element.called_process
            if callee is None or is_expression(callee) or callee not in self.processes:
                raise self.refuse(element, f"the called process {callee!r} is not in the release")
            return ContainerSpec(scope, element, callee, called=True, suffix=suffix)
        what = "event sub-process" if element.triggered_by_event else kind
        raise self.refuse(element, f"a {what} is not run")

    def connect(self, node: NodeSpec, nodes: Mapping[str, NodeSpec]) -> None:
        element = node.element
        flows = tuple(self.process.flows[flow] for flow in element.outgoing)
        exits: dict[str, NodeSpec] = {}
        for flow in flows:
            target = nodes.get(flow.target)
            if target is None:
                raise self.refuse(element, f"its flow {flow.id} leads out of its (sub-)process")
            if flow.condition is not None and not isinstance(node, ExclusiveSpec):
                raise self.refuse(element, f"its flow {flow.id} has a condition but no gateway")
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
        if not exits and isinstance(node, EventGatewaySpec):
            raise self.refuse(element, "it leads nowhere")
        node.flows = flows
        node.exits = MappingProxyType(exits)

    def check_event(self, gateway: Element, target: NodeSpec) -> None:
        event = target.element
        if event.kind not in ("intermediateCatchEvent", "receiveTask"):
            raise self.refuse(gateway, f"its flow to {event.id} must lead to a catch event")
        if event.multi_instance is not None or self.process.boundary_events(event.id):
            raise self.refuse(event, "behind an event-based gateway it must be plain")

    def attach(self, node: NodeSpec, nodes: Mapping[str, NodeSpec]) -> None:
        host = nodes.get(node.element.attached_to or "")
        if host is None or not isinstance(host, WorkSpec | ContainerSpec | BodySpec):
            raise self.refuse(node.element, "it is not attached to an activity")
        assert isinstance(node, BoundarySpec)
        host.boundary = (*host.boundary, node)

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
        return MappingProxyType({key: frozenset(value) for key, value in found.items()})
