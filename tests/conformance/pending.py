"""Cases the engine does not pass yet, each with the reason. Tests fail when one begins to pass."""

from __future__ import annotations

from collections.abc import Mapping

PENDING: Mapping[str, str] = {
    "event_sub_process/message_interrupts": "what a message brings does not leave the sub-process",
    "multi_instance/collects": "a result is written past the local variable of its name",
}
