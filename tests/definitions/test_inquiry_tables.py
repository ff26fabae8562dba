"""Who meets and what is looked into: the tables of the inquiry under different policies."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from runner.definitions.files import read_folder
from runner.definitions.release import Definitions, load_definitions

ROOT = Path(__file__).resolve().parents[2]
NOW = dt.datetime(2026, 6, 1, 2, 0, tzinfo=dt.UTC)
LIMIT = {"amount": 1, "unit": "day"}
TEAM = {
    "participants": ["operation_owner", "inspection_leader"],
    "conditional_participants": ["technical_adviser", "top_management"],
}


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    return load_definitions(read_folder(ROOT))


def meeting(shipped: Definitions, severity: str = "ordinary", **case: object) -> set[str]:
    found = _decide(
        shipped,
        "meeting_participants",
        {"roles": {"investigation_lead": ["quality_engineer"]}, "team": TEAM},
        {"severity": severity, "responsible_group": ["production"]},
        **case,
    )
    return {group for row in found for group in row}


def items(
    shipped: Definitions, handling: str, named: list[str], team: list[str] | None = None
) -> dict[str, tuple[str, str]]:
    """Group and phase of every item, by its section."""
    limits = {"preliminary_due": LIMIT, "urgent_due": LIMIT, "product_lookup_due": LIMIT}
    policy = {"investigation": {"items": named, **limits}, "team": {"members": team or []}}
    found = _decide(shipped, "investigation_plan", policy, {"handling": handling})
    return {row["section"]: (row["group"], row["phase"]) for row in found}


def _decide(
    shipped: Definitions, decision: str, policy: Any, triage: Any, **case: object
) -> list[Any]:
    scope = {"policy": policy, "triage": triage, "clock": {"now": NOW}, **case}
    model = shipped.decisions[decision].model
    calendar = shipped.calendars["cn"]
    value = model.evaluate(decision, scope, now=NOW, calendar=calendar).value
    assert isinstance(value, list)
    return value


ALWAYS = {"quality_engineer", "production", "operation_owner", "inspection_leader"}


class TestParticipants:
    """TM-06 TM-07 TM-20."""

    def test_chair_department_and_those_the_policy_names_always_take_part(
        self, shipped: Definitions
    ) -> None:
        assert meeting(shipped) == ALWAYS

    def test_an_adviser_is_invited_only_where_needed(self, shipped: Definitions) -> None:
        assert meeting(shipped, adviser_needed=True) == ALWAYS | {"technical_adviser"}

    @pytest.mark.parametrize("severity", ["serious", "critical"])
    def test_top_management_comes_to_serious_matters(
        self, shipped: Definitions, severity: str
    ) -> None:
        assert meeting(shipped, severity) == ALWAYS | {"top_management"}

    def test_top_management_comes_where_much_changes(self, shipped: Definitions) -> None:
        assert meeting(shipped, "minor", large_change=True) == ALWAYS | {"top_management"}

    def test_top_management_is_invited_once(self, shipped: Definitions) -> None:
        found = _decide(
            shipped,
            "meeting_participants",
            {"roles": {"investigation_lead": ["quality_engineer"]}, "team": TEAM},
            {"severity": "serious", "responsible_group": ["production"]},
            large_change=True,
        )
        assert [group for row in found for group in row].count("top_management") == 1


class TestItems:
    """EV-02 to EV-14, TM-02."""

    def test_every_complaint_is_verified_before_anything_else(self, shipped: Definitions) -> None:
        assert items(shipped, "standard", []) == {"facts": ("responsible", "preliminary")}

    def test_a_full_inquiry_finds_the_production_data(self, shipped: Definitions) -> None:
        assert items(shipped, "full", [])["production"] == ("production", "detailed")

    def test_the_duties_of_the_team_are_split(self, shipped: Definitions) -> None:
        found = items(shipped, "full", ["performance"], ["quality_control", "production", "rnd"])
        assert found["laboratory"][0] == "examiner"
        assert found["production"][0] == "production"
        assert found["design"][0] == "rnd"

    def test_without_research_in_the_team_nobody_reviews_the_design(
        self, shipped: Definitions
    ) -> None:
        assert "design" not in items(shipped, "full", ["performance"], ["production"])

    @pytest.mark.parametrize(
        ("named", "section"),
        [
            ("photos", "product"), ("purchase_records", "records"), ("chemistry", "laboratory"),
            ("status", "site"), ("change_points", "change_points"),
        ],
    )  # fmt: skip
    def test_what_the_policy_names_is_looked_into(
        self, shipped: Definitions, named: str, section: str
    ) -> None:
        assert section in items(shipped, "full", [named])
        assert section not in items(shipped, "full", [])

    def test_product_details_are_found_out_at_once(self, shipped: Definitions) -> None:
        found = items(shipped, "standard", ["product_details"])
        assert found["production"] == ("responsible", "preliminary")
