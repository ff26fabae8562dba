"""The pages that change running cases in a real browser: without scripts, both themes and
languages, phone width, axe."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from runner.engine.access import SYSTEM, Person
from runner.engine.instances import Started
from runner.engine.migration import make_plan, work_migrations
from runner.engine.migration_batches import start_migration
from runner.engine.people import add_person
from runner.engine.repairs import move_token
from runner.engine.site import Site
from runner.engine.suspension import suspend_case
from runner.store.event_log import read_chain
from runner.store.migration_batches import turn_batch
from runner.store.releases import all_releases
from runner.store.running_cases import Selection
from runner.store.user_tasks import UserTask
from tests.web.test_browser import (  # noqa: F401  # fixtures
    AXE,
    PASSWORD,
    RULES,
    address,
    browse,
    chromium,
    sign_in,
)
from tests.web.test_migrations import gone, publish, renamed

pytestmark = pytest.mark.browser
Tasks = Callable[[str], list[UserTask]]


@pytest.fixture
def owner(site: Site) -> Person:
    return add_person(
        site, actor=SYSTEM, username="clerk", display_name="周 / Zhou",
        groups=["process_owner", "complaint_management"], password=PASSWORD, language="en",
    )  # fmt: skip


def test_suspend_resume_and_migrate_without_scripts(
    site: Site,
    browse: Callable[..., Any],  # noqa: F811
    owner: Person,
    complaint: Callable[..., Started],
    tasks_of: Tasks,
) -> None:
    case = complaint().case_id
    (task,) = tasks_of(case)
    publish(site, renamed)
    page = browse(java_script_enabled=False)
    sign_in(page)
    page.goto(f"/cases/{case}")
    page.click("text=Change this case")
    page.fill("#why-suspend", "the court decides")
    page.click("text=Suspend the case")
    assert page.locator("text=the court decides").count() >= 1
    page.goto(f"/tasks/{task.id}")
    assert page.locator("text=suspended this case").count() == 1
    page.goto(f"/cases/{case}/changes")
    page.check("#given_back")
    page.fill("#why-resume", "it has decided")
    page.click("text=Resume the case")
    page.click("text=move to release 2")
    page.click("text=See what would happen")
    assert page.locator("svg.dg").count() == 2
    page.fill("#reason", "the new release is right")
    worker = threading.Thread(target=lambda: _until_done(site))
    page.click("text=Move 1 case")
    worker.start()
    worker.join()
    page.reload()
    assert page.locator("td >> text=moved").count() == 1
    page.fill("#reason", "no, it is not")
    page.click("text=Put them back >> nth=-1")
    _until_done(site)
    page.reload()
    assert page.locator("td >> text=put back").count() == 1
    assert tasks_of(case)[0].element_id == task.element_id


def change_of(site: Site, case: str, kind: str) -> int:
    """The number of the last event of a kind."""
    with site.database.read() as connection:
        return [e.number for e in read_chain(connection, case, site.vault, types=[kind])][-1]


def _until_done(site: Site) -> None:
    for _ in range(1_000):
        if not work_migrations(site):
            break


@pytest.mark.parametrize(("dark", "language", "width"), [(False, "zh", 1440), (True, "en", 390)])
def test_no_page_has_an_accessibility_violation_or_overflows(
    site: Site,
    browse: Callable[..., Any],  # noqa: F811
    owner: Person,
    complaint: Callable[..., Started],
    tasks_of: Tasks,
    width: int,
    dark: bool,
    language: str,
) -> None:
    if not AXE.exists():
        pytest.skip(f"axe: {AXE.name} was not brought into build/")
    case, other = complaint().case_id, complaint("two").case_id
    (task,) = tasks_of(case)
    publish(site, gone)
    suspend_case(site, actor=owner, case_id=other, reason="等法院裁决 / the court decides")
    with site.database.read() as connection:
        newest, oldest = all_releases(connection)
    plan = make_plan(site, actor=owner, source=oldest.digest, target=newest.digest)
    done = start_migration(
        site, actor=owner, plan_digest=plan.digest, selection=Selection(oldest.digest), reason="r"
    )
    _until_done(site)
    asked = start_migration(
        site, actor=owner, plan_digest=plan.digest, selection=Selection(oldest.digest), reason="r"
    )
    with site.database.write() as connection:  # as where the policy asks for four eyes
        turn_batch(connection, asked, "running", "asked")
    move_token(
        site, actor=owner, case_id=case, token_id=task.id, target=task.element_id, reason="again"
    )
    (task,) = tasks_of(case)
    moved = change_of(site, case, "token_moved")
    again = start_migration(
        site, actor=owner, plan_digest=plan.digest, selection=Selection(oldest.digest), reason="r"
    )
    page = browse(width, dark, bypass_csp=True)
    sign_in(page)
    found: dict[str, object] = {}
    for path in (
        f"/cases/{other}", f"/cases/{case}/changes", f"/cases/{other}/changes",
        f"/cases/{case}/move?token={task.id}&target={task.element_id}",
        f"/cases/{case}/variable?name=product_name", "/migrations", "/migrations/new",
        "/migrations/new?process=intake", f"/migrations/plans/{plan.digest}",
        f"/migrations/{done}", f"/migrations/{again}", f"/migrations/{asked}",
        f"/cases/{case}/changes/{moved}", "/releases",
    ):  # fmt: skip
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        page.add_script_tag(path=AXE)
        violations = page.evaluate(
            "async rules => (await axe.run(document, {runOnly: rules})).violations"
            ".map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 160)])",
            RULES,
        )
        spill = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if violations or page.evaluate(spill) > 0:
            found[path] = violations or "wider than the window"
    assert found == {}
