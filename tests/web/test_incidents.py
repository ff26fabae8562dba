"""Incidents on pages: what is told, who repairs, what a decided value does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from runner.definitions.deciding import proposal
from runner.definitions.schemas import POLICY_SCHEMA, read_schema
from runner.engine.access import CUSTOMER, Person
from runner.engine.incidents import resolve_incident
from runner.engine.instances import Started, start_complaint
from runner.engine.kept_messages import tend_kept_messages
from runner.engine.site import Site
from runner.engine.start_timers import fire_start_timer
from runner.settings import Settings
from runner.store.incidents import Incident, open_incidents
from runner.store.kept_messages import KeptMessage, keep_message
from runner.store.start_timers import StartTimer, armed_start_timers, insert_start_timer
from runner.worker.loop import Worker
from tests.web.conftest import Visit, plain, said


def is_role(incident: Incident) -> bool:
    return str(incident.policy_path).startswith("roles.")


@pytest.fixture
def undecided(site: Site, site_settings: Settings) -> tuple[Started, dict[bool, Incident]]:
    """A case of a base policy, by whether it waits for a role (True) or a time (False)."""
    started = start_complaint(
        site, actor=CUSTOMER, variables={"request_kind": "complaint", "phenomenon": "x"},
        channel="web_form", start_element="start_received", policy_id="light-industry-incident",
        idempotency_key="u", language="en",
    )  # fmt: skip
    Worker(site, site_settings).work_off()
    with site.database.read() as connection:
        found = open_incidents(connection, started.case_id)
    assert {incident.kind for incident in found} == {"policy_unset"}
    return started, {is_role(incident): incident for incident in found}


def test_an_undecided_value_is_told_and_decided_on_its_page(
    site: Site,
    undecided: tuple[Started, dict[bool, Incident]],
    person: Callable[..., Person],
    visit: Visit,
) -> None:
    started, incident = undecided[0], undecided[1][False]
    owner = visit(person("process_owner", "quality_manager"))
    assert f"/incidents/{incident.id}" in owner.read("/incidents")
    page = owner.read(f"/incidents/{incident.id}")
    assert said(["A policy value must be decided", "Decide this value"], page) == []
    assert str(incident.policy_path) in page
    path = f"/incidents/{incident.id}"
    wrong = owner.post(path, {"how": "time", "amount": "soon", "unit": "hour", "reason": "r"})
    assert wrong.status_code == 422
    assert '"soon" is not a number.' in plain(wrong.text)
    done = owner.post(path, {"how": "time", "amount": "4", "unit": "hour", "reason": "decided"})
    assert done.status_code == 303
    with site.database.read() as connection:
        left = open_incidents(connection, started.case_id)
    assert incident.id not in {other.id for other in left}
    assert "This was repaired already." in plain(owner.read(path))


def test_a_reason_is_needed(
    undecided: tuple[Started, dict[bool, Incident]], person: Callable[..., Person], visit: Visit
) -> None:
    incident = undecided[1][False]
    owner = visit(person("process_owner", "quality_manager"))
    answer = owner.post(f"/incidents/{incident.id}", {"how": "none", "reason": ""})
    assert answer.status_code == 422
    assert "Give a reason." in plain(answer.text)


def test_only_the_owner_decides(
    undecided: tuple[Started, dict[bool, Incident]], person: Callable[..., Person], visit: Visit
) -> None:
    incident = undecided[1][False]
    answer = visit(person("superior")).post(
        f"/incidents/{incident.id}", {"how": "none", "reason": "because"}
    )
    assert answer.status_code == 403
    outsider = visit(person())
    assert outsider.get(f"/incidents/{incident.id}").status_code == 404
    assert f"/incidents/{incident.id}" not in outsider.read("/incidents")


def test_a_role_is_decided_by_ticking_groups(
    site: Site,
    site_settings: Settings,
    undecided: tuple[Started, dict[bool, Incident]],
    person: Callable[..., Person],
    visit: Visit,
) -> None:
    case_id = undecided[0].case_id
    olga = person("process_owner", "quality_manager")
    owner = visit(olga)
    schema, _ = read_schema({}, POLICY_SCHEMA)
    with site.database.read() as connection:
        release = site.effective_release(connection)
        policy = site.definitions(connection, release.digest).policies["light-industry-incident"]
    for _ in range(60):  # whatever is asked before is decided as proposed
        Worker(site, site_settings).work_off()
        with site.database.read() as connection:
            found = open_incidents(connection, case_id)
        role = next((incident for incident in found if is_role(incident)), None)
        if role is not None or not found:
            break
        value = proposal(policy, found[0].policy_path or "", schema)
        resolve_incident(
            site, actor=olga, incident_id=found[0].id, policy_value=value, reason="as proposed"
        )
    assert role is not None
    path = f"/incidents/{role.id}"
    assert 'value="after_sales"' in owner.read(path)
    assert owner.post(path, {"how": "groups", "reason": "r"}).status_code == 422
    done = owner.post(path, {"how": "groups", "groups": "after_sales", "reason": "r"})
    assert done.status_code == 303
    with site.database.read() as connection:
        left = open_incidents(connection, case_id)
    assert role.id not in {other.id for other in left}


def test_a_start_that_was_refused_is_shown_to_those_who_decide_it(
    site: Site, person: Callable[..., Person], visit: Visit
) -> None:
    with site.database.write() as connection:
        digest = site.effective_release(connection).digest
        late = StartTimer("late", digest, "complaint", "start_received", site.clock.now())
        insert_start_timer(connection, late)
    site.default_policy = "missing"
    assert fire_start_timer(site, late)
    owner, other = visit(person("process_owner")), visit(person("marketing"))
    page = plain(owner.read("/incidents"))
    assert said(["Cases that could not begin", "There is no policy 'missing'"], page) == []
    assert "Cases that could not begin" not in plain(other.read("/incidents"))
    assert owner.post("/incidents/starts/late", {"reason": " "}).status_code == 422
    assert owner.post("/incidents/starts/late", {"reason": "r", "how": "retry"}).status_code == 303
    with site.database.read() as connection:
        assert [timer.id for timer in armed_start_timers(connection)] == ["late"]
    assert fire_start_timer(site, late)
    assert (
        owner.post("/incidents/starts/late", {"reason": "r", "how": "give_up"}).status_code == 303
    )
    assert "Everything runs." in plain(owner.read("/incidents"))


def test_a_kept_message_that_begins_no_case_is_shown_with_them(
    site: Site, person: Callable[..., Person], visit: Visit
) -> None:
    now, subject = site.clock.now(), "kept1"
    with site.database.write() as connection:
        site.vault.create(connection, subject, site.clock)
        sealed = site.vault.encrypt(connection, subject, b"{}")
        life = now + timedelta(hours=1)
        keep_message(
            connection,
            KeptMessage(0, subject, "complaint_received", "K", sealed, "customer", now, life),
        )
    site.default_policy = "missing"
    assert tend_kept_messages(site) == 1
    owner = visit(person("process_owner"))
    page = plain(owner.read("/incidents"))
    assert said(["A message should begin a case complaint_received", "'missing'"], page) == []
    assert (
        owner.post("/incidents/starts/kept1", {"reason": "r", "how": "give_up"}).status_code == 303
    )
    assert "Everything runs." in plain(owner.read("/incidents"))
