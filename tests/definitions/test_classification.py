"""Every classification table of the shipped procedure, and what its classes lead to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest

from runner.definitions.files import read_folder
from runner.definitions.release import Definitions, load_definitions

ROOT = Path(__file__).resolve().parents[2]
NOW = dt.datetime(2026, 6, 1, 2, 0, tzinfo=dt.UTC)
POLICY: dict[str, Any] = {
    "parties": {"model": "two_party"},
    "triage": {
        "routing_scheme": "custom",
        "default_handling": "standard",
        "non_quality": "forward",
        "thresholds": {
            "defective_ratio": Decimal(1),
            "daily_usage": Decimal(500),
            "stock_hours": Decimal(8),
        },
    },
    "resolution": {"due": {"all": None, "simple": None}},
    "escalation": {
        "triggers": ["line_stop_risk", "disputed"],
        "to": {"disputed": ["company_leader"], "all": ["superior"]},
    },
    "roles": {"superior": ["superior"], "department": ["quality", "logistics", "after_sales"]},
}


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    return load_definitions(read_folder(ROOT))


def decide(shipped: Definitions, decision: str, **case: object) -> Any:
    """The value for these case variables under a small policy; a name not given is not there."""
    policy = case.pop("policy", POLICY)
    scope = {"policy": policy, "clock": {"now": NOW}, "open_tasks": Decimal(0), **case}
    model = shipped.decisions[decision].model
    return model.evaluate(decision, scope, now=NOW, calendar=shipped.calendars["cn"]).value


@pytest.mark.parametrize(
    ("scheme", "facts", "expected"),
    [
        ("a", {"urgency_level": "immediate"}, "urgent"),
        ("a", {"urgency_level": "normal", "severity_level": "serious"}, "important"),
        ("a", {"urgency_level": "high", "is_product_quality": True}, "important"),
        ("a", {"urgency_level": "high", "is_product_quality": False}, "general"),
        ("b", {"is_product_quality": True, "severity_level": "minor"}, "quality_minor"),
        ("b", {"is_product_quality": True, "severity_level": "serious"}, "quality_serious"),
        (
            "b",
            {"human_factor": True, "is_product_quality": True, "severity_level": "serious"},
            "human_serious",
        ),
        ("b", {"severity_level": "ordinary"}, "other_minor"),
        ("c", {"subject": "product"}, "product_quality"),
        ("c", {"subject": "attitude"}, "after_sales_service"),
        ("c", {"subject": "damaged"}, "logistics"),
        ("c", {"subject": "price_marketing"}, "price_marketing"),
        ("c", {"subject": "infringement"}, "other"),
        ("d", {"subject": "product"}, "product_quality"),
        ("d", {"subject": "attitude"}, "bad_attitude"),
        ("d", {"subject": "delivery"}, "late_delivery"),
        ("d", {"subject": "service"}, "after_sales_dissatisfaction"),
        ("d", {"subject": "other"}, "other"),
        ("e", {"subject": "product"}, "quality"),
        ("e", {"subject": "not_as_described"}, "not_as_described"),
        ("e", {"subject": "damaged"}, "damaged"),
        ("e", {"subject": "missing"}, "missing"),
        ("e", {"subject": "attitude"}, "after_sales_service"),
        ("e", {"subject": "infringement"}, "infringement"),
        ("f", {"cross_department": False, "severity_level": "minor"}, "simple"),
        ("f", {"cross_department": True}, "complex"),
        ("f", {"cross_department": False, "severity_level": "serious"}, "complex"),
        ("g", {"subject": "product", "demands": ["exchange"]}, "appeal"),
        ("g", {"subject": "product", "demands": ["exchange", "compensation"]}, "claim"),
        ("g", {"subject": "delivery", "demands": []}, "other"),
        ("h", {"subject": "product"}, "quality"),
        ("h", {"subject": "environment"}, "environment"),
        ("h", {"subject": "delivery"}, "service"),
        ("i", {"design_or_production_defect": True}, "serious"),
        ("i", {"is_product_quality": True}, "serious"),
        ("i", {"subject": "usage"}, "general"),
        ("j", {"injury_or_damage": True}, "major"),
        ("j", {"recurring_fault": True, "unusable_after_repair": True}, "major"),
        ("j", {"recurring_fault": True, "is_product_quality": True}, "general_fault"),
        ("j", {"is_product_quality": False}, "service"),
        ("k", {"subject": "product"}, "quality"),
        ("k", {"subject": "technical"}, "technical"),
        ("k", {"subject": "delivery"}, "delivery"),
        ("l", {"line_stop_risk": True}, "serious"),
        ("l", {"functional_failure": True}, "serious"),
        ("l", {"defective_ratio": Decimal(1)}, "serious"),
        ("l", {"daily_usage": Decimal(500)}, "serious"),
        ("l", {"defective_ratio": Decimal("0.9"), "daily_usage": Decimal(499)}, "ordinary"),
        ("r", {"problem_details": ["foreign_object"], "subject": "service"}, "food"),
        ("r", {"problem_details": ["food_poisoning"]}, "food"),
        ("r", {"problem_details": ["wrong_dish"], "subject": "food"}, "staff"),
        ("r", {"subject": "attitude"}, "staff"),
        ("custom", {"is_product_quality": True, "urgency_level": "high"}, "quality_urgent"),
        ("custom", {"subject": "service", "urgency_level": "normal"}, "service"),
        ("custom", {"subject": "price_marketing"}, "other"),
    ],
)
def test_the_class_of_a_complaint(
    shipped: Definitions, scheme: str, facts: dict[str, object], expected: str
) -> None:
    assert decide(shipped, f"triage_{scheme}", **facts) == expected


def routed(shipped: Definitions, scheme: str, case_class: str, **case: object) -> dict[str, Any]:
    policy = {**POLICY, "triage": {**POLICY["triage"], "routing_scheme": scheme}}
    classes = [{"scheme": scheme, "case_class": case_class}, *case.pop("more", [])]  # type: ignore[misc]
    found = decide(shipped, "triage_routing", policy=policy, classes=classes, **case)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("human", ["human", "other"])
@pytest.mark.parametrize("gravity", ["minor", "serious"])
def test_human_factors_are_handled_like_quality_problems(
    shipped: Definitions, human: str, gravity: str
) -> None:
    as_quality = routed(shipped, "b", f"quality_{gravity}")
    same = routed(shipped, "b", f"{human}_{gravity}")
    assert {**same, "case_class": ""} == {**as_quality, "case_class": ""}


@pytest.mark.parametrize(
    ("scheme", "case_class", "handling"),
    [
        ("a", "general", "full"), ("a", "important", "full"), ("b", "other_minor", "direct"),
        ("c", "logistics", "standard"), ("d", "bad_attitude", "standard"),
        ("f", "simple", "standard"), ("g", "claim", "full"), ("g", "other", "direct"),
        ("h", "service", "direct"), ("h", "environment", "full"), ("i", "general", "direct"),
        ("i", "serious", "full"), ("j", "major", "direct"), ("l", "serious", "full"),
        ("r", "food", "standard"), ("custom", "other", "standard"),
    ],
)  # fmt: skip
def test_the_class_decides_the_handling(
    shipped: Definitions, scheme: str, case_class: str, handling: str
) -> None:
    assert routed(shipped, scheme, case_class)["handling"] == handling


def test_the_assessors_class_counts(shipped: Definitions) -> None:
    found = routed(shipped, "l", "ordinary", class_changed=True, class_l="serious")
    assert (found["case_class"], found["severity"]) == ("serious", "critical")


def test_a_class_not_changed_stays_whatever_was_chosen_before(shipped: Definitions) -> None:
    found = routed(shipped, "l", "ordinary", class_changed=False, class_l="serious")
    assert found["case_class"] == "ordinary"


def test_a_class_without_a_time_of_its_own_has_the_time_of_all(shipped: Definitions) -> None:
    assert routed(shipped, "f", "simple")["due_class"] == "simple"
    assert routed(shipped, "f", "complex")["due_class"] == "all"


def test_what_is_no_quality_problem_goes_where_the_policy_says(shipped: Definitions) -> None:
    technical = [{"scheme": "k", "case_class": "technical"}]
    assert routed(shipped, "l", "serious", more=technical)["handling"] == "forward"
    quality = [{"scheme": "k", "case_class": "quality"}]
    assert routed(shipped, "l", "serious", more=quality)["handling"] == "full"


def test_on_a_marketplace_the_seller_comes_first(shipped: Definitions) -> None:
    policy = {**POLICY, "parties": {"model": "three_party"}}
    found = decide(shipped, "triage_routing", policy=policy, classes=[])
    assert found["handling"] == "seller"


class TestLineStop:
    def test_the_judgement_of_a_person_is_enough(self, shipped: Definitions) -> None:
        found = decide(shipped, "line_stop", line_stop_risk=True)
        assert (found["escalate"], found["because"], found["groups"]) == (
            True, "judged", ["superior"],
        )  # fmt: skip
        assert found["seen_at"] == NOW

    @pytest.mark.parametrize(
        ("facts", "because"),
        [
            ({"customer_line_status": "stopped"}, "line_stopped"),
            ({"line_stock_hours": Decimal(8)}, "stock_short"),
            ({"defective_ratio": Decimal(2), "daily_usage": Decimal(900)}, "ratio_and_usage"),
            ({"defective_ratio": Decimal(2), "daily_usage": Decimal(10)}, "no_risk"),
            ({"line_stock_hours": Decimal(9)}, "no_risk"),
            ({}, "no_risk"),
        ],
    )
    def test_from_the_customers_figures(
        self, shipped: Definitions, facts: dict[str, object], because: str
    ) -> None:
        found = decide(shipped, "line_stop", **facts)
        assert found["because"] == because
        assert found["escalate"] is (because != "no_risk")

    def test_once(self, shipped: Definitions) -> None:
        found = decide(shipped, "line_stop", line_stop_risk=True, risk_seen_at=NOW)
        assert found["escalate"] is False

    def test_figures_count_only_where_the_policy_looks_at_them(self, shipped: Definitions) -> None:
        policy = {**POLICY, "escalation": {"triggers": [], "to": {}}}
        found = decide(shipped, "line_stop", policy=policy, customer_line_status="stopped")
        assert found["escalate"] is False


class TestLedger:
    FIVE: ClassVar[dict[str, Any]] = {**POLICY, "ledger": {"inclusion": "five_criteria"}}

    @pytest.mark.parametrize(
        ("case", "reason"),
        [
            ({"channel": "marketing_relay"}, "relayed_by_marketing"),
            ({"defective_ratio": Decimal(2), "escalate": True}, "large_impact"),
            ({"demands": ["return"]}, "cost_at_customer"),
            ({"cost_at_customer": True}, "cost_at_customer"),
            ({"channel": "resident_report"}, "resident_report"),
            ({"severity": "serious"}, "serious_problem"),
            ({"classic_case": True}, "classic_case"),
        ],
    )
    def test_each_criterion_is_enough(
        self, shipped: Definitions, case: dict[str, object], reason: str
    ) -> None:
        triage = {
            "severity": case.pop("severity", "ordinary"),
            "escalate": case.pop("escalate", False),
        }
        found = decide(
            shipped,
            "ledger_inclusion",
            policy=self.FIVE,
            triage=triage,
            **{"channel": "phone", **case},
        )
        assert found == [reason]

    def test_without_any_it_stays_in_the_own_ledger(self, shipped: Definitions) -> None:
        triage = {"severity": "ordinary", "escalate": False}
        found = decide(
            shipped, "ledger_inclusion", policy=self.FIVE, triage=triage, channel="phone"
        )
        assert found == []


def test_departments_are_proposed_from_those_the_policy_lists(shipped: Definitions) -> None:
    assert decide(shipped, "responsible_department", subject="product") == ["quality"]
    assert decide(shipped, "responsible_department", subject="damaged") == ["logistics"]
    assert decide(shipped, "responsible_department", subject="other") == []


def test_the_only_department_a_policy_lists_is_proposed(shipped: Definitions) -> None:
    policy = {**POLICY, "roles": {"department": ["responsible_dept"]}}
    for subject in ("product", "other"):
        found = decide(shipped, "responsible_department", policy=policy, subject=subject)
        assert found == ["responsible_dept"]
