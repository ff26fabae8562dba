from __future__ import annotations

import dataclasses

import pytest

from runner.definitions.files import digest
from runner.definitions.release import load_definitions
from runner.definitions.roles import load_groups
from runner.definitions.schemas import ROLES_SCHEMA, read_schema
from runner.definitions.templates import load_template
from tests.definitions.check.flow_cases import RIGHT_TASK
from tests.definitions.check.procedures import GROUPS, form, procedure
from tests.definitions.check.reference_cases import TABLE

CALENDAR = """id: cn
name: 日历 / Calendar
version: "1"
time_zone: Asia/Shanghai
weekly_working_days: [monday]
working_hours: [{start: "08:30", end: "17:30"}]
public_holidays: {country: none}
overrides: []
provisional_years: []
"""
TEMPLATE = "Subject: 受理号 {{complaint_number}}\n\n您好，{{ customer.name }}！\n第二行\n".encode()


def test_everything_is_read_once_and_immutable() -> None:
    files = procedure(
        RIGHT_TASK,
        **{"processes__calendars__cn.yaml": CALENDAR, "processes__templates__a.zh.txt": TEMPLATE},
    )
    definitions = load_definitions(files)
    assert definitions.findings == ()
    assert definitions.digest == digest(files)
    assert list(definitions.processes) == ["p"]
    assert definitions.diagram_of("p").file == "processes/p.bpmn"
    assert list(definitions.forms) == ["f"]
    assert list(definitions.groups) == ["office", "leader"]
    assert definitions.calendars["cn"].version == "1"
    assert definitions.policy("own")["roles"]["window"] == ["office"]  # type: ignore[index]
    assert ("a", "zh") in definitions.templates
    with pytest.raises(dataclasses.FrozenInstanceError):
        definitions.digest = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        definitions.processes["q"] = definitions.processes["p"]  # type: ignore[index]


def test_one_broken_file_does_not_take_the_others_with_it() -> None:
    definitions = load_definitions(procedure(b"<a/>", **{"forms__g.form": b"{"}))
    assert definitions.processes == {}
    assert list(definitions.forms) == ["f"]
    assert {finding.file for finding in definitions.findings} == {
        "processes/p.bpmn",
        "forms/g.form",
    }


def test_two_forms_with_one_id_are_told() -> None:
    definitions = load_definitions(procedure(RIGHT_TASK, **{"forms__g.form": form("f")}))
    assert [finding.rule for finding in definitions.findings] == ["duplicate_id"]


def test_two_calendars_or_decisions_with_one_id_are_told() -> None:
    table = TABLE.format("decision")
    definitions = load_definitions(
        procedure(
            RIGHT_TASK,
            **{
                "processes__calendars__a.yaml": CALENDAR,
                "processes__calendars__b.yaml": CALENDAR,
                "processes__a.dmn": table,
                "processes__b.dmn": table,
            },
        )
    )
    told = {(finding.rule, finding.file) for finding in definitions.findings}
    assert told == {
        ("duplicate_id", "processes/b.dmn"),
        ("duplicate_id", "processes/calendars/b.yaml"),
    }
    assert any("processes/a.dmn" in finding.en for finding in definitions.findings)


@pytest.mark.parametrize(
    ("old", "new"),
    [("Asia/Shanghai", "Peking"), ('"17:30"', '"07:30"'), ("[monday]", "[moonday]")],
)
def test_a_calendar_with_a_mistake_is_told(old: str, new: str) -> None:
    broken = CALENDAR.replace(old, new)
    definitions = load_definitions(
        procedure(RIGHT_TASK, **{"processes__calendars__cn.yaml": broken})
    )
    assert definitions.calendars == {}
    assert {finding.rule for finding in definitions.findings} == {"calendar_invalid"}


def test_groups_have_names_and_duties_and_stand_once() -> None:
    schema = read_schema({}, ROLES_SCHEMA)[0]
    groups, findings = load_groups(GROUPS.encode(), schema)
    assert findings == []
    assert groups["leader"].duties == "审批 / Decides"
    twice = GROUPS + "  - {id: office, name: 乙 / B, duties: 丙 / C}\n"
    _, findings = load_groups(twice.encode(), schema)
    assert [finding.element_id for finding in findings] == ["office"]
    assert findings[0].line == 4


def test_a_template_is_a_subject_a_body_and_placeholders() -> None:
    template, findings = load_template(TEMPLATE, "processes/templates/receipt.zh.txt")
    assert findings == []
    assert template is not None
    assert (template.name, template.language) == ("receipt", "zh")
    assert template.placeholders == ("complaint_number", "customer.name")
    values = {"complaint_number": "TS-1\nBcc: x@example.com", "customer.name": "王女士"}
    subject, body = template.render(values.__getitem__)
    assert subject == "受理号 TS-1 Bcc: x@example.com"
    assert body == "您好，王女士！\n第二行\n"


def test_a_line_of_a_template_that_only_labels_a_missing_value_is_left_out() -> None:
    text = "Subject: x\n\n甲\n\n原因：{{cause}}\n\n依据：{{ basis }}\n\n见 {{basis}}。\n"
    template, _ = load_template(text.encode(), "processes/templates/reply.zh.txt")
    assert template is not None
    _, body = template.render({"cause": "卡扣断裂", "basis": ""}.__getitem__)
    assert body == "甲\n\n原因：卡扣断裂\n\n见 —。\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("receipt.txt", TEMPLATE),
        ("Receipt.zh.txt", TEMPLATE),
        ("receipt.zh.txt", b"no subject\n\nbody"),
        ("receipt.zh.txt", b"Subject: x\nbody at once"),
        ("receipt.zh.txt", b"Subject: {{customer name}}\n\nx"),
        ("receipt.zh.txt", b"Subject: \xff\n\nx"),
        ("receipt.zh.txt", b"Subject: x\n\n" + b"x" * 200_000),
    ],
)
def test_a_template_with_a_mistake_is_told(name: str, data: bytes) -> None:
    template, findings = load_template(data, f"processes/templates/{name}")
    assert template is None
    assert [finding.rule for finding in findings] == ["template_invalid"]


def test_a_broken_schema_is_told_and_the_shipped_one_used() -> None:
    files = procedure(RIGHT_TASK, **{"processes__policies__policy.schema.json": b"{"})
    rules = {finding.rule for finding in load_definitions(files).findings}
    assert "schema_not_usable" in rules
