"""Conflicts about reaction, recording, clocks, windows, classes and containment: both sides on one
set of diagrams (CF-01 to CF-08)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from runner.trying.trace import Trace
from tests.conflicts.switching import Play, case, groups, path

Step = dict[str, Any]
ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZONE)
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=ZONE)
ON_FRIDAY = {"event": "start_recorded", "channel": "phone", "at": "2026-03-06 16:00"}
LETTER = {"event": "start_recorded", "channel": "letter", "at": "2026-03-02 09:00"}


def step(task: str, **answers: Any) -> Step:
    return {"task": task, "answers": answers} if answers else {"task": task}


def until(profile: str, *steps: Step, values: dict[str, Any] | None = None, **more: Any) -> Any:
    """A case under a shipped policy, as far as the last of these steps."""
    return case(profile, values, list(steps), others="reach", **more)


WRITTEN = step(
    "record_complaint",
    received_at="2026-03-02T08:30:00+08:00",
    submitted_at="2026-03-01T10:00:00+08:00",
    channel="letter",
    subject="service",
)
ASSESSED, CONFIRMED = step("assess_complaint"), step("confirm_class", class_changed=False)
SERIOUS = step(
    "assess_complaint", severity_level="serious", functional_failure=True, is_product_quality=True
)
SIMPLE = step("assess_complaint", cross_department=False, severity_level="minor")
COMPLEX = step("assess_complaint", cross_department=True)
PRESSING = step(
    "assess_complaint", urgency_level="immediate", severity_level="serious", is_product_quality=True
)
ORDINARY = step("assess_complaint", urgency_level="normal", severity_level="ordinary")
PRODUCT, SERVICE = (
    step("record_complaint", subject="product"),
    step("record_complaint", subject="service"),
)
CLAIMED = step("record_complaint", subject="service", demands=["compensation"])
APPEAL = {"triage.routing_scheme": "g"}

CASES = {
    "measure-in-half-an-hour": until("autoparts-8d-30min", PRODUCT, SERIOUS, CONFIRMED),
    "review-in-a-day": until("aftersales-ticket-24h-3-7wd", PRODUCT),
    "react-at-once": until("contingency-generic", PRODUCT),
    "record-in-a-working-day": until("aftersales-1-2-1wd", PRODUCT),
    "record-at-once": until("aftersales-ticket-24h-3-7wd", PRODUCT),
    "simple": until("aftersales-ticket-24h-3-7wd", PRODUCT, SIMPLE, CONFIRMED),
    "complex": until("aftersales-ticket-24h-3-7wd", PRODUCT, COMPLEX, CONFIRMED),
    "two-days-of-the-department": until(
        "aftersales-1-2-1wd",
        WRITTEN,
        ASSESSED,
        {**CONFIRMED, "after": "1 working day"},
        start=LETTER,
    ),
    "five-days-of-submission": until(
        "aftersales-24h-5wd-mediation", WRITTEN, ASSESSED, CONFIRMED, start=LETTER
    ),
    "clock-from-submission": until("aftersales-24h-5wd-mediation", WRITTEN, start=LETTER),
    "clock-from-receipt": until("aftersales-ticket-24h-3-7wd", WRITTEN, start=LETTER),
    "working-day-over-the-week-end": until("aftersales-1-2-1wd", PRODUCT, start=ON_FRIDAY),
    "hours-over-the-week-end": until("aftersales-ticket-24h-3-7wd", PRODUCT, start=ON_FRIDAY),
    "one-window": until("aftersales-1-2-1wd", PRODUCT, ASSESSED),
    "relay": until("iatf-liability-split", PRODUCT, ASSESSED),
    "second-window-for-quality": until("b2b-appeal-claim", PRODUCT, ASSESSED),
    "first-window-for-service": until("b2b-appeal-claim", SERVICE, ASSESSED),
    "routed-by-h": until("b2b-appeal-claim", CLAIMED, ASSESSED, CONFIRMED),
    "routed-by-g": until("b2b-appeal-claim", CLAIMED, ASSESSED, CONFIRMED, values=APPEAL),
    "general-by-a": until("consumer-3track", PRODUCT, ORDINARY, CONFIRMED),
    "urgent-by-a": until("consumer-3track", PRODUCT, PRESSING, CONFIRMED),
    "important-by-a": until("consumer-3track", PRODUCT, SERIOUS, CONFIRMED),
    "never-contained": until(
        "consumer-3track", PRODUCT, PRESSING, CONFIRMED, values={"containment.mode": "none"}
    ),
}


def due(trace: Trace, element: str) -> datetime:
    """When the task, or the timer that stands for it, is due."""
    tasks = [task.due_at for task in trace.tasks if task.element == element]
    found = (tasks or trace.dues.get(element) or [None])[0]
    assert found is not None, f"{element} has no due time"
    return found.astimezone(ZONE)


def close_of_business(at: datetime, day: str) -> bool:
    return at.date().isoformat() == day and at.hour >= 17


class TestCf01FirstReaction:
    """CF-01: half an hour for a measure, a day for the review, at once for the reaction."""

    def test_the_first_measure_has_half_an_hour(self, play: Play) -> None:
        trace = play("measure-in-half-an-hour")
        assert due(trace, "take_first_measure") == MONDAY + timedelta(minutes=30)

    def test_the_clocks_of_measure_and_contact_are_apart(self, play: Play) -> None:
        trace = play("measure-in-half-an-hour")
        assert due(trace, "contact_customer") != due(trace, "take_first_measure")

    def test_the_review_has_a_day(self, play: Play) -> None:
        assert due(play("review-in-a-day"), "response_late") == MONDAY + timedelta(hours=24)

    def test_the_reaction_is_due_at_once(self, play: Play) -> None:
        assert due(play("react-at-once"), "reaction_late") == MONDAY


class TestCf02Recording:
    """CF-02: recorded at once, or within one working day."""

    def test_within_one_working_day(self, play: Play) -> None:
        at = due(play("record-in-a-working-day"), "record_complaint")
        assert close_of_business(at, "2026-03-03")

    def test_at_once(self, play: Play) -> None:
        assert due(play("record-at-once"), "record_complaint") == MONDAY


class TestCf03Resolution:
    """CF-03: two days, three or seven by complexity, or five."""

    def test_a_simple_problem_has_less_time_than_a_complex_one(self, play: Play) -> None:
        simple = due(play("simple"), "resolution_late")
        complex_ = due(play("complex"), "resolution_late")
        assert complex_ - simple >= timedelta(days=4)

    def test_two_working_days_of_the_department(self, play: Play) -> None:
        trace = play("two-days-of-the-department")
        assigned = trace.variables["assigned_at"]
        assert isinstance(assigned, datetime)
        days = (due(trace, "resolution_late").date() - assigned.astimezone(ZONE).date()).days
        assert days == 2

    def test_five_working_days(self, play: Play) -> None:
        at = due(play("five-days-of-submission"), "resolution_late")
        assert close_of_business(at, "2026-03-06")


class TestCf04ClockStart:
    """CF-04: from submission by the customer, from receipt, or from the department's receipt."""

    def test_from_the_customers_submission(self, play: Play) -> None:
        submitted = datetime(2026, 3, 1, 10, tzinfo=ZONE)
        assert due(play("clock-from-submission"), "response_late") == submitted + timedelta(days=1)

    def test_from_receipt(self, play: Play) -> None:
        received = datetime(2026, 3, 2, 8, 30, tzinfo=ZONE)
        assert due(play("clock-from-receipt"), "response_late") == received + timedelta(days=1)


class TestCf05TimeUnit:
    """CF-05: working days stand still at the week-end, clock hours do not."""

    def test_a_working_day_ends_on_monday(self, play: Play) -> None:
        at = due(play("working-day-over-the-week-end"), "record_complaint")
        assert close_of_business(at, "2026-03-09")

    def test_a_day_of_hours_ends_on_saturday(self, play: Play) -> None:
        trace = play("hours-over-the-week-end")
        assert due(trace, "response_late") == FRIDAY + timedelta(hours=24)


class TestCf06Window:
    """CF-06: one window, two windows by subject, or a relay."""

    def test_the_only_window_hands_nothing_over(self, play: Play) -> None:
        trace = play("one-window")
        assert "hand_over" not in path(trace)
        assert groups(trace, "record_complaint") == ("after_sales",)

    def test_a_relay_hands_everything_over(self, play: Play) -> None:
        trace = play("relay")
        assert groups(trace, "record_complaint") == ("business",)
        assert groups(trace, "hand_over") == ("quality",)

    def test_two_windows_hand_over_by_subject(self, play: Play) -> None:
        assert "hand_over" in path(play("second-window-for-quality"))
        assert "hand_over" not in path(play("first-window-for-service"))


class TestCf07Classification:
    """CF-07: several schemes class one complaint; the policy names the one that routes."""

    def test_every_scheme_classes_it(self, play: Play) -> None:
        for name in ("routed-by-h", "routed-by-g"):
            rules = play(name).rules
            assert ("triage_g", "triage_g_claim") in rules
            assert ("triage_h", "triage_h_service") in rules

    def test_by_one_scheme_it_is_handled_directly(self, play: Play) -> None:
        assert ("triage_routing", "triage_routing_h_service") in play("routed-by-h").rules

    def test_by_the_other_it_is_a_claim_with_a_full_inquiry(self, play: Play) -> None:
        assert ("triage_routing", "triage_routing_g_claim") in play("routed-by-g").rules


class TestCf08Containment:
    """CF-08: before the cause and always, only when urgent, or never."""

    @pytest.mark.parametrize("name", ["measure-in-half-an-hour", "urgent-by-a"])
    def test_containment_waits_for_no_cause(self, play: Play, name: str) -> None:
        trace = play(name)
        assert {"take_first_measure", "investigation"} <= set(path(trace))
        assert "cause_and_liability" not in path(trace)

    def test_a_general_complaint_is_not_contained(self, play: Play) -> None:
        assert "take_first_measure" not in path(play("general-by-a"))

    def test_what_is_important_starts_the_plan_without_the_urgent_measures(
        self, play: Play
    ) -> None:
        trace = play("important-by-a")
        assert "take_first_measure" in path(trace)
        assert not [rule for rule in trace.rules if rule[1] == "interim_measures_spare_product"]

    def test_urgent_measures_are_for_urgent_complaints(self, play: Play) -> None:
        rules = play("urgent-by-a").rules
        assert ("interim_measures", "interim_measures_spare_product") in rules

    def test_a_policy_may_contain_nothing(self, play: Play) -> None:
        assert "take_first_measure" not in path(play("never-contained"))
