"""Variables: ours, in scopes of their own, beside the library's, which travel with the token."""

from __future__ import annotations

from runner.feel import to_feel
from tests.conformance.drawing import draw
from tests.engine.conftest import House
from tests.engine.spiff.stock.library import Stock

BRANCHES = "f: and\nj: and\nstart > f\nf > a > j\nf > b > j\nj > c > end"


def complete(house: House, case: str, task: str) -> None:
    from runner.engine import user_tasks

    user_tasks.complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(case)[task], submission={}
    )


def test_branches_that_add_to_one_list(house: House) -> None:
    house.release(
        draw(
            "f: and\nj: and\na: user | out items = append(items, \"a\")\n"
            "b: user | out items = append(items, \"b\")\n"
            "start > f\nf > a > j\nf > b > j\nj > c > end",
            "main",
        )
    )  # fmt: skip
    case = house.start({"items": to_feel([])}, "start").case_id
    complete(house, case, "a")
    assert house.variables(case)["items"] == ["a"]  # the other branch sees it at once
    complete(house, case, "b")
    assert house.variables(case)["items"] == ["a", "b"]

    shipped = Stock(BRANCHES, data={"items": []})
    shipped.do("a", items=["a"])
    assert shipped.at("b").data["items"] == []  # the other branch does not see it
    shipped.do("b", items=[*shipped.at("b").data["items"], "b"])
    assert shipped.at("c").data["items"] == ["b"]  # and an item is lost


def test_a_value_inside_a_value(house: House) -> None:
    text = 'a: user | out who.name = "new"\nstart > a > b > end'
    house.release(draw(text, "main"))
    case = house.start({"who": to_feel({"name": "old", "age": 7})}, "start").case_id
    complete(house, case, "a")
    assert house.variables(case)["who"] == {"name": "new", "age": 7}
    (began, changed) = house.events(case, "variables_written")
    assert began.values["new.who"] != changed.values["new.who"]  # what was, stays written

    shipped = Stock("start > a > b > end", data={"customer": {"who": {"name": "old"}}})
    shipped.at("a").data["customer"]["who"]["name"] = "new"
    (start,) = (task for task in shipped.workflow.get_tasks() if task.task_spec.name == "start")
    assert start.data["customer"]["who"]["name"] == "new"  # what it had is no longer known


def test_variables_of_a_called_process(house: House) -> None:
    text = (
        "c: call child\nf: and\nj: and\nstart > f\nf > c > j\nf > b > j\nj > z > end\n"
        "process child\nstart_child > a > end_child"
    )
    shown = text.replace("start_child > a", "a: user | out seen = 1\nstart_child > a")
    house.release(draw(shown, "main"))
    case = house.start(element="start").case_id
    complete(house, case, "a")
    assert house.variables(case)["seen"] == 1

    shipped = Stock(
        "c: call other\nf: and\nj: and\nstart > f\nf > c > j\nf > b > j\nj > z > end",
        other="start > a > end",
        data={"who": {"name": "x"}},
    )
    shipped.at("a").data["who"]["name"] = "inside"
    assert shipped.at("b").data["who"]["name"] == "x"  # copied at the call
