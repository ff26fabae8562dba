"""Element templates for the modeler: friendly fields for each service task, made from what its
handler declares, so that the two cannot drift (the modeler's format for Camunda 8)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from service_tasks.contract import Handler, Parameter

FOLDER = Path("processes/.camunda/element-templates")
# The format's identifier, which the modeler asks for; nothing is fetched from there.
SCHEMA = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json"
_GROUPS = (("inputs", "输入 / Inputs"), ("outputs", "输出 / Outputs"))


def element_template(handler: Handler) -> dict[str, Any]:
    """The template of one handler, as the modeler reads it."""
    return {
        "$schema": SCHEMA,
        "name": handler.title,
        "id": f"ombud.{handler.job_type}",
        "version": 1,
        "description": handler.description,
        "category": {"id": "ombud", "name": "Ombud"},
        "appliesTo": ["bpmn:Task", "bpmn:ServiceTask"],
        "elementType": {"value": "bpmn:ServiceTask"},
        "groups": [{"id": group, "label": label} for group, label in _GROUPS],
        "properties": [
            {
                "type": "Hidden",
                "value": handler.job_type,
                "binding": {"type": "zeebe:taskDefinition", "property": "type"},
            },
            {
                "label": "重试次数 / Retries",
                "type": "String",
                "value": str(handler.retries),
                "optional": True,
                "binding": {"type": "zeebe:taskDefinition", "property": "retries"},
            },
            *(_input(parameter) for parameter in handler.inputs),
            *(_output(parameter) for parameter in handler.outputs),
        ],
    }


def element_templates(handlers: Mapping[str, Handler]) -> dict[str, bytes]:
    """File name to content, for every handler."""
    return {
        f"{name}.json": (
            json.dumps(element_template(handler), ensure_ascii=False, indent=2) + "\n"
        ).encode()
        for name, handler in sorted(handlers.items())
    }


def _input(parameter: Parameter) -> dict[str, Any]:
    """An input without which the handler cannot work must be filled; others may be left out."""
    needed = {"constraints": {"notEmpty": True}} if parameter.required else {"optional": True}
    return {
        "id": f"input_{parameter.name}",
        "label": parameter.label,
        "description": f"{parameter.name} ({parameter.kind})",
        "type": "String",
        "feel": "optional" if parameter.kind in ("text", "any") else "required",
        "group": "inputs",
        "binding": {"type": "zeebe:input", "name": parameter.name},
        **needed,
    }


def _output(parameter: Parameter) -> dict[str, Any]:
    """The name of the variable that gets the result; left as it is, it has the result's own."""
    return {
        "id": f"output_{parameter.name}",
        "label": parameter.label,
        "description": f"变量名 / Name of the variable ({parameter.kind})",
        "type": "String",
        "value": parameter.name,
        "optional": True,
        "group": "outputs",
        "binding": {"type": "zeebe:output", "source": f"={parameter.name}"},
    }


def write_templates(root: Path, handlers: Mapping[str, Handler]) -> list[Path]:
    """Writes every template below ``root`` and gives their paths. Templates of others stay."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in element_templates(handlers).items():
        (folder / name).write_bytes(content)
        written.append(folder / name)
    return written
