"""The specs of one process, or of the inside of one sub-process."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from SpiffWorkflow.specs import WorkflowSpec

from runner.definitions.model import Process
from runner.engine.spiff.containers import WatchSpec
from runner.engine.spiff.specs import NodeSpec, RootSpec

_ROOT = " root"  # no XML id contains a space, so this name never meets an element's


class UnsupportedDiagram(Exception):
    """The diagram holds what the engine does not run; the checker says so before a release.

    ``process_id`` and ``element_id`` say where.
    """

    def __init__(self, process_id: str, element_id: str, reason: str) -> None:
        super().__init__(f"{process_id}: {element_id}: {reason}")
        self.process_id = process_id
        self.element_id = element_id


class ScopeSpec(WorkflowSpec):  # type: ignore[misc]
    """``watches`` are the events that begin an event sub-process while the scope runs."""

    data_objects: Mapping[str, object] = MappingProxyType({})

    def __init__(self, key: str, process: Process, parent: str) -> None:
        super().__init__(name=key, filename=process.file)
        self.process = process
        self.parent = parent
        self.watches: tuple[WatchSpec, ...] = ()
        self.start = RootSpec(self, _ROOT)

    def node(self, name: str) -> NodeSpec:
        """The spec of the element ``name``. Raises ``KeyError``."""
        spec = self.task_specs[name]
        if not isinstance(spec, NodeSpec):
            raise KeyError(name)
        return spec

    def nodes(self) -> list[NodeSpec]:
        """The flow nodes directly inside, and what stands for more of them."""
        return [spec for spec in self.task_specs.values() if isinstance(spec, NodeSpec)]

    def start_events(self) -> list[NodeSpec]:
        return [
            spec
            for spec in self.nodes()
            if spec.element.kind == "startEvent" and spec.begins is None
        ]

    def none_start(self) -> NodeSpec:
        """The one start event without an event definition. Raises ``UnsupportedDiagram``."""
        starts = [spec for spec in self.start_events() if spec.element.event.kind == "none"]
        if len(starts) != 1:
            raise UnsupportedDiagram(
                self.process.id, self.parent, f"needs one plain start event, has {len(starts)}"
            )
        return starts[0]
