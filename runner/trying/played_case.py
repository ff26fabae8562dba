"""The case being played: where it stands, what it knows, what texts of the scenario mean in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from runner.calendars import Calendar
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.feel import compile_expression
from runner.settings import Settings
from runner.store.case_lists import instance_lines
from runner.store.event_log import read_chain
from runner.store.subscriptions import open_subscriptions
from runner.store.user_tasks import UserTask, open_user_tasks
from runner.trying.moving import Time
from runner.trying.scenarios import Scenario
from runner.trying.spoken import NotATime, read_instant, read_length
from runner.trying.stage import Stage


class PlayedCase:
    """One case being played. ``story`` tells what happened, line by line."""

    def __init__(
        self, stage: Stage, site: Site, settings: Settings, scenario: Scenario,
        previous: Mapping[str, object],
    ) -> None:  # fmt: skip
        self.stage, self.site, self.scenario = stage, site, scenario
        self.previous = previous
        self.zone = settings.zone
        self.time = Time(site, settings)
        self.policy_id = stage.policies[scenario.id]
        policy = stage.definitions.policies[self.policy_id]
        self.calendar: Calendar | None = stage.definitions.calendars.get(policy.calendar or "")
        self.case_id = ""
        self.story: list[str] = []
        self.visits: Counter[str] = Counter()
        self.at_step = -1

    @property
    def running(self) -> bool:
        with self.site.database.read() as connection:
            lines = instance_lines(connection, self.case_id)
        return any(line.id == self.case_id and line.state == "active" for line in lines)

    def open_tasks(self) -> list[UserTask]:
        """Open tasks in the order they came."""
        with self.site.database.read() as connection:
            found = open_user_tasks(connection, self.case_id)
        return sorted(found, key=lambda t: (t.created_at, t.process_id, t.element_id, t.id))

    def tasks_of(self, name: str) -> list[UserTask]:
        return [task for task in self.open_tasks() if is_named(task, {name})]

    def situation(self) -> str:
        """Where the case is, for messages."""
        if not self.running:
            return "the case has ended"
        tasks = Counter(task.element_id for task in self.open_tasks())
        with self.site.database.read() as connection:
            waits = [s.name for s in open_subscriptions(connection, self.case_id)]
        said = ", ".join(n + (f" x{c}" if c > 1 else "") for n, c in sorted(tasks.items()))
        text = f"open tasks: {said or 'none'}"
        later = sorted(self.named_later() & set(tasks))
        if later:
            text += f" (steps further down name {', '.join(later)})"
        return text + (f"; waiting for messages: {', '.join(sorted(set(waits)))}" if waits else "")

    def unanswered(self, besides: str) -> str:
        """The open tasks that nobody answers, because steps further down name them or because
        ``besides`` came before them."""
        kept = self.named_later()
        found = list(dict.fromkeys(
            task.element_id + (" (kept for a step further down)" if is_named(task, kept) else "")
            for task in self.open_tasks() if task.element_id != besides
        ))  # fmt: skip
        if not found:
            return "nothing else is open"
        return f"open, and nobody answers it: {', '.join(found)}"

    def named_later(self) -> set[str]:
        """The tasks that this step and those further down name."""
        return {str(s["task"]) for s in self.scenario.steps[self.at_step :] if "task" in s}

    def last_choice(self) -> str:
        """Which way the case went last where it had a choice, and because of which values."""
        with self.site.database.read() as connection:
            found = list(
                read_chain(
                    connection, self.case_id, self.site.vault, types=["conditions_evaluated"]
                )
            )
        if not found:
            return ""
        last = found[-1]
        facts: Any = last.header["facts"]
        reads = {n.removeprefix("reads."): v for n, v in (last.values or {}).items()
                 if n.startswith("reads.") and not n.startswith("reads.policy")}  # fmt: skip
        said = ", ".join(f"{name} = {value}" for name, value in reads.items())
        chosen = ", ".join(facts.get("chosen", ()))
        return f"The last choice took {chosen}" + (f", because {said}." if said else ".")

    def variable(self, name: str) -> object:
        with self.site.database.read() as connection:
            return read_case_variables(self.site, connection, self.case_id).get(name)

    def variables(self) -> dict[str, object]:
        """What FEEL in the scenario may read."""
        found: dict[str, object] = {}
        if self.case_id:
            with self.site.database.read() as connection:
                found = read_case_variables(self.site, connection, self.case_id)
        return {**found, "previous": dict(self.previous)}

    def evaluated(self, value: Any, scope: Mapping[str, object] | None = None) -> Any:
        """The value with every text that begins with = computed."""
        if isinstance(value, Mapping):
            return {str(key): self.evaluated(inner, scope) for key, inner in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [self.evaluated(inner, scope) for inner in value]
        if isinstance(value, str) and value.startswith("="):
            known = self.variables() if scope is None else scope
            expression = compile_expression(value[1:])
            local = self.time.now.astimezone(self.zone)
            return expression.evaluate(known, now=local, calendar=self.calendar).value
        return value

    def later(self, text: str) -> datetime:
        return read_length(text).after(self.time.now, self.calendar)

    def instant(self, text: str) -> datetime:
        if not text.startswith("="):
            return read_instant(text, self.zone)
        found = self.evaluated(text)
        if not isinstance(found, datetime) or found.tzinfo is None:
            raise NotATime(f"{text} is {found}; expected a date and time")
        return found

    def tell(self, what: str) -> None:
        """Adds to the story; the same again is counted."""
        line = f"{self.site.local_time(self.time.now)}  {what}"
        last, _, times = self.story[-1].partition("  x ") if self.story else ("", "", "")
        if line == last:
            self.story[-1] = f"{line}  x {int(times or 1) + 1}"
        else:
            self.story.append(line)


def is_named(task: UserTask, names: set[str]) -> bool:
    return task.element_id in names or f"{task.process_id}.{task.element_id}" in names
