"""Timers are armed and withdrawn; a null date arms nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from uuid import uuid4

from runner.clock import from_text, to_text
from runner.engine.case_change import CaseChange
from runner.engine.elements.expressions import deadline
from runner.engine.spiff.host import Token
from runner.errors import Failure
from runner.events import TimerArmed, TimerCancelled, TimerNotArmed
from runner.feel import Months, Unset, UnsetValue, parse_temporal
from runner.store.timers import Timer

_CYCLE = re.compile(r"R(?P<times>\d*)/(?:(?P<start>[^/]+)/)?(?P<period>P[^/]+)")
_SHORTEST_CYCLE = timedelta(minutes=1)  # a cycle of nothing would fire without end


def enter(change: CaseChange, token: Token) -> bool:
    """A timer catch event: rests until it is due. With a null date there is nothing to wait for,
    except behind an event-based gateway, where another event decides."""
    if arm(change, token):
        return False
    process = change.definitions.processes[token.element.process_id]
    sources = (process.flows[flow].source for flow in token.element.incoming)
    return all(process.elements[source].kind != "eventBasedGateway" for source in sources)


def arm(change: CaseChange, token: Token, fired: Timer | None = None) -> bool:
    """Computes the due time once and keeps it. ``fired`` is the timer whose cycle goes on here.

    False when the date is null, or when the cycle has no firing left.
    """
    element = token.element
    if fired is not None:
        timer = _next_of(change, token, fired)
        if timer is None:
            return False
    else:
        try:
            timer = _first(change, token)
        except OverflowError as error:
            raise _wrong(token, element.event.timer) from error
        if timer is None:
            change.record(
                TimerNotArmed(
                    element=element.id,
                    token=token.id,
                    process=element.process_id,
                    instance=token.instance_id,
                )
            )
            return False
    change.case.timers.add(timer)
    calendar = change.calendar
    change.record(
        TimerArmed(
            element=element.id,
            token=token.id,
            process=element.process_id,
            instance=token.instance_id,
            timer=timer.id,
            due_at=to_text(timer.due_at),
            calendar=None if calendar is None else calendar.reference,
            repeats=timer.repeats,
        )
    )
    return True


def withdraw(change: CaseChange, token: Token) -> None:
    timer = change.case.timers.end(token.id, "cancelled")
    if timer is not None:
        change.record(
            TimerCancelled(
                element=token.element.id,
                token=token.id,
                process=token.element.process_id,
                instance=token.instance_id,
                timer=timer.id,
            )
        )


def missed_cycles(timer: Timer, now: datetime, zone: tzinfo) -> int:
    """How many firings after this one are already over at ``now``: they are skipped, not fired.
    Months are counted in ``zone``."""
    if timer.repeats is None:
        return 0
    cycle = _read_cycle(timer.repeats)
    missed = 0
    try:
        due = cycle.after(timer.due_at, zone)
        while due <= now and (cycle.left is None or missed < cycle.left):
            missed += 1
            due = cycle.after(due, zone)
    except OverflowError:  # the next firing lies beyond the year 9999
        return missed
    return missed


def _next_of(change: CaseChange, token: Token, fired: Timer) -> Timer | None:
    if fired.repeats is None:
        return None
    cycle, zone = _read_cycle(fired.repeats), change.site.zone
    skipped = missed_cycles(fired, change.at, zone)
    if cycle.left is not None and cycle.left <= skipped:
        return None
    due = fired.due_at
    try:
        for _ in range(skipped + 1):
            due = cycle.after(due, zone)
    except OverflowError:  # the next firing lies beyond the year 9999
        return None
    left = None if cycle.left is None else cycle.left - skipped - 1
    return _timer(change, token, due, replace(cycle, left=left).written())


def _first(change: CaseChange, token: Token) -> Timer | None:
    event = token.element.event
    value = deadline(change, token, event.timer)
    if isinstance(value, Unset):
        raise UnsetValue(value.path)
    if value is None:
        return None
    if event.timer_kind == "cycle":
        return _cycle(change, token, value)
    if isinstance(value, str):
        value = parse_temporal(value)
    if event.timer_kind == "duration" and isinstance(value, timedelta | Months):
        return _timer(change, token, _after(change.at, value, change.site.zone), None)
    if event.timer_kind == "date" and isinstance(value, date):
        if not isinstance(value, datetime):
            value = datetime.combine(value, time(0), change.site.zone)
        if value.tzinfo is not None:
            return _timer(change, token, value, None)
    raise _wrong(token, event.timer)


def _cycle(change: CaseChange, token: Token, value: object) -> Timer:
    found = _CYCLE.fullmatch(value) if isinstance(value, str) else None
    if found is None or not isinstance(value, str):
        raise _wrong(token, token.element.event.timer)
    period = parse_temporal(found["period"])
    zone = change.site.zone
    if not isinstance(period, timedelta | Months) or _after(change.at, period, zone) < (
        change.at + _SHORTEST_CYCLE
    ):
        raise _wrong(token, token.element.event.timer)
    times = int(found["times"]) if found["times"] else None
    if times == 0:
        raise _wrong(token, token.element.event.timer)
    start = parse_temporal(found["start"]) if found["start"] else None
    given = start if isinstance(start, datetime) and start.tzinfo else None
    due = given or _after(change.at, period, zone)
    cycle = _Cycle(None if times is None else times - 1, found["period"], given or change.at)
    return _timer(change, token, due, cycle.written())


def _timer(change: CaseChange, token: Token, due: datetime, repeats: str | None) -> Timer:
    return Timer(
        id=uuid4().hex,
        root_id=change.case.id,
        token_id=token.id,
        element_id=token.element.id,
        due_at=due.astimezone(UTC),
        repeats=repeats,
    )


@dataclass(frozen=True, slots=True)
class _Cycle:
    """A cycle with ``left`` firings after this one (None: without end). Months are counted from
    ``start``, so that the 31st comes back after a shorter month."""

    left: int | None
    period: str
    start: datetime | None

    @property
    def length(self) -> timedelta | Months:
        length = parse_temporal(self.period)
        assert isinstance(length, timedelta | Months)
        return length

    def after(self, due: datetime, zone: tzinfo) -> datetime:
        """The firing after the one at ``due``. Raises ``OverflowError`` beyond the year 9999."""
        length = self.length
        if isinstance(length, timedelta):
            return due + length
        start = self.start or due
        first, last = start.astimezone(zone), due.astimezone(zone)
        passed = (last.year - first.year) * 12 + last.month - first.month
        return _after(start, Months(passed + length.months), zone)

    def written(self) -> str | None:
        """As it is kept with a timer; None when this firing is the last."""
        if self.left is not None and self.left <= 0:
            return None
        times = "" if self.left is None else str(self.left)
        if self.start is None or isinstance(self.length, timedelta):
            return f"R{times}/{self.period}"
        return f"R{times}/{to_text(self.start)}/{self.period}"


def _read_cycle(text: str) -> _Cycle:
    head, period = text.rsplit("/", 1)
    times, _, start = head[1:].partition("/")
    return _Cycle(int(times) if times else None, period, from_text(start) if start else None)


def _after(start: datetime, length: timedelta | Months, zone: tzinfo) -> datetime:
    """Months are counted on the calendar of ``zone``: the 31st becomes the last day of a shorter
    month. Raises ``OverflowError`` beyond the year 9999."""
    if isinstance(length, timedelta):
        return start + length
    local = start.astimezone(zone)
    month = local.month - 1 + length.months
    year, month = local.year + month // 12, month % 12 + 1
    for day in (local.day, 30, 29, 28):
        try:
            moved = local.replace(year=year, month=month, day=min(day, local.day), fold=0)
        except ValueError:
            continue
        return moved.astimezone(UTC)
    raise OverflowError("no calendar goes that far")


def _wrong(token: Token, text: str) -> Failure:
    return Failure(
        "expression_failed",
        token.element.id,
        f"定时“{text}”没有给出可用的时间。 / The timer '{text}' gives no usable time.",
    )
