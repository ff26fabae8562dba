"""Joins that wait for what can never come: an incident, as soon as nothing else is left there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.definitions.findings import half
from runner.errors import Failure

if TYPE_CHECKING:
    from runner.engine.case_change import CaseChange
    from runner.engine.spiff.host import Token

KIND = "no_flow"


def settle(change: CaseChange) -> None:
    """Raises an incident at each such join that has none, and ends those of joins that have gone on
    or are gone."""
    execution, incidents = change.case.execution, change.case.incidents
    assert execution is not None
    dead = execution.dead_ends()
    if incidents.open:
        known = {token.id for token, _ in dead}
        for incident in list(incidents.open.values()):
            key = incident.token_id
            if incident.kind == KIND and key not in known and not execution.chooses(key):
                incidents.end(key, "cancelled")
    for token, missing in dead:
        if token.id not in incidents.open:
            _raise(change, token, missing)


def _raise(change: CaseChange, token: Token, missing: tuple[str, ...]) -> None:
    from runner.engine.elements.incidents import (
        raise_incident,
    )  # elements lie above what they change

    process = change.definitions.processes[token.element.process_id]
    sources = [process.elements[process.flows[flow].source] for flow in missing]
    zh = "、".join(f"“{half(source.name, 'zh') or source.id}”" for source in sources)
    en = ", ".join(f"'{half(source.name, 'en') or source.id}'" for source in sources)
    raise_incident(
        change,
        token,
        Failure(
            KIND,
            token.element.id,
            f"这里在等从{zh}来的路，但已经没有什么能从那里来了。"
            "请把它移到别处、迁移到另一版本或取消。 / "
            f"This waits for a way from {en}, but nothing is left that could come from there. "
            "Move it elsewhere, migrate the case to another release, or cancel it.",
        ),
    )
