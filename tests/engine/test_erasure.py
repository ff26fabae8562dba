"""Erasure: unreadable for ever, still provable; only after the end, only by those who may."""

from __future__ import annotations

import pytest

from runner.engine.access import SYSTEM, Person
from runner.engine.erasure import erase_person
from runner.engine.instances import cancel_case, start_complaint
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.errors import InvalidState, NotAllowed, NotFound
from runner.store.complaints import find_complaint
from runner.store.event_log import read_chain
from runner.store.keys import Erased
from tests.sites import Staff


@pytest.fixture
def case_id(site: Site) -> str:
    return start_complaint(
        site,
        actor=SYSTEM,
        variables={"customer_name": "李雷", "contact": "li@example.org", "phenomenon": "漏电"},
        channel="phone",
        start_element="start_recorded",
        idempotency_key="k",
    ).case_id


def test_a_finished_case_forgets_its_customer_and_still_verifies(
    site: Site, case_id: str, person: Staff
) -> None:
    cancel_case(site, actor=SYSTEM, case_id=case_id, reason="double")
    erase_person(site, actor=person("compliance"), case_id=case_id)
    with site.database.read() as connection:
        with pytest.raises(Erased):
            read_case_variables(site, connection, case_id)
        assert all(e.values in (None, {}) for e in read_chain(connection, case_id, site.vault))
        assert find_complaint(connection, case_id)["customer_name"] is None
        types = [event.type for event in read_chain(connection, "access", site.vault)]
    assert types[-1] == "person_erased"


def test_a_running_case_keeps_its_data(site: Site, case_id: str, person: Staff) -> None:
    with pytest.raises(InvalidState, match="running"):
        erase_person(site, actor=person("compliance"), case_id=case_id)
    with site.database.read() as connection:
        assert read_case_variables(site, connection, case_id)["customer_name"] == "李雷"


def test_only_compliance_and_administrators_erase(site: Site, case_id: str, person: Staff) -> None:
    with pytest.raises(NotAllowed):
        erase_person(site, actor=person("customer_service"), case_id=case_id)
    with pytest.raises(NotFound):
        erase_person(site, actor=person("administrator"), case_id="nothing")
    with pytest.raises(NotAllowed):
        erase_person(site, actor=Person("nobody"), case_id=case_id)
