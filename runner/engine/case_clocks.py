"""Deadlines that stand still while their case moves to another release and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from runner.engine.case_change import CaseChange
from runner.engine.pausing import given_back, go_on, marks_of
from runner.store.pauses import Pause


def forget_clock(change: CaseChange, token_id: str) -> None:
    """The deadline is about to be computed anew: that it stood still no longer counts."""
    if change.case.pauses.end(token_id, "cancelled") is not None:
        task = change.case.tasks.open.get(token_id)
        if task is not None:
            change.case.tasks.replace(replace(task, due_at=None))


def resume_what_stays_no_longer(change: CaseChange) -> None:
    """On this release these deadlines never stand still: they go on, with the time given back."""
    case = change.case
    marks = marks_of(change.definitions)
    assert case.execution is not None
    for pause in list(case.pauses.open.values()):
        element = case.execution.token(pause.token_id).element
        if not marks.waits or not marks.pauses.get((element.process_id, element.id)):
            go_on(change, pause, given_back(pause, change.at, change.calendar))


def restore_clocks(change: CaseChange, before: Mapping[str, Pause]) -> None:
    """As it was: what the migration stopped runs on as if it never had stood still, and what it let
    go on stands still again since the moment it first did."""
    case = change.case
    for pause in list(case.pauses.open.values()):
        if pause.token_id not in before:
            go_on(change, pause, pause.due_at)
    for pause in before.values():
        if pause.token_id not in case.pauses.open:
            case.pauses.add(pause)
