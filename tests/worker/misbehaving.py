"""Handlers that do what no handler should, as plain functions, so that a process can run them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from service_tasks.contract import Call, Message, Outcome, Retry


def sleeps(call: Call) -> Outcome:
    time.sleep(60)
    return Outcome()


def eats_memory(call: Call) -> Outcome:
    eaten = bytearray(3_000_000_000)
    return Outcome({"size": len(eaten)})


def kills_itself(call: Call) -> Outcome:
    os.kill(os.getpid(), signal.SIGKILL)
    return Outcome()


def leaves(call: Call) -> Outcome:
    raise SystemExit(3)


def interrupts(call: Call) -> Outcome:
    raise KeyboardInterrupt


def recurses(call: Call) -> Outcome:
    return recurses(call)


def asks(call: Call) -> Outcome:
    """Uses its ports, and says which process it was."""
    assert call.mailer is not None
    assert call.texts is not None
    sent = call.mailer.deliver(Message(call.idempotency_key, "a@example.org", "s", "b"))
    people = call.texts.addresses(["office"])
    return Outcome({"pid": os.getpid(), "people": list(people)}, deliveries=[sent])


def asks_for_a_missing_template(call: Call) -> Outcome:
    assert call.texts is not None
    call.texts.render("missing", "en", {})
    return Outcome()


def retries(call: Call) -> Outcome:
    raise Retry("later")


def returns_nonsense(call: Call) -> Outcome:
    return {"not": "an outcome"}  # type: ignore[return-value]


def returns_an_open_file(call: Call) -> Outcome:
    with Path(__file__).open(encoding="utf-8") as file:
        return Outcome({"file": file})
