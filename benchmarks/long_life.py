"""Cases that live long or wide: a step of them beside a step of a case of the usual size."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from uuid import uuid4

from benchmarks.cases import Ground, OurCase
from benchmarks.measuring import Figure, Spans, Statements, counting
from benchmarks.procedure import GROUP, POLICY
from runner.engine import instances, user_tasks
from runner.engine.access import SYSTEM
from runner.engine.transaction import change_case
from runner.feel import to_feel
from runner.store.cases import read_execution
from runner.store.user_tasks import open_user_tasks
from tests.definitions.diagrams import diagram, extended, line, node

MEDIAN_MS = 2.0
STEPS, BRANCHES, RECORD_BYTES, LEVELS = 10_000, 500, 2_000_000, 5
TIMES = 60
_FORM = "measured_record"
_TASK = (
    f'<zeebe:userTask /><zeebe:formDefinition formId="{_FORM}" />'
    f'<zeebe:assignmentDefinition candidateGroups="{GROUP}" />'
)


def files() -> dict[str, bytes]:
    """The diagrams of these cases, as release files."""
    return {
        "processes/measured_wide.bpmn": _wide(),
        "processes/measured_round.bpmn": _round(),
        **{f"processes/measured_level_{n}.bpmn": _level(n) for n in range(1, LEVELS + 1)},
    }


def measure(ground: Ground, steps: int = STEPS, times: int = TIMES) -> Iterator[Figure]:
    usual, counted = _steps(ground, _Round(ground, {}), times)
    yield _figure("a step of a small case", usual, usual, counted, ground)
    case = OurCase(ground)
    case.until(steps)
    spans = Spans()
    for _ in range(times):
        spans.time(case.step)
        case.look()
    yield _figure(f"a step after {steps:,} completed tasks", spans, usual, None, ground, case.id)
    wide = _Wide(ground)
    yield _figure(
        f"a step beside {BRANCHES} parallel branches", *_compared(ground, wide, usual, times),
        ground, wide.id,
    )  # fmt: skip
    record = _Round(ground, {})
    _write(ground, record.id, _record(RECORD_BYTES))
    yield _figure(
        "a step with 2 MB of case record", *_compared(ground, record, usual, times), ground
    )
    deep = _Round(ground, {}, "start_level_1")
    yield _figure(
        f"a step {LEVELS} call activities deep", *_compared(ground, deep, usual, times), ground
    )


class _Case:
    """A case whose open tasks are completed one after the other."""

    def __init__(self, ground: Ground, variables: Mapping[str, object], start: str) -> None:
        self._ground = ground
        values = to_feel(dict(variables))
        assert isinstance(values, dict)
        self.id = instances.start_complaint(
            ground.site,
            actor=SYSTEM,
            variables=values,
            channel="phone",
            start_element=start,
            policy_id=POLICY,
            idempotency_key=uuid4().hex,
        ).case_id
        self.waiting: list[str] = []
        self.number = 0

    def look(self) -> None:
        if not self.waiting:
            with self._ground.site.database.read() as connection:
                self.waiting = [task.id for task in open_user_tasks(connection, self.id)]
                assert self.waiting

    def step(self) -> None:
        self.number += 1
        user_tasks.complete_user_task(
            self._ground.site,
            actor=self._ground.person,
            task_id=self.waiting.pop(),
            submission={"note": f"note {self.number}", "amount": "1", "kind": "product"},
        )


class _Wide(_Case):
    def __init__(self, ground: Ground) -> None:
        items = {"items": list(range(BRANCHES))}
        super().__init__(ground, items, "start_wide")


class _Round(_Case):
    def __init__(
        self, ground: Ground, variables: Mapping[str, object], start: str = "start_round"
    ) -> None:
        super().__init__(ground, variables, start)


def _steps(ground: Ground, case: _Case, times: int) -> tuple[Spans, Statements]:
    spans = Spans()
    case.look()
    case.step()
    case.look()
    with counting(ground.site.database.engine) as counted:
        case.step()
    for _ in range(times):
        case.look()
        spans.time(case.step)
    return spans, counted


def _compared(
    ground: Ground, case: _Case, usual: Spans, times: int
) -> tuple[Spans, Spans, Statements]:
    spans, counted = _steps(ground, case, times)
    return spans, usual, counted


def _figure(
    name: str,
    spans: Spans,
    usual: Spans,
    counted: Statements | None,
    ground: Ground,
    case_id: str = "",
) -> Figure:
    ratio = spans.median_ms / usual.median_ms
    told = name
    if counted is not None:
        told += f", {counted.statements} statements"
    if case_id:
        with ground.site.database.read() as connection:
            told += f", state {len(read_execution(connection, case_id)):,} bytes"
    return Figure(
        told, "ms", spans.median_ms, spans.p95_ms, f"median <= {MEDIAN_MS}",
        spans.median_ms <= MEDIAN_MS, ratio,
    )  # fmt: skip


def _write(ground: Ground, case_id: str, values: Mapping[str, object]) -> None:
    """What hundreds of forms would have left in the case's record by now."""
    found = to_feel(dict(values))
    assert isinstance(found, dict)
    with change_case(ground.site, actor=SYSTEM, case=case_id, command="measured") as change:
        assert change.case.execution is not None
        token = change.case.execution.token(next(iter(change.case.tasks.open)))
        change.declare(token, case_id, found)


def _record(size: int) -> dict[str, object]:
    """Two hundred variables, nested as forms leave them; together ``size`` bytes of JSON."""
    line_ = {"by": "colleague", "said": "已致电，未接通。" * 8, "at": "2026-11-20T08:00:00"}
    one = [line_] * max(1, size // 200 // len(json.dumps(line_, ensure_ascii=False).encode()))
    return {f"part_{number}": one for number in range(200)}


def _user_task(name: str, more: str = "") -> str:
    return node("userTask", name, extended(_TASK) + more)


def _wide() -> bytes:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>'
        '<zeebe:loopCharacteristics inputCollection="=items" inputElement="item" />'
        '</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
    )  # fmt: skip
    return diagram(
        node("startEvent", "start_wide")
        + _user_task("each", loop)
        + node("endEvent", "end_wide")
        + line("start_wide", "each", "end_wide"),
        process="measured_wide",
    )


def _round() -> bytes:
    return diagram(
        node("startEvent", "start_round")
        + _user_task("again")
        + node("exclusiveGateway", "loop")
        + line("start_round", "loop", "again", "loop"),
        process="measured_round",
    )


def _level(number: int) -> bytes:
    callee = "measured_round" if number == LEVELS else f"measured_level_{number + 1}"
    called = f'<zeebe:calledElement processId="{callee}" propagateAllChildVariables="true" />'
    return diagram(
        node("startEvent", f"start_level_{number}")
        + node("callActivity", f"call_{number}", extended(called))
        + node("endEvent", f"end_level_{number}")
        + line(f"start_level_{number}", f"call_{number}", f"end_level_{number}"),
        process=f"measured_level_{number}",
    )
