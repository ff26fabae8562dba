"""Events of what elements throw to each other: signals, and conditions about variables."""

from __future__ import annotations

from dataclasses import field

from runner.event_base import Event, Values, event_type


@event_type("condition_met")
class ConditionMet(Event):
    """A conditional event happened; ``reads`` are the variables that made it true."""

    reads: Values = field(default_factory=dict)


@event_type("signal_awaited")
class SignalAwaited(Event):
    """The case can receive this signal."""

    signal: str


@event_type("signal_thrown")
class SignalThrown(Event):
    """A signal went out: to how many waiting elements, and how many processes it starts."""

    signal: str
    waiting: str
    starts: str
    payload: Values = field(default_factory=dict)


@event_type("signal_received")
class SignalReceived(Event):
    """A signal reached an element that waited for it; ``delivery`` is taken once only."""

    signal: str
    delivery: str
    payload: Values = field(default_factory=dict)
