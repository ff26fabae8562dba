"""The decision tables and policies of the shipped procedure, asked as a case would ask them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from runner.definitions.files import read_folder
from runner.definitions.policies import Policy
from runner.definitions.release import Definitions, load_definitions
from runner.feel import FeelError, Unset

ROOT = Path(__file__).resolve().parents[2]
NOW = dt.datetime(2026, 6, 1, 2, 0, tzinfo=dt.UTC)
COMPANIES = ("demo-consumer", "demo-ebike")


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    return load_definitions(read_folder(ROOT))


def decide(shipped: Definitions, company: str, decision: str, **case: object) -> object:
    """The decision's value for these case variables; a name not given is not there."""
    clock: dict[str, object] = {"now": NOW, "received": NOW}
    clock.update({name[:-3]: value for name, value in case.items() if name.endswith("_at")})
    scope = {"policy": shipped.policy(company), "clock": clock, "open_tasks": Decimal(0), **case}
    model = shipped.decisions[decision].model
    calendar = shipped.calendars["cn"]
    return model.evaluate(decision, scope, now=NOW, calendar=calendar).value


def test_a_company_policy_leaves_nothing_undecided(shipped: Definitions) -> None:
    for company in COMPANIES:
        assert shipped.policies[company].unset == ()


def test_a_base_policy_states_no_time_its_source_does_not(shipped: Definitions) -> None:
    assert "ack.first_response_due" in shipped.policies["consumer-3track"].unset
    assert "resolution.due.all" in shipped.policies["ebike-3level"].unset


def test_every_group_a_policy_names_exists(shipped: Definitions) -> None:
    def missing(policy: Policy) -> set[str]:
        return {name for _, name in policy.groups} - set(shipped.groups)

    assert all(not missing(policy) for policy in shipped.policies.values())


def test_authors_and_approvers_are_different_groups(shipped: Definitions) -> None:
    for company in COMPANIES:
        policy = shipped.policy(company)
        roles, approval = policy["roles"], policy["approval"]
        assert not set(roles["solution_owner"]) & set(approval["payment"])  # type: ignore[index]
        assert not set(roles["contact"]) & set(approval["reply_not_ours"])  # type: ignore[index]
        assert not set(roles["case_owner"]) & set(roles["closer"])  # type: ignore[index]


def test_a_serious_case_is_approved_by_all_departments_the_policy_names(
    shipped: Definitions,
) -> None:
    serious = {"triage": {"severity": "serious"}, "solution_kind": "repair"}
    assert decide(shipped, "demo-consumer", "approvers", **serious) == [
        "quality_manager",
        "production",
    ]
    ordinary = {"triage": {"severity": "ordinary"}, "solution_kind": "repair"}
    assert decide(shipped, "demo-consumer", "approvers", **ordinary) == []


def test_a_voucher_is_never_given_without_the_approvers_of_payments(shipped: Definitions) -> None:
    for severity in ("ordinary", "critical", None):
        case = {"triage": {"severity": severity}, "solution_kind": "voucher"}
        found = decide(shipped, "demo-consumer", "approvers", **case)
        assert isinstance(found, list)
        assert "company_leader" in found


def test_a_short_time_counted_from_nothing_is_told_never_taken_for_no_limit(
    shipped: Definitions,
) -> None:
    facts = {"recurring_fault": True, "unusable_after_repair": True, "customer_insists": True}
    policy = shipped.policy("demo-ebike")
    major = policy["major"]
    assert isinstance(major, dict)
    limit = {**major["repeat_window"], "from": "purchased"}
    scope = {
        "policy": {**policy, "major": {**major, "repeat_window": limit}},
        "clock": {"now": NOW, "received": NOW},
        "first_fault_at": NOW - dt.timedelta(days=400),
        **facts,
    }
    model = shipped.decisions["repeated_lately"].model
    with pytest.raises(FeelError, match=r"major\.repeat_window counts from a time"):
        model.evaluate("repeated_lately", scope, now=NOW, calendar=shipped.calendars["cn"])


def test_an_exchange_needs_all_three_conditions(shipped: Definitions) -> None:
    facts = {"recurring_fault": True, "unusable_after_repair": True, "customer_insists": True}
    lately, long_ago = NOW - dt.timedelta(days=30), NOW - dt.timedelta(days=400)

    def kinds(**case: object) -> list[object]:
        case = {"first_fault_at": lately, **case}
        found = decide(shipped, "demo-ebike", "major_criteria", **case)
        assert isinstance(found, list)
        return [remedy["kind"] for remedy in found]

    assert kinds(**facts) == ["exchange"]
    assert kinds(**facts, first_fault_at=long_ago) == []  # no short time (MJ-01)
    assert kinds(**facts, first_fault_at=None) == []
    for fact in facts:
        assert kinds(**{**facts, fact: False}) == []
        assert kinds(**{**facts, fact: None}) == []
    assert kinds(injury_or_damage=True, **facts) == ["exchange", "compensation"]


@pytest.mark.parametrize(
    ("bought", "remedies"),
    [
        (dt.date(2026, 1, 10), ["refund"]),
        (dt.date(2024, 1, 10), []),
        (None, []),
    ],
)
def test_a_refund_needs_the_three_guarantees_period(
    shipped: Definitions, bought: dt.date | None, remedies: list[str]
) -> None:
    for facts in (
        {"hard_to_repair": True},
        {"psychological_burden": True},
        {"hard_to_repair": True, "psychological_burden": True},
    ):
        found = decide(shipped, "demo-ebike", "major_criteria", purchased_at=bought, **facts)
        assert isinstance(found, list)
        assert [remedy["kind"] for remedy in found] == remedies


def test_without_criteria_the_chosen_payment_goes_to_the_leader(shipped: Definitions) -> None:
    found = decide(shipped, "demo-consumer", "major_criteria", solution_kind="refund")
    assert found == [
        {
            "kind": "refund",
            "name": "退款 / Refund",
            "group": ["finance"],
            "approver": ["company_leader"],
        }
    ]


def test_the_battery_is_kept_at_an_exchange_unless_it_is_faulty(shipped: Definitions) -> None:
    exchange = {"applied_remedies": [{"kind": "exchange"}]}
    assert decide(shipped, "demo-ebike", "reused_parts", **exchange) == ["battery"]
    assert decide(shipped, "demo-ebike", "reused_parts", faulty_parts=["battery"], **exchange) == []
    refund = {"applied_remedies": [{"kind": "refund"}]}
    assert decide(shipped, "demo-ebike", "reused_parts", **refund) == []


def test_a_reply_that_denies_liability_is_reviewed(shipped: Definitions) -> None:
    ours = decide(shipped, "demo-consumer", "reply_rules", occurrence_cause="密封圈老化")
    assert isinstance(ours, dict)
    assert (ours["written"], ours["admission_allowed"], ours["approvers"]) == ("allowed", True, [])
    theirs = decide(shipped, "demo-consumer", "reply_rules", liability="customer")
    assert isinstance(theirs, dict)
    assert (theirs["admission_allowed"], theirs["approvers"]) == (False, ["quality_manager"])


def gaps(shipped: Definitions, **case: object) -> list[object]:
    done: dict[str, object] = {
        "triage": {"handling": "full"},
        "handled_at": NOW,
        "occurrence_cause": "密封圈老化",
        "escape_cause": "抽检比例低",
        "documents": [{"name": "作业指导书"}],
    }
    found = decide(shipped, "demo-consumer", "closing_rules", **{**done, **case})
    assert isinstance(found, list)
    return [gap["gap"] for gap in found]


def test_a_finished_case_can_close(shipped: Definitions) -> None:
    assert gaps(shipped) == []


@pytest.mark.parametrize(
    ("case", "gap"),
    [
        ({"open_tasks": Decimal(1)}, "no_open_tasks"),
        ({"handled_at": None}, "customer_answered"),
        ({"escape_cause": None}, "causes_known"),
        ({"round_no": Decimal(1), "execution_state": "partly"}, "measures_executed"),
        ({"satisfaction": "dissatisfied"}, "effect_reached"),
        ({"remedy_effect": "failed"}, "effect_reached"),
        ({"documents": None}, "documents_fixed"),
        ({"closing_decision": "return"}, "returned"),
    ],
)
def test_each_gap_is_named_and_all_but_a_return_can_be_waived(
    shipped: Definitions, case: dict[str, object], gap: str
) -> None:
    assert gaps(shipped, **case) == [gap]
    left = [gap] if gap == "returned" else []
    assert gaps(shipped, waived_gaps=[gap], **case) == left


def test_cause_and_documents_are_not_asked_of_a_case_that_is_not_ours(
    shipped: Definitions,
) -> None:
    nothing = {"occurrence_cause": None, "escape_cause": None, "documents": None}
    assert gaps(shipped, liability="customer", **nothing) == []
    assert gaps(shipped, triage={"handling": "direct"}, **nothing) == []


def test_an_undecided_approver_stops_the_case_at_its_owner(shipped: Definitions) -> None:
    policy = shipped.policy("consumer-3track")
    assert policy["approval"]["payment"] == Unset("approval.payment")  # type: ignore[index]
