"""How fast people work: working minutes from the creation of a task to its completion."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from runner.calendars import Calendar
from runner.demo.stories import Story

# Medians by element, in minutes of working time; what is not named takes an hour.
MINUTES = {
    "call_back": 12, "record_complaint": 14, "complete_facts": 22, "review_closed_case": 50,
    "assess_complaint": 40, "confirm_class": 30, "answer_question": 190, "forward_request": 90,
    "take_escalation": 35, "take_first_measure": 50, "accompany_to_hospital": 45,
    "take_interim_measure": 70, "contact_customer": 40, "answer_outside_body": 60,
    "form_team": 45, "request_department": 35, "answer_item": 170, "hold_meeting": 100,
    "sign_minutes": 50, "gather_evidence": 260, "report_findings": 60, "analyse_cause": 190,
    "assess_loss": 60, "prepare_appraisal": 110, "plan_recall": 120, "approve_plan": 90,
    "publish_notice": 120, "reach_milestone": 900, "take_back_goods": 1500, "examine_goods": 260,
    "rework_goods": 300, "settle_cost": 280, "confirm_recall": 120, "close_recall": 60,
    "draft_solution": 60, "approve_solution": 110, "ask_customer": 55, "file_application": 70,
    "decide_application": 160, "carry_out_remedy": 240, "track_outcome": 400,
    "carry_out_solution": 280, "confirm_execution": 40, "draft_reply": 50, "approve_reply": 60,
    "tell_customer": 25, "ask_satisfaction": 50, "review_dissatisfaction": 60,
    "decide_with_leaders": 300, "offer_mediation": 120, "record_mediation": 900,
    "inform_customer": 70, "fix_documents": 170, "close_gaps": 60, "confirm_closing": 80,
    "recheck_effect": 120, "call_meeting": 30, "prepare_material": 90, "answer_objections": 25,
    "test_in_laboratory": 260, "agree_visit": 30, "visit_site": 180, "record_explanation": 45,
    "plan_measures": 120, "review_measures": 60, "fulfil_measure": 900, "confirm_measure": 40,
    "establish_facts": 40, "judge_fault": 45, "agree_price": 60, "carry_out_repair": 240,
    "sum_up_service": 30, "review_return": 90, "decide_return": 60, "carry_out_return": 180,
    "verify_and_act": 120, "settle_complaint_cost": 60, "propose_measure": 120,
    "negotiate_solution": 90, "decide_reward": 60, "complete_delivery": 240,
    "chase_measure": 30, "ask_about_use": 40, "verify_effect": 90, "deploy_elsewhere": 400,
}  # fmt: skip
USUAL = 60
DAY = 450  # minutes of one working day


def working_minutes(story: Story, element: str, visit: int) -> float:
    """From creation to completion. The same story, element and visit always take as long."""
    if visit == 0 and element in story.wait:
        return float(story.wait[element])
    spread = random.Random(f"{story.id} {element} {visit}")  # noqa: S311 - no secret
    return MINUTES.get(element, USUAL) * spread.uniform(0.55, 1.45)


def after(calendar: Calendar, start: datetime, minutes: float) -> datetime:
    """The instant when so much working time has passed, to the second."""
    moment = calendar.add_working_hours(start, minutes / 60)
    return moment.replace(microsecond=0) + timedelta(microseconds=start.microsecond)


def before(calendar: Calendar, end: datetime, minutes: float) -> datetime:
    """The instant from which so much working time passes until ``end``."""
    local = end.astimezone(calendar.zone)
    day, left = local.date(), timedelta(minutes=minutes)
    limit: datetime | None = local
    while True:
        for hours in reversed(calendar.hours_of(day)):
            begins, ends = (
                datetime.combine(day, time(m // 60, m % 60), calendar.zone)
                for m in (hours.start, hours.end % (24 * 60))
            )
            ends = ends if limit is None else min(ends, limit)
            if ends > begins:
                if ends - begins >= left:
                    return ends - left
                left -= ends - begins
        day -= timedelta(days=1)
        limit = None


def arrival(calendar: Calendar, now: datetime, story: Story) -> datetime:
    """When the story begins: working days before ``now``, or its own time on the evening of that
    day, never later than a minute before ``now``."""
    moment = before(calendar, now, story.begins * DAY)
    if story.arrives and story.begins >= 1:
        hour, minute = story.arrives.split(":")
        moment = moment.replace(hour=int(hour), minute=int(minute))
    return min(moment, now - timedelta(minutes=1)).replace(microsecond=0)
