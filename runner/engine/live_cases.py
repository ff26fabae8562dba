"""Cases kept in memory between commands: tokens, variables and open work as last committed.

A live case is only ever held by one command: ``LiveCases.take`` hands it out and forgets it, and it
is put back after the commit. After any exception it is dropped and the next command loads it again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from runner.engine.open_rows import OpenRows
from runner.engine.scopes import POLICY, Scopes
from runner.engine.spiff.execution import Execution
from runner.engine.variables import with_decisions
from runner.store.cases import CaseRow, Instance
from runner.store.event_log import ChainHead
from runner.store.incidents import Incident
from runner.store.jobs import Job
from runner.store.pauses import Pause
from runner.store.subscriptions import Subscription
from runner.store.timers import Timer
from runner.store.user_tasks import UserTask


@dataclass
class LiveCase:
    """One case as a command sees it. Rows are keyed by token id, instances by their own.

    ``execution`` is None only between the case's first row and its first step.
    """

    row: CaseRow
    language: str
    head: ChainHead
    scopes: Scopes
    revision: int
    projection: dict[str, object] = field(default_factory=dict)
    execution: Execution | None = None
    instances: OpenRows[Instance] = field(default_factory=lambda: OpenRows(lambda row: row.id))
    tasks: OpenRows[UserTask] = field(default_factory=lambda: OpenRows(lambda row: row.id))
    timers: OpenRows[Timer] = field(default_factory=lambda: OpenRows(lambda row: row.token_id))
    subscriptions: OpenRows[Subscription] = field(
        default_factory=lambda: OpenRows(lambda row: row.token_id)
    )
    jobs: OpenRows[Job] = field(default_factory=lambda: OpenRows(lambda row: row.id))
    incidents: OpenRows[Incident] = field(
        default_factory=lambda: OpenRows(lambda row: row.token_id)
    )
    pauses: OpenRows[Pause] = field(default_factory=lambda: OpenRows(lambda row: row.token_id))
    # tokens that began to wait in this command: a kept message may be for them
    awaiting: list[str] = field(default_factory=list)
    _policy: Mapping[str, object] | None = None

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def decisions_id(self) -> str:
        """The id of the scope that holds what people decided where the policy was unset."""
        return f"{self.id}.policy"

    def repin(self, row: CaseRow) -> None:
        """Another release and policy."""
        self.row = row
        self._policy = None

    def policy(self, pinned: Mapping[str, object]) -> Mapping[str, object]:
        """The pinned policy with what was decided for this case."""
        if self._policy is None:
            decided = self.scopes.get(self.decisions_id)
            self._policy = pinned if decided is None else with_decisions(pinned, decided.values)
        return self._policy

    def decide(self, path: str, value: object) -> None:
        """Keeps a person's answer for a policy value."""
        if self.scopes.get(self.decisions_id) is None:
            self.scopes.open(
                self.decisions_id,
                parent_id=None,
                instance_id=self.id,
                element_id="policy",
                kind=POLICY,
            )
        self.scopes.declare(self.decisions_id, {path: value})
        self._policy = None


class LiveCases:
    """A thread-safe, bounded cache of live cases; the least recently used goes first."""

    def __init__(self, most: int = 2_000) -> None:
        self._most = most
        self._cases: OrderedDict[str, LiveCase] = OrderedDict()
        self._lock = Lock()

    def take(self, case_id: str, revision: int) -> LiveCase | None:
        """The case at exactly this revision, no longer in the cache. One at another revision is
        stale, because another process moved the case on, and is dropped."""
        with self._lock:
            case = self._cases.pop(case_id, None)
        return case if case is not None and case.revision == revision else None

    def put(self, case: LiveCase) -> None:
        """Keeps the case, unless a later revision is there already, or it has ended: hardly anybody
        comes again, and its person may be erased by another process."""
        if case.execution is not None and case.execution.completed:
            return
        with self._lock:
            present = self._cases.get(case.id)
            if present is not None and present.revision > case.revision:
                return
            self._cases[case.id] = case
            self._cases.move_to_end(case.id)
            while len(self._cases) > self._most:
                self._cases.popitem(last=False)

    def clear(self) -> None:
        """Forgets all: the next commands load from the database, as after a restart."""
        with self._lock:
            self._cases.clear()

    def __len__(self) -> int:
        return len(self._cases)
