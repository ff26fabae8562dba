"""What a period's figures count: KP-01, KP-02, KP-05, KP-09, RP-12, CL-07, KP-07."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from service_tasks.contract import Call, Impossible, PeriodComplaint
from service_tasks.gather_figures import HANDLER, figures

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
ONE = PeriodComplaint(
    complaint_number="TS-2026-0001", title="漏水", product="水壶", problem="leak", region="华东",
    state="active", severity="ordinary", public=False, satisfaction="",
    received_at=NOW - timedelta(days=2), due_at=None, first_response_at=None, handled_at=None,
    closed_at=None,
)  # fmt: skip


class Past:
    def __init__(self, *found: PeriodComplaint) -> None:
        self.found = found
        self.asked: list[tuple[datetime, datetime]] = []

    def between(self, since: datetime, until: datetime, limit: int) -> Sequence[PeriodComplaint]:
        self.asked.append((since, until))
        return self.found[:limit]


def call(past: Past, **inputs: object) -> dict[str, object]:
    asked = Call(
        case_id="c", element_id="e", idempotency_key="k", attempt=1, now=NOW, language="zh",
        inputs=inputs, headers={}, past=past,  # type: ignore[arg-type]
    )  # fmt: skip
    return dict(HANDLER.run(asked).variables)


def answered(satisfaction: str) -> PeriodComplaint:
    return replace(ONE, state="closed", closed_at=NOW, satisfaction=satisfaction)


def test_satisfaction_counts_those_who_were_followed_up_only() -> None:
    found = [answered(word) for word in ("very_satisfied", "satisfied", "neutral", "dissatisfied")]
    found += [answered("not_reached"), answered("declined"), ONE]
    made = figures(found, NOW - WEEK, NOW)
    assert (made["satisfied"], made["followed_up"]) == (2, 4)
    assert (made["resolved"], made["complaints"]) == (6, 7)
    handled = figures([replace(ONE, handled_at=NOW), ONE], NOW - WEEK, NOW)
    assert (handled["resolved"], handled["complaints"]) == (1, 2)


def test_of_no_complaints_no_share_is_claimed() -> None:
    made = figures([], NOW - WEEK, NOW)
    assert (made["satisfied"], made["followed_up"], made["response_hours"]) == (0, 0, None)


def test_problems_regions_late_ones_and_response_time_are_counted() -> None:
    late = replace(ONE, due_at=NOW - timedelta(hours=1), region="")
    quick = replace(ONE, problem="crack", first_response_at=ONE.received_at + timedelta(hours=3))
    made = figures([ONE, late, quick], NOW - WEEK, NOW)
    assert made["frequent"] == [
        {"product": "水壶", "problem": "leak", "count": 2},
        {"product": "水壶", "problem": "crack", "count": 1},
    ]
    assert made["regions"] == [{"region": "华东", "count": 2}]
    assert (made["late"], made["response_hours"]) == (1, Decimal(3))


def test_a_meeting_gets_the_public_ledger_and_what_rolls_over() -> None:
    older = replace(ONE, complaint_number="TS-2026-0002", public=True, received_at=NOW - 2 * WEEK)
    past = Past(ONE, older, replace(ONE, state="cancelled", public=True))
    made = call(past, kind="quality_meeting", unit="week", amount=Decimal(1), public_only=True)
    assert past.asked == [(NOW - WEEK, NOW)]
    assert made["duty_cases"] == [
        {"complaint_number": "TS-2026-0002", "title": "漏水", "product": "水壶", "state": "active",
         "rolled_over": True}
    ]  # fmt: skip
    everyone = call(past, kind="filing", unit="week", public_only=False)["duty_cases"]
    assert [one["rolled_over"] for one in everyone] == [False, True]  # type: ignore[attr-defined]


def test_a_sample_is_drawn_by_chance_and_the_same_again() -> None:
    done = [replace(answered("satisfied"), complaint_number=f"TS-{n}") for n in range(40)]
    past = Past(*done, ONE)
    one = call(past, kind="sampling", unit="month", sample=Decimal(5))["duty_cases"]
    assert one == call(past, kind="sampling", unit="month", sample=Decimal(5))["duty_cases"]
    assert len(one) == 5  # type: ignore[arg-type]
    few = call(Past(done[0]), kind="sampling", unit="month", sample=Decimal(5))["duty_cases"]
    assert len(few) == 1  # type: ignore[arg-type]
    assert call(past, kind="review", unit="month")["duty_cases"] == []


def test_a_part_of_the_complaints_is_never_counted_as_all() -> None:
    with pytest.raises(Impossible, match="more than 5000"):
        call(Past(*[ONE] * 5001))
