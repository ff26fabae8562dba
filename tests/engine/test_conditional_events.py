"""Conditional events through the whole engine: borders, event sub-processes, starts."""

from __future__ import annotations

from runner.engine.conditional_starts import start_by_condition
from runner.engine.transaction import change_case
from runner.store.incidents import open_incidents
from tests.definitions.diagrams import diagram, extended, flow, line, node
from tests.engine.conftest import House
from tests.engine.test_events import E, S, do, ended, event_sub, plain, script, sound


def conditional(text: str, filter_: str = "") -> str:
    return (
        f"<bpmn:conditionalEventDefinition>{filter_}<bpmn:condition>{text}"
        "</bpmn:condition></bpmn:conditionalEventDefinition>"
    )


def test_a_condition_is_asked_at_once_and_after_a_change(house: House) -> None:
    wait = node("intermediateCatchEvent", "w", conditional("=n &gt; 2"))
    house.release(
        diagram(
            S + node("parallelGateway", "f") + wait + plain("t") + script("x", "=n + 1", "n")
            + plain("u") + plain("v") + E + node("endEvent", "e2")
            + line("s", "f", "w", "u", "e") + line("f", "t", "x", "v", "e2")
        )
    )  # fmt: skip
    assert set(house.tasks(house.start({"n": 3}).case_id)) == {"t", "u"}
    case = house.start({"n": 2}).case_id
    assert set(house.tasks(case)) == {"t"}
    assert do(house, case, "t") == {"u", "v"}
    (met,) = house.events(case, "condition_met")
    assert met.values == {"reads.n": 3}
    do(house, case, "u")
    do(house, case, "v")
    assert ended(house, case)
    sound(house, case)


def test_a_condition_on_a_border_that_interrupts_nothing(house: House) -> None:
    house.release(
        diagram(
            S + node("parallelGateway", "f") + plain("t") + plain("a") + script("x", "=n + 1", "n")
            + node("exclusiveGateway", "g") + node("exclusiveGateway", "m") + E
            + node("boundaryEvent", "hot", conditional("=n &gt; 1"), attachedToRef="t",
                   cancelActivity="false")
            + plain("note") + node("endEvent", "e2") + node("endEvent", "e3")
            + line("s", "f", "t", "e") + line("f", "m", "a", "x", "g") + line("hot", "note", "e3")
            + flow("g", "m", "=n &lt; 4") + flow("g", "e2", "=n &gt;= 4")
        )
    )  # fmt: skip
    case = house.start({"n": 0}).case_id
    for count in (0, 1, 2, 3):  # n becomes 1, 2, 3, 4
        assert len(house.events(case, "condition_met")) == max(0, count - 1)
        do(house, case, "a")
    assert len(house.events(case, "condition_met")) == 3
    sound(house, case)


def test_a_variable_that_is_edited_begins_an_event_sub_process(house: House) -> None:
    house.release(
        diagram(
            S + plain("t") + E + line("s", "t", "e") + event_sub(conditional("=withdrawn = true"))
        )
    )  # fmt: skip
    case = house.start({"key": "k"}).case_id
    assert set(house.tasks(case)) == {"t"}
    with house.site.database.read() as connection:
        assert open_incidents(connection, case) == []
    with change_case(house.site, actor=house.owner, case=case, command="add_attachment") as change:
        scopes = change.case.scopes.write(case, {"withdrawn": True})
        change.touched = True
        for written in scopes:
            change.record_written(written, None)
    house.site.live.clear()
    assert set(house.tasks(case)) == {"help"}
    do(house, case, "help")
    assert ended(house, case)
    sound(house, case)


def test_only_changes_of_the_named_kind_and_variable_count(house: House) -> None:
    narrowed = extended(
        '<zeebe:conditionalFilter variableNames="trigger" variableEvents="update" />'
    )
    house.release(
        diagram(
            S + plain("t") + script("x", "=10", "n") + plain("u") + script("y", "=1", "trigger")
            + plain("v") + script("z", "=2", "trigger") + plain("w") + E
            + line("s", "t", "x", "u", "y", "v", "z", "w", "e")
            + event_sub(conditional("=n &gt; 5", narrowed), interrupting=False)
        )
    )  # fmt: skip
    case = house.start().case_id
    assert do(house, case, "t") == {"u"}
    assert do(house, case, "u") == {"v"}
    assert do(house, case, "v") == {"w", "help"}


def test_what_a_condition_gives_must_be_true_or_false(house: House) -> None:
    house.release(
        diagram(
            S + plain("t") + E + line("s", "t", "e") + event_sub(conditional("=n + 1"))
        )
    )  # fmt: skip
    case = house.start({"n": 1}).case_id
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, case)
    assert incident.kind == "expression_failed"
    assert do(house, case, "t") == set()
    assert ended(house, case)  # what only waits holds nothing up
    sound(house, case)


def test_cases_that_a_condition_begins(house: House) -> None:
    begin = node("startEvent", "big", conditional("=amount &gt; 100"))
    house.release(diagram(begin + plain("t") + E + line("big", "t", "e")))

    def begun(amount: int, key: str) -> list[str]:
        found = start_by_condition(
            house.site,
            actor=house.ann,
            variables={"amount": amount},
            channel="phone",
            policy_id="plain",
            idempotency_key=key,
        )
        return [started.case_id for started in found]

    assert begun(5, "a") == []
    (case,) = begun(500, "b")
    assert begun(500, "b") == [case]
    assert set(house.tasks(case)) == {"t"}
