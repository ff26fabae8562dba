"""The same step in memory with stock SpiffWorkflow: what our figures are compared with."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from benchmarks.measuring import Spans
from benchmarks.procedure import PROCESS, answers, first_variables, stock_diagram

FEWEST, MOST = 30, 50
"""A step counts while the instance holds about 40 tasks."""


class StockCase:
    """One instance, its data in ``task.data`` as the library has it."""

    def __init__(self, specs: tuple[Any, Any]) -> None:
        self._workflow = BpmnWorkflow(*specs)
        self._workflow.task_tree.data.update(first_variables())
        self._workflow.do_engine_steps()
        self._done = 0

    @property
    def size(self) -> int:
        return len(self._workflow.tasks)

    def step(self) -> None:
        """Completes the user task that waits and runs until the next one does."""
        task = self._workflow.get_tasks(state=TaskState.READY, manual=True)[0]
        task.data.update(answers(task.task_spec.name, self._done), amount=20_000)
        self._done += 1
        task.run()
        self._workflow.do_engine_steps()


def specs() -> tuple[Any, Any]:
    parser = BpmnParser()
    parser.add_bpmn_str(stock_diagram())
    return parser.get_spec(PROCESS), parser.get_subprocess_specs(PROCESS)


def stock_steps(cases: int) -> Spans:
    """Steps of ``cases`` instances while they are of the size that is measured."""
    parsed, spans = specs(), Spans()
    for _ in range(cases):
        case = StockCase(parsed)
        while case.size < MOST:
            if case.size < FEWEST:
                case.step()
            else:
                spans.time(case.step)
    return spans


def user_tasks_at(size: int) -> int:
    """How many user tasks are completed when the instance first holds ``size`` tasks."""
    case, done = StockCase(specs()), 0
    while case.size < size:
        case.step()
        done += 1
    return done
