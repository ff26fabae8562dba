"""The cases themselves: drawn as written, readable without a finding, and runs of the model."""

from __future__ import annotations

from itertools import pairwise

import pytest

from runner.definitions.bpmn import load_diagram
from tests.conformance.cases import FOLDER, Case, all_cases
from tests.conformance.drawing import plan
from tests.conformance.layout import Box
from tests.conformance.model import Model
from tests.conformance.notation import read

CASES = all_cases()
# Fifty instances in every order are too many for a model that tries them all; what is thrown
# leaves by itself there.
BEYOND_THE_MODEL = {"multi_instance/many", "message_event/throw"}
each_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@each_case
def test_the_diagram_is_drawn_as_written(case: Case) -> None:
    """``python -m tests.conformance.cases`` draws them anew."""
    assert case.file.read_bytes() == case.drawn()
    diagram, findings = load_diagram(case.drawn(), case.name)
    assert diagram is not None
    assert not findings


@each_case
def test_what_is_expected_is_a_run_of_the_model(case: Case) -> None:
    if case.name not in BEYOND_THE_MODEL:
        assert Model(case).agrees() == ""


def test_no_diagram_without_its_trace() -> None:
    traces = {path.name.removesuffix(".trace.yaml") for path in FOLDER.glob("*/*.trace.yaml")}
    assert {path.stem for path in FOLDER.glob("*/*.bpmn")} == traces


@each_case
def test_nothing_lies_on_anything_else(case: Case) -> None:
    for sketch in read(case.diagram):
        laid = plan(sketch)
        for parent in {shape.parent for shape in sketch.shapes.values()}:
            boxes = [
                (shape.id, laid.boxes[shape.id])
                for shape in sketch.children(parent)
                if shape.kind != "boundaryEvent"
            ]
            for number, (name, box) in enumerate(boxes):
                for other, second in boxes[number + 1 :]:
                    assert not _overlap(box, second), f"{name} lies on {other}"
        for line in sketch.lines:
            way = laid.ways[line.id]
            assert len(way) <= 4, f"{line.id} has more than two bends"
            for (x, y), (x2, y2) in pairwise(way):
                assert x == x2 or y == y2, f"{line.id} is slanted"


def _overlap(box: Box, other: Box) -> bool:
    apart = box.right + 10 <= other.x or other.right + 10 <= box.x
    return not (apart or box.bottom + 10 <= other.y or other.bottom + 10 <= box.y)
