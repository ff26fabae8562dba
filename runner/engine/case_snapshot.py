"""What of a case a migration changes, kept beside it so that a revert can put it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import orjson

from runner.clock import from_text, to_text
from runner.engine.case_change import CaseChange
from runner.store.incidents import Incident
from runner.store.repinning import ScopePins, TaskPins
from runner.store.subscriptions import Subscription
from runner.store.suspensions import NewDue
from runner.store.timers import Timer

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
    subscriptions: Mapping[str, Subscription]
    incidents: Mapping[str, Incident]
    jobs: Mapping[str, str]
    scopes: Mapping[str, ScopePins]
    calls: Mapping[str, str | None]

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
                "jobs": dict(self.jobs),
                "calls": dict(self.calls),
            }
        )


_ROWS = {
    "tasks": TaskPins, "dues": NewDue, "timers": Timer, "subscriptions": Subscription,
    "incidents": Incident, "scopes": ScopePins,
}  # fmt: skip


def take_snapshot(change: CaseChange) -> Snapshot:
    """The case as it is now."""
    case = change.case
    assert case.execution is not None
    return Snapshot(
        release=case.row.release_digest,
        policy_digest=case.row.policy_digest,
        state=case.execution.dump(),
        tasks={
            t.id: TaskPins(t.id, t.element_id, t.name, t.form_id) for t in case.tasks.open.values()
        },
        dues={t.id: NewDue(t.id, t.due_at, t.follow_up_at) for t in case.tasks.open.values()},
        timers={t.id: t for t in case.timers.open.values()},
        subscriptions={s.id: s for s in case.subscriptions.open.values()},
        incidents={i.id: i for i in case.incidents.open.values()},
        jobs={job.id: job.element_id for job in case.jobs.open.values()},
        scopes={s.id: ScopePins(s.id, s.element_id, s.kind) for s in case.scopes.all()},
        calls={i.id: i.call_element_id for i in case.instances.open.values()},
    )


def read_snapshot(data: bytes) -> Snapshot:
    """What ``written`` gave."""
    found = orjson.loads(data)
    rows = {
        name: {row["id"]: kind(**_typed(row)) for row in found[name]}
        for name, kind in _ROWS.items()
    }
    return Snapshot(
        release=found["release"],
        policy_digest=found["policy_digest"],
        state=found["state"].encode(),
        jobs=found["jobs"],
        calls=found["calls"],
        **rows,
    )


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {k: to_text(v) if isinstance(v, datetime) else v for k, v in row.items()}


def _typed(row: Mapping[str, object]) -> dict[str, object]:
    return {
        k: from_text(v) if k.endswith("_at") and isinstance(v, str) else v for k, v in row.items()
    }
