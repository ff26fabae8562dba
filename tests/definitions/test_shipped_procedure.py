from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from runner.definitions.check import check, check_folder
from runner.definitions.release import load_definitions, read_folder
from runner.definitions.shipped import shipped_folder
from runner.engine.spiff.procedure import Procedure
from tests.hanging import not_hanging

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
PROFILES = 21
SHIPPED = load_definitions(read_folder(shipped_folder()))


def test_the_shipped_procedure_has_nothing_wrong() -> None:
    """What the owners must still decide is information, for the profiles of the sources only."""
    found = check_folder(shipped_folder())
    wrong = [f for f in found if (f.rule, f.severity) != ("unset_policy_value", "info")]
    assert [f"{f.severity} {f.file}: {f.en}" for f in wrong] == []
    assert len(found) - len(wrong) == PROFILES


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


@pytest.mark.parametrize("form", ["web_complaint", "complaint_intake"])
@pytest.mark.parametrize(
    ("contact", "fits"),
    [
        ("13800000000", True), ("138-0000-0001", True), ("+86 138 0000 0001", True),
        ("(021) 5555 0000 转 12", True), ("1380", False), ("li@example.org", True),
        (" li@example.org ", True), ("12", False), ("12345", False), ("li@example", False),
        ("我的手机", False), ('"><script>', False),
    ],
)  # fmt: skip
def test_a_contact_is_a_phone_number_or_a_mail_address(form: str, contact: str, fits: bool) -> None:
    found = SHIPPED.forms[form].validate({"contact": contact}, {}, NOW, ZONE)
    assert ("contact" not in found.errors) is fits
    if not fits:
        assert "a phone number or an e-mail address" in found.errors["contact"][0]


def test_who_writes_a_letter_may_have_an_address_only() -> None:
    intake = SHIPPED.forms["complaint_intake"]
    for contact in ("江苏省宿迁市宿城区幸福路 12 号", "14 Garden Court, Wuxi"):
        assert "contact" not in intake.validate({"contact": contact}, {}, NOW, ZONE).errors


def test_when_a_customers_own_complaint_arrived_is_not_for_staff_to_say() -> None:
    intake = SHIPPED.forms["complaint_intake"]
    posted = {"received_at": "2026-01-01T08:00"}
    own = {"channel": "web_form", "complaint_number": "TS-2026-0001"}
    assert "received_at" not in intake.validate(posted, own, NOW, ZONE).values
    by_phone = {"channel": "phone", "complaint_number": "TS-2026-0001"}
    assert "received_at" in intake.validate(posted, by_phone, NOW, ZONE).values
