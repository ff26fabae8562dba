"""Times as people write them in a scenario: ``30 minutes``, ``2 working days``, an instant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from runner.calendars import Calendar
from runner.feel import compile_expression

_LENGTH = re.compile(r"(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>[a-z_ ]+?)")
_ISO = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_ISO_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_UNITS: Mapping[str, str] = {
    "s": "second", "sec": "second", "min": "minute", "h": "hour", "d": "day", "w": "week",
    "workday": "working_day", "business_day": "working_day",
}  # fmt: skip
KNOWN_UNITS = (
    "second", "minute", "hour", "day", "week", "month", "year", "working_day", "working_hour",
)  # fmt: skip
_PLAIN: Mapping[str, int] = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_AFTER = compile_expression("due at(limit, clock)")


class NotATime(ValueError):
    """The text is no length or instant; says what was expected."""


@dataclass(frozen=True)
class Length:
    """One length of time, each part ``(amount, unit)`` with a unit of ``KNOWN_UNITS``."""

    parts: tuple[tuple[Decimal, str], ...]

    def after(self, start: datetime, calendar: Calendar | None) -> datetime:
        """The instant this long after ``start``; working time by the calendar."""
        return self._counted(start, calendar, _PLAIN)

    def due(self, start: datetime, calendar: Calendar | None) -> datetime:
        """When something is due that has this long: days, weeks and months end with their last
        day, as everywhere in the procedure."""
        return self._counted(start, calendar, {n: _PLAIN[n] for n in ("second", "minute", "hour")})

    def _counted(
        self, start: datetime, calendar: Calendar | None, plain: Mapping[str, int]
    ) -> datetime:
        moment = start
        for amount, unit in self.parts:
            if unit in plain:
                moment += timedelta(seconds=float(amount) * plain[unit])
                continue
            limit = {"amount": amount, "unit": unit, "from": "now"}
            scope = {"limit": limit, "clock": {"now": moment}}
            found = _AFTER.evaluate(scope, now=moment, calendar=calendar).value
            if not isinstance(found, datetime):
                raise NotATime(f"{amount} {unit} cannot be counted from {moment}")
            moment = found
        return moment.astimezone(UTC)


def read_length(text: str) -> Length:
    """``30 minutes``, ``2 working days``, ``PT30M``. Raises ``NotATime``."""
    written = text.strip()
    iso = _ISO.fullmatch(written)
    if iso is not None:
        found = zip(iso.groups(), _ISO_UNITS, strict=True)
        return Length(tuple((Decimal(n), unit) for n, unit in found if n is not None))
    spoken = _LENGTH.fullmatch(written.lower())
    if spoken is not None:
        unit = "_".join(spoken["unit"].split())
        unit = _UNITS.get(unit, unit)
        unit = unit if unit in KNOWN_UNITS else unit.removesuffix("s")
        unit = _UNITS.get(unit, unit)
        if unit in KNOWN_UNITS:
            return Length(((Decimal(spoken["amount"]), unit),))
    raise NotATime(
        f'"{text}" is no length of time; expected for instance 30 minutes, 2 working days, '
        f"1 week or PT30M (units: {', '.join(KNOWN_UNITS)})"
    )


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """``2026-03-02 09:30`` in the site's zone, or with its own offset. Raises ``NotATime``."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise NotATime(f'"{text}" is no instant; expected for instance 2026-03-02 09:30') from None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
