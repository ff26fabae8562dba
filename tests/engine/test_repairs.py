"""A token moved and a variable edited by hand: with a reason, with pictures, with four eyes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.engine.access import SYSTEM, Person
from runner.engine.repairs import (
    MovePreview,
    decide_repair,
    edit_variable,
    move_token,
    preview_move,
    read_tokens,
)
from runner.engine.suspension import suspend_case
from runner.engine.user_tasks import complete_user_task
from runner.errors import InvalidInput, InvalidState, NotAllowed, NotFound
from runner.store.incidents import open_incidents
from runner.store.repair_requests import open_repair_requests
from runner.store.timers import armed_timers
from tests.definitions.diagrams import diagram, extended, flow, line, node, user_task
from tests.engine.conftest import POLICY, POLICY_SCHEMA, House

TIMER = (
    "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>"
    "</bpmn:timerEventDefinition>"
)
EACH = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:extensionElements>'
    '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="each" />'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)


def task(element_id: str) -> str:
    return user_task(element_id, form="")


# s > a > [sub: s1 > b > c > e1] > d > e, with a clock on the sub-process; m is multi-instance
PHASES = diagram(
    node("startEvent", "s")
    + task("a")
    + node(
        "subProcess",
        "sub",
        node("startEvent", "s1") + task("b") + task("c") + node("endEvent", "e1")
        + line("s1", "b", "c", "e1"),
    )
    + node("boundaryEvent", "clock", TIMER, attachedToRef="sub", cancelActivity="false")
    + task("d")
    + node(
        "userTask",
        "m",
        extended("<zeebe:userTask />", '<zeebe:assignmentDefinition candidateGroups="office" />')
        + EACH,
    )
    + node("endEvent", "e")
    + node("endEvent", "e2")
    + line("s", "a", "sub", "d", "m", "e")
    + line("clock", "e2")
)  # fmt: skip


@pytest.fixture
def case(house: House) -> str:
    house.release(PHASES)
    return house.start().case_id


def move(house: House, case: str, source: str, target: str, **more: object) -> str | None:
    return move_token(
        house.site,
        actor=more.pop("actor", house.owner),
        case_id=case,
        token_id=house.tasks(case)[source],
        target=target,
        reason="wrong way",
        **more,
    )


def preview(house: House, case: str, source: str, target: str) -> MovePreview:
    with house.site.database.read() as connection:
        return preview_move(
            house.site, connection, case_id=case, token_id=house.tasks(case)[source], target=target
        )


def finish(house: House, case: str) -> None:
    for _ in range(20):
        if not house.tasks(case):
            break
        found = sorted(house.tasks(case).values())[0]
        complete_user_task(house.site, actor=house.ann, task_id=found, submission={})
    assert house.types(case)[-1] == "case_completed"


def places(house: House, case: str) -> list[str]:
    with house.site.database.read() as connection:
        tokens = read_tokens(house.site, connection, case)
    return sorted(p.element_id for p in tokens.positions())


@pytest.mark.parametrize("restart", [False, True])
def test_forward_with_pictures_before_and_after(house: House, case: str, restart: bool) -> None:
    if restart:
        house.site.live.clear()
    move(house, case, "a", "d")
    if restart:
        house.site.live.clear()
    assert list(house.tasks(case)) == ["d"]
    (moved,) = house.events(case, "token_moved")
    facts = moved.header["facts"]
    assert (moved.header["element"], facts["target"]) == ("a", "d")
    assert [p["element"] for p in facts["positions"]] == ["a"]
    assert moved.values["reason.text"] == "wrong way"
    (noted,) = house.events(case, "positions_noted")
    assert [p["element"] for p in noted.header["facts"]["positions"]] == ["d"]
    assert "user_task_cancelled" in house.types(case)
    finish(house, case)


def test_into_a_sub_process_opens_it_with_its_clock(house: House, case: str) -> None:
    shown = preview(house, case, "a", "c")
    assert shown.opened == ("sub",)
    move(house, case, "a", "c", revision=shown.revision)
    assert places(house, case) == ["c", "clock", "sub"]
    with house.site.database.read() as connection:
        assert [t.element_id for t in armed_timers(connection, case)] == ["clock"]
    finish(house, case)


def test_out_of_a_sub_process_ends_it_with_its_clock(house: House, case: str) -> None:
    move(house, case, "a", "b")
    shown = preview(house, case, "b", "a")
    assert shown.left == ("sub",)
    assert len(shown.cancelled) == 3
    move(house, case, "b", "a")
    assert places(house, case) == ["a"]
    with house.site.database.read() as connection:
        assert armed_timers(connection, case) == []
    finish(house, case)


def test_within_a_sub_process_it_stays_open(house: House, case: str) -> None:
    move(house, case, "a", "b")
    with house.site.database.read() as connection:
        (before,) = armed_timers(connection, case)
    move(house, case, "b", "c")
    with house.site.database.read() as connection:
        assert armed_timers(connection, case) == [before]
    finish(house, case)


def test_to_the_end_ends_the_case(house: House, case: str) -> None:
    move(house, case, "a", "e")
    assert house.types(case)[-1] == "case_completed"


def test_away_from_an_incident(house: House) -> None:
    house.release(
        diagram(
            node("startEvent", "s")
            + node("exclusiveGateway", "g")
            + task("t")
            + node("endEvent", "e")
            + line("s", "g")
            + flow("g", "t", '=way = "a"')
            + flow("g", "e", '=way = "b"')
            + flow("t", "e")
        )
    )
    case = house.start({"way": "x"}).case_id
    with house.site.database.read() as connection:
        (stuck,) = open_incidents(connection, case)
    move_token(
        house.site, actor=house.owner, case_id=case, token_id=stuck.token_id, target="t", reason="x"
    )
    with house.site.database.read() as connection:
        assert open_incidents(connection, case) == []
    finish(house, case)


@pytest.mark.parametrize("target", ["nowhere", "s", "clock", "g"])
def test_where_nothing_can_start_is_refused(house: House, case: str, target: str) -> None:
    before = house.types(case)
    with pytest.raises(InvalidInput) as refused:
        move(house, case, "a", target)
    assert target in refused.value.message
    assert house.types(case) == before


def test_one_of_several_instances_moves_only_as_a_whole(house: House, case: str) -> None:
    move(house, case, "a", "m")
    with pytest.raises(InvalidInput, match="as a whole"):
        move(house, case, "m", "a")
    with house.site.database.read() as connection:
        tokens = read_tokens(house.site, connection, case).positions()
    body = next(p for p in tokens if p.element_id == "m" and p.loop is None)
    move_token(
        house.site, actor=house.owner, case_id=case, token_id=body.token_id, target="a", reason="x"
    )
    assert list(house.tasks(case)) == ["a"]


def test_a_change_since_the_preview_refuses(house: House, case: str) -> None:
    shown = preview(house, case, "a", "d")
    edit_variable(
        house.site, actor=house.owner, case_id=case, scope_id=case, name="x", value=1, reason="x"
    )
    with pytest.raises(InvalidState, match="since you looked"):
        move(house, case, "a", "d", revision=shown.revision)


def test_who_may_repair_and_why(house: House, case: str) -> None:
    with pytest.raises(NotAllowed):
        move(house, case, "a", "d", actor=house.ann)
    with pytest.raises(InvalidInput):
        edit_variable(
            house.site, actor=house.owner, case_id=case, scope_id=case, name="x", value=1, reason=""
        )


def test_a_variable_keeps_its_old_value_in_the_log(house: House, case: str) -> None:
    def edit(value: object, scope: str = "", name: str = "amount") -> None:
        edit_variable(
            house.site, actor=house.owner, case_id=case, scope_id=scope or case, name=name,
            value=value, reason="typing error",
        )  # fmt: skip

    edit(Decimal(5))
    edit([Decimal(5), None])
    house.site.live.clear()
    assert house.variables(case)["amount"] == [5, None]
    written = house.events(case, "variables_written")[-1]
    assert written.values["old.amount"] == 5
    edited = house.events(case, "variable_edited")[-1]
    assert edited.values["reason.text"] == "typing error"
    assert edited.header["actor"] == house.owner.id
    with pytest.raises(InvalidInput, match="already"):
        edit([Decimal(5), None])
    for name in ("policy", "#items", ""):
        with pytest.raises(InvalidInput):
            edit(1, name=name)
    with pytest.raises(InvalidInput):
        edit(object())
    with pytest.raises(InvalidState):
        edit(1, scope="gone")


def test_a_suspended_case_can_be_repaired(house: House, case: str) -> None:
    suspend_case(house.site, actor=house.owner, case_id=case, reason="to repair")
    move(house, case, "a", "d")
    assert list(house.tasks(case)) == ["d"]


@pytest.fixture
def strict(house: House, monkeypatch: pytest.MonkeyPatch) -> tuple[House, str, Person]:
    """A house whose policy asks for four eyes."""
    schema: dict[str, Any] = dict(POLICY_SCHEMA)
    schema["properties"] = {**schema["properties"], "changes": {"type": "object"}}
    monkeypatch.setattr("tests.engine.conftest.POLICY_SCHEMA", schema)
    monkeypatch.setattr(
        "tests.engine.conftest.POLICY",
        POLICY + "changes: {four_eyes: [move_token, edit_variable]}\n",
    )
    house.release(PHASES)
    return house, house.start().case_id, house.person("otto", "process_owner")


def test_four_eyes_a_colleague_confirms(strict: tuple[House, str, Person]) -> None:
    house, case, other = strict
    request = move(house, case, "a", "d")
    assert request is not None
    assert list(house.tasks(case)) == ["a"]
    with pytest.raises(NotAllowed, match="Four eyes"):
        decide_repair(house.site, actor=house.owner, request_id=request, confirm=True)
    decide_repair(house.site, actor=other, request_id=request, confirm=True)
    assert list(house.tasks(case)) == ["d"]
    with pytest.raises(InvalidState):
        decide_repair(house.site, actor=other, request_id=request, confirm=True)
    (moved,) = house.events(case, "token_moved")
    assert moved.header["actor"] == other.id
    assert moved.values["reason.text"] == "wrong way"


def test_four_eyes_a_colleague_declines(strict: tuple[House, str, Person]) -> None:
    house, case, other = strict
    request = edit_variable(
        house.site, actor=house.owner, case_id=case, scope_id=case, name="x", value=1, reason="r"
    )
    assert request is not None
    with pytest.raises(InvalidInput):
        decide_repair(house.site, actor=other, request_id=request, confirm=False)
    decide_repair(house.site, actor=other, request_id=request, confirm=False, reason="wrong")
    assert "x" not in house.variables(case)
    with house.site.database.read() as connection:
        assert open_repair_requests(connection, case) == []
    assert house.types(case)[-1] == "repair_declined"
    with pytest.raises(NotFound):
        decide_repair(house.site, actor=SYSTEM, request_id="none", confirm=True)
