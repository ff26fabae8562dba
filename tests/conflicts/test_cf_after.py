"""Conflicts about replies, follow-up, disputes, closing, ledger, records and duties: both sides on
one set of diagrams (CF-12, CF-13, CF-14, CF-15, CF-16, CF-17, CF-23, CF-25, CF-26, CF-27)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from runner.clock import SetClock
from runner.engine.access import SYSTEM, Person
from runner.engine.cases import can_see_case
from runner.engine.instances import start_complaint
from runner.engine.site import Site
from runner.engine.start_timers import arm_start_timers
from runner.engine.transaction import change_chain
from runner.store.start_timers import armed_start_timers
from tests.conflicts.switching import Play, case, groups, path
from tests.sites import NOW, Released, everybody, members, release_shipped

PROFILE = "contingency-generic"
SHORT = {
    "triage.schemes": ["custom"], "triage.routing_scheme": "custom",
    "triage.default_handling": "direct", "actions.required": "full_only",
    "actions.document_update": False, "follow_up.wait": "none",
}  # fmt: skip


def short(
    values: Mapping[str, Any], steps: list[dict[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    return case(PROFILE, {**SHORT, **values}, steps, **more)


def told(medium: str, **more: Any) -> dict[str, Any]:
    return {"task": "draft_reply", "answers": {"reply_medium": medium, **more}}


def asked(answer: str) -> dict[str, Any]:
    return {"task": "ask_satisfaction", "answers": {"satisfaction": answer}}


def duty(**values: Any) -> list[dict[str, Any]]:
    return [{"title": "任务 / Duty", "group": ["quality_manager"], **values}]


WEEK = {"amount": 1, "unit": "week", "certainty": "owner"}
WRITTEN = "comms.written_to_customer"
DISSATISFIED = asked("dissatisfied")
LINE_STOP = {"escalation.triggers": ["line_stop_risk"]}
RISK = [{"task": "assess_complaint", "answers": {"line_stop_risk": True}}]
ONE_ROUND = {"loop.max_rounds": 1}
CASES = {
    # CF-12: an apology without a word about admission, or no admission before the facts are clear
    "cf12_free": short({"comms.liability_admission": "free"}, [told("oral")]),
    "cf12_forbidden": short(
        {"comms.liability_admission": "forbidden_until_verified"},
        [
            {
                "task": "draft_reply",
                "answers": {"reply_medium": "oral", "no_admission": False},
                "refused": "no_admission",
            },
            told("oral"),
        ],
    ),
    # CF-13: a letter as a matter of course, by a leader's recorded decision, or never
    "cf13_allowed": short({WRITTEN: "allowed"}, [told("written")]),
    "cf13_discouraged": short(
        {WRITTEN: "discouraged", "roles.leader": ["company_leader"]},
        [told("written", written_reason="保险公司需要")],
    ),
    "cf13_never": short({WRITTEN: "never"}),
    # CF-14: nothing leaves the company without the customer's consent, or no such rule
    "cf14_consent": short(
        {"loop.exit": "mediation", "records.disclosure_consent": True, **ONE_ROUND},
        [
            DISSATISFIED,
            {
                "task": "offer_mediation",
                "answers": {"mediation_answer": "accepted", "consent_to_disclose": False},
                "refused": "consent_to_disclose",
            },
            {
                "task": "offer_mediation",
                "answers": {"mediation_answer": "accepted", "consent_to_disclose": True},
            },
        ],
    ),
    "cf14_no_rule": short(
        {"loop.exit": "mediation", "records.disclosure_consent": False, **ONE_ROUND},
        [DISSATISFIED, {"task": "offer_mediation", "answers": {"mediation_answer": "accepted"}}],
    ),
    # CF-15: where the rounds of dissatisfaction end
    "cf15_until_satisfied": short(
        {"loop.max_rounds": "unlimited", "loop.exit": "leaders"},
        [DISSATISFIED, DISSATISFIED, DISSATISFIED, asked("satisfied")],
    ),
    "cf15_mediation": short({"loop.exit": "mediation", **ONE_ROUND}, [DISSATISFIED]),
    "cf15_platform": short({"loop.exit": "platform", **ONE_ROUND}, [DISSATISFIED]),
    "cf15_effect": short({"loop.exit": "close", **ONE_ROUND}, [DISSATISFIED]),
    # CF-16: who asks the customer, and when
    "cf16_week": short(
        {
            "follow_up.due": {**WEEK, "from": "handled"},
            "roles.follow_up_owner": ["customer_service"],
        },
    ),
    "cf16_convenient": short(
        {"follow_up.due": "none", "follow_up.attempts": 2, "roles.follow_up_owner": ["business"]},
        [
            {
                "task": "ask_satisfaction",
                "answers": {
                    "satisfaction": "not_reached",
                    "convenient_time": '=now() + duration("P3D")',
                },
            },
            asked("satisfied"),
        ],
    ),
    # CF-17: each week on Monday, or a meeting on Friday with its material on Thursday
    "cf17_summary": case(
        PROFILE,
        {"duties": duty(id="weekly_summary", kind="review", cycle=WEEK)},
        start={"timer": "duty_due", "variables": {"duty_id": "weekly_summary"}},
    ),
    "cf17_friday": case(
        "demo-autoparts",
        start={"timer": "duty_due", "variables": {"duty_id": "weekly_quality_meeting"}},
        decided=False,
        values={},
    ),
    # CF-23: which document is the result
    "cf23_eight_d": short(
        {"documents.required": ["eight_d_report"], "triage.default_handling": "full"}
    ),
    "cf23_report": short({"documents.required": ["written_report"]}),
    "cf23_archive": short({"documents.required": ["archive"]}),
    # CF-25: the customer writes and signs what happened, or a note of demand and contact
    "cf25_full": short(
        {"intake.customer_statement": "full", "intake.customer_signature": True},
        [
            {
                "task": "record_complaint",
                "answers": {
                    "customer_statement_text": "周一早上发现漏水",
                    "customer_signature": "李丽",
                },
            }
        ],
    ),
    "cf25_demand": short({"intake.customer_statement": "demand_only"}),
    # CF-26: every complaint in the ledger, or five criteria
    "cf26_all": short({"ledger.inclusion": "all"}),
    "cf26_criteria_none": short({"ledger.inclusion": "five_criteria"}),
    "cf26_criteria_met": short(
        {"ledger.inclusion": "five_criteria"},
        start={"event": "start_recorded", "channel": "marketing_relay", "at": "2026-03-02 09:00"},
    ),
    # CF-27: to whom a case is escalated
    "cf27_superior": short({**LINE_STOP, "escalation.to": {"all": ["superior"]}}, RISK),
    "cf27_leader": short({**LINE_STOP, "escalation.to": {"all": ["company_leader"]}}, RISK),
}  # fmt: skip


def test_cf12_admission_is_free_or_waits_for_the_facts(play: Play) -> None:
    free, forbidden = play("cf12_free"), play("cf12_forbidden")
    assert _rule(free)["admission_allowed"] is True
    assert "no_admission" not in _answered(free, "reply")
    assert _rule(forbidden)["admission_allowed"] is False
    assert {"no_admission", "no_promise"} <= _answered(forbidden, "reply")


def test_cf13_a_letter_is_usual_or_a_leaders_decision_or_impossible(play: Play) -> None:
    usual, exception, never = play("cf13_allowed"), play("cf13_discouraged"), play("cf13_never")
    assert "produce_letter" in path(usual)
    assert "approve_reply" not in path(usual)
    assert groups(exception, "approve_reply") == ("company_leader",)
    assert "produce_letter" in path(exception)
    assert "tell_customer" in path(never)
    assert not {"produce_letter", "send_reply", "approve_reply"} & set(path(never))


def test_cf14_the_record_leaves_the_company_with_consent_where_the_policy_wants_it(
    play: Play,
) -> None:
    assert play("cf14_consent").variables["consent_to_disclose"] is True
    free = play("cf14_no_rule")
    assert "record_mediation" in path(free)
    assert "consent_to_disclose" not in _answered(free, "mediation_offer")


def test_cf15_dissatisfaction_ends_where_the_policy_says(play: Play) -> None:
    again = path(play("cf15_until_satisfied"))
    assert (again.count("ask_satisfaction"), again.count("end_next_round")) == (4, 3)
    assert "dispute" not in again
    assert "offer_mediation" in path(play("cf15_mediation"))
    assert "use_platform" in path(play("cf15_platform"))
    ended = path(play("cf15_effect"))
    assert "end_closed_unsettled" in ended
    assert "dispute" not in ended


def test_cf16_who_asks_and_when_is_the_policys(play: Play) -> None:
    week, convenient = play("cf16_week"), play("cf16_convenient")
    assert groups(week, "ask_satisfaction") == ("customer_service",)
    assert groups(convenient, "ask_satisfaction") == ("business",)
    handled = week.variables["handled_at"]
    assert isinstance(handled, datetime)
    (due,) = week.dues["ask_satisfaction"]
    assert due is not None
    assert due - handled > timedelta(days=6)
    (first, second) = [t for t in convenient.tasks if t.element == "ask_satisfaction"]
    assert (first.due_at, second.due_at) == (None, None)
    assert first.ended_at is not None
    assert second.created_at - first.ended_at >= timedelta(days=3)


def test_cf17_duties_come_round_as_the_policy_says(play: Play) -> None:
    summary, friday = play("cf17_summary"), play("cf17_friday")
    assert summary.started_at is not None
    assert _weekday(summary.started_at) == (1, 8)
    assert "review_results" in path(summary)
    assert "hold_quality_meeting" in path(friday)
    assert friday.started_at is not None
    assert _weekday(friday.started_at) == (1, 8)
    (meeting,) = friday.dues["hold_quality_meeting"]
    assert meeting is not None
    assert _weekday(meeting)[0] == 5


def test_cf23_the_result_is_an_8d_a_report_or_the_archive_alone(play: Play) -> None:
    assert "produce_eight_d" in path(play("cf23_eight_d"))
    assert "produce_report" in path(play("cf23_report"))
    archive = path(play("cf23_archive"))
    assert not {"produce_eight_d", "produce_report"} & set(archive)
    assert "archive_case" in archive


def test_cf25_the_customer_states_the_events_or_the_demand_alone(play: Play) -> None:
    full, demand = play("cf25_full"), play("cf25_demand")
    assert "customer_statement_text" in _answered(full, "complaint_intake")
    assert "customer_statement_text" not in _answered(demand, "complaint_intake")


def test_cf26_every_complaint_or_five_criteria_make_the_public_ledger(play: Play) -> None:
    assert _ledger(play("cf26_all"))["public_ledger"] is True
    none = _ledger(play("cf26_criteria_none"))
    assert (none["public_ledger"], none["reasons"]) == (False, [])
    assert _ledger(play("cf26_criteria_met"))["reasons"] == ["relayed_by_marketing"]


def test_cf27_a_case_is_escalated_to_whom_the_policy_names(play: Play) -> None:
    assert groups(play("cf27_superior"), "take_escalation") == ("superior",)
    assert groups(play("cf27_leader"), "take_escalation") == ("company_leader",)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    return release_shipped(tmp_path_factory.mktemp("shipped"))


def test_cf14_all_departments_read_a_case_or_only_who_needs_to(
    released: Released, tmp_path: Path
) -> None:
    site, _ = released.copy(tmp_path / "site")
    (stranger, *_) = members(everybody(site), frozenset({"purchasing"}))
    assert _sees(site, stranger, "demo-autoparts")  # all departments
    assert not _sees(site, stranger, "demo-ebike")  # who needs to know


def test_cf17_a_duty_whose_cycle_nobody_has_decided_does_not_begin(
    released: Released, tmp_path: Path
) -> None:
    assert _armed(released, tmp_path / "a", "aftersales-1-2-1wd") == set()
    stated = _armed(released, tmp_path / "b", "consumer-3track")
    assert {"weekly_summary", "monthly_evaluation"} <= stated
    assert "management_review" not in stated
    assert "weekly_quality_meeting" in _armed(released, tmp_path / "c", "autoparts-8d-30min")


def _armed(released: Released, folder: Path, policy: str) -> set[str]:
    site, _ = released.copy(folder, SetClock(NOW))
    site.default_policy = policy
    with site.database.read() as connection:
        digest = site.effective_release(connection).digest
    with change_chain(site, "releases", actor=SYSTEM) as change:
        change.lock()
        arm_start_timers(change, digest)
    with site.database.read() as connection:
        return {
            (timer.item or "").removeprefix('"s:').removesuffix('"')
            for timer in armed_start_timers(connection)
            if timer.element_id == "duty_due"
        }


def _sees(site: Site, person: Person, policy: str) -> bool:
    started = start_complaint(
        site,
        actor=members(everybody(site), frozenset({"customer_service"}))[0],
        variables={},
        channel="phone",
        start_element="start_recorded",
        policy_id=policy,
        idempotency_key=uuid4().hex,
    )
    with site.database.read() as connection:
        return can_see_case(connection, site, person, started.case_id)


def _rule(trace: Any) -> Mapping[str, Any]:
    rule = trace.variables["reply_rule"]
    assert isinstance(rule, Mapping)
    return rule


def _ledger(trace: Any) -> Mapping[str, Any]:
    assert trace.ledger is not None
    found: Mapping[str, Any] = trace.ledger
    return found


def _answered(trace: Any, form: str) -> set[str]:
    return {name for of, name in trace.submitted_fields() if of == form}


def _weekday(moment: datetime) -> tuple[int, int]:
    """Day of the week and hour, where the site is."""
    local = moment + timedelta(hours=8)
    return local.isoweekday(), local.hour
