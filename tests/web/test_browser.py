"""The main paths in a real browser: with scripts and without, both themes, phone width, axe."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from runner.engine.access import CUSTOMER, SYSTEM, Person
from runner.engine.instances import Started, start_complaint
from runner.engine.people import add_person
from runner.engine.site import Site
from runner.engine.user_tasks import complete_user_task
from runner.settings import Settings
from runner.store.incidents import open_incidents
from runner.store.user_tasks import UserTask
from runner.worker.loop import Worker
from tests.web.test_tasks import INTAKE

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "build" / "axe-4.14.1.min.js"
PASSWORD = "a long enough password"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A running Chromium. Skips, saying why, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next(
        (p for p in ("chromium", "chromium-browser", "google-chrome") if shutil.which(p)), ""
    )
    with playwright.sync_playwright() as started:
        path = shutil.which(found) if found else started.chromium.executable_path
        if not path or not Path(path).exists():
            pytest.skip("Browser tests: no Chromium found on this machine")
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The site on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def clerk(site: Site) -> Person:
    return add_person(
        site, actor=SYSTEM, username="clerk", display_name="周 / Zhou",
        groups=["customer_service", "administrator"], password=PASSWORD, language="en",
    )  # fmt: skip


@pytest.fixture
def browse(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """``browse()`` is a new window; ``complaints`` of its console fail the test at the end."""
    contexts: list[Any] = []
    noise: list[str] = []

    def window(width: int = 1440, dark: bool = False, **more: object) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            base_url=address,
            **{"locale": "en-GB", **more},
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: noise.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: noise.append(str(error)))
        return page

    yield window
    for context in contexts:
        context.close()
    assert [line for line in noise if "status of 4" not in line] == []


def sign_in(page: Any) -> None:
    page.goto("/sign-in")
    page.fill("#username", "clerk")
    page.fill("#password", PASSWORD)
    page.click("text=Sign in >> nth=-1")
    page.wait_for_url("**/tasks")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_customer_files_and_follows_a_complaint(
    browse: Callable[..., Any], scripts: bool, tmp_path: Path
) -> None:
    from PIL import Image

    photo = tmp_path / "leak.png"
    Image.new("RGB", (40, 30), "grey").save(photo)
    page = browse(390, java_script_enabled=scripts)
    page.goto("/")
    page.click("text=File a complaint")
    page.fill("[name=product_name]", "Pump P-60")
    page.fill("[name=phenomenon]", "It leaks.")
    page.set_input_files("input[type=file]", photo)
    page.click("button[data-main]")
    assert page.input_value("[name=phenomenon]") == "It leaks."
    assert page.locator("text=leak.png").count() == 1
    page.check("[name=subject][value=product]")
    page.fill("[name=desired_solution]", "A new one")
    page.fill("[name=contact]", "ann@example.com")
    page.click("button[data-main]")
    assert page.locator(".num-big").inner_text().startswith("TS-2026-")
    page.click("text=See how it stands")
    assert page.locator("h1").inner_text() == "We have your complaint"
    assert page.locator("text=leak.png").count() == 1


def test_staff_claim_with_a_key_fill_and_submit(
    browse: Callable[..., Any],
    clerk: Person,
    complaint: Callable[..., Started],
) -> None:
    complaint()
    page = browse()
    sign_in(page)
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_url("**/tasks/*")
    assert page.locator("text=Give back").count() == 1
    page.fill("[name=customer_name]", "Ms Wang")
    page.fill("[name=address]", "1 Road")
    page.check("[name=business_customer]")
    page.wait_for_selector("[name=company]")
    assert page.input_value("[name=address]") == "1 Road"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#errors")
    assert page.evaluate("document.activeElement.id") == "errors"
    page.click("#errors a[href='#f-company']")
    assert page.evaluate("location.hash") == "#f-company"
    page.uncheck("[name=business_customer]")
    page.wait_for_selector("[name=company]", state="detached")
    assert page.input_value("[name=customer_name]") == "Ms Wang"


def test_what_is_typed_while_the_form_changes_stays(
    browse: Callable[..., Any],
    clerk: Person,
    complaint: Callable[..., Started],
    tasks_of: Callable[[str], list[UserTask]],
) -> None:
    (task,) = tasks_of(complaint().case_id)
    page = browse()
    sign_in(page)
    page.goto(f"/tasks/{task.id}")
    page.route(f"**/tasks/{task.id}", lambda route: (page.wait_for_timeout(400), route.continue_()))
    page.check("[name=business_customer]")
    page.fill("[name=address]", "typed meanwhile")
    page.wait_for_selector("[name=company]")
    assert page.input_value("[name=address]") == "typed meanwhile"


def test_chosen_answers_stay_when_the_form_changes(
    site: Site,
    site_settings: Settings,
    browse: Callable[..., Any],
    clerk: Person,
    complaint: Callable[..., Started],
    tasks_of: Callable[[str], list[UserTask]],
) -> None:
    case = complaint().case_id
    page = browse()
    sign_in(page)
    page.goto(f"/tasks/{tasks_of(case)[0].id}")
    page.check("[name=use_phase] >> nth=1")
    page.check("[name=solved_on_contact]")
    page.check("[name=business_customer]")
    page.wait_for_selector("[name=company]")
    assert page.locator("[name=use_phase]").nth(1).is_checked()
    assert page.is_checked("[name=solved_on_contact]")
    page.uncheck("[name=business_customer]")
    page.wait_for_selector("[name=company]", state="detached")
    assert page.locator("[name=use_phase]").nth(1).is_checked()
    intake = {
        **INTAKE,
        "readback_confirmed": True,
        "model": "P-60",
        "purchased_at": "2026-01-05",
        "purchase_place": "Shop",
        "demands": ["repair"],
        "evidence_waived": "The customer has no camera at hand",
    }
    complete_user_task(site, actor=clerk, task_id=tasks_of(case)[0].id, submission=intake)
    Worker(site, site_settings).work_off()
    assessment = tasks_of(case)[0].id
    page.goto(f"/tasks/{assessment}")
    page.check("[name=severity_level] >> nth=0")
    page.check("[name=urgency_level] >> nth=1")
    page.fill("[name=true_reason]", "It leaks.")
    page.check("[name=function_affected_answer] >> nth=0")
    page.check("[name=may_have_left_answer] >> nth=1")
    page.check("[name=injury_or_damage]")
    page.wait_for_selector("[name=needs_treatment]")
    assert page.locator("[name=severity_level]").nth(0).is_checked()
    assert page.locator("[name=urgency_level]").nth(1).is_checked()
    assert page.is_checked("[name=injury_or_damage]")
    with page.expect_navigation():
        page.click("button[data-main]")
    assert page.locator("#errors").all_inner_texts() == []
    assert assessment not in {task.id for task in tasks_of(case)}


def undecided(site: Site, settings: Settings) -> Started:
    """A case that waits for the owner of its policy."""
    started = start_complaint(
        site, actor=CUSTOMER, variables={"request_kind": "complaint", "phenomenon": "x"},
        channel="web_form", start_element="start_received", policy_id="ebike-3level",
        idempotency_key="undecided", language="en",
    )  # fmt: skip
    Worker(site, settings).work_off()
    return started


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(("dark", "language"), [(False, "zh"), (True, "en")])
def test_no_page_has_an_accessibility_violation_or_overflows(
    browse: Callable[..., Any],
    site: Site,
    site_settings: Settings,
    clerk: Person,
    complaint: Callable[..., Started],
    tasks_of: Callable[[str], list[UserTask]],
    width: int,
    dark: bool,
    language: str,
) -> None:
    if not AXE.exists():
        pytest.skip(f"axe: {AXE.name} was not brought into build/")
    started = complaint()
    (task,) = tasks_of(started.case_id)
    with site.database.read() as connection:
        stopped = open_incidents(connection, undecided(site, site_settings).case_id)[0]
    page = browse(width, dark, bypass_csp=True)
    sign_in(page)
    case = f"/cases/{started.case_id}"
    found: dict[str, object] = {}
    for path in (
        "/", "/complaint", f"/c/{started.access_token}", f"/c/{started.access_token}/received",
        "/tasks", f"/tasks/{task.id}", "/cases", case, f"{case}?tab=tasks", f"{case}?tab=data",
        f"{case}?tab=log", f"{case}?tab=log&kind=variables_written", f"{case}?tab=mails",
        f"{case}?tab=files", "/outbox", "/incidents", f"/incidents/{stopped.id}", "/releases",
        "/people", "/register", "/nothing",
    ):  # fmt: skip
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
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
