"""Times as people read them: "today 16:48", "5 hours 24 minutes left".

Up to 24 hours are counted on the clock; what is longer in working days of the calendar handed in,
and says so. The instant always stands beside a countdown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal

from runner.calendars import Calendar
from runner.web.language import _, ngettext

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """One deadline in words. ``kind`` is the colour: ``late``, ``soon`` (today), ``far``, ``hold``
    (waiting on purpose) or ``none`` (nobody set one)."""

    kind: Literal["late", "soon", "far", "hold", "none"]
    left: str
    at: str


@dataclass(frozen=True)
class Span:
    """A length of time, and how long one day of it is: a working day, or 24 hours."""

    length: timedelta
    day: timedelta


@dataclass(frozen=True)
class Moments:
    """Words for times of one request. ``now`` is aware; texts are in the request's language."""

    now: datetime
    zone: tzinfo
    calendar: Calendar | None = None

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def at(self, moment: datetime | None) -> str:
        """``today 16:48``, ``Mon 17:30`` within a week, ``11-26 17:30``, with year if not ours."""
        if moment is None:
            return ""
        local = self.local(moment)
        return f"{self.day(local.date())} {local:%H:%M}"

    def day(self, day: date) -> str:
        today = self.local(self.now).date()
        apart = (day - today).days
        if apart == 0:
            return _("today")
        if apart == -1:
            return _("yesterday")
        if apart == 1:
            return _("tomorrow")
        if 1 < apart < 7:
            return _weekdays()[day.weekday()]
        if day.year == today.year:
            return f"{day:%m-%d}"
        return f"{day:%Y-%m-%d}"

    def full(self, moment: datetime | None) -> str:
        """Date and time to the minute in the site's zone, always with the year."""
        return "" if moment is None else f"{self.local(moment):%Y-%m-%d %H:%M}"

    def exact(self, moment: datetime) -> str:
        """RFC 3339 with the site's offset, for ``<time datetime>``."""
        return self.local(moment).isoformat(timespec="seconds")

    def between(self, start: datetime, end: datetime) -> Span:
        """Elapsed time up to 24 hours; beyond that working time, where any lies between."""
        real = abs(end - start)
        if self.calendar is None or real <= _DAY:
            return Span(real, _DAY)
        working = abs(self.calendar.working_time_between(start, end))
        if working < timedelta(minutes=1):
            return Span(real, _DAY)
        return Span(working, self._working_day())

    def counted(self, start: datetime, end: datetime, unit: str) -> Span:
        """As a limit in ``unit`` counts: working time for working hours and days, else elapsed."""
        if self.calendar is None or not unit.startswith("working"):
            return Span(abs(end - start), _DAY)
        return Span(abs(self.calendar.working_time_between(start, end)), self._working_day())

    def limit(self, amount: Decimal, unit: str) -> str:
        """A limit as the policy writes it: ``10 working days``, ``24 hours``."""
        if amount != int(amount) and unit in {"minute", "hour"}:
            minutes = float(amount) * (60 if unit == "hour" else 1)
            return self.lasting(Span(timedelta(minutes=minutes), _DAY))
        number = int(amount)
        return {
            "minute": ngettext("%(num)d minute", "%(num)d minutes", number),
            "hour": ngettext("%(num)d hour", "%(num)d hours", number),
            "day": ngettext("%(num)d day", "%(num)d days", number),
            "week": ngettext("%(num)d week", "%(num)d weeks", number),
            "month": ngettext("%(num)d month", "%(num)d months", number),
            "year": ngettext("%(num)d year", "%(num)d years", number),
            "working_hour": ngettext("%(num)d working hour", "%(num)d working hours", number),
            "working_day": ngettext("%(num)d working day", "%(num)d working days", number),
        }.get(unit, f"{number} {unit}")

    def lasting(self, span: Span) -> str:
        """``2 days 3 hours``, ``5 hours 24 minutes`` or ``24 minutes``; working time is called
        working days and hours."""
        minutes = int(span.length.total_seconds() // 60)
        per_day = int(span.day.total_seconds() // 60)
        if minutes >= per_day:
            days, rest = divmod(minutes, per_day)
            hours = rest // 60
            first = self.limit(Decimal(days), "day" if span.day == _DAY else "working_day")
            second = ngettext("%(num)d hour", "%(num)d hours", hours) if hours else ""
        elif minutes >= 60:
            hours, rest = divmod(minutes, 60)
            first = self.limit(Decimal(hours), "hour" if span.day == _DAY else "working_hour")
            second = ngettext("%(num)d minute", "%(num)d minutes", rest) if rest else ""
        else:
            first = ngettext("%(num)d minute", "%(num)d minutes", max(minutes, 0))
            second = ""
        return f"{first} {second}".strip()

    def due(self, due_at: datetime | None, resumes_at: datetime | None = None) -> Due:
        """The countdown of something unfinished. ``resumes_at`` in the future means waiting."""
        if resumes_at is not None and resumes_at > self.now:
            left = _("Waiting")
            return Due("hold", left, _("resumes %(when)s", when=self.at(resumes_at)))
        if due_at is None:
            return Due("none", _("No deadline"), "")
        span = self.lasting(self.between(self.now, due_at))
        if due_at < self.now:
            return Due("late", _("%(span)s late", span=span), self.at(due_at))
        kind: Literal["soon", "far"] = (
            "soon" if self.local(due_at).date() == self.local(self.now).date() else "far"
        )
        return Due(kind, _("%(span)s left", span=span), self.at(due_at))

    def _working_day(self) -> timedelta:
        if self.calendar is None:
            return _DAY
        for hours in self.calendar.weekly:
            if hours:
                return timedelta(minutes=sum(part.end - part.start for part in hours))
        return _DAY

    def hours_line(self) -> str:
        """The working hours and the calendar that counts them, for the foot of a list."""
        if self.calendar is None:
            return ""
        hours = next((day for day in self.calendar.weekly if day), ())
        spans = ", ".join(f"{_clock(part.start)}–{_clock(part.end)}" for part in hours)
        return _(
            "Working time %(spans)s, calendar %(calendar)s",
            spans=spans,
            calendar=self.calendar.reference,
        )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _weekdays() -> tuple[str, ...]:
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


def file_size(size: int) -> str:
    """``86 KB``, ``2.1 MB``."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{Decimal(size) / 1_000_000:.1f} MB"
