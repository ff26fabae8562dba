"""Which sequence flows, elements, rules and fields scenarios pass, and which none does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.trying.trace import Trace

Flow = tuple[str, str]


def all_flows(definitions: Definitions) -> list[Flow]:
    """(process, flow) of every sequence flow of the diagrams that run."""
    return [
        (process.id, flow)
        for process in definitions.processes.values()
        if process.executable
        for flow in process.flows
    ]


def missing_flows(definitions: Definitions, traces: Iterable[Trace]) -> list[Flow]:
    """Those that none of the traces took."""
    taken = {flow for trace in traces for flow in trace.flows}
    return [flow for flow in all_flows(definitions) if flow not in taken]


def missing_lines(definitions: Definitions, missing: Sequence[Flow]) -> list[str]:
    """One line each: file, flow, and what it connects."""
    lines = []
    for process_id, flow_id in missing:
        process = definitions.processes[process_id]
        flow = process.flows[flow_id]
        name = half(" ".join(flow.name.split()), "en")
        said = f" ({name})" if name else ""
        lines.append(f"{process.file}: {flow_id}: {flow.source} > {flow.target}{said}")
    return lines
