"""A company's policy by channel or product line: chosen when a case begins, then followed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runner.engine.access import CUSTOMER
from runner.engine.instances import Started, start_complaint
from runner.engine.user_tasks import complete_user_task
from runner.errors import InvalidState
from runner.store.cases import find_case
from tests.definitions.check.procedures import form
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import POLICY, House

ASKED = simple(user_task("t", form="f", groups="=policy.roles.window"), middle="t")
SHOP = POLICY.replace("id: plain", "id: shop").replace("window: [office]", "window: [leader]")
LINES = """lines:
  - {{id: bikes, name: 电动车 / E-bikes, when: {bikes}, policy: bikes}}
  - {{id: shops, name: 门店 / Shops, when: channel = "store", policy: shop}}
"""
BACK = "lines: [{id: back, name: 回 / Back, when: 'true', policy: plain}]\n"
BIKES = POLICY.replace("id: plain", "id: bikes").replace("window: [office]", "window: []")


def company(house: House, bikes: str = 'product_line = "bike"') -> None:
    """Releases a company with a line for e-bikes and one for shops."""
    plain = POLICY + LINES.format(bikes=bikes)
    house.release(
        ASKED,
        **{
            "policies/plain__yaml": plain.encode(),
            "policies/shop__yaml": (SHOP + BACK).encode(),
            "policies/bikes__yaml": BIKES.encode(),
            "f__form": form("f", "product_line"),
        },
    )
    house.site = replace(house.site, default_policy="plain")


def begin(house: House, key: str, channel: str, policy: str = "", **variables: object) -> Started:
    return start_complaint(
        house.site,
        actor=CUSTOMER,
        variables=variables,
        channel=channel,
        start_element="s",
        policy_id=policy,
        idempotency_key=key,
    )


def followed(house: House, started: Started) -> str:
    with house.site.database.read() as connection:
        row = find_case(connection, started.case_id)
    assert row is not None
    return row.policy_id


def test_the_first_line_that_holds_names_the_policy(house: House) -> None:
    company(house)
    assert followed(house, begin(house, "a", "store")) == "shop"
    assert followed(house, begin(house, "b", "phone", product_line="bike")) == "bikes"
    assert followed(house, begin(house, "c", "store", product_line="bike")) == "bikes"


def test_where_no_line_holds_the_case_follows_the_company_itself(house: House) -> None:
    """A value that is not known is null, and null is not met."""
    company(house)
    assert followed(house, begin(house, "a", "phone")) == "plain"


def test_a_chosen_policy_is_followed_as_it_stands_not_by_its_own_lines(house: House) -> None:
    """The shop's policy has a line of its own that always holds."""
    company(house)
    assert followed(house, begin(house, "a", "store")) == "shop"


def test_a_start_that_names_its_policy_follows_exactly_that(house: House) -> None:
    company(house)
    assert followed(house, begin(house, "a", "store", policy="plain")) == "plain"


def test_the_choice_decides_who_gets_the_tasks_and_is_in_the_record(house: House) -> None:
    company(house)
    started = begin(house, "a", "store")
    task = house.tasks(started.case_id)["t"]
    complete_user_task(house.site, actor=house.lea, task_id=task, submission={})
    (event,) = house.events(started.case_id, "case_started")
    assert b'"policy_id":"shop"' in event.header_bytes


def test_the_choice_stands_when_what_it_was_made_by_changes(house: House) -> None:
    company(house)
    started = begin(house, "a", "phone")
    task = house.tasks(started.case_id)["t"]
    complete_user_task(
        house.site, actor=house.ann, task_id=task, submission={"product_line": "bike"}
    )
    assert house.variables(started.case_id)["product_line"] == "bike"
    assert followed(house, started) == "plain"


def test_a_second_start_with_the_same_key_gives_the_first_case(house: House) -> None:
    company(house)
    assert begin(house, "a", "store") == begin(house, "a", "store")


def test_a_line_that_cannot_be_judged_refuses_the_start_and_says_which(house: House) -> None:
    company(house, bikes="count(for i in 1..10000000 return i) > 0")
    with pytest.raises(InvalidState, match="'bikes' of the policy 'plain'"):
        begin(house, "a", "phone")
