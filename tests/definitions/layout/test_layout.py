"""What the drawing standard finds, in our own files and in those of others."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from runner.definitions.check import check, check_file
from runner.definitions.layout import look
from runner.definitions.layout.metrics import text_width
from runner.definitions.shipped import shipped_folder
from tests.definitions.check import layout_cases
from tests.definitions.check.layout_cases import BY_RULE, drawn, late
from tests.definitions.check.procedures import procedure

CASES = [
    pytest.param(rule, data, words, id=f"{rule}-{name}")
    for rule, cases in BY_RULE.items()
    for name, (data, words) in cases.items()
]


@pytest.mark.parametrize(("rule", "data", "words"), CASES)
def test_a_fault_in_a_file_of_the_house_is_an_error_that_says_what_was_expected(
    rule: str, data: bytes, words: str
) -> None:
    found = [f for f in check(procedure(data)) if f.rule == rule]
    assert any(words in f.en for f in found), [f.en for f in found]
    assert {f.severity for f in found} == {"error"}
    assert all(f.line for f in found)


def test_a_late_clock_beside_the_sign_of_its_step_is_right() -> None:
    assert look(late(440))["layout_places"] == ()
    assert look(late(410))["layout_places"] != ()


def test_a_diagram_drawn_by_the_standard_has_no_fault() -> None:
    assert {rule: faults for rule, faults in look(drawn()).items() if faults} == {}


def test_the_drawing_of_others_is_told_once_for_each_rule_and_refuses_nothing() -> None:
    foreign = drawn(
        house=False,
        boxes={"ask": (350, 140, 100, 80), "mend": (461, 261, 150, 90)},
        ways={"fits_to_mend": (540, 205, 590, 265)},
    )
    told = [f for f in check_file(foreign, "theirs.bpmn") if f.rule.startswith("layout_")]
    assert Counter(f.rule for f in told).most_common(1)[0][1] == 1
    assert {f.severity for f in told} == {"info"}
    assert any(f.en.startswith("By this product's drawing standard") for f in told)


def test_a_file_without_a_drawing_is_left_alone() -> None:
    start = drawn(house=False)
    undrawn = start[: start.index(b"<di:BPMNDiagram")] + b"</bpmn:definitions>"
    assert look(undrawn) == dict.fromkeys(BY_RULE, ())


def test_the_drawing_of_a_line_that_meets_a_collapsed_neighbour_is_looked_at_by_plane() -> None:
    twice = drawn().replace(
        b"</bpmn:definitions>",
        b'<di:BPMNDiagram id="d2"><di:BPMNPlane id="p2" bpmnElement="ask"><di:BPMNShape id="again" '
        b'bpmnElement="mend"><dc:Bounds x="325" y="135" width="150" height="90" /></di:BPMNShape>'
        b"</di:BPMNPlane></di:BPMNDiagram></bpmn:definitions>",
    )
    assert look(twice)["layout_places"] == ()


@pytest.mark.parametrize("value", ["NaN", "inf", "-1e999", "wide", "", "1e300"])
def test_a_coordinate_that_is_no_number_never_breaks_the_check(value: str) -> None:
    spoilt = drawn().replace(b'x="325"', f'x="{value}"'.encode())
    assert isinstance(check_file(spoilt, "p.bpmn"), list)


def test_an_endless_drawing_is_told_to_be_too_large_without_looking_at_every_pair() -> None:
    points = tuple(float(number) for number in range(8_000))
    looked = look(drawn(house=False, pool=(160, 80, 3000, 320), ways={"ask_to_fits": points}))
    assert looked.get("layout_flows") is None
    assert looked["layout_page"]


def test_every_shipped_diagram_keeps_the_standard() -> None:
    for path in sorted((Path(shipped_folder()) / "processes").glob("*.bpmn")):
        looked = look(path.read_bytes())
        assert looked.house, f"{path.name} does not say that it keeps the drawing standard"
        assert [fault.en for faults in looked.values() for fault in faults] == [], path.name


def test_a_chinese_character_is_one_em_and_latin_is_as_wide_as_in_arial() -> None:
    assert text_width("投诉", 12) == 24
    assert text_width("Mi", 100) == pytest.approx(83.3 + 22.2)


def test_the_cases_name_every_rule_about_drawings() -> None:
    assert set(layout_cases.WRONG) == set(BY_RULE)


SHIPPED = sorted((Path(shipped_folder()) / "processes").glob("*.bpmn"))


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
@pytest.mark.parametrize(
    ("found", "spoilt"),
    [
        (r'(BPMNShape id="[^"]*" bpmnElement="(?!\w*lane)[^"]*"[^>]*><dc:Bounds x=")(\d+)', 7),
        (r'(<di:waypoint x="\d+" y=")(\d+)', 6),
        (r'(<bpmndi:BPMNLabel><dc:Bounds x="\d+" y="\d+" width=")(\d+)', -60),
    ],
    ids=["shape", "line", "label"],
)
def test_one_thing_moved_in_a_shipped_diagram_is_found(path: Path, found: str, spoilt: int) -> None:
    text = path.read_text("utf-8")
    places = list(re.finditer(found, text))
    place = random.Random(path.stem).choice(places)
    moved = f"{place[1]}{int(place[2]) + spoilt}"
    looked = look((text[: place.start()] + moved + text[place.end() :]).encode())
    assert [fault for faults in looked.values() for fault in faults], place[0]
