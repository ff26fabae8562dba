"""What every comparison of a scenario needs: the case, and when two values are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from runner.calendars import Calendar
from runner.definitions.owners_yaml import Path
from runner.definitions.release import Definitions
from runner.feel import compile_expression
from runner.trying.meeting import Reading
from runner.trying.spoken import NotATime, read_instant
from runner.trying.trace import Trace

NONE = "none"


@dataclass(frozen=True)
class Compared:
    """One comparison. ``problem`` is empty where it holds; ``key`` is where it was expected."""

    key: Path
    problem: str = ""


@dataclass(frozen=True)
class About:
    """What is compared: a case so far, and the procedure it follows."""

    trace: Trace
    definitions: Definitions
    reading: Reading
    calendar: Calendar | None
    zone: ZoneInfo


Comparing = Callable[[About, Any], Iterator[Compared]]


def listed(value: Any) -> list[Any]:
    if value == NONE:
        return []
    return value if isinstance(value, list) else [value]


def equal(found: object, wanted: Any, about: About) -> bool:
    if isinstance(found, datetime) and isinstance(wanted, str):
        try:
            return found == read_instant(wanted, about.zone)
        except NotATime:
            return False
    if isinstance(found, date) and isinstance(wanted, str):
        return found.isoformat() == wanted
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, Decimal | int) and isinstance(wanted, Decimal | int):
        return Decimal(found) == Decimal(wanted)
    if isinstance(found, list | tuple) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(
            equal(one, other, about) for one, other in zip(found, wanted, strict=True)
        )
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        return all(equal(found.get(name), value, about) for name, value in wanted.items())
    return bool(found == wanted)


def computed(about: About, text: str, more: Mapping[str, object]) -> object:
    scope = {**about.trace.variables, **more}
    if about.trace.started_at is not None:
        scope.setdefault("start", about.trace.started_at)
    now = about.trace.started_at or datetime.now(about.zone)
    return compile_expression(text).evaluate(scope, now=now, calendar=about.calendar).value


def shown(moment: datetime | None, about: About) -> str:
    if moment is None:
        return "no limit"
    return moment.astimezone(about.zone).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


def text_of(value: object, about: About) -> str:
    if isinstance(value, datetime):
        return shown(value, about)
    if isinstance(value, list | tuple):
        return f"[{', '.join(text_of(one, about) for one in value)}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {text_of(v, about)}" for k, v in value.items()) + "}"
    return "null" if value is None else str(value)
