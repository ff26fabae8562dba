from __future__ import annotations

import re

import pytest

from runner.definitions.check import check, check_folder
from runner.definitions.release import load_definitions, read_folder
from runner.definitions.shipped import shipped_folder
from runner.engine.spiff.procedure import Procedure
from tests.hanging import not_hanging


def test_the_shipped_procedure_has_nothing_wrong() -> None:
    found = [f"{f.severity} {f.file}: {f.en}" for f in check_folder(shipped_folder())]
    assert found == []


def test_the_shipped_procedure_compiles() -> None:
    definitions = load_definitions(read_folder(shipped_folder()))
    assert Procedure.compile(definitions.processes).specs


def test_the_check_of_everything_comes_back() -> None:
    with not_hanging():
        check_folder(shipped_folder())


@pytest.mark.parametrize("spoilt", ["policy.", "clock", "count("])
def test_a_misspelt_word_in_any_diagram_is_found(spoilt: str) -> None:
    files = dict(read_folder(shipped_folder()))
    wrong = {".": "zq.", "k": "kzq", "(": "zq("}[spoilt[-1]]
    places: dict[str, str] = {}
    for path in [path for path in files if path.endswith(".bpmn")]:
        text = files[path].decode()
        place = re.search(rf'[>"]=[^<"]*?(?<![\w.]){re.escape(spoilt)}', text)
        if place is not None:
            files[path] = (text[: place.end() - 1] + wrong + text[place.end() :]).encode()
            places[path] = place[0]
    assert len(places) > 3
    found = {finding.file for finding in check(files) if finding.severity == "error"}
    assert found >= places.keys()
