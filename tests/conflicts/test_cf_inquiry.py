"""Conflicts about teams, meetings, liability, causes and measures: both sides on one set of
diagrams (CF-07, CF-09, CF-11, CF-19, CF-20, CF-22)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conflicts.switching import Play, case, groups, path

FULL = {"triage.schemes": ["custom"], "triage.routing_scheme": "custom"} | {
    "triage.default_handling": "full"
}
QUIET = FULL | {"team.meeting": "none"}
NOT_OURS: list[dict[str, Any]] = [
    {
        "task": "judge_liability",
        "answers": {"liability": "customer", "liability_basis": "照片显示安装不当"},
    }
]
FOUND = [{"task": "analyse_cause", "answers": {"liability": "customer"}}]
OPEN = {"meeting_outcome": "not_yet", "open_question": "根因未定"}
THREE = [
    {"task": "hold_meeting", "answers": OPEN},
    {"task": "hold_meeting", "answers": OPEN},
    {"task": "hold_meeting", "answers": {"meeting_outcome": "concluded", "conclusion": "定了"}},
]
CASES = {
    # CF-09: when, if ever, liability is judged
    "cf09_before": case("iatf-liability-split", QUIET, NOT_OURS),
    "cf09_with": case(
        "general-admin-negotiated", QUIET | {"intake.mandatory_for_quality": []}, FOUND
    ),
    "cf09_none": case("autoparts-8d-30min", QUIET | {"intake.mandatory_fields": ["customer_name"]}),
    "cf09_verify_first": case(
        "verify-first-survey", QUIET, [{"task": "verify_facts", "answers": {"facts_answer": "no"}}]
    ),
    # CF-19: what follows where the cause is the customer's
    "cf19_reply": case("iatf-liability-split", QUIET, NOT_OURS),
    "cf19_negotiate": case(
        "iatf-liability-split",
        QUIET | {"liability.not_ours_route": "explain_and_negotiate"},
        NOT_OURS,
    ),
    "cf19_free": case("warranty-1y", QUIET | {"liability.position": "before_cause"}, NOT_OURS),
    # CF-20: as many meetings as needed, or a limit
    "cf20_unlimited": case(
        "iatf-liability-split",
        FULL
        | {"team.meeting": "until_conclusion", "team.meeting_when": "always"}
        | {"team.max_meetings": "unlimited"},
        THREE,
    ),
    "cf20_limit": case(
        "iatf-liability-split",
        FULL
        | {"team.meeting": "until_conclusion", "team.meeting_when": "always"}
        | {"team.max_meetings": 2},
        THREE[:2],
    ),
    # CF-22: who assesses how serious it is
    "cf22_service": case("consumer-3track", {"intake.mandatory_fields": ["customer_name"]}),
    "cf22_engineer": case(
        "autoparts-8d-30min",
        QUIET
        | {"intake.mandatory_fields": ["customer_name"], "roles.assessor": ["quality_engineer"]},
    ),
    # CF-11: whether somebody approves the measures
    "cf11_reviewed": case(
        "autoparts-8d-30min",
        QUIET | {"intake.mandatory_fields": ["customer_name"]},
        [
            {
                "task": "review_measures",
                "answers": {"decision": "rejected", "reason": "没有对准根因"},
            }
        ],
    ),
    "cf11_not_reviewed": case("aftersales-ticket-24h-3-7wd", QUIET | {"actions.reviewed": False}),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_case_ends_well(play: Play, name: str) -> None:
    assert play(name).state == "completed"


class TestLiabilityAndCause:
    """CF-09 LB-01 LB-08: verify first, judge first, judge with the cause, never judge."""

    def test_judged_first_a_customers_cause_is_not_analysed(self, play: Play) -> None:
        way = path(play("cf09_before"))
        assert way.index("judge_liability") < way.index("record_explanation")
        assert "analyse_cause" not in way

    def test_judged_with_the_cause_there_is_one_task(self, play: Play) -> None:
        trace = play("cf09_with")
        way = path(trace)
        assert way.index("analyse_cause") < way.index("prepare_appraisal")
        assert "judge_liability" not in way
        assert trace.variables["liability"] == "customer"

    def test_where_nobody_judges_the_cause_is_analysed_and_acted_on(self, play: Play) -> None:
        trace = play("cf09_none")
        way = path(trace)
        assert way.index("analyse_cause") < way.index("plan_measures")
        assert not {"judge_liability", "prepare_appraisal", "record_explanation"} & set(way)
        assert trace.variables.get("liability") is None

    def test_verified_first_an_untrue_complaint_is_not_investigated(self, play: Play) -> None:
        way = path(play("cf09_verify_first"))
        assert "verify_facts" in way
        assert not {"plan_inquiry", "analyse_cause", "judge_liability"} & set(way)


class TestNotOurCause:
    """CF-19 LB-03 LB-04 WR-03."""

    def test_a_reply_that_explains_is_enough(self, play: Play) -> None:
        way = path(play("cf19_reply"))
        assert "record_explanation" in way
        assert "prepare_appraisal" not in way

    def test_an_appraisal_is_made_and_shown(self, play: Play) -> None:
        trace = play("cf19_negotiate")
        assert "record_explanation" not in path(trace)
        assert any("appraisal_report" in made.names for made in trace.documents)

    def test_damage_by_the_user_is_appraised_and_nothing_is_rectified(self, play: Play) -> None:
        way = path(play("cf19_free"))
        assert "prepare_appraisal" in way
        assert "plan_measures" not in way


class TestMeetingsAndSpeed:
    """CF-20 TM-12: meetings until there is a conclusion, or a limit and then the superior."""

    def test_three_meetings_where_there_is_no_limit(self, play: Play) -> None:
        trace = play("cf20_unlimited")
        assert trace.variables["meeting_no"] == 3
        assert "decide_conclusion" not in path(trace)

    def test_at_the_limit_the_superior_concludes(self, play: Play) -> None:
        trace = play("cf20_limit")
        assert trace.variables["meeting_no"] == 2
        assert groups(trace, "decide_conclusion") == ("superior",)
        assert trace.variables["conclusion"]


class TestWhoAssesses:
    """CF-22 TR-01."""

    def test_customer_service_does(self, play: Play) -> None:
        assert groups(play("cf22_service"), "assess_complaint") == ("customer_service",)

    def test_the_engineer_does(self, play: Play) -> None:
        assert groups(play("cf22_engineer"), "assess_complaint") == ("quality_engineer",)


class TestWhoApprovesMeasures:
    """CF-11 AC-03: the quality engineer may reject measures; elsewhere nobody is asked."""

    def test_rejected_measures_are_planned_anew(self, play: Play) -> None:
        trace = play("cf11_reviewed")
        way = path(trace)
        assert way.count("plan_measures") == way.count("review_measures") == 2
        assert groups(trace, "review_measures") == ("quality_engineer",)  # nobody above

    def test_without_review_measures_are_carried_out_at_once(self, play: Play) -> None:
        way = path(play("cf11_not_reviewed"))
        assert "review_measures" not in way
        assert way.index("plan_measures") < way.index("fulfil_measure")
