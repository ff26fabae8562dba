"""The page that changes one running case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runner.engine.access import Person
from runner.engine.instances import Started
from runner.engine.repairs import read_tokens
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.store.user_tasks import UserTask
from tests.web.conftest import Visit, plain, said

Tasks = Callable[[str], list[UserTask]]
Begin = Callable[..., Started]


def test_suspended_by_whom_when_and_why_is_said_everywhere(
    visit: Visit, person: Callable[..., Person], complaint: Begin, tasks_of: Tasks
) -> None:
    case = complaint().case_id
    chief = visit(person("complaint_management"))
    page = f"/cases/{case}"
    assert "Change this case" in chief.read(page)
    refused = chief.post(f"{page}/suspend", {"reason": "  "})
    assert refused.status_code == 422
    assert chief.post(f"{page}/suspend", {"reason": "the court decides"}).status_code == 303
    assert "the court decides" in plain(chief.read(page))
    (task,) = tasks_of(case)
    for language, words in (("en", "suspended this case at"), ("zh", "恢复之前什么都不能做")):
        clerk = visit(person("customer_service"), language)
        shown = clerk.read(f"/tasks/{task.id}")
        assert words in plain(shown)
        answer = clerk.post(f"/tasks/{task.id}/claim")
        assert answer.status_code == 409
        assert words in plain(answer.text)
    changes = chief.read(f"{page}/changes")
    assert not said(["Resume", "They ran on", "the court decides"], changes)
    assert chief.post(f"{page}/resume", {"reason": "on"}).status_code == 422
    sent = {"reason": "on", "deadlines": "given_back"}
    assert chief.post(f"{page}/resume", sent).status_code == 303
    assert "the court decides" not in plain(chief.read(page).split("Timeline")[0])


def test_a_step_is_moved_after_a_preview(
    site: Site, visit: Visit, person: Callable[..., Person], complaint: Begin, tasks_of: Tasks
) -> None:
    case = complaint().case_id
    owner = visit(person("process_owner"))
    (task,) = tasks_of(case)
    page = owner.read(f"/cases/{case}/changes")
    assert f'value="{task.id}"' in page
    with site.database.read() as connection:
        row = read_tokens(site, connection, case)
        process = row.token(task.id).element.process_id
        targets = [
            e.id
            for e in site.definitions(connection, site.effective_release(connection).digest)
            .processes[process].elements.values()
            if e.kind == "userTask" and e.id != task.element_id
        ]  # fmt: skip
    target = targets[0] if targets else task.element_id
    address = f"/cases/{case}/move"
    shown = owner.read(f"{address}?token={task.id}&target={target}")
    assert not said(["What is withdrawn", "open task, with its drafts"], shown)
    sent = {"token": task.id, "target": target, "revision": "1", "reason": "wrong step"}
    stale = owner.post(address, sent)
    assert (stale.status_code, "since you looked" in stale.text) == (422, True)
    del sent["revision"]
    assert owner.post(address, {**sent, "reason": ""}).status_code == 422
    assert owner.post(address, sent).status_code == 303
    assert [t.id for t in tasks_of(case)] != [task.id]
    assert owner.get(f"{address}?token={task.id}&target={target}").status_code == 409


@pytest.mark.parametrize(
    ("kind", "text", "status", "value"),
    [
        ("text", "Pump P-61", 303, "Pump P-61"),
        ("number", "12,5", 422, None),
        ("number", "12.50", 303, "12.5"),
        ("yes_no", "maybe", 422, None),
        ("yes_no", "yes", 303, "True"),
        ("date", "2026-02-30", 422, None),
        ("date_time", "2026-02-28T10:00", 303, "2026-02-28 02:00:00+00:00"),
        ("feel", "[1, 2", 422, None),
        ("feel", '{a: "b"}', 303, "{'a': 'b'}"),
        ("nothing", "", 303, "None"),
        ("else", "x", 422, None),
    ],
)
def test_a_value_is_edited_with_its_type(
    site: Site,
    visit: Visit,
    person: Callable[..., Person],
    complaint: Begin,
    kind: str,
    text: str,
    status: int,
    value: str | None,
) -> None:
    case = complaint().case_id
    owner = visit(person("process_owner"))
    address = f"/cases/{case}/variable"
    assert "循环泵 P-60" in owner.read(f"{address}?name=product_name")
    sent = {"name": "product_name", "kind": kind, "value": text, "reason": "misheard"}
    answer = owner.post(address, sent)
    assert answer.status_code == status
    with site.database.read() as connection:
        now = str(read_case_variables(site, connection, case)["product_name"])
    if value is None:
        assert now == "循环泵 P-60"
        assert "misheard" in answer.text
    else:
        assert now.rstrip("0") == value.rstrip("0")


def test_a_case_is_cancelled_with_a_reason(
    visit: Visit, person: Callable[..., Person], complaint: Begin, tasks_of: Tasks
) -> None:
    case = complaint().case_id
    chief = visit(person("complaint_management"))
    assert chief.post(f"/cases/{case}/cancel", {"reason": ""}).status_code == 422
    assert chief.post(f"/cases/{case}/cancel", {"reason": "twice"}).status_code == 303
    assert tasks_of(case) == []
    assert "The case has ended" in chief.read(f"/cases/{case}/changes")


def test_others_may_not(visit: Visit, person: Callable[..., Person], complaint: Begin) -> None:
    case = complaint().case_id
    clerk = visit(person("customer_service"))
    assert "Change this case" not in clerk.read(f"/cases/{case}")
    assert clerk.get(f"/cases/{case}/changes").status_code == 403
    for action in ("suspend", "resume", "cancel", "move", "variable"):
        assert clerk.post(f"/cases/{case}/{action}", {"reason": "x"}).status_code == 403
