"""Saving, loading, threads, migration: ours beside the library as shipped."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.util.diff import diff_workflow, migrate_workflow
from SpiffWorkflow.util.task import TaskState

from runner.definitions.model import Element
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.procedure import Procedure
from runner.store.tables import metadata
from tests.engine.spiff.diagrams import processes
from tests.engine.spiff.running import Running
from tests.engine.spiff.stock.library import Stock, parsed, saved_and_loaded, written

TWO = "start > a > b > end"


def as_jsonb(value: object) -> object:
    """The order PostgreSQL's jsonb gives keys: by length, then by bytes."""
    if isinstance(value, dict):
        return {key: as_jsonb(value[key]) for key in sorted(value, key=lambda k: (len(k), k))}
    return [as_jsonb(item) for item in value] if isinstance(value, list) else value


def children_first(state: dict[str, Any]) -> object:
    return {**state, "tasks": dict(reversed(state["tasks"].items()))}


@pytest.mark.parametrize("stored", [as_jsonb, children_first])
def test_state_whose_order_was_lost(stored: Callable[[Any], object]) -> None:
    steps = [f"t{number}" for number in range(20)]
    shipped = Stock(f"start > {' > '.join(steps)} > last > end", data={"x": 1})
    shipped.do(*steps)
    serializer = BpmnWorkflowSerializer()
    state = json.loads(serializer.serialize_json(shipped.workflow))
    loaded = serializer.deserialize_json(json.dumps(stored(state)))
    assert all(task.data == {"x": 1} for task in shipped.tasks(TaskState.COMPLETED))
    emptied = [task for task in loaded.get_tasks(state=TaskState.COMPLETED) if not task.data]
    assert len(emptied) >= 5  # and nothing says so


def test_our_state_is_bytes_with_an_order_of_its_own() -> None:
    column = metadata.tables["cases"].c.execution
    assert isinstance(column.type, sqlalchemy.LargeBinary)
    run = Running(TWO, restart=True)
    assert run.do("a") == ["b"]  # saved, loaded, saved again: the same bytes
    assert isinstance(json.loads(run.execution.dump()), list)


def test_many_instances_on_specs_of_another_process() -> None:
    text = "a: user each\nstart > a > end"
    ours = Running(text, restart=True)
    ours.do("a[1]", "a[0]", "a[2]")
    assert ours.done
    shipped = saved_and_loaded(Stock(text), parsed(written(text)))
    for task in shipped.get_tasks(state=TaskState.READY):
        task.run()
    shipped.do_engine_steps()
    assert not shipped.completed  # all three are done, and the activity is not


class Held:
    """Variables of a case that are being written down at this moment."""


def test_two_threads_save_at_once() -> None:
    running, finish = threading.Event(), threading.Event()

    def slowly(value: Held) -> dict[str, Any]:
        running.set()
        assert finish.wait(30)
        return {}

    registry = BpmnWorkflowSerializer.configure()
    registry.register(Held, slowly, lambda value: Held())
    serializer = BpmnWorkflowSerializer(registry)
    one, other = Stock(TWO), Stock(TWO)
    one.workflow.data["held"] = Held()
    other.workflow.data["at"] = datetime(2026, 1, 1, tzinfo=UTC)
    json.dumps(serializer.to_dict(other.workflow))
    thread = threading.Thread(target=serializer.serialize_json, args=(one.workflow,))
    thread.start()
    assert running.wait(30)
    with pytest.raises(TypeError, match="datetime"):
        json.dumps(serializer.to_dict(other.workflow))  # the same call, a moment later
    finish.set()
    thread.join(30)


def test_our_state_is_saved_by_many_threads_at_once() -> None:
    runs = [Running("a: user each\nstart > a > end") for _ in range(4)]
    expected = [run.execution.dump() for run in runs]
    found: list[bool] = []

    def save(number: int) -> None:
        for _ in range(50):
            found.append(runs[number].execution.dump() == expected[number])

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [True] * 200


@dataclass(frozen=True)
class Same:
    """Every element becomes the one of its id."""

    processes: Mapping[str, str]

    def target_of(self, element: Element) -> str | None:
        return element.id


SAME = Same({"main": "main", "other": "other"})
CLOCK = "late: timer on b\nstart > a > b > end\nlate > c > end2"
CLOCKS = f"new: timer on b\n{CLOCK}\nnew > d > end3"


def test_migrating_a_task_with_a_draft_and_a_deadline() -> None:
    run = Running(CLOCK)
    run.do("a")
    task, clock = run.at("b").id, run.at("late").id
    target = Procedure.compile(processes(main=CLOCKS))
    translated = run.execution.translated(target, SAME)
    moved = Execution.load(target, translated.state, run.host)
    kept = {token.element.id: token.id for token in moved.resting()}
    assert (kept["b"], kept["late"]) == (task, clock)  # drafts and deadlines hang on these

    timers = {"late": '"PT2H"'}
    shipped = Stock(CLOCK, timers=timers)
    shipped.do("a")
    shipped.at("b").data["draft"] = "words"
    before = [event.value for event in shipped.workflow.waiting_events()]
    spec, subprocesses = parsed(written(CLOCKS, timers))
    serializer = BpmnWorkflowSerializer()
    change, _ = diff_workflow(serializer.registry, shipped.workflow, spec, subprocesses)
    migrate_workflow(change, shipped.workflow, spec)
    shipped.workflow.do_engine_steps()
    assert "draft" not in shipped.at("b").data
    after = {event.name: event.value for event in shipped.workflow.waiting_events()}
    assert after["late"] != before[0]  # the two hours begin again


def test_migrating_what_is_called() -> None:
    outer, inner = "c: call other\nstart > c > end", "start > a > b > end"
    longer = "start > a > between > b > end"
    run = Running(outer, other=inner)
    target = Procedure.compile(processes(main=outer, other=longer))
    moved = Execution.load(target, run.execution.translated(target, SAME).state, run.host)
    moved.complete(next(token.id for token in moved.resting() if token.element.id == "a"))
    assert [token.element.id for token in moved.resting()] == ["between"]

    shipped = Stock(outer, other=inner)
    spec, subprocesses = parsed(written(outer, other=longer))
    serializer = BpmnWorkflowSerializer()
    change, called = diff_workflow(serializer.registry, shipped.workflow, spec, subprocesses)
    migrate_workflow(change, shipped.workflow, spec)
    assert len(called) == 1  # each would have to be migrated by itself
    assert shipped.do("a") == ["b"]
