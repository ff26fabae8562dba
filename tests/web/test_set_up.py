"""The set-up page: what is left to decide, who asks, what to write, and who may see it."""

from __future__ import annotations

import pytest

from runner.definitions.policies import FOLDER, load_policies
from runner.definitions.schemas import POLICY_SCHEMA, read_schema
from runner.engine.access import CUSTOMER
from runner.engine.incidents import resolve_incident
from runner.engine.instances import start_complaint
from runner.engine.site import Site
from runner.settings import Settings
from runner.store.incidents import open_incidents
from runner.worker.loop import Worker
from tests.sites import Staff
from tests.web.conftest import Visit, Visitor, plain, said

PROFILE = "aftersales-ticket-24h-3-7wd"


@pytest.fixture
def owner(person: Staff, visit: Visit) -> Visitor:
    return visit(person("process_owner"))


def test_a_company_that_decided_everything_is_told_so(owner: Visitor) -> None:
    page = owner.read("/set-up")
    assert said(["Qinghe Appliances complaint policy", "Everything is decided."], page) == []
    assert "Proposal, to copy" not in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_open_value_is_explained_with_who_asks_and_the_lines(
    person: Staff, visit: Visit, language: str
) -> None:
    page = visit(person("process_owner"), language).read(f"/set-up?policy={PROFILE}")
    words = {
        "en": ["Call back by", "A missed call is returned by then.", "Call back", "IN-03 D-03"],
        "zh": ["回拨时限", "漏接来电后回拨的时限。", "立即回拨", "IN-03 D-03"],
    }
    assert said(words[language], page) == []
    assert "callback_due: {amount: 30, unit: minute, from: received, certainty: owner}" in page


def test_what_the_source_states_of_a_time_is_told(owner: Visitor) -> None:
    """3 and 7 working days are stated, their start is not."""
    page = owner.read(f"/set-up?policy={PROFILE}")
    assert said(["The source says 7 working_day and not from when."], page) == []
    assert "complex: {amount: 7, unit: working_day, from: received, certainty: estimate}" in page


def test_values_no_step_asks_for_are_shown_on_demand(owner: Visitor) -> None:
    assert "retention:" not in owner.read(f"/set-up?policy={PROFILE}")
    assert "retention:" in owner.read(f"/set-up?policy={PROFILE}&all=1")


def test_the_draft_is_a_policy_that_decides_everything(owner: Visitor, site: Site) -> None:
    answer = owner.get(f"/set-up/{PROFILE}.yaml")
    assert answer.status_code == 200
    assert "our-policy.yaml" in answer.headers["Content-Disposition"]
    with site.database.read() as connection:
        files = site.definitions(connection, site.effective_release(connection).digest).files
    chosen = {path: data for path, data in files.items() if path.startswith(FOLDER)}
    schema = read_schema(files, POLICY_SCHEMA)[0]
    texts = {p: d for p, d in chosen.items() if p.endswith(".yaml")}
    texts[f"{FOLDER}our-policy.yaml"] = answer.data
    policies, findings = load_policies(texts, schema)
    assert findings == []
    assert policies["our-policy"].unset == ()
    assert policies["our-policy"].lineage == ("our-policy", PROFILE)


def test_what_was_decided_in_a_case_waits_to_be_written_down(
    owner: Visitor, person: Staff, site: Site, site_settings: Settings
) -> None:
    started = start_complaint(
        site, actor=CUSTOMER, variables={"request_kind": "complaint", "phenomenon": "x"},
        channel="web_form", start_element="start_received", policy_id=PROFILE,
        idempotency_key="u", language="en",
    )  # fmt: skip
    Worker(site, site_settings).work_off()
    with site.database.read() as connection:
        incident = next(
            i for i in open_incidents(connection, started.case_id) if i.kind == "policy_unset"
        )
    assert incident.policy_path is not None
    olga = person("process_owner")
    resolve_incident(
        site, actor=olga, incident_id=incident.id, policy_value=["after_sales"], reason="decided"
    )
    page = owner.read(f"/set-up?policy={PROFILE}")
    assert "Decided in a case" in plain(page)
    assert f"/cases/{started.case_id}" in page
    assert f"{incident.policy_path.rpartition('.')[2]}: [after_sales]" in page


def test_only_owners_of_the_policy_see_it(person: Staff, visit: Visit) -> None:
    assert visit(person("customer_service")).get("/set-up").status_code == 403
    assert visit(person("customer_service")).get(f"/set-up/{PROFILE}.yaml").status_code == 403
    assert visit(person("administrator")).get("/set-up").status_code == 200
    assert visit().get("/set-up").status_code == 302


@pytest.mark.parametrize("path", ["/set-up?policy=nothing", "/set-up/nothing.yaml"])
def test_a_policy_that_is_not_there_is_not_found(owner: Visitor, path: str) -> None:
    assert owner.get(path).status_code == 404


def test_the_procedure_page_leads_there(person: Staff, visit: Visit) -> None:
    assert 'href="/set-up"' in visit(person("process_owner")).read("/releases")
    assert 'href="/set-up"' not in visit(person("customer_service")).read("/releases")
