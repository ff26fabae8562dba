"""Times and values as people read them, and the little Markdown of forms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from runner.definitions.files import read_folder
from runner.definitions.release import load_definitions
from runner.feel import Months, Unset
from runner.web.form_view import FormContent, view_form
from runner.web.markdown import render_markdown
from runner.web.moments import Moments, file_size
from runner.web.shown_values import Labels, show
from runner.web.uploads import clean_name, recognise

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
DEFINITIONS = load_definitions(read_folder(ROOT))
CALENDAR = next(iter(DEFINITIONS.calendars.values()))
LABELS = Labels(DEFINITIONS.forms, {"quality": "品质部 / Quality department"})
MOMENTS = Moments(FRIDAY, ZONE, CALENDAR)


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    with app.test_request_context(f"/?lang={request.param}"):
        yield request.param


@pytest.mark.parametrize(
    ("hours", "en", "zh"),
    [
        (1, "today 11:00", "今天 11:00"),
        (-20, "yesterday 14:00", "昨天 14:00"),
        (25, "tomorrow 11:00", "明天 11:00"),
        (72, "Mon 10:00", "周一 10:00"),
        (24 * 8, "11-28 10:00", "11-28 10:00"),
        (24 * 60, "2027-01-19 10:00", "2027-01-19 10:00"),
    ],
)
def test_an_instant_is_said_shortly(language: str, hours: int, en: str, zh: str) -> None:
    assert MOMENTS.at(FRIDAY + timedelta(hours=hours)) == (en if language == "en" else zh)


@pytest.mark.parametrize(
    ("due", "kind", "en", "zh"),
    [
        (
            FRIDAY + timedelta(minutes=84),
            "soon",
            "1 hour 24 minutes left",
            "剩 1 小时 24 分",
        ),
        (FRIDAY + timedelta(days=3), "far", "1 working day left", "剩 1 个工作日"),
        (FRIDAY - timedelta(minutes=20), "late", "20 minutes late", "逾期 20 分"),
        (FRIDAY + timedelta(hours=24), "far", "1 day left", "剩 1 天"),
        (FRIDAY + timedelta(hours=30), "far", "6 working hours left", "剩 6 个工作小时"),
        (None, "none", "No deadline", "没有时限"),
    ],
)
def test_a_countdown_goes_by_the_clock_for_a_day_and_by_working_days_beyond(
    language: str, due: datetime | None, kind: str, en: str, zh: str
) -> None:
    found = MOMENTS.due(due)
    assert (found.kind, found.left) == (kind, en if language == "en" else zh)


def test_where_no_working_time_lies_between_real_time_is_told(language: str) -> None:
    evening = Moments(datetime(2026, 11, 20, 10, 0, tzinfo=UTC), ZONE, CALENDAR)
    due = evening.due(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))
    assert due.left == ("1 day left" if language == "en" else "剩 1 天")


def test_waiting_on_purpose_is_not_late(language: str) -> None:
    due = MOMENTS.due(FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=3))
    assert due.kind == "hold"


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (None, "", ""),
        (True, "yes", "是"),
        (Decimal("1260.50"), "1,260.5", "1,260.5"),
        (date(2026, 11, 20), "2026-11-20", "2026-11-20"),
        (time(8, 30), "08:30", "08:30"),
        (FRIDAY, "2026-11-20 10:00", "2026-11-20 10:00"),
        (timedelta(hours=26), "1 day 2 hours", "1 天 2 小时"),
        (Months(14), "14 months", "14 个月"),
        (Unset("a.b"), "not decided", "未决定"),
        ("quality", "Quality department", "品质部"),
        ("已查 / Checked", "Checked", "已查"),
        ("他说 / 她说", "他说 / 她说", "他说 / 她说"),
        (["quality", "x"], "Quality department, x", "品质部、x"),
        ([{"item": "seal"}, {"item": "pump"}], "1. Item: seal\n2. Item: pump",
         "1. 事项：seal\n2. 事项：pump"),
    ],
)  # fmt: skip
def test_a_value_is_shown_as_text(language: str, value: object, en: str, zh: str) -> None:
    assert show(value, LABELS, "anything", MOMENTS, language) == (en if language == "en" else zh)


def test_owners_markdown_is_safe() -> None:
    text = "### Ask\n**kindly** <b>x</b>\n- one\n- [two](https://a.example/x)\n[no](javascript:x)"
    assert render_markdown(text) == (
        "<h3>Ask</h3><p><b>kindly</b> &lt;b&gt;x&lt;/b&gt;</p><ul><li>one</li><li>"
        '<a href="https://a.example/x" rel="noopener noreferrer">two</a></li></ul>'
        "<p>[no](javascript:x)</p>"
    )


@pytest.mark.parametrize("form_id", sorted(DEFINITIONS.forms))
@pytest.mark.parametrize(
    "data",
    [{}, {"_rows": 3}, {"why_occurrence": [{"why": "x"}, None, 3], "causes": "no list"}],
)
def test_every_form_is_drawn_with_whatever_was_sent(
    language: str, form_id: str, data: dict[str, Any]
) -> None:
    form = DEFINITIONS.forms[form_id]
    errors = {field.key: ["错 / wrong"] for field in form.fields()}
    policy = DEFINITIONS.policies["demo-consumer"].values
    content = FormContent(data, {"policy": policy}, errors)
    view = view_form(form, content, MOMENTS, language, LABELS)
    assert view.sections
    assert all(link.message in {"错", "wrong"} or "·" in link.message for link in view.errors)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("..\\..\\a.png", "a.png"),
        ("/etc/passwd", "passwd"),
        ("a\x00b\n.txt", "ab.txt"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_file_name_is_only_a_name(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_sizes_and_kinds_of_files() -> None:
    assert [file_size(n) for n in (10, 86_000, 2_100_000)] == ["1 KB", "86 KB", "2.1 MB"]
    assert recognise("纯文本".encode()) == "text/plain; charset=utf-8"
    assert recognise(b"%PDF-1.7") == "application/pdf"
    assert recognise(b"\x00\x00\x00\x18ftypmp42") == "video/mp4"
    assert recognise(b"<html>") is None
