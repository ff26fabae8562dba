"""Scopes: where names are read and written through calls, sub-processes and loops."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from runner.encoding import NotStorable, decode, encode
from runner.engine.scopes import CASE, CLOSED, LOCAL, PASSING, Scopes
from runner.engine.user_tasks import complete_user_task, form_context
from runner.engine.variables import is_unset, with_decisions
from runner.feel import Unset
from runner.feel.wide import WideDateTime, utc_nanos
from tests.definitions.diagrams import diagram, extended, line, node, simple, user_task
from tests.engine.conftest import House


def scopes(kind: str) -> Scopes:
    made = Scopes("case")
    made.open("case", parent_id=None, instance_id="case", element_id="p", kind=CASE)
    made.open("call", parent_id="case", instance_id="call", element_id="c", kind=kind)
    made.open("task", parent_id="call", instance_id="call", element_id="t", kind=PASSING)
    return made


@pytest.mark.parametrize(("kind", "home"), [(PASSING, "case"), (LOCAL, "call"), (CLOSED, "call")])
def test_a_new_name_goes_to_the_scope_that_keeps_writes(kind: str, home: str) -> None:
    assert [w.scope_id for w in scopes(kind).write("task", {"x": 1})] == [home]


def test_a_write_goes_to_the_nearest_scope_that_declares_the_name() -> None:
    made = scopes(PASSING)
    made.declare("task", {"x": 1})
    made.declare("case", {"x": 0, "y": 0})
    written = made.write("task", {"x": 2, "y": 2})
    assert {w.scope_id: dict(w.old) for w in written} == {
        "task": {"x": Decimal(1)},
        "case": {"y": Decimal(0)},
    }
    assert made.visible("task") == {"x": Decimal(2), "y": Decimal(2)}
    assert made.write("task", {"x": 2}) == []


def test_a_closed_call_does_not_see_its_caller() -> None:
    made = scopes(CLOSED)
    made.declare("case", {"x": 1})
    assert made.visible("task") == {}


def test_a_decision_replaces_one_unset_value() -> None:
    policy = {"a": {"b": [{"c": Unset("a.b[1].c")}]}, "z": 1}
    assert is_unset(policy, "a.b[1].c")
    decided = with_decisions(policy, {"a.b[1].c": "x"})
    assert decided == {"a": {"b": [{"c": "x"}]}, "z": 1}
    assert not is_unset(decided, "a.b[1].c")


def call(element: str, target: str, *parts: str, parent: str = "", child: str = "true") -> str:
    parent = f' propagateAllParentVariables="{parent}"' if parent else ""
    called = (
        f'<zeebe:calledElement processId="{target}" propagateAllChildVariables="{child}"{parent} />'
    )
    return node("callActivity", element, extended(called, *parts))


def mapping(*pairs: tuple[str, str, str]) -> str:
    inside = "".join(f'<zeebe:{k} source="{s}" target="{t}" />' for k, s, t in pairs)
    return f"<zeebe:ioMapping>{inside}</zeebe:ioMapping>"


def script(element: str, expression: str, result: str) -> str:
    inside = f'<zeebe:script expression="{expression}" resultVariable="{result}" />'
    return node("scriptTask", element, extended(inside))


INNER = diagram(
    node("startEvent", "is") + script("sc", "=seen + 1", "made") + node("endEvent", "ie")
    + line("is", "sc", "ie"),
    process="inner",
)  # fmt: skip


def outer(*parts: str, parent: str = "", child: str = "true") -> bytes:
    return diagram(
        node("startEvent", "s")
        + call("c", "inner", *parts, parent=parent, child=child)
        + node("endEvent", "e")
        + line("s", "c", "e")
    )


def test_a_called_diagram_writes_to_the_case(house: House) -> None:
    house.release(outer(), INNER)
    case = house.start({"seen": 1}).case_id
    assert house.variables(case)["made"] == 2
    types = house.types(case)
    assert types[-1] == "case_completed"


def test_a_call_without_propagation_carries_results_out_by_mappings(house: House) -> None:
    parts = mapping(("input", "=other", "seen"), ("output", "=made * 10", "result"))
    house.release(outer(parts, child="false"), INNER)
    case = house.start({"other": 4}).case_id
    assert house.variables(case)["result"] == 50
    assert "made" not in house.variables(case)
    assert "seen" not in house.variables(case)


def test_a_closed_call_sees_only_its_inputs(house: House) -> None:
    parts = mapping(("input", "=other", "seen"))
    house.release(outer(parts, parent="false"), INNER)
    case = house.start({"other": 4, "seen": 100}).case_id
    assert house.variables(case)["made"] == 5


def loop(sequential: str, condition: str = "") -> bytes:
    inside = extended(
        "<zeebe:userTask />",
        '<zeebe:assignmentDefinition candidateGroups="=[place.group]" />',
        mapping(("output", "=place.name + string(loopCounter)", "done")),
    ) + (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">'
        + extended(
            '<zeebe:loopCharacteristics inputCollection="=places" inputElement="place" '
            'outputCollection="results" outputElement="=place.name" />'
        )
        + (f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>" if condition else "")
        + "</bpmn:multiInstanceLoopCharacteristics>"
    )
    return diagram(
        node("startEvent", "s") + node("userTask", "t", inside) + node("endEvent", "e")
        + line("s", "t", "e")
    )  # fmt: skip


PLACES = [{"name": "line", "group": "office"}, {"name": "shop", "group": "leader"}]


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("sequential", ["true", "false"])
def test_each_place_has_its_task_and_the_results_keep_their_order(
    house: House, sequential: str, restart: bool
) -> None:
    house.release(loop(sequential))
    case = house.start({"places": PLACES}).case_id
    done = []
    while tasks := house.tasks(case):
        if restart:
            house.site.live.clear()
        row = form_context(house.site, actor=house.ann, task_id=tasks["t"])
        actor = house.ann if "office" in row.task.groups else house.lea
        done.append(row.variables["place"]["name"])
        complete_user_task(house.site, actor=actor, task_id=tasks["t"], submission={})
    assert sorted(done) == ["line", "shop"]
    assert house.variables(case)["results"] == ["line", "shop"]
    assert "place" not in house.variables(case)
    assert house.types(case)[-1] == "case_completed"
    with house.site.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT id FROM scopes").scalars().all()
    assert kept == [case]


def test_completion_condition_withdraws_the_others(house: House) -> None:
    house.release(loop("false", "=numberOfCompletedInstances &gt;= 1"))
    case = house.start({"places": PLACES}).case_id
    task = house.tasks(case)["t"]
    row = form_context(house.site, actor=house.ann, task_id=task).task
    actor = house.ann if "office" in row.groups else house.lea
    complete_user_task(house.site, actor=actor, task_id=task, submission={})
    assert house.types(case).count("user_task_cancelled") == 1
    assert house.types(case)[-1] == "case_completed"


def test_no_items_no_tasks(house: House) -> None:
    house.release(loop("false"))
    case = house.start({"places": []}).case_id
    assert house.variables(case)["results"] == []
    assert house.types(case)[-1] == "case_completed"


def test_parallel_tasks_see_each_others_writes(house: House) -> None:
    house.release(
        diagram(
            node("startEvent", "s")
            + node("parallelGateway", "f")
            + user_task("a", mapping(("output", "=1", "from_a")), form="")
            + user_task("b", mapping(("output", "=from_a + 1", "from_b")), form="")
            + node("parallelGateway", "j")
            + node("endEvent", "e")
            + line("s", "f", "a", "j", "e")
            + line("f", "b", "j")
        )
    )
    case = house.start().case_id
    for name in ("a", "b"):
        complete_user_task(
            house.site, actor=house.ann, task_id=house.tasks(case)[name], submission={}
        )
    assert house.variables(case)["from_b"] == 2
    assert house.types(case)[-1] == "case_completed"


@pytest.mark.parametrize("year", [1, 26, 202, 999, 1000, 9999])
def test_a_mistyped_year_does_not_lock_the_case_away(house: House, year: int) -> None:
    house.release(simple(user_task("t", form="")))
    mistyped = datetime(year, 11, 20, 9, 30, tzinfo=UTC)
    case = house.start({"occurred_at": mistyped}).case_id
    house.site.live.clear()
    task = house.tasks(case)["t"]
    complete_user_task(house.site, actor=house.ann, task_id=task, submission={})
    assert house.variables(case)["occurred_at"] == mistyped


def test_a_time_before_the_year_one_is_kept_as_the_same_instant() -> None:
    first = datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    written = encode(first)
    assert written == "dt:0000-12-31T15:54:17.000000Z"
    kept = decode(written)
    assert isinstance(kept, WideDateTime)
    assert utc_nanos(kept) == utc_nanos(first)


def test_a_write_that_cannot_be_kept_whole_sets_nothing() -> None:
    made = scopes(LOCAL)
    made.declare("case", {"x": 0})
    with pytest.raises(NotStorable):
        made.write("case", {"x": 1, "y": Unset("a.b")})
    with pytest.raises(NotStorable):
        made.declare("case", {"x": 1, "y": Unset("a.b")})
    assert made.visible("case") == {"x": 0}
