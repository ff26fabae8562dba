"""Indicators: the exact formulas, on cases that really ran, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from runner.engine.instances import Started
from runner.reports.indicators.charts import (
    Column,
    Point,
    Stack,
    ageing_chart,
    pareto_chart,
    trend_chart,
)
from runner.reports.indicators.figures import (
    PeriodReport,
    Share,
    chosen,
    open_report,
    pareto,
    period_report,
)
from runner.reports.indicators.periods import Period, buckets, named_period, unit_for
from runner.reports.ledger_sheet import LedgerRow, ledger_sheet
from runner.store.case_lists import Visible
from runner.store.indicators import COUNTED, counted_lines, ledger_lines
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import START, House, make_house
from tests.engine.test_user_tasks import FORM

__all__ = ["make_house"]
EVERYTHING = Visible(True, frozenset(), frozenset())
TODAY = date(2026, 11, 20)
YEAR = Period(date(2026, 1, 1), TODAY)


class Numbered(House):
    """Every case has a complaint number at once, as the intake gives it."""

    def start(self, variables: Mapping[str, object] | None = None, element: str = "s") -> Started:
        self.count = getattr(self, "count", 0) + 1
        given = {"complaint_number": f"TS-2026-{self.count:04}", **(variables or {})}
        return super().start(given, element)


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    made = make_house()
    house = Numbered.__new__(Numbered)
    house.__dict__.update(made.__dict__)
    house.release(simple(user_task("t"), middle="t"), f__form=FORM)
    return house


def report(
    house: House, period: Period = YEAR, who: Visible = EVERYTHING, **more: object
) -> PeriodReport:
    asked: dict[str, object] = {"unit": "month", "dimension": "cause", "today": TODAY, **more}
    with house.site.database.read() as connection:
        return period_report(connection, who, period, **asked)  # type: ignore[arg-type]


@pytest.mark.usefixtures("house")
class TestFormulas:
    def test_satisfaction_counts_those_followed_up_only(self, house: House) -> None:
        for answer in ("very_satisfied", "satisfied", "dissatisfied", "not_reached", "declined"):
            house.start({"satisfaction": answer})
        house.start()
        assert report(house).total.shares["satisfaction"] == Share(2, 3)

    def test_resolution_is_resolved_of_all(self, house: House) -> None:
        house.start({"handled_at": START})
        house.start({"closed_at": START})
        house.start()
        assert report(house).total.shares["resolution"] == Share(2, 3)

    def test_a_share_of_nothing_is_undefined(self, house: House) -> None:
        house.start()
        assert report(house).total.shares["satisfaction"].percent is None

    def test_in_time_counts_the_due_date_of_the_policy(self, house: House) -> None:
        for days in (1, 3):
            house.start(
                {
                    "triage": {"due_class": "quick"},
                    "received_at": START,
                    "handled_at": START + timedelta(days=days),
                }
            )
        house.start({"handled_at": START})  # no class, no due date
        assert report(house).total.shares["in_time"] == Share(1, 2)

    def test_what_came_back_is_counted(self, house: House) -> None:
        house.start({"previous_complaint": "TS-2026-0001"})
        house.start()
        assert report(house).total.shares["recurrence"] == Share(1, 2)

    def test_days_are_those_of_the_site(self, house: House) -> None:
        late_evening = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)  # 1 November in Shanghai
        house.start({"received_at": late_evening})
        by_month = {bucket.label: row.all for bucket, row in report(house).trend}
        assert by_month["2026-11"] == 1
        assert by_month["2026-10"] == 0

    def test_the_time_before_is_as_long(self, house: House) -> None:
        for day in (1, 10, 11, 20, 21):
            house.start({"received_at": datetime(2026, 10, day, 4, tzinfo=UTC)})
        found = report(house, Period(date(2026, 10, 11), date(2026, 10, 20)))
        assert (found.total.all, found.before.all) == (2, 2)


@pytest.mark.parametrize("other", [{"request_kind": "consultation"}, {"complaint_number": None}])
def test_what_is_no_registered_complaint_does_not_count(
    house: House, other: dict[str, object]
) -> None:
    house.start({"request_kind": "complaint"})
    house.start(other)
    assert report(house).total.all == 1


def test_every_number_lists_the_cases_it_counted(house: House) -> None:
    for number in range(6):
        house.start(
            {
                "satisfaction": ("satisfied", "dissatisfied", None)[number % 3],
                "cause_category": ("process", None)[number % 2],
            }
        )
    found = report(house)
    with house.site.database.read() as connection:
        for counted in COUNTED:
            lines = counted_lines(connection, EVERYTHING, chosen(YEAR), counted, 0, 100)
            shown = {
                "all": found.total.all,
                "followed_up": found.total.shares["satisfaction"].denominator,
                "satisfied": found.total.shares["satisfaction"].numerator,
            }.get(counted)
            assert shown is None or len(lines) == shown
        for row in found.by_dimension:
            only = chosen(YEAR, "cause", row.key)
            assert len(counted_lines(connection, EVERYTHING, only, "all", 0, 100)) == row.all
    assert {row.key: row.all for row in found.by_dimension} == {"process": 3, None: 3}


def test_one_value_narrows_everything(house: House) -> None:
    house.start({"cause_category": "process", "satisfaction": "satisfied"})
    house.start({"cause_category": "equipment", "satisfaction": "dissatisfied"})
    found = report(house, only=("cause", "equipment"))
    assert (found.total.all, found.total.shares["satisfaction"]) == (1, Share(0, 1))


def test_who_may_not_see_a_case_does_not_count_it(house: House) -> None:
    house.start()
    nobody = Visible(False, frozenset(), frozenset({"warehouse"}))
    office = Visible(False, frozenset(), frozenset({"office"}))
    assert report(house, who=nobody).total.all == 0
    assert report(house, who=office).total.all == 1


def test_open_complaints_are_aged_and_late(house: House) -> None:
    now = START + timedelta(days=8)
    for age in (1, 7, 40):
        received = now - timedelta(days=age)
        house.start({"received_at": received, "triage": {"due_class": "quick"}})
    house.start({"received_at": now, "closed_at": now})
    with house.site.database.read() as connection:
        found = open_report(connection, EVERYTHING, now, [now - timedelta(days=5)])
    assert [(age.in_time, age.late) for age in found.ages] == [(1, 0), (0, 2)]
    assert found.open == 3
    assert len(found.late) == 2
    assert [(load.group, load.open) for load in found.work] == [("office", 4)]


def test_the_public_ledger_holds_what_a_criterion_includes(house: House) -> None:
    house.start({"ledger_reasons": ["serious_problem"]})
    house.start({"ledger_reasons": []})
    house.start()
    with house.site.database.read() as connection:
        for public, expected in ((True, 1), (False, 3)):
            lines = ledger_lines(
                connection, EVERYTHING, chosen(YEAR), public=public, offset=0, limit=10
            )
            assert len(lines) == expected


def test_the_workbook_keeps_texts_as_texts_and_has_filters() -> None:
    rows = [LedgerRow(("TS-1", "=1+1", "李\x00", START)), LedgerRow(("TS-2", "", None, None))]
    data = ledger_sheet("台账", ("受理号", "事由", "客户", "收到"), rows, ZoneInfo("Asia/Shanghai"))
    sheet = load_workbook(BytesIO(data)).active
    assert sheet.auto_filter.ref == "A1:D3"
    assert sheet["B2"].value == "=1+1"
    assert sheet["B2"].data_type == "s"
    assert sheet["C2"].value == "李"
    assert sheet["D2"].value == (START + timedelta(hours=8)).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        ("week", "2026-11-16", "2026-11-20"),
        ("last_week", "2026-11-09", "2026-11-15"),
        ("month", "2026-11-01", "2026-11-20"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("last_quarter", "2026-07-01", "2026-09-30"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("6months", "2026-06-01", "2026-11-20"),
        ("12months", "2025-12-01", "2026-11-20"),
    ],
)
def test_named_periods(name: str, begins: str, ends: str) -> None:
    found = named_period(name, TODAY)
    assert found is not None
    assert (found.begins.isoformat(), found.ends.isoformat()) == (begins, ends)


@pytest.mark.parametrize("unit", ["week", "month", "quarter"])
def test_buckets_cover_a_period_once(unit: str) -> None:
    period = Period(date(2025, 12, 30), date(2027, 1, 5))
    found = buckets(period, unit, date(2026, 11, 20))
    days = [
        bucket.period.begins + timedelta(n) for bucket in found for n in range(bucket.period.days)
    ]
    assert days == [period.begins + timedelta(n) for n in range(period.days)]
    assert len({bucket.label for bucket in found}) == len(found)
    assert found[0].partial
    assert found[-1].partial


def test_the_unit_follows_the_length() -> None:
    assert unit_for(Period(date(2026, 11, 1), TODAY)) == "week"
    assert unit_for(YEAR) == "month"
    assert unit_for(Period(date(2020, 1, 1), TODAY)) == "quarter"


def test_a_pareto_gathers_the_rest_and_leaves_out_the_unknown() -> None:
    bars = list(pareto([("a", 50), (None, 99), *((f"v{n}", 1) for n in range(10)), ("b", 40)]))
    assert [bar.key for bar in bars][:2] == ["a", "b"]
    assert bars[-1].key == "..."
    assert sum(bar.count for bar in bars) == 100
    assert bars[1].cumulated == Share(90, 100)
    assert bars[-1].cumulated.percent == 100


@pytest.mark.parametrize(
    "chart",
    [
        pareto_chart("图", "说明", [Column("<b> & 更多更多", 3, 60), Column("x", 2, 100)]),
        trend_chart(
            "图", "说明",
            [Point("06", 79.0, 19, 24, False), Point("07", None, 0, 0, False),
             Point("08", 93.3, 14, 15, True)],
        ),
        ageing_chart("图", "说明", [Stack("0–5", 14, 0, 0), Stack("6–10", 8, 1, 2)]),
    ],
)  # fmt: skip
def test_charts_are_pictures_with_a_title_and_no_style(chart: str) -> None:
    picture = ElementTree.fromstring(str(chart))
    assert picture.get("role") == "img"
    assert picture.find("title").text == "图"  # type: ignore[union-attr]
    assert picture.find("desc") is not None
    assert "style" not in str(chart)


def test_nothing_to_draw_is_no_picture() -> None:
    assert str(pareto_chart("t", "d", [])) == ""
    assert str(trend_chart("t", "d", [Point("06", None, 0, 0, False)])) == ""
    assert str(ageing_chart("t", "d", [Stack("0–5", 0, 0, 0)])) == ""
