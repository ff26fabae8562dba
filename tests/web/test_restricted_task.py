"""An open task with answers for some groups: others who may see the case do not read them there."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from runner.engine.access import SYSTEM
from runner.engine.people import add_person, open_session
from runner.web.app import create_app
from runner.web.visit import SESSION_COOKIE
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import House, make_house

__all__ = ["make_house"]
FORM = {
    "type": "default",
    "id": "f",
    "schemaVersion": 19,
    "components": [
        {"type": "textfield", "id": "A", "key": "cause", "label": "原因 / Cause"},
        {
            "type": "textfield", "id": "B", "key": "responsible_person", "label": "责任人 / Person",
            "properties": {"seen_by": "hr"},
        },
    ],
}  # fmt: skip


@pytest.mark.parametrize(("group", "reads"), [("leader", False), ("hr", True), ("office", True)])
def test_who_neither_does_the_task_nor_belongs_to_the_groups_reads_no_earlier_answer(
    make_house: Callable[..., House], group: str, reads: bool
) -> None:
    house = make_house()
    house.site.default_policy = "plain"
    house.release(simple(user_task("t"), middle="t"), f__form=json.dumps(FORM).encode())
    case_id = house.start({"cause": "焊点虚焊", "responsible_person": "张三"}).case_id
    person = add_person(
        house.site, actor=SYSTEM, username="x", display_name="X",
        groups=(group, "complaint_management"),
    )  # fmt: skip
    client = create_app(house.site).test_client()
    client.set_cookie(SESSION_COOKIE, open_session(house.site, person=person))
    page = client.get(f"/tasks/{house.tasks(case_id)['t']}")
    assert page.status_code == 200
    assert "焊点虚焊" in page.text
    assert ("张三" in page.text) is reads
