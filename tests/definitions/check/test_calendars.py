"""By which calendar a policy counts is never a matter of chance."""

from __future__ import annotations

from pathlib import Path

from runner.definitions.check import check
from runner.definitions.files import read_folder

ROOT = Path(__file__).resolve().parents[3]
CN = "processes/calendars/cn.yaml"
COMPANY = "processes/policies/demo-ebike.yaml"


def messages(*, calendars: tuple[str, ...], line: str) -> list[str]:
    """What is found where these calendars exist and the company's policy holds this line."""
    files = dict(read_folder(ROOT))
    text = files.pop(CN)
    for name in calendars:
        files[f"processes/calendars/{name}.yaml"] = text.replace(b"id: cn", f"id: {name}".encode())
    assert b"\ncalendar: cn\n" in files[COMPANY]
    files[COMPANY] = files[COMPANY].replace(b"\ncalendar: cn\n", f"\n{line}\n".encode())
    found = [f for f in check(files) if f.rule == "calendar_invalid" and f.file == COMPANY]
    assert all(f.severity == "error" and f.zh for f in found)
    return [f.en for f in found]


def test_an_unset_calendar_is_the_only_one() -> None:
    assert messages(calendars=("cn",), line="calendar: unset") == []


def test_of_several_calendars_a_company_names_one() -> None:
    assert messages(calendars=("cn", "cnx"), line="calendar: cnx") == []
    (message,) = messages(calendars=("cn", "cnx"), line="calendar: unset")
    assert "several calendars (cn, cnx)" in message


def test_a_calendar_that_is_not_there_is_named_with_the_one_meant() -> None:
    (message,) = messages(calendars=("cn",), line="calendar: cnn")
    assert message.endswith('"cnn", which does not exist. Did you mean "cn"?')
