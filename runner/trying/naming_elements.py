"""What the page of names says of one element: what it is, what it does, where a choice leads."""

from __future__ import annotations

from collections.abc import Mapping

from runner.definitions.model import Element, Process
from runner.engine.handlers import load_handlers

_KINDS: Mapping[str, str] = {
    "startEvent": "start", "endEvent": "end", "userTask": "task", "serviceTask": "automatic",
    "businessRuleTask": "decision", "callActivity": "call", "boundaryEvent": "event at",
    "intermediateCatchEvent": "wait", "intermediateThrowEvent": "event", "subProcess": "part",
    "exclusiveGateway": "choice", "parallelGateway": "side by side",
    "inclusiveGateway": "one or more", "eventBasedGateway": "what comes first",
    "receiveTask": "wait", "sendTask": "automatic", "scriptTask": "automatic", "task": "step",
    "manualTask": "step", "transaction": "part", "adHocSubProcess": "part",
}  # fmt: skip


def kind_of(element: Element) -> str:
    """Its kind in words, with what it is attached to and how many there are."""
    kind = _KINDS.get(element.kind, element.kind)
    if element.event.kind != "none":
        kind = f"{element.event.kind} {kind}"
    if element.attached_to:
        kind = f"{kind} `{element.attached_to}`"
    if element.multi_instance is not None:
        collection = cell(element.multi_instance.input_collection.lstrip("="))
        kind += f", one for each of `{collection}`"
    return kind


def does(element: Element) -> str:
    """Form, table, called diagram, or handler with its template."""
    found = element.form_id or element.called_decision or element.called_process
    if found:
        return code(found)
    if element.job_type:
        shown = [element.job_type]
        shown += [m.source.strip('="') for m in element.inputs if m.target in ("template", "kind")]
        shown += [element.headers[name] for name in ("template", "kind") if name in element.headers]
        shown += _by_default(element) if len(shown) == 1 else []
        return ", ".join(code(one) for one in dict.fromkeys(shown) if one)
    return code(element.properties.get("form", "") or element.event.message_name)


def ways_of(process: Process, element: Element) -> str:
    """Where a choice leads, each way with its condition; nothing where no way has one."""
    leaving = [flow for flow in process.flows.values() if flow.source == element.id]
    if not any(flow.condition for flow in leaving):
        return ""
    said = []
    for flow in leaving:
        when = "otherwise"
        if flow.condition and flow.id != element.default:
            when = f"when {code(cell(flow.condition.removeprefix('=')))}"
        label = f" {name_cell(flow.name)}," if flow.name else ""
        said.append(f"`{flow.target}`:{label} {when}")
    return "; ".join(said)


def _by_default(element: Element) -> list[str]:
    handler = load_handlers().get(element.job_type or "")
    return [one.default for one in (handler.inputs if handler else ()) if one.default]


def name_cell(text: str) -> str:
    """On one line."""
    return cell(" ".join(text.split()))


def cell(text: str) -> str:
    """As a cell of a Markdown table may hold it."""
    return text.replace("|", "\\|").replace("\n", " ")


def code(text: str) -> str:
    """Between backticks; nothing stays nothing."""
    return f"`{text}`" if text else ""
