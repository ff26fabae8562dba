"""Forms: reading, findings, and the rules a submission must keep."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from runner.definitions.findings import half
from runner.definitions.forms import Form, load_form

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def document(*components: dict[str, Any], **more: Any) -> bytes:
    numbered = [{"id": f"Field_{n}", **c} for n, c in enumerate(components)]
    return json.dumps(
        {"type": "default", "id": "f", "schemaVersion": 19, "components": numbered, **more}
    ).encode()


def form_of(*components: dict[str, Any]) -> Form:
    form, findings = load_form(document(*components), "forms/f.form")
    assert form is not None
    assert findings == []
    return form


def check(component: dict[str, Any], value: object, **variables: object) -> tuple[object, str]:
    """The stored value, and the first message in English (or nothing)."""
    found = form_of(component).validate({component["key"]: value}, variables, NOW, ZONE)
    messages = found.errors.get(component["key"], [""])
    return found.values[component["key"]], half(messages[0], "en") if messages[0] else ""


def text(**more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": "name", "label": "姓名 / Name", **more}


def number(**more: Any) -> dict[str, Any]:
    return {"type": "number", "key": "amount", "label": "数量 / Amount", **more}


def choice(kind: str = "select", **more: Any) -> dict[str, Any]:
    values = [{"label": "是 / Yes", "value": "yes"}, {"label": "否 / No", "value": "no"}]
    return {"type": kind, "key": "answer", "label": "答复 / Answer", "values": values, **more}


# --- reading ---


def test_keys_are_the_variables_a_form_writes() -> None:
    form = form_of(
        text(),
        {"type": "group", "label": "组 / Group", "components": [number(id="n")]},
        {"type": "dynamiclist", "path": "rows", "label": "行 / Rows", "components": [text(id="t")]},
        {"type": "text", "text": "### 说明 / Note"},
        {"type": "textfield", "key": "shown", "label": "x", "disabled": True},
    )
    assert form.keys() == ("name", "amount", "rows")
    keys = [field.key for field in form.fields()]
    assert keys == ["name", "amount", "rows", "rows.name", "shown"]
    assert form.fields()[3].in_list == "rows"


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        ({"type": "iframe", "url": "https://x"}, "form-component"),
        ({"type": "html", "content": "<b>"}, "form-component"),
        (text(key="customerName"), "form-key"),
        (text(key=""), "form-key"),
        (choice(values=[]), "form-options"),
        (text(conditional={"hide": "=a +"}), "form-expression"),
        (number(validate={"max": "=1 +"}), "form-expression"),
        (number(validate={"max": "many"}), "form-limit"),
        (text(validate={"pattern": "(?=x)"}), "form-pattern"),
        ({"type": "datetime", "key": "d", "subtype": "week"}, "form-subtype"),
        ({"type": "table", "label": "t"}, "form-table"),
        ({"type": "text", "text": "{{#if a}}x{{/if}}"}, "form-template"),
    ],
)
def test_what_is_outside_the_subset_is_one_finding(component: dict[str, Any], rule: str) -> None:
    _, findings = load_form(document(component), "forms/f.form")
    assert {finding.rule for finding in findings} == {rule}
    assert all(finding.severity == "error" for finding in findings)
    assert findings[0].zh
    assert findings[0].en


def test_a_key_used_twice_is_a_finding_with_its_line() -> None:
    data = json.dumps(json.loads(document(text(), text())), indent=1).encode()
    _, findings = load_form(data, "forms/f.form")
    assert [finding.rule for finding in findings] == ["form-duplicate-key"]
    assert findings[0].element_id == "Field_1"
    assert data.decode().splitlines()[findings[0].line - 1].strip() == '"id": "Field_1",'


def test_one_key_in_a_list_and_outside_are_two_values() -> None:
    form_of(text(), {"type": "dynamiclist", "path": "rows", "components": [text(id="t")]})


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"components": 3}', b'{"a":' * 100_000, b"x" * 2_000_001],
)
def test_what_is_not_a_form_is_refused_with_one_finding(data: bytes) -> None:
    form, findings = load_form(data, "forms/f.form")
    assert form is None
    assert [finding.rule for finding in findings] == ["form-readable"]


def test_a_newer_schema_and_a_missing_id_are_findings() -> None:
    _, findings = load_form(document(id="", schemaVersion=99), "forms/f.form")
    assert [finding.rule for finding in findings] == ["form-version", "form-id"]


# --- values and limits ---


@pytest.mark.parametrize(
    ("component", "value", "stored", "message"),
    [
        (text(), "Ann", "Ann", ""),
        (text(), "", None, ""),
        (text(validate={"required": True}), "", None, "Name: fill this in."),
        (text(validate={"minLength": 3}), "ab", "ab",
         "Name: 2 characters, at least 3 are needed. Write a little more."),
        (text(validate={"maxLength": 2}), " abc ", " abc ",
         "Name: 3 characters, at most 2 fit. Shorten it."),
        (text(validate={"pattern": "^[0-9]+$"}), "12\n", "12\n",
         'Name: "12" has the wrong format. Check it and enter it again.'),
        (text(validate={"pattern": "^A", "patternErrorMessage": "以 A 开头 / Begin with A"}), "B",
         "B", "Name: Begin with A"),
        (text(validate={"validationType": "email"}), "a@b", "a@b", ""),
        (text(validate={"validationType": "email"}), "a b", "a b",
         'Name: "a b" is not an e-mail address. Example: name@example.com.'),
        (text(), 7, None, "Name: this is not text. Enter it again."),
        (number(), "12.50", Decimal("12.50"), ""),
        (number(), "１,２６０", Decimal(1260), ""),
        (number(), "12 boxes", None,
         'Amount: "12 boxes" is not a number. Enter digits only, such as 12.5.'),
        (number(), "NaN", None, 'Amount: "NaN" is not a number. Enter digits only, such as 12.5.'),
        (number(decimalDigits=0), "1.0", Decimal("1.0"), ""),
        (number(decimalDigits=0), "1.5", Decimal("1.5"),
         "Amount: 1.5 is not a whole number. Enter a whole number."),
        (number(decimalDigits=2), "1.555", Decimal("1.555"),
         "Amount: 1.555 has more than 2 decimal places. Shorten it to 2."),
        (number(increment="5"), "12", Decimal(12),
         "Amount: 12 is not a multiple of 5. Enter a multiple of 5."),
        (number(validate={"min": 0, "max": 100}), "101", Decimal(101),
         "Amount: 101 is more than 100. Enter 100 or less."),
        (number(validate={"max": "=checked"}), "18", Decimal(18),
         "Amount: 18 is more than 12. Enter 12 or less."),
        (number(validate={"required": True}), "0", Decimal(0), ""),
        (choice(), "yes", "yes", ""),
        (choice(), "maybe", None, "Answer: that is not one of the options. Choose again."),
        (choice("radio", validate={"required": True}), None, None, "Answer: choose one."),
        (choice("checklist"), ["yes", "no"], ["yes", "no"], ""),
        (choice("taglist"), ["yes", "x"], ["yes"],
         "Answer: some values are not among the options. Choose again."),
        (choice("checklist", validate={"required": True}), [], [],
         "Answer: choose at least one."),
        ({"type": "checkbox", "key": "ok", "label": "好 / Good"}, None, False, ""),
        ({"type": "checkbox", "key": "ok", "label": "好 / Good", "validate": {"required": True}},
         False, False, "Good: tick this to go on."),
        ({"type": "datetime", "key": "d"}, "2026-11-20", date(2026, 11, 20), ""),
        ({"type": "datetime", "key": "d", "dateLabel": "日 / Day"}, "2026-02-30", None,
         'Day: "2026-02-30" is not a date. Example: 2026-11-20.'),
        ({"type": "datetime", "key": "d", "subtype": "time"}, "08:30", time(8, 30), ""),
        ({"type": "datetime", "key": "d", "subtype": "datetime"}, "2026-11-20T09:00",
         datetime(2026, 11, 20, 1, 0, tzinfo=UTC), ""),
        ({"type": "datetime", "key": "d", "subtype": "datetime"}, "2026-11-20T09:00+00:00",
         datetime(2026, 11, 20, 9, 0, tzinfo=UTC), ""),
        ({"type": "filepicker", "key": "f"}, ["a1"], ["a1"], ""),
        ({"type": "filepicker", "key": "f", "label": "x"}, ["a", "b"], None,
         "x: at most 1 files. Remove some."),
    ],
)  # fmt: skip
def test_a_value_is_stored_typed_or_refused_with_a_remedy(
    component: dict[str, Any], value: object, stored: object, message: str
) -> None:
    assert check(component, value, checked=Decimal(12)) == (stored, message)


def test_every_message_is_bilingual() -> None:
    found = form_of(number(validate={"min": 5})).validate({"amount": "3"}, {}, NOW)
    assert found.errors["amount"] == [
        "数量：3 小于 5。填 5 或更大的数。 / Amount: 3 is less than 5. Enter 5 or more."
    ]


# --- conditions, computed values, lists ---


def test_a_hidden_field_is_neither_asked_nor_kept() -> None:
    form = form_of(
        choice(),
        text(validate={"required": True}, conditional={"hide": '=not(answer = "yes")'}),
    )
    assert form.validate({"answer": "no", "name": "x"}, {}, NOW).values == {"answer": "no"}
    assert list(form.validate({"answer": "yes"}, {}, NOW).errors) == ["name"]


def test_a_group_hides_all_it_holds() -> None:
    form = form_of(
        {
            "type": "group",
            "conditional": {"hide": "=skip = true"},
            "components": [text(id="t", validate={"required": True})],
        }
    )
    assert form.validate({}, {"skip": True}, NOW).values == {}
    assert list(form.validate({}, {"skip": False}, NOW).errors) == ["name"]


def test_unknown_names_cannot_stand_in_for_variables() -> None:
    form = form_of(text(conditional={"hide": "=secret"}, validate={"required": True}))
    found = form.validate({"secret": True}, {"secret": False}, NOW)
    assert list(found.errors) == ["name"]
    assert "secret" not in found.values


def test_computed_fields_are_computed_again_whatever_was_sent() -> None:
    form = form_of(number(), {"type": "expression", "key": "double", "expression": "=amount * 2"})
    assert form.validate({"amount": "4", "double": "9"}, {}, NOW).values["double"] == Decimal(8)


def test_read_only_and_disabled_fields_are_not_taken() -> None:
    form = form_of(text(readonly=True), number(disabled=True))
    assert form.validate({"name": "x", "amount": "3"}, {}, NOW).values == {}


def test_choices_may_come_from_an_expression_or_a_variable() -> None:
    form = form_of(
        choice(values=None, valuesExpression="=people"),
        choice(id="two", key="other", values=None, valuesKey="places"),
    )
    variables = {"people": ["Ann", "Bo"], "places": [{"label": "线 / Line", "value": "line"}]}
    assert form.validate({"answer": "Bo", "other": "line"}, variables, NOW).errors == {}
    assert list(form.validate({"answer": "Cy", "other": "x"}, variables, NOW).errors) == [
        "answer",
        "other",
    ]


def why_form() -> Form:
    return form_of(
        {
            "type": "dynamiclist",
            "path": "whys",
            "label": "为什么 / Whys",
            "components": [
                {"id": "w", "type": "textarea", "key": "why", "label": "为什么 / Why",
                 "validate": {"required": True}},
                {"id": "n", "type": "number", "key": "found", "label": "发现 / Found",
                 "validate": {"max": "=checked"}},
                {"id": "c", "type": "number", "key": "checked", "label": "检查 / Checked"},
            ],
        }
    )  # fmt: skip


def test_rows_are_checked_one_by_one_with_their_own_values() -> None:
    rows = [{"why": "a", "found": "1", "checked": "2"}, {"why": "", "found": "18", "checked": "12"}]
    found = why_form().validate({"whys": rows}, {}, NOW)
    assert list(found.errors) == ["whys.1.why", "whys.1.found"]
    assert found.values["whys"] == [
        {"why": "a", "found": Decimal(1), "checked": Decimal(2)},
        {"why": None, "found": Decimal(18), "checked": Decimal(12)},
    ]


@pytest.mark.parametrize("rows", [None, "x", 3, {"why": "a"}, ["x", None, 4]])
def test_a_list_that_is_none_never_raises(rows: object) -> None:
    why_form().validate({"whys": rows}, {}, NOW)


def test_too_many_rows_are_refused() -> None:
    found = why_form().validate({"whys": [{"why": "x"}] * 300}, {}, NOW)
    assert list(found.errors) == ["whys"]


# --- what has already happened, limits of other fields, contacts ---


def moment(subtype: str = "datetime", latest: str = "=now()", **more: Any) -> dict[str, Any]:
    return {
        "type": "datetime", "subtype": subtype, "key": "received_at",
        "dateLabel": "收到时间 / Received at", "properties": {"not_after": latest}, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-11-20T09:00", ""),
        ("2026-11-20T09:00:59", ""),
        (
            "2030-01-01T09:00",
            "Received at: 2030-01-01 09:00 is later than 2026-11-20 09:00. "
            "Enter 2026-11-20 09:00 or an earlier time.",
        ),
        ("2026-11-20T01:01+00:00", "Received at: 2026-11-20 09:01 is later than"),
        ("9999-12-31T23:59+00:00", "Received at: 9999-12-31 23:59 is later than"),
    ],
)
def test_a_moment_still_to_come_is_refused_where_it_must_have_been(
    value: str, message: str
) -> None:
    said = check(moment(), value)[1]
    assert said.startswith(message) if message else said == ""


@pytest.mark.parametrize("latest", ["=now()", "=today()", "=date(2026, 11, 20)"])
def test_days_are_compared_by_the_day_of_the_site(latest: str) -> None:
    assert check(moment("date", latest), "2026-11-20")[1] == ""
    assert "2026-11-21 is later than 2026-11-20" in check(moment("date", latest), "2026-11-21")[1]


def test_a_time_of_day_cannot_have_a_latest_moment() -> None:
    _, findings = load_form(document(moment("time")), "forms/f.form")
    assert [finding.rule for finding in findings] == ["form-limit"]


def test_a_latest_moment_without_a_value_limits_nothing() -> None:
    assert check(moment(latest="=ended_at"), "2030-01-01T09:00")[1] == ""


def test_a_limit_that_is_another_field_is_called_by_its_name() -> None:
    form = form_of(
        number(key="delivered", label="交货数量 / Delivered"),
        number(key="defective", label="不良数量 / Defective", validate={"max": "=delivered"}),
    )
    errors = form.validate({"delivered": "480", "defective": "500"}, {}, NOW, ZONE).errors
    assert errors["defective"] == [
        "不良数量：500 大于“交货数量”的 480。填 480 或更小的数。"
        ' / Defective: 500 is more than 480, the value of "Delivered". Enter 480 or less.'
    ]
    assert not form.validate({"defective": "500"}, {}, NOW, ZONE).errors
