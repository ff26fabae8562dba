"""The public DMN TCK. Skipped where its folder is not beside the checkout."""

from __future__ import annotations

import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.feel import tck
from tests.feel.tck_exceptions import EXCEPTIONS, reason

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not tck.levels(), reason="the DMN TCK is not beside the checkout"),
]


def test_level_2_holds() -> None:
    failures = {case.id: case.failure() for case in tck.cases(2)}
    assert len(failures) >= 100
    assert {name: why for name, why in failures.items() if why} == {}


def test_level_3_holds_but_for_the_exceptions_each_of_which_is_needed() -> None:
    failures = {case.id: case.failure() for case in tck.cases(3)}
    failed = {name: why for name, why in failures.items() if why}
    assert {name: why for name, why in failed.items() if not reason(name)} == {}
    for pattern in EXCEPTIONS:
        assert any(fnmatchcase(name, pattern) for name in failed), pattern


BROKEN = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>{model}</modelName>
 <testCase id="1"><inputNode name="x"><value xsi:type="xsd:decimal">{number}</value></inputNode>
 <resultNode name="t"><expected><value xsi:type="xsd:decimal">2</value></expected></resultNode>
 </testCase></testCases>"""
MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="n" name="m">
 <decision name="t"><literalExpression><text>x + 1</text></literalExpression></decision>
</definitions>"""


@pytest.mark.parametrize(
    ("model", "number", "status", "told"),
    [
        ("m.dmn", "1", 0, "1       1       0"),
        ("m.dmn", "2", 1, "expected Decimal('2'), found Decimal('3')"),
        ("gone.dmn", "1", 1, "there is no model 'gone.dmn'"),
        ("m.dmn", "one", 1, "the case cannot be read"),
        ("<", "1", 1, "the test file cannot be read"),
    ],
)
def test_the_report_tells_each_failure_and_ends_with_a_status(
    tmp_path: Path, model: str, number: str, status: int, told: str
) -> None:
    folder = tmp_path / "compliance-level-2" / "0001-x"
    folder.mkdir(parents=True)
    (folder / "m.dmn").write_text(MODEL)
    (folder / "0001-x-test-01.xml").write_text(BROKEN.format(model=model, number=number))
    done = subprocess.run(
        [sys.executable, "-m", "tests.feel.tck_report"],
        env={"DMN_TCK": str(tmp_path), "PATH": ""},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert told in done.stdout


def test_the_report_says_plainly_that_the_tck_is_not_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.feel.tck_report"],
        env={"DMN_TCK": str(tmp_path), "PATH": ""},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "is not there" in done.stdout) == (2, True)
