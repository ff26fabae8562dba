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

MEDIAN_MS, MOST_GROWTH = 2.0, 1.5
STEPS, BRANCHES, RECORD_BYTES, LEVELS = 10_000, 500, 2_000_000, 5
TIMES, ROUNDS = 30, 3
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


def measure(ground: Ground, long: OurCase, times: int = TIMES) -> Iterator[Figure]:
    """The cases by turns, in rounds of which the quietest counts, so that a busy machine slows all
    of them. ``long`` has many completed tasks."""
    record = _Case(ground, {}, "start_round")
    _write(ground, record.id, _record(RECORD_BYTES))
    wide = {"items": list(range(BRANCHES + ROUNDS * times + 2))}
    cases: dict[str, OurCase | _Case] = {
        "a step of a small case": _Case(ground, {}, "start_round"),
        f"a step after {long.completed:,} completed tasks": long,
        f"a step beside {BRANCHES} parallel branches": _Case(ground, wide, "start_wide"),
        "a step with 2 MB of case record": record,
        f"a step {LEVELS} call activities deep": _Case(ground, {}, "start_level_1"),
    }
    counted = {name: _counted(ground, case) for name, case in cases.items()}
    rounds = [_round_of(cases, times) for _ in range(ROUNDS)]
    spans = min(rounds, key=lambda found: sum(one.median_ms for one in found.values()))
    usual = next(iter(spans.values()))
    for name, case in cases.items():
        yield _figure(name, spans[name], usual, counted[name], _state(ground, case.id))


def _round_of(cases: Mapping[str, OurCase | _Case], times: int) -> dict[str, Spans]:
    spans = {name: Spans() for name in cases}
    for _ in range(times):
        for name, case in cases.items():
            case.look()
            spans[name].time(case.step)
    return spans


def _counted(ground: Ground, case: OurCase | _Case) -> Statements:
    case.look()
    case.step()  # fills caches
    case.look()
    with counting(ground.site.database.engine) as counted:
        case.step()
    return counted


def _state(ground: Ground, case_id: str) -> int:
    with ground.site.database.read() as connection:
        return len(read_execution(connection, case_id))


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


def _figure(name: str, spans: Spans, usual: Spans, counted: Statements, state_bytes: int) -> Figure:
    growth = spans.median_ms / usual.median_ms
    return Figure(
        f"{name}, {counted.statements} statements, state {state_bytes:,} bytes",
        "ms",
        spans.median_ms,
        spans.p95_ms,
        f"median <= {MEDIAN_MS}, growth <= {MOST_GROWTH}",
        spans.median_ms <= MEDIAN_MS and growth <= MOST_GROWTH,
        growth,
        spans.processor_ms,
    )


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
