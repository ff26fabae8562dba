"""Cases in the middle of something: each migrates, goes back byte for byte, migrates and ends."""

from __future__ import annotations

import pytest

from runner.engine.timers import due_timers, fire_timer
from tests.definitions.diagrams import diagram, line, node
from tests.engine.conftest import House
from tests.engine.moving import HOUR, Moving, after, chain, task
from tests.engine.test_compensation import throw, undoable
from tests.engine.test_events import E, S, do, plain, sound

EACH = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{0}"><bpmn:extensionElements>'
    '<zeebe:loopCharacteristics inputCollection="=[1, 2, 3]" inputElement="each" '
    'outputCollection="all" outputElement="=each * 2" />'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)


def many(name: str, sequential: bool) -> str:
    text = plain(name)
    return text.replace(
        "</bpmn:userTask>", EACH.format(str(sequential).lower()) + "</bpmn:userTask>"
    )


def around(inside: str, *ids: str, name: str = "sub") -> str:
    start, end = node("startEvent", f"{name}_s"), node("endEvent", f"{name}_e")
    return node("subProcess", name, start + inside + end + line(f"{name}_s", *ids, f"{name}_e"))


def there_and_back(moving: Moving, restart: bool) -> None:
    """Migrated, put back, migrated again: nothing is different afterwards."""
    house = moving.house
    state, tasks = moving.state(), house.tasks(moving.case)
    variables = house.variables(moving.case)
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    sound(house, moving.case)
    if restart:
        house.site.live.clear()
    assert set(house.tasks(moving.case).values()) == set(tasks.values())
    moving.back(batch)
    assert moving.result(batch) == ("reverted", "")
    assert (moving.state(), house.tasks(moving.case)) == (state, tasks)
    assert house.variables(moving.case) == variables
    sound(house, moving.case)
    if restart:
        house.site.live.clear()
    assert moving.result(moving.run())[0] == "migrated"


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_multi_instance_activity_half_done(house: House, sequential: bool, wrapped: bool) -> None:
    body = many("m", sequential)
    new = chain(("sub", around(body, "m")), ("z", plain("z"))) if wrapped else (
        chain(("m", body), ("y", plain("y")), ("z", plain("z")))
    )  # fmt: skip
    moving = Moving(house, diagram(chain(("m", body), ("z", plain("z")))), diagram(new))
    do(house, moving.case, "m")
    there_and_back(moving, restart=wrapped)
    moving.finish()
    assert house.variables(moving.case)["all"] == [2, 4, 6]
    sound(house, moving.case)


@pytest.mark.parametrize("undoing", [False, True])
def test_what_is_completed_can_still_be_undone(house: House, undoing: bool) -> None:
    def old(*more: str) -> bytes:
        extra = "".join(plain(name) for name in more)
        return diagram(
            S + undoable("a") + undoable("b") + plain("c") + throw() + plain("z") + extra + E
            + line("s", "a", "b", "c", "undo", *more, "z", "e")
        )  # fmt: skip

    moving = Moving(house, old(), old("more"))
    do(house, moving.case, "a")
    do(house, moving.case, "b")
    if undoing:
        assert do(house, moving.case, "c") == {"undo_b"}
    there_and_back(moving, restart=True)
    if not undoing:
        assert do(house, moving.case, "c") == {"undo_b"}
    assert do(house, moving.case, "undo_b") == {"undo_a"}
    assert do(house, moving.case, "undo_a") == {"more"}
    moving.finish()
    sound(house, moving.case)


def test_what_could_be_undone_does_not_end_with_its_sub_process(house: House) -> None:
    inside = undoable("a") + plain("b")
    moving = Moving(
        house,
        diagram(chain(("sub", around(inside, "a", "b")), ("z", plain("z")))),
        diagram(S + undoable("a") + plain("b") + plain("z") + E + line("s", "a", "b", "z", "e")),
    )
    do(house, moving.case, "a")
    state = moving.state()
    result, message = moving.result(moving.run())
    assert result == "refused"
    assert "undone" in message
    assert moving.state() == state


def test_an_event_sub_process_that_runs(house: House) -> None:
    def handling(last: str) -> bytes:
        start = node("startEvent", "h_s", after(1), isInterrupting="false")
        inside = start + task("h_t") + node("endEvent", "h_e") + line("h_s", "h_t", "h_e")
        handler = node("subProcess", "h", inside, triggeredByEvent="true")
        ids = ("a", last) if last else ("a",)
        return diagram(chain(*((i, plain(i)) for i in ids)) + handler)

    moving = Moving(house, handling(""), handling("b"))
    house.clock.advance(2 * HOUR)
    for timer in due_timers(house.site, house.clock.now()):
        assert fire_timer(house.site, timer_id=timer)
    assert set(house.tasks(moving.case)) == {"a", "h_t"}
    there_and_back(moving, restart=True)
    moving.finish()
    sound(house, moving.case)
