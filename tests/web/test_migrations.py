"""The pages that move running cases to another release, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from runner.definitions.files import read_folder
from runner.engine import releases
from runner.engine.access import SYSTEM, Person
from runner.engine.instances import Started
from runner.engine.migration import work_migrations
from runner.engine.site import Site
from runner.store.cases import find_case
from runner.store.user_tasks import UserTask
from tests.web.conftest import Visit, Visitor, plain, said
from tests.web.test_wording import ROOT

FORM = re.compile(r'<option value="([^"]*)" selected>')


def publish(site: Site, change: Callable[[dict[str, bytes]], None]) -> str:
    """A second release of the shipped procedure, in force."""
    files = dict(read_folder(ROOT))
    change(files)
    row = releases.make_release(site, actor=SYSTEM, files=files, reason="second")
    releases.approve_release(site, actor=SYSTEM, digest=row.digest)
    return releases.make_effective(site, actor=SYSTEM, digest=row.digest).digest


def renamed(files: dict[str, bytes]) -> None:
    """The task a new complaint waits at gets another id."""
    text = files["processes/confirm_facts.bpmn"].decode()
    files["processes/confirm_facts.bpmn"] = text.replace(
        '"complete_facts"', '"complete_facts_new"'
    ).encode()


def gone(files: dict[str, bytes]) -> None:
    """Every user task of intake gets another id and name."""
    text = files["processes/confirm_facts.bpmn"].decode()
    for task, name in re.findall(r'<bpmn:userTask id="(\w+)" name="([^"]*)"', text):
        text = text.replace(f'"{task}"', f'"{task}_other"').replace(
            f'"{name}"', f'"其他 / Other {task}"'
        )
    files["processes/confirm_facts.bpmn"] = text.encode()


def start_form(page: str) -> str:
    found = re.search(r'action="(/migrations/plans/\w+/start)"', page)
    assert found is not None
    return found[1]


def run(owner: Visitor, case: str) -> str:
    kept = owner.post("/migrations/plans", {"source": "1", "target": "2", "case": case})
    assert kept.status_code == 303, plain(kept.text)
    shown = owner.read(kept.location)
    answer = owner.post(start_form(shown), {"case": case, "reason": "new law"})
    assert answer.status_code == 303
    return str(answer.location)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_choose_look_run_follow_and_put_back(
    site: Site,
    visit: Visit,
    person: Callable[..., Person],
    complaint: Callable[..., Started],
    tasks_of: Callable[[str], list[UserTask]],
    language: str,
) -> None:
    case = complaint().case_id
    (task,) = tasks_of(case)
    target = publish(site, renamed)
    owner = visit(person("process_owner"), language)
    assert "/migrations/new" in owner.read("/releases")
    chosen = owner.read("/migrations/new?process=intake")
    assert f"{task.element_id}_new" in FORM.findall(chosen)
    assert owner.read(f"/migrations/new?element={task.element_id}&state=going")
    kept = owner.post("/migrations/plans", {"source": "1", "target": "2", "case": case})
    preview = owner.read(kept.location)
    assert preview.count('<svg xmlns="http://www.w3.org/2000/svg" class="dg"') == 2
    assert start_form(preview)
    refused = owner.post(start_form(preview), {"reason": "  ", "case": case})
    assert refused.status_code == 422
    batch = run(owner, case)
    going = owner.get(batch)
    assert going.headers["Refresh"] == "3"
    while work_migrations(site):
        pass
    assert "Refresh" not in owner.get(batch).headers
    shown = owner.read(batch)
    assert not said(["moved" if language == "en" else "已迁移"], shown)
    with site.database.read() as connection:
        row = find_case(connection, case)
    assert row is not None
    assert row.release_digest == target
    assert [t.id for t in tasks_of(case)] == [task.id]
    owner.read(f"/cases/{case}")
    owner.read(f"/cases/{case}?tab=log")
    owner.read(f"/tasks/{task.id}")
    assert owner.post(f"{batch}/revert", {"reason": ""}).status_code == 422
    assert owner.post(f"{batch}/revert", {"reason": "a mistake"}).status_code == 303
    while work_migrations(site):
        pass
    assert not said(["put back" if language == "en" else "已撤回"], owner.read(batch))
    assert tasks_of(case) == [task]
    assert batch in owner.read("/migrations")


def test_what_has_no_place_is_told_before_and_after(
    site: Site,
    visit: Visit,
    person: Callable[..., Person],
    complaint: Callable[..., Started],
    tasks_of: Callable[[str], list[UserTask]],
) -> None:
    case = complaint().case_id
    (task,) = tasks_of(case)
    publish(site, gone)
    owner = visit(person("process_owner"))
    kept = owner.post("/migrations/plans", {"source": "1", "target": "2", "case": case})
    preview = owner.read(kept.location)
    assert not said(["1 would stay", "Why cases would stay", "no counterpart"], preview)
    assert 'class="nd now gone"' in preview
    batch = run(owner, case)
    while work_migrations(site):
        pass
    assert not said(["refused", "nothing on the other release was chosen"], owner.read(batch))
    chosen = {f"to confirm_facts {task.element_id}": f"{task.element_id}_other"}
    kept = owner.post("/migrations/plans", {"source": "1", "target": "2", "case": case, **chosen})
    assert "0 would stay" in plain(owner.read(kept.location))


def test_nobody_else_may(visit: Visit, person: Callable[..., Person]) -> None:
    clerk = visit(person("customer_service"))
    for path in ("/migrations", "/migrations/new", "/migrations/x"):
        assert clerk.get(path).status_code == 403
    owner = visit(person("process_owner"))
    assert owner.get("/migrations/x").status_code == 404
    assert owner.get("/migrations/plans/x").status_code == 404
    assert "no other release" in plain(owner.read("/migrations/new"))
