"""One evaluation: what it may read, what it has spent, what it noticed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from runner.feel.errors import BudgetExceeded, UnsetValue
from runner.feel.values import Unset, Value, to_feel
from runner.feel.wide import at_instant, utc_nanos

MAX_STEPS = 100_000
MAX_LIST = 100_000
MAX_STRING = 1_000_000
MAX_CALLS = 120
"""What one evaluation may do and make; `docs/feel.md` names these."""
_MISSING = frozenset({"unknown_name", "no_entry"})


class WorkingTime(Protocol):
    """The calendar an evaluation may ask. All instants are aware."""

    @property
    def zone(self) -> dt.tzinfo: ...

    def is_working_day(self, day: dt.date) -> bool: ...

    def add_working_days(self, start: dt.datetime, days: int) -> dt.datetime: ...

    def add_working_hours(self, start: dt.datetime, hours: Decimal) -> dt.datetime: ...


@dataclass(frozen=True, slots=True)
class Warning_:
    """Something that made a value null. `kind` is unknown_name, no_entry, type or function, or
    one that a caller of FEEL adds; `name` is what it is about: a variable, key or function."""

    kind: str
    message: str
    name: str = ""


class Evaluation:
    """The state of one evaluation, shared by the expressions evaluated together.

    `reads` maps each variable path that was read from the scope to the value found.
    """

    __slots__ = (
        "budget",
        "calendar",
        "calls",
        "conversions",
        "limit",
        "now",
        "prepared",
        "reads",
        "scope",
        "warnings",
    )

    def __init__(
        self,
        scope: Mapping[str, object],
        now: dt.datetime,
        calendar: WorkingTime | None = None,
        budget: int = MAX_STEPS,
    ) -> None:
        if now.tzinfo is None:
            raise ValueError("now must be an aware date and time")
        self.scope = scope
        self.now = now
        self.calendar = calendar
        self.budget = self.limit = budget
        self.calls = 0
        self.prepared: set[str] = set()
        self.conversions: dict[int, tuple[object, Value]] = {}
        self.warnings: list[Warning_] = []
        self.reads: dict[str, Value] = {}

    @property
    def zone(self) -> dt.tzinfo:
        """The site's zone: the calendar's, else that of `now`."""
        if self.calendar is not None:
            return self.calendar.zone
        return self.now.tzinfo or dt.UTC

    def local(self, value: Value) -> Value:
        """The value; an instant in UTC is shown in the site's zone."""
        if type(value) is dt.datetime and value.tzinfo is dt.UTC and self.calendar is not None:
            return at_instant(utc_nanos(value), self.calendar.zone)
        return value

    def converted(self, value: object) -> Value:
        """A value of the scope as FEEL has it; a list or context is walked through only once."""
        if not isinstance(value, list | Mapping):
            return self.local(to_feel(value))
        known = self.conversions.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        made = to_feel(value)
        self.conversions[id(value)] = (value, made)
        return made

    def spend(self, steps: int = 1) -> None:
        """Count work done; raises BudgetExceeded when it was too much."""
        self.budget -= steps
        if self.budget < 0:
            raise BudgetExceeded(f"The evaluation takes more than {self.limit} steps")

    def spend_once(self, text: str, steps: int) -> None:
        """Count the work of compiling a text; for one evaluation that is done once.

        What is cached from other evaluations is counted too, so that the same evaluation always
        costs the same.
        """
        if text not in self.prepared:
            self.prepared.add(text)
            self.spend(steps)

    def spend_on(self, value: Value) -> None:
        """Count the work that reading or making a large value is."""
        simple = type(value)
        if simple is list:
            if len(value) > MAX_LIST:
                raise BudgetExceeded(f"A list is longer than {MAX_LIST} items")
            self.spend(len(value) >> 3)
        elif simple is str:
            limit_text(len(value))
            self.spend(len(value) >> 7)
        elif simple is dict:
            if len(value) > MAX_LIST:
                raise BudgetExceeded(f"A context has more than {MAX_LIST} entries")
            self.spend(len(value) >> 3)

    def warn(self, kind: str, message: str, name: str = "") -> None:
        """Note why a value is null: the first hundred times, and each kind at least once."""
        if len(self.warnings) < 100 or all(item.kind != kind for item in self.warnings):
            self.warnings.append(Warning_(kind, message, name))

    def forget_missing(self, since: int) -> None:
        """Take back what was noted of missing names since then: somebody has asked about them."""
        if len(self.warnings) > since:
            kept = [item for item in self.warnings[since:] if item.kind not in _MISSING]
            self.warnings[since:] = kept


class Env:
    """The names visible at one place: local ones, then those around it, at last the scope's."""

    __slots__ = ("parent", "run", "values")

    def __init__(self, run: Evaluation, values: Mapping[str, Value], parent: Env | None) -> None:
        self.run = run
        self.values = values
        self.parent = parent


def limit_text(size: int) -> None:
    """Raise BudgetExceeded when a text that is about to be made would have too many characters."""
    if size > MAX_STRING:
        raise BudgetExceeded(f"A text is longer than {MAX_STRING} characters")


def used(value: Value) -> Value:
    """The value, which is about to be used; raises UnsetValue when nobody has decided it."""
    if type(value) is Unset:
        raise UnsetValue(value.path)
    return value
