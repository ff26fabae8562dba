"""A company with lines: the product line is asked, the case page names the policy it follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from runner.engine.access import Person
from runner.engine.site import Site
from runner.settings import Settings
from runner.store.cases import CaseRow, find_case
from runner.store.tables import cases
from tests.sites import Released, Staff, release_shipped
from tests.web.conftest import Visit, said

COMPANY = """id: group-company
extends: demo-consumer
name: 集团 / Group
product_lines:
  - {id: appliances, name: 家电 / Appliances}
  - {id: bikes, name: 电动车 / E-bikes}
lines:
  - {id: bikes, name: 电动车 / E-bikes, when: product_line = "bikes", policy: demo-ebike}
  - {id: web, name: 网上 / Online, when: channel = "web_form", policy: quick-web}
"""
QUICK = """id: quick-web
extends: demo-consumer
name: 网上投诉 / Online complaints
ack: {first_response_due: {amount: 3, unit: hour, from: received, certainty: owner}}
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    folder = "processes/policies/"
    more = {f"{folder}group-company.yaml": COMPANY, f"{folder}quick-web.yaml": QUICK}
    made = release_shipped(
        tmp_path_factory.mktemp("released-lines"),
        more={name: text.encode() for name, text in more.items()},
    )
    return replace(made, settings=replace(made.settings, policy="group-company"))


@pytest.fixture
def opened(released: Released, tmp_path: Path) -> Iterator[tuple[Site, Settings]]:
    site, settings = released.copy(tmp_path / "site")
    yield site, settings
    site.database.close()


@pytest.fixture
def clerk(person: Staff) -> Person:
    return person("customer_service", "after_sales")


def only_case(site: Site) -> CaseRow:
    """The one case there is."""
    with site.database.read() as connection:
        (row,) = connection.execute(select(cases.c.id)).all()
        found = find_case(connection, row.id)
    assert found is not None
    return found


def test_the_clerk_chooses_the_product_line_and_the_case_follows_its_policy(
    site: Site, clerk: Person, visit: Visit
) -> None:
    staff = visit(clerk)
    assert said(["Product line", "Appliances", "E-bikes"], staff.read("/register")) == []
    answer = staff.post(
        "/register",
        {"channel": "phone", "language": "en", "key": "k" * 24, "product_line": "bikes"},
    )
    assert answer.status_code == 303
    assert only_case(site).policy_id == "demo-ebike"


@pytest.mark.parametrize("chosen", ["", "boats"])
def test_without_a_product_line_nothing_begins(
    site: Site, clerk: Person, visit: Visit, chosen: str
) -> None:
    answer = visit(clerk).post(
        "/register",
        {"channel": "phone", "language": "en", "key": "k" * 24, "product_line": chosen},
    )
    assert answer.status_code == 422
    assert said(["Choose the product line."], answer.text) == []


def test_who_takes_in_for_any_line_may_record(person: Staff, visit: Visit) -> None:
    """The window of the e-bike policy is the after-sales service."""
    assert visit(person("after_sales")).get("/register").status_code == 200
    assert visit(person("hr")).get("/register").status_code == 403


def test_the_public_form_promises_what_the_line_of_the_web_promises(visit: Visit) -> None:
    assert said(["3 hours"], visit().read("/complaint")) == []


def test_the_case_page_names_the_policy_the_case_follows(
    site: Site, clerk: Person, visit: Visit
) -> None:
    staff = visit(clerk)
    staff.post(
        "/register",
        {"channel": "phone", "language": "en", "key": "k" * 24, "product_line": "bikes"},
    )
    page = staff.read(f"/cases/{only_case(site).id}")
    assert said(["Policy Yunchi E-Bikes complaint policy"], page) == []
