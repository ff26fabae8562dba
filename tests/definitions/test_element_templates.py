"""The modeler's templates say what the handlers declare, and the shipped ones are current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.definitions.element_templates import (
    FOLDER,
    element_template,
    element_templates,
    write_templates,
)
from runner.definitions.files import is_release_file
from service_tasks import handlers

ROOT = Path(__file__).parents[2]


def test_the_shipped_templates_are_those_of_the_handlers() -> None:
    shipped = {path.name: path.read_bytes() for path in (ROOT / FOLDER).glob("*.json")}
    assert shipped == element_templates(handlers()), "run: make templates"


@pytest.mark.parametrize("name", sorted(handlers()))
def test_a_template_binds_every_input_and_output(name: str) -> None:
    handler = handlers()[name]
    bindings = [field["binding"] for field in element_template(handler)["properties"]]
    inputs = [b["name"] for b in bindings if b["type"] == "zeebe:input"]
    assert inputs == [parameter.name for parameter in handler.inputs]
    assert {"type": "zeebe:taskDefinition", "property": "type"} in bindings
    outputs = [b["source"] for b in bindings if b["type"] == "zeebe:output"]
    assert outputs == [f"={parameter.name}" for parameter in handler.outputs]


def test_a_needed_input_must_be_filled() -> None:
    fields = element_template(handlers()["post_refund"])["properties"]
    by_name = {field.get("binding", {}).get("name"): field for field in fields}
    assert by_name["amount"]["constraints"] == {"notEmpty": True}
    assert by_name["currency"]["optional"] is True


def test_templates_are_written_beside_those_of_others(tmp_path: Path) -> None:
    other = tmp_path / FOLDER / "ours.json"
    other.parent.mkdir(parents=True)
    other.write_text("[]", encoding="utf-8")
    written = write_templates(tmp_path, handlers())
    assert other.read_text(encoding="utf-8") == "[]"
    assert all(is_release_file(path.relative_to(tmp_path).as_posix()) for path in written)
    assert all(json.loads(path.read_bytes())["id"].startswith("ombud.") for path in written)
