"""What follows from variables that a command wrote without moving a token."""

from __future__ import annotations

from runner.engine.case_change import CaseChange
from runner.engine.elements.host import moving
from runner.engine.instances import end_if_completed


def reconsider(change: CaseChange) -> None:
    """Lets the conditional events happen whose condition holds by now."""
    moving(change).reconsider()
    end_if_completed(change)
