"""Conflicts about recall, approval, warranty, exchange and compensation: both sides on one set of
diagrams (CF-10, CF-11, CF-18, CF-21, CF-24)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conflicts.switching import Play, case, groups, path

Step = dict[str, Any]
SHORT = {
    "intake.mandatory_fields": ["customer_name", "contact", "phenomenon"],
    "intake.mandatory_for_quality": [],
    "resolution.options": [
        "explain", "repair", "exchange", "return", "refund", "compensation", "voucher",
    ],
}  # fmt: skip
DIRECT = SHORT | {
    "triage.schemes": ["custom"],
    "triage.routing_scheme": "custom",
    "triage.default_handling": "direct",
}


def step(task: str, each: bool = False, **answers: Any) -> Step:
    told: Step = {"task": task}
    if each:
        told["each"] = True
    if answers:
        told["answers"] = answers
    return told


IMPORTANT = step(
    "assess_complaint",
    severity_level="serious",
    is_product_quality=True,
    function_affected_answer="yes",
    may_have_left_answer="yes",
)
NOT_LEFT = step(
    "assess_complaint",
    severity_level="serious",
    is_product_quality=True,
    function_affected_answer="yes",
    may_have_left_answer="no",
)
BOUGHT = step("record_complaint", purchased_at="2025-06-01")
LONG_AGO = step("record_complaint", purchased_at="2023-06-01")
SERVICE = step("record_complaint", request_kind="service", purchased_at="2025-06-01")
OLD_SERVICE = step("record_complaint", request_kind="service", purchased_at="2023-06-01")
EXCHANGE = [
    BOUGHT,
    step("draft_solution", solution_kind="exchange"),
    step("judge_fault", service_kind_chosen="exchange", service_type="carried_in"),
    step("review_return", each=True),
    step("decide_return"),
    step("carry_out_return", stock_in=1, stock_out=1),
]
MAJOR = [
    BOUGHT,
    step("assess_complaint", is_product_quality=True, injury_or_damage=True),
    step("draft_solution", solution_kind="exchange", exchange_product="keeps_sound_parts"),
    step(
        "establish_facts",
        recurring_fault=True,
        first_fault_at="2026-02-20",
        unusable_after_repair=True,
        customer_insists=True,
        injury_or_damage=False,
    ),
    step("file_application", kinds=["exchange"], faulty_parts=["motor"]),
]
VOUCHER = [step("draft_solution", solution_kind="voucher", voucher_kind="meal_voucher")]
PAID = [
    step("record_complaint", demands=["compensation"]),
    step("draft_solution", solution_kind="compensation"),
]
CASES = {
    # CF-10: when a complaint leads to a recall, and who owns it
    "cf10_always": case(
        "consumer-3track", SHORT | {"recall.channels": ["website", "sms"]}, [IMPORTANT]
    ),
    "cf10_two_conditions": case("b2b-appeal-claim", SHORT, [NOT_LEFT]),
    "cf10_both_conditions": case("b2b-appeal-claim", SHORT, [IMPORTANT]),
    "cf10_when_necessary": case(
        "light-industry-incident",
        SHORT,
        [IMPORTANT, step("decide_by_person", decision="rejected", reason="已全部在库")],
    ),
    "cf10_none": case("aftersales-ticket-24h-3-7wd", SHORT | {"recall.trigger": "none"}),
    "cf10_business_section": case(
        "b2b-section-return-recall",
        SHORT | {"recall.trigger": "discretionary"},
        [
            step(
                "assess_complaint",
                severity_level="serious",
                is_product_quality=True,
                design_or_production_defect=True,
            ),
            step("decide_by_person", decision="approved"),
        ],
    ),
    # CF-11: who approves
    "cf11_leader": case("ebike-3level", SHORT, MAJOR),
    "cf11_all_departments": case(
        "general-admin-negotiated",
        SHORT
        | {
            "resolution.customer_agreement.serious": "before_approval",
            "approval.solution_serious": ["engineering", "marketing", "quality"],
        },
        [IMPORTANT],
    ),
    "cf11_hotel_manager": case("hotel-signoff", SHORT | {"intake.customer_signature": False}),
    "cf11_quality_head": case("b2b-section-return-recall", SHORT, EXCHANGE),
    "cf11_nobody": case(
        "aftersales-ticket-24h-3-7wd",
        DIRECT | {"approval.solution": [], "approval.solution_serious": []},
    ),
    # CF-18: a year with human damage, a period for refunds only, or no free repair
    "cf18_human_damage_free": case(
        "warranty-1y", SHORT, [SERVICE, step("judge_fault", human_damage=True)]
    ),
    "cf18_human_damage_paid": case(
        "warranty-1y",
        SHORT | {"warranty.covers_human_damage": False},
        [SERVICE, step("judge_fault", human_damage=True), step("agree_price", quoted_amount=90)],
    ),
    "cf18_over_paid": case(
        "warranty-1y",
        SHORT,
        [OLD_SERVICE, step("judge_fault"), step("agree_price", quoted_amount=90)],
    ),
    "cf18_no_limit": case(
        "warranty-1y",
        SHORT | {"warranty.period": "none"},
        [OLD_SERVICE, step("judge_fault")],
    ),
    "cf18_sanbao_over": case(
        "ebike-3level",
        SHORT,
        [
            LONG_AGO,
            step("assess_complaint", is_product_quality=True, injury_or_damage=True),
            step("draft_solution", solution_kind="refund"),
            step("establish_facts", hard_to_repair=True, injury_or_damage=False),
            step("draft_solution", solution_kind="explain"),
        ],
    ),
    # CF-21: brand-new, or the sound battery is kept
    "cf21_brand_new": case("consumer-3track", SHORT, EXCHANGE),
    "cf21_battery_kept": case("ebike-3level", SHORT, MAJOR),
    "cf21_nothing_kept": case("ebike-3level", SHORT | {"major.reuse_parts": []}, MAJOR),
    # CF-24: none, per contract, discretionary, voucher
    "cf24_appeal": case(
        "b2b-appeal-claim",
        SHORT | {"compensation.rule.all": "discretionary"},
        [
            step("record_complaint", demands=["exchange"], subject="product"),
            {"task": "draft_solution", "refused": "solution_kind",
             "answers": {"solution_kind": "compensation"}},
            step("draft_solution", solution_kind="explain"),
        ],
    ),
    "cf24_claim": case(
        "b2b-appeal-claim",
        SHORT | {"major.enabled": False, "approval.payment": ["company_leader"]},
        [
            *PAID,
            {
                "task": "file_application",
                "answers": {"kinds": ["compensation", "rework"], "contract_clause": "第 8 条"},
                "files": {"compensation_claim": "claim.pdf"},
            },
        ],
    ),
    "cf24_discretionary": case(
        "ebike-3level",
        SHORT | {"major.enabled": False, "compensation.rule.all": "discretionary"},
        [
            *PAID,
            {
                "task": "file_application",
                "answers": {"kinds": ["compensation"]},
                "files": {"compensation_claim": "claim.pdf"},
            },
            step("carry_out_remedy", each=True, amount=500),
        ],
    ),
    "cf24_voucher": case(
        "hotel-signoff",
        SHORT | {"intake.customer_signature": False, "compensation.rule.all": "voucher"},
        VOUCHER,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_case_ends_well(play: Play, name: str) -> None:
    assert play(name).state == "completed"


class TestRecall:
    """CF-10 RC-01 RC-04 RC-05 RC-06 RC-07: always, on two conditions, when necessary, never."""

    def test_important_complaints_are_recalled_without_asking(self, play: Play) -> None:
        trace = play("cf10_always")
        assert "decide_by_person" not in path(trace)
        assert trace.variables["recall_status"] == "recalled"
        assert groups(trace, "plan_recall") == ("logistics",)

    def test_one_condition_of_two_is_not_enough(self, play: Play) -> None:
        trace = play("cf10_two_conditions")
        assert "plan_recall" not in path(trace)
        assert trace.variables["recall_status"] == "not_needed"
        assert play("cf10_both_conditions").variables["recall_status"] == "recalled"

    def test_when_necessary_a_person_judges(self, play: Play) -> None:
        way = path(play("cf10_when_necessary"))
        assert "decide_by_person" in way
        assert "plan_recall" not in way

    def test_a_policy_without_recall_has_none(self, play: Play) -> None:
        assert not {"plan_recall", "decide_by_person"} & set(path(play("cf10_none")))

    def test_the_business_section_owns_its_recalls(self, play: Play) -> None:
        assert groups(play("cf10_business_section"), "plan_recall") == ("business_section",)


class TestApproval:
    """CF-11 MJ-03 MJ-06 RT-11 RT-18 WR-09: who approves a solution, a payment, a return."""

    def test_a_leader_approves_an_exchange_of_a_major_incident(self, play: Play) -> None:
        trace = play("cf11_leader")
        way = path(trace)
        assert groups(trace, "decide_application") == ("company_leader",)
        assert way.index("decide_application") < way.index("carry_out_remedy")

    def test_all_departments_approve_what_was_agreed_with_the_customer(self, play: Play) -> None:
        trace = play("cf11_all_departments")
        asked = {task.groups[0] for task in trace.tasks if task.element == "approve_solution"}
        assert asked == {"engineering", "marketing", "quality"}
        way = path(trace)
        assert way.index("negotiate_solution") < way.index("approve_solution")
        assert "ask_customer" not in way

    def test_the_hotel_manager_approves_before_the_guest_is_told(self, play: Play) -> None:
        trace = play("cf11_hotel_manager")
        way = path(trace)
        assert groups(trace, "approve_solution") == ("hotel_manager",)
        assert way.index("approve_solution") < way.index("ask_customer")

    def test_the_quality_head_decides_on_returns(self, play: Play) -> None:
        trace = play("cf11_quality_head")
        way = path(trace)
        assert groups(trace, "decide_return") == ("quality_manager",)
        assert way.index("review_return") < way.index("decide_return")
        assert way.index("decide_return") < way.index("carry_out_return")

    def test_where_nobody_approves_nobody_is_asked(self, play: Play) -> None:
        assert "approve_solution" not in path(play("cf11_nobody"))


class TestWarranty:
    """CF-18 WR-01 WR-03 WR-04 WR-11."""

    def test_human_damage_is_free_or_paid_by_policy(self, play: Play) -> None:
        assert "agree_price" not in path(play("cf18_human_damage_free"))
        assert "agree_price" in path(play("cf18_human_damage_paid"))

    def test_after_expiry_a_fee_is_agreed_unless_there_is_no_limit(self, play: Play) -> None:
        assert "agree_price" in path(play("cf18_over_paid"))
        assert "agree_price" not in path(play("cf18_no_limit"))

    def test_no_refund_after_the_three_guarantees_period(self, play: Play) -> None:
        trace = play("cf18_sanbao_over")
        assert trace.variables["major_result"] == "not_major"
        assert "decide_application" not in path(trace)


class TestExchangedProduct:
    """CF-21 RT-02 MJ-04."""

    def test_a_brand_new_product_is_given(self, play: Play) -> None:
        trace = play("cf21_brand_new")
        assert trace.variables["brand_new_given"] is True
        assert "find_reused_parts" not in path(trace)

    def test_the_sound_battery_is_kept_where_the_policy_says_so(self, play: Play) -> None:
        assert play("cf21_battery_kept").variables["reused_parts"] == ["battery"]
        assert play("cf21_nothing_kept").variables["reused_parts"] == []


class TestCompensation:
    """CF-24 MJ-07 MJ-11 MJ-12 RT-21: none, per contract, discretionary, voucher."""

    def test_an_appeal_is_not_compensated(self, play: Play) -> None:
        offered = play("cf24_appeal").variables["remedy_options"]
        assert isinstance(offered, list)
        assert "compensation" not in {option["value"] for option in offered}

    def test_a_claim_is_compensated_under_the_contract_and_the_goods_are_treated(
        self, play: Play
    ) -> None:
        trace = play("cf24_claim")
        records = trace.variables["remedy_records"]
        assert isinstance(records, list)
        assert {record["kind"] for record in records} == {"compensation", "rework"}
        assert trace.variables["contract_clause"] == "第 8 条"

    def test_discretionary_compensation_needs_no_contract(self, play: Play) -> None:
        trace = play("cf24_discretionary")
        records = trace.variables["remedy_records"]
        assert isinstance(records, list)
        assert {record["kind"] for record in records} == {"compensation"}
        way = path(trace)
        assert way.index("decide_application") < way.index("order_payment")

    def test_a_voucher_is_given_after_the_managers_review(self, play: Play) -> None:
        way = path(play("cf24_voucher"))
        assert way.index("approve_solution") < way.index("carry_out_solution")
        assert "major_incident" not in way
