"""One diagram in two dialects, ours and stock SpiffWorkflow's: the same steps for both.

A complaint is recorded, assessed and, when it is large, approved; then somebody decides whether to
go round again. A timer watches the decision. Going round is how a case grows.
"""

from __future__ import annotations

import json

PROCESS = "measured"
START = "start_measured"
POLICY = "demo-consumer"
GROUP = "after_sales"
USER_TASKS = ("record", "assess", "approve", "decide")
_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_FLOWS = (
    (START, "round_begins", None),
    ("round_begins", "record", None),
    ("record", "assess", None),
    ("assess", "large", None),
    ("large", "approve", ("amount > 10000", "amount > 10000")),
    ("large", "approved", None),
    ("approve", "approved", None),
    ("approved", "decide", None),
    ("decide", "again", None),
    ("again", "round_begins", ("go_on = true", "go_on == True")),
    ("again", "end_measured", None),
    ("late", "end_late", None),
)
_DEFAULTS = {"large": "large_to_approved", "again": "again_to_end_measured"}


def answers(element_id: str, number: int) -> dict[str, object]:
    """What is submitted: about 200 bytes, different each time, always a large complaint that goes
    round again."""
    text = f"第 {number} 次：客户说端面渗漏，已用同批次的一件试过，结果相同；请工艺科一起看。" * 2
    if element_id == "decide":
        return {"note": text, "go_on": True}
    return {"note": text, "amount": str(20_000 + number), "kind": "product"}


def first_variables() -> dict[str, object]:
    """About 2 KB that a case has from its start."""
    return {
        "customer_name": "王女士",
        "contact": "138 0000 0000",
        "phenomenon": "新机开机三天后端面渗漏，地面有水。" * 20,
        "request_kind": "complaint",
        "history": [{"by": f"colleague {n}", "said": "已致电，未接通。" * 3} for n in range(8)],
    }


def our_files() -> dict[str, bytes]:
    """The diagram and its forms as release files."""
    return {
        "processes/measured.bpmn": _ours().encode(),
        **{f"forms/measured_{task}.form": _form(task) for task in USER_TASKS},
    }


def stock_diagram() -> bytes:
    """The same with Python conditions and nothing of our dialect."""
    return _document(_nodes(_stock_task) + _flow_elements(python=True)).encode()


def _ours() -> str:
    return _document(_nodes(_our_task) + _flow_elements(python=False))


def _document(content: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="{_BPMN}" '
        'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
        'xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="measured_definitions" '
        'targetNamespace="https://ombud.example/benchmarks" '
        'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.9.0">'
        f'<bpmn:process id="{PROCESS}" name="计量 / Measured" isExecutable="true">{content}'
        "</bpmn:process></bpmn:definitions>"
    )


def _nodes(task: object) -> str:
    write = task if callable(task) else str
    tasks = "".join(
        f'<bpmn:userTask id="{name}" name="{name}">{write(name)}{_ends(name)}</bpmn:userTask>'
        for name in USER_TASKS
    )
    gateways = "".join(
        f'<bpmn:exclusiveGateway id="{name}" name="{name}"{_default(name)}>{_ends(name)}'
        "</bpmn:exclusiveGateway>"
        for name in ("round_begins", "large", "approved", "again")
    )
    ends = "".join(
        f'<bpmn:endEvent id="{name}">{_ends(name)}</bpmn:endEvent>'
        for name in ("end_measured", "end_late")
    )
    due = "'P5D'" if task is _stock_task else "P5D"
    timer = (
        f'<bpmn:boundaryEvent id="late" cancelActivity="false" attachedToRef="decide">'
        f"{_ends('late')}<bpmn:timerEventDefinition><bpmn:timeDuration "
        f'xsi:type="bpmn:tFormalExpression">{due}</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )
    start = f'<bpmn:startEvent id="{START}">{_ends(START)}</bpmn:startEvent>'
    return start + tasks + gateways + ends + timer


def _ends(name: str) -> str:
    arriving = [f"{s}_to_{t}" for s, t, _ in _FLOWS if t == name]
    leaving = [f"{s}_to_{t}" for s, t, _ in _FLOWS if s == name]
    return "".join(f"<bpmn:incoming>{flow}</bpmn:incoming>" for flow in arriving) + "".join(
        f"<bpmn:outgoing>{flow}</bpmn:outgoing>" for flow in leaving
    )


def _default(name: str) -> str:
    return f' default="{_DEFAULTS[name]}"' if name in _DEFAULTS else ""


def _flow_elements(*, python: bool) -> str:
    parts: list[str] = []
    for source, target, condition in _FLOWS:
        inside = ""
        if condition is not None:
            text = condition[1] if python else "=" + condition[0]
            inside = (
                '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                f"{text.replace('>', '&gt;')}</bpmn:conditionExpression>"
            )
        parts.append(
            f'<bpmn:sequenceFlow id="{source}_to_{target}" sourceRef="{source}" '
            f'targetRef="{target}">{inside}</bpmn:sequenceFlow>'
        )
    return "".join(parts)


def _our_task(name: str) -> str:
    return (
        "<bpmn:extensionElements><zeebe:userTask />"
        f'<zeebe:formDefinition formId="measured_{name}" />'
        f'<zeebe:assignmentDefinition candidateGroups="{GROUP}" />'
        '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P2D&quot;)" />'
        "</bpmn:extensionElements>"
    )


def _stock_task(name: str) -> str:
    return ""


def _form(task: str) -> bytes:
    components: list[dict[str, object]] = [
        {
            "type": "textarea", "id": "Field_note", "key": "note", "label": "记录 / Note",
            "validate": {"required": True, "maxLength": 4000},
        }
    ]  # fmt: skip
    if task == "decide":
        components.append(
            {"type": "checkbox", "id": "Field_go_on", "key": "go_on", "label": "再来一轮 / Again"}
        )
    else:
        components += [
            {"type": "number", "id": "Field_amount", "key": "amount", "label": "金额 / Amount"},
            {
                "type": "radio", "id": "Field_kind", "key": "kind", "label": "类别 / Kind",
                "values": [
                    {"label": "产品 / Product", "value": "product"},
                    {"label": "服务 / Service", "value": "service"},
                ],
            },
        ]  # fmt: skip
    return json.dumps(
        {
            "type": "default", "id": f"measured_{task}", "schemaVersion": 19,
            "executionPlatform": "Camunda Cloud", "executionPlatformVersion": "8.9.0",
            "components": components,
        },
        ensure_ascii=False,
    ).encode()  # fmt: skip
