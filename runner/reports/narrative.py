"""The story of a case: a sentence for every event, the same on the case page, in its log and in
the evidence report. Which of them are the story, and not routine, is said here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runner.reports import (  # and their sentences are known
    sentences_case,
    sentences_site,
    sentences_waiting,
    sentences_work,
)
from runner.reports.narrator import TELLERS, Line, Narrator, rule_reason
from runner.store.event_log import Recorded

__all__ = [
    "ROUTINE", "STORY", "TELLERS", "Line", "Narrator", "is_told", "rule_reason", "sentences_case",
    "sentences_site", "sentences_waiting", "sentences_work", "tell",
]  # fmt: skip

ROUTINE = frozenset(
    {
        "element_activated", "element_completed", "element_cancelled", "conditions_evaluated",
        "variables_written", "timer_armed", "timer_not_armed", "timer_cancelled",
        "message_awaited", "signal_awaited", "job_created", "positions_noted",
    }
)  # fmt: skip
"""What the diagram, the data and the log show: no line of the story of its own."""
STORY = frozenset(TELLERS) - ROUTINE


def is_told(narrator: Narrator, event: Recorded) -> bool:
    """Whether the story has a line for the event: a condition only where something went wrong."""
    if event.type == "conditions_evaluated":
        return bool(narrator.warnings(event))
    return event.type in STORY


def tell(narrator: Narrator, events: Iterable[Recorded]) -> Iterator[Line]:
    """The lines of the story, in the order of the events."""
    return (narrator.line(event) for event in events if is_told(narrator, event))
