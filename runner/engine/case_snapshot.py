"""What of a case a migration changes, kept beside it so that a revert can put it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import orjson

from runner.clock import from_text, to_text
from runner.engine.case_change import CaseChange
from runner.engine.scopes import Scope
from runner.store.cases import Instance
from runner.store.incidents import Incident
from runner.store.jobs import Job
from runner.store.pauses import Pause
from runner.store.repinning import CallPins, JobPins, ScopePins, TaskPins, signals_awaited
from runner.store.signals import SignalSubscription
from runner.store.subscriptions import Subscription
from runner.store.suspensions import NewDue
from runner.store.timers import Timer
from runner.store.user_tasks import UserTask

FORMAT = "1"


@dataclass(frozen=True)
class Snapshot:
    """A case before its migration: tokens as bytes, and its rows' ties to elements. Ids are those
    of the rows; values of variables are not in it, since a migration leaves them alone."""

    release: str
    policy_digest: str
    state: bytes
    tasks: Mapping[str, TaskPins]
    dues: Mapping[str, NewDue]
    timers: Mapping[str, Timer]
    pauses: Mapping[str, Pause]
    subscriptions: Mapping[str, Subscription]
    signals: Mapping[str, SignalSubscription]
    incidents: Mapping[str, Incident]
    jobs: Mapping[str, JobPins]
    scopes: Mapping[str, ScopePins]
    calls: Mapping[str, CallPins]

    def written(self) -> bytes:
        """As it is kept, encrypted, with the item of its batch."""
        return orjson.dumps(
            {
                "format": FORMAT,
                "release": self.release,
                "policy_digest": self.policy_digest,
                "state": self.state.decode(),
                **{
                    name: [_plain(asdict(row)) for row in getattr(self, name).values()]
                    for name in _ROWS
                },
            }
        )


_ROWS = {
    "tasks": TaskPins, "dues": NewDue, "timers": Timer, "pauses": Pause,
    "subscriptions": Subscription, "signals": SignalSubscription, "incidents": Incident,
    "jobs": JobPins, "scopes": ScopePins, "calls": CallPins,
}  # fmt: skip


def take_snapshot(change: CaseChange) -> Snapshot:
    """The case as it is now."""
    case = change.case
    assert case.execution is not None
    return Snapshot(
        release=case.row.release_digest,
        policy_digest=case.row.policy_digest,
        state=case.execution.dump(),
        tasks={t.id: task_pins(t) for t in case.tasks.open.values()},
        dues={t.id: NewDue(t.id, t.due_at, t.follow_up_at) for t in case.tasks.open.values()},
        timers={t.id: t for t in case.timers.open.values()},
        pauses=dict(case.pauses.open),
        subscriptions={s.id: s for s in case.subscriptions.open.values()},
        signals={s.id: s for s in signals_awaited(change.connection, case.id)},
        incidents={i.id: i for i in case.incidents.open.values()},
        jobs={j.id: job_pins(j) for j in case.jobs.open.values()},
        scopes={s.id: scope_pins(s) for s in case.scopes.all()},
        calls={i.id: call_pins(i) for i in case.instances.open.values()},
    )


def task_pins(task: UserTask) -> TaskPins:
    """What of a task is its element's."""
    return TaskPins(
        task.id, task.process_id, task.element_id, task.scope_id, task.name, task.form_id
    )


def scope_pins(scope: Scope) -> ScopePins:
    """What of a scope is its element's."""
    return ScopePins(scope.id, scope.element_id, scope.kind, scope.parent_id, scope.instance_id)


def call_pins(instance: Instance) -> CallPins:
    """What of a process instance is its release's."""
    return CallPins(instance.id, instance.process_id, instance.call_element_id)


def job_pins(job: Job) -> JobPins:
    """What of a job is its element's."""
    return JobPins(job.id, job.element_id, job.scope_id)


def read_snapshot(data: bytes) -> Snapshot:
    """What ``written`` gave."""
    found = orjson.loads(data)
    rows = {
        name: {row.get("id", row.get("token_id")): kind(**_typed(row)) for row in found[name]}
        for name, kind in _ROWS.items()
    }
    return Snapshot(
        release=found["release"],
        policy_digest=found["policy_digest"],
        state=found["state"].encode(),
        **rows,
    )


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {k: to_text(v) if isinstance(v, datetime) else v for k, v in row.items()}


def _typed(row: Mapping[str, object]) -> dict[str, object]:
    return {
        k: from_text(v) if k.endswith("_at") and isinstance(v, str) else v for k, v in row.items()
    }
