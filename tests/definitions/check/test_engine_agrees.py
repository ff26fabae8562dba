"""What the checker lets pass, the engine compiles; what the engine refuses, the checker named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from runner.definitions.check import check_definitions
from runner.definitions.release import load_definitions
from runner.engine.spiff.procedure import Procedure, UnsupportedDiagram
from tests.definitions.check import flow_cases, reference_cases
from tests.definitions.check.procedures import procedure

CORPUS = sorted((Path(__file__).resolve().parents[4] / "shared" / "corpus").glob("*/*.bpmn"))
CASES = [procedure(data) for cases in flow_cases.WRONG.values() for data in cases]
CASES += [
    procedure(data, **files) for cases in reference_cases.WRONG.values() for data, files in cases
]
CASES += [procedure(path.read_bytes()) for path in CORPUS]


@pytest.mark.parametrize("files", CASES)
def test_what_passes_the_check_compiles(files: Mapping[str, bytes]) -> None:
    definitions = load_definitions(files)
    if any(f.severity == "error" for f in check_definitions(definitions)):
        return
    Procedure.compile(definitions.processes)


def test_the_engine_refuses_nothing_that_the_checker_does_not_name() -> None:
    refused = 0
    for files in CASES:
        definitions = load_definitions(files)
        try:
            Procedure.compile(definitions.processes)
        except (UnsupportedDiagram, KeyError):
            refused += 1
            assert any(f.severity == "error" for f in check_definitions(definitions))
    assert refused > 10
