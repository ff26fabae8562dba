"""Small BPMN files for tests, in the Camunda 8 dialect."""

from __future__ import annotations

from itertools import pairwise

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="file" targetNamespace="x" '
    'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.9.0">'
)


def diagram(content: str, *, process: str = "p", outside: str = "") -> bytes:
    """A file with one executable process holding ``content``; ``outside`` lies beside it."""
    return (
        f'{HEAD}{outside}<bpmn:process id="{process}" name="流程 / Process" isExecutable="true">'
        f"{content}</bpmn:process></bpmn:definitions>"
    ).encode()


def flow(source: str, target: str, condition: str = "", name: str = "") -> str:
    """A sequence flow ``<source>_to_<target>``."""
    text = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}'
        "</bpmn:conditionExpression>"
        if condition
        else ""
    )
    return (
        f'<bpmn:sequenceFlow id="{source}_to_{target}" name="{name}" sourceRef="{source}" '
        f'targetRef="{target}">{text}</bpmn:sequenceFlow>'
    )


def node(kind: str, element_id: str, inside: str = "", **attributes: str) -> str:
    """A flow node labelled ``名称 / Name of <id>``."""
    given = {"name": f"名称 / Name of {element_id}", **attributes}
    text = "".join(f' {key}="{value}"' for key, value in given.items())
    return f'<bpmn:{kind} id="{element_id}"{text}>{inside}</bpmn:{kind}>'


def extended(*parts: str) -> str:
    return f"<bpmn:extensionElements>{''.join(parts)}</bpmn:extensionElements>"


def user_task(element_id: str, *parts: str, form: str = "f", groups: str = "office") -> str:
    """A user task with form and candidate group."""
    return node(
        "userTask",
        element_id,
        extended(
            "<zeebe:userTask />",
            f'<zeebe:formDefinition formId="{form}" />' if form else "",
            f'<zeebe:assignmentDefinition candidateGroups="{groups}" />' if groups else "",
            *parts,
        ),
    )


def line(*ids: str) -> str:
    """Flows joining ``ids`` one after the other."""
    return "".join(flow(a, b) for a, b in pairwise(ids))


def simple(*parts: str, middle: str = "t") -> bytes:
    """start -> ``middle`` -> end around ``parts``, which hold the element ``middle``."""
    return diagram(
        node("startEvent", "s") + "".join(parts) + node("endEvent", "e") + line("s", middle, "e")
    )
