"""Cases the engine does not pass yet, each with the reason. Tests fail when one begins to pass."""

from __future__ import annotations

from collections.abc import Mapping

_SIGNALS = "signals are not delivered yet"

PENDING: Mapping[str, str] = {
    "boundary_signal/beside": _SIGNALS,
    "boundary_signal/interrupts": _SIGNALS,
    "boundary_signal/reaches_all": _SIGNALS,
    "event_gateway/signal": _SIGNALS,
    "event_sub_process/signal": _SIGNALS,
    "signal_event/catch": _SIGNALS,
    "signal_event/end": _SIGNALS,
    "signal_event/interrupts_thrower": _SIGNALS,
    "signal_event/into_call": _SIGNALS,
    "signal_event/into_sub_process": _SIGNALS,
    "signal_event/only_who_waits": _SIGNALS,
    "signal_event/several": _SIGNALS,
    "signal_event/throw_reaches_own": _SIGNALS,
    "event_sub_process/cycle_beside": "a cycle begins anew each time it starts its sub-process",
    "event_sub_process/message_interrupts": "what a message brings does not leave the sub-process",
    "multi_instance/collects": "a result is written past the local variable of its name",
}
