"""Task list and task page: whose work it is, the form, drafts, and losing a race."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from runner.clock import SetClock
from runner.definitions.findings import half
from runner.engine.access import SYSTEM, Person
from runner.engine.instances import Started
from runner.engine.site import Site
from runner.engine.user_tasks import claim_user_task, form_context
from runner.settings import Settings
from runner.store.attachments import attachments_of_case
from runner.store.user_tasks import UserTask
from runner.web.case_reading import read_case
from runner.web.task_barriers import four_eyes_bar
from runner.worker.loop import Worker
from tests.web.conftest import Visit, picture, plain, said

Tasks = Callable[[str], list[UserTask]]
INTAKE = {
    "channel": "web_form",
    "request_kind": "complaint",
    "received_at": "2026-11-20T08:00",
    "anomaly_type": "occurred",
    "customer_name": "王女士",
    "contact": "wang@example.com",
    "subject": "product",
    "phenomenon": "接口处一直渗水",
    "product_name": "循环泵 P-60",
    "occurred_at": "2026-11-19T08:00",
    "desired_solution": "换一台",
    "readback_confirmed": "true",
}


@pytest.fixture
def clerk(person: Callable[..., Person]) -> Person:
    return person("customer_service")


@pytest.fixture
def task(complaint: Callable[..., Started], tasks_of: Tasks) -> UserTask:
    """The first task of a new complaint: the clerk's."""
    (found,) = tasks_of(complaint().case_id)
    return found


def test_people_see_the_tasks_of_their_groups_only(
    task: UserTask, clerk: Person, person: Callable[..., Person], visit: Visit
) -> None:
    assert f"/tasks/{task.id}" in visit(clerk).read("/tasks")
    finance = visit(person("finance"))
    assert f"/tasks/{task.id}" not in finance.read("/tasks?view=groups")
    assert "There is nothing to do here." in plain(finance.read("/tasks"))


def test_tasks_are_grouped_by_what_to_do_about_time(
    site: Site, task: UserTask, clerk: Person, visit: Visit
) -> None:
    assert task.due_at is not None
    assert said(["Due today · 1"], visit(clerk).read("/tasks")) == []
    clock = site.clock
    assert isinstance(clock, SetClock)
    clock.set(task.due_at + timedelta(hours=2))
    page = visit(clerk).read("/tasks")
    assert said(["Late · 1", "late"], page) == []
    assert re.search(r'class="due late"', page)


def test_a_filter_finds_a_customer_a_product_a_number(
    task: UserTask, clerk: Person, visit: Visit
) -> None:
    staff = visit(clerk)
    for words in ("P-60", "TS-2026", "渗水"):
        assert f"/tasks/{task.id}" in staff.read(f"/tasks?q={words}")
    assert "No task contains “pump”." in plain(staff.read("/tasks?q=pump"))


def test_claiming_shows_who_has_it(
    task: UserTask, clerk: Person, person: Callable[..., Person], visit: Visit
) -> None:
    other = person("customer_service")
    assert visit(clerk).post(f"/tasks/{task.id}/claim").status_code == 303
    late = visit(other).post(f"/tasks/{task.id}/claim")
    assert late.status_code == 409
    assert clerk.display_name in plain(late.text)
    page = visit(other).read(f"/tasks/{task.id}")
    assert "has held this task since" in plain(page)
    assert "data-main" not in page
    assert visit(clerk).post(f"/tasks/{task.id}/unclaim").status_code == 303
    assert "data-main" in visit(other).read(f"/tasks/{task.id}")


def test_the_page_shows_the_form_beside_the_complaint(
    task: UserTask, clerk: Person, visit: Visit
) -> None:
    page = visit(clerk).read(f"/tasks/{task.id}")
    assert said(["循环泵 P-60", "What the procedure says", "See the procedure as text"], page) == []
    assert 'class="dg"' in page
    assert "接口处一直渗水 &lt;b&gt;快&lt;/b&gt;" in page
    assert "<b>快</b>" not in page


def test_errors_stand_beside_their_fields_and_what_was_typed_stays(
    task: UserTask, clerk: Person, visit: Visit
) -> None:
    answer = visit(clerk).post(f"/tasks/{task.id}", INTAKE | {"customer_name": "", "contact": ""})
    assert answer.status_code == 422
    assert '<a href="#f-customer-name">' in answer.text
    assert 'id="f-customer-name-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="循环泵 P-60"' in answer.text
    assert "2 things to correct" in plain(answer.text)


def test_a_submitted_task_leads_to_the_next(
    site: Site, task: UserTask, clerk: Person, visit: Visit, tasks_of: Tasks
) -> None:
    staff = visit(clerk)
    answer = staff.post(f"/tasks/{task.id}", INTAKE | {"transaction_record:file": picture()})
    assert answer.status_code == 303, plain(answer.text)[:600]
    assert task.id not in {t.id for t in tasks_of(task.root_id)}
    assert "照片.png" in staff.read(f"/cases/{task.root_id}?tab=files")
    assert staff.get(f"/tasks/{task.id}").location == f"/cases/{task.root_id}"


def test_the_second_submission_reads_who_was_first(
    task: UserTask, clerk: Person, person: Callable[..., Person], visit: Visit
) -> None:
    assert visit(clerk).post(f"/tasks/{task.id}", INTAKE).status_code == 303
    late = visit(person("customer_service")).post(f"/tasks/{task.id}", INTAKE)
    assert late.status_code == 409
    name = half(clerk.display_name, "en")
    shown = said(["Somebody was faster", "What you had entered", "王女士"], late.text)
    assert shown == []
    assert f"{name} finished this task: 2026-" in plain(late.text)


def test_finished_work_says_when_and_whether_it_was_late(
    task: UserTask, clerk: Person, visit: Visit
) -> None:
    staff = visit(clerk)
    staff.post(f"/tasks/{task.id}/claim")
    staff.post(f"/tasks/{task.id}", INTAKE)
    page = staff.read("/tasks?view=done")
    assert said(["finished in time today", "Finished"], page) == []
    assert " left " not in plain(page)


def test_four_eyes_are_told_before_the_form(
    app: Flask, site: Site, task: UserTask, clerk: Person, visit: Visit, tasks_of: Tasks
) -> None:
    visit(clerk).post(f"/tasks/{task.id}", INTAKE)
    again = form_context(site, actor=clerk, task_id=tasks_of(task.root_id)[0].id)
    twice = replace(again.element, properties={"four_eyes": task.element_id})
    with app.test_request_context("/?lang=en"), site.database.read() as connection:
        reading = read_case(connection, site, clerk, task.root_id)
        bars = [
            four_eyes_bar(connection, reading, replace(again, element=element), person, "en")
            for element, person in ((twice, clerk), (again.element, clerk), (twice, SYSTEM))
        ]
    assert bars[0].startswith("Four eyes: you did “")
    assert bars[1:] == ["", ""]


def test_a_race_while_somebody_holds_the_task_names_them(
    site: Site, task: UserTask, clerk: Person, person: Callable[..., Person], visit: Visit
) -> None:
    claim_user_task(site, actor=clerk, task_id=task.id)
    late = visit(person("customer_service")).post(f"/tasks/{task.id}", INTAKE)
    assert late.status_code == 409
    assert clerk.display_name in plain(late.text)


def test_a_draft_is_kept_for_its_writer_alone(
    task: UserTask, clerk: Person, person: Callable[..., Person], visit: Visit
) -> None:
    answer = visit(clerk).post(
        f"/tasks/{task.id}", {"phenomenon": "half a sentence", "_draft": "1"}
    )
    assert answer.status_code == 303
    assert "half a sentence" in visit(clerk).read(f"/tasks/{task.id}")
    assert "half a sentence" not in visit(person("customer_service")).read(f"/tasks/{task.id}")


def test_row_buttons_keep_what_was_typed(task: UserTask, clerk: Person, visit: Visit) -> None:
    staff = visit(clerk)
    sent: dict[str, Any] = {"_rows.statements": "1", "statements.0.statement": "it drips"}
    grown = staff.post(f"/tasks/{task.id}", sent | {"_add": "statements"})
    assert grown.status_code == 200
    assert 'value="it drips"' in grown.text
    assert 'name="statements.1.statement"' in grown.text
    shrunk = staff.post(f"/tasks/{task.id}", sent | {"_remove": "statements.0"})
    assert "it drips" not in shrunk.text


def test_the_fields_follow_the_answers_without_a_submission(
    task: UserTask, clerk: Person, visit: Visit
) -> None:
    staff = visit(clerk)
    answer = staff.post(f"/tasks/{task.id}", {"business_customer": "true", "_preview": "1"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="fields">')
    assert 'name="company"' in answer.text
    assert 'name="company"' not in staff.read(f"/tasks/{task.id}")


def test_a_question_nobody_has_seen_is_asked_before_anything_is_submitted(
    task: UserTask, clerk: Person, visit: Visit, tasks_of: Tasks
) -> None:
    staff = visit(clerk)
    asked = re.search(r'name="_asked" value="([^"]+)"', staff.read(f"/tasks/{task.id}"))
    assert asked is not None
    sent = INTAKE | {"business_customer": "true", "_asked": asked[1]}
    answer = staff.post(f"/tasks/{task.id}", sent)
    assert answer.status_code == 422
    assert "A new question: your answers brought it up." in plain(answer.text)
    assert 'name="base"' in answer.text
    assert [t.id for t in tasks_of(task.root_id)] == [task.id]
    now = re.search(r'name="_asked" value="([^"]+)"', answer.text)
    assert now is not None
    seen = staff.post(f"/tasks/{task.id}", sent | {"_asked": now[1], "company": "Our customer"})
    assert seen.status_code == 303


def test_looking_at_the_fields_keeps_no_file(
    site: Site, task: UserTask, clerk: Person, visit: Visit
) -> None:
    sent = {"_preview": "1", "transaction_record:file": picture()}
    assert visit(clerk).post(f"/tasks/{task.id}", sent).status_code == 200
    with site.database.read() as connection:
        assert attachments_of_case(connection, task.root_id, site.vault) == []


def test_nobody_outside_the_groups_does_a_task_by_its_address(
    task: UserTask, person: Callable[..., Person], visit: Visit, tasks_of: Tasks
) -> None:
    finance = visit(person("finance"))
    for path in (f"/tasks/{task.id}", f"/tasks/{task.id}/claim"):
        assert finance.post(path, INTAKE).status_code in {403, 404}
    assert [t.id for t in tasks_of(task.root_id)] == [task.id]
    nobody = visit(person())
    assert nobody.get(f"/tasks/{task.id}").status_code == 404
    assert nobody.get(f"/cases/{task.root_id}").status_code == 404


def test_compliance_reads_but_does_not_act(
    task: UserTask, person: Callable[..., Person], visit: Visit
) -> None:
    compliance = visit(person("compliance"))
    page = compliance.read(f"/tasks/{task.id}")
    assert "Read only" in plain(page)
    assert compliance.post(f"/tasks/{task.id}", INTAKE).status_code == 403
    assert f"/tasks/{task.id}" in compliance.read("/tasks?view=all")


def test_staff_record_a_complaint_of_the_phone_and_read_it_back(
    site: Site,
    site_settings: Settings,
    clerk: Person,
    person: Callable[..., Person],
    visit: Visit,
    tasks_of: Tasks,
) -> None:
    staff = visit(clerk)
    assert staff.post("/register", {"key": "a"}).status_code == 422
    answer = staff.post("/register", {"key": "a", "channel": "phone", "language": "en"})
    assert answer.status_code == 303
    page = staff.read(answer.location)
    assert said(["Give back", "Read back and confirmed"], page) == []
    without = staff.post(answer.location, INTAKE | {"readback_confirmed": ""})
    assert without.status_code == 422
    assert "Read back and confirmed: tick this to go on." in plain(without.text)
    assert staff.post("/register", {"key": "a", "channel": "phone", "language": "en"}).location == (
        answer.location
    )
    done = staff.post(answer.location, INTAKE | {"channel": "phone"})
    Worker(site, site_settings).work_off()
    flash = staff.read(done.location)
    assert re.search(r"TS-2026-\d+ is registered\.", plain(flash))
    assert "/cases/" in flash
    assert visit(person("finance")).get("/register").status_code == 403


def test_support_can_be_asked_once_handling_runs(
    site: Site, task: UserTask, clerk: Person, person: Callable[..., Person], visit: Visit
) -> None:
    page = visit(clerk).read(f"/tasks/{task.id}")
    assert "Ask for support" not in plain(page)
    answer = visit(clerk).post(f"/tasks/{task.id}/help", {"reason": "too early", "key": "a"})
    assert answer.status_code == 409
    assert visit(person("finance")).post(f"/tasks/{task.id}/help").status_code == 403


def test_a_theme_is_kept(clerk: Person, visit: Visit) -> None:
    staff = visit(clerk)
    assert "data-theme" not in staff.read("/tasks")
    assert 'data-theme="dark"' in staff.read("/tasks?theme=dark")
    assert 'data-theme="dark"' in staff.read("/cases")
    assert "data-theme" not in staff.read("/tasks?theme=system")


def test_neighbours_lead_through_ones_own_list(
    complaint: Callable[..., Started], clerk: Person, visit: Visit, tasks_of: Tasks
) -> None:
    (first,) = tasks_of(complaint("a").case_id)
    (second,) = tasks_of(complaint("b").case_id)
    staff = visit(clerk)
    pages = {task.id: staff.read(f"/tasks/{task.id}") for task in (first, second)}
    assert sorted("1 of 2" in plain(page) for page in pages.values()) == [False, True]
    assert f'href="/tasks/{second.id}"' in pages[first.id]
    assert f'href="/tasks/{first.id}"' in pages[second.id]


def test_registering_again_after_a_colleague_took_the_task_leads_to_it(
    site: Site, person: Callable[..., Person], visit: Visit
) -> None:
    first, colleague = visit(person("customer_service")), visit(person("customer_service"))
    wanted = {"key": "lost answer", "channel": "phone", "language": "zh"}
    task = first.post("/register", wanted).location
    first.post(f"{task}/unclaim", {})
    colleague.post(f"{task}/claim", {})
    again = first.post("/register", wanted)
    assert (again.status_code, again.location) == (303, task)
