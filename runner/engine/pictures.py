"""Where tokens stand, as it is kept in events: enough to draw the diagram again later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from runner.engine.spiff.host import Token
from runner.engine.spiff.moving import Position


def facts_of(positions: Iterable[Position]) -> tuple[Mapping[str, str], ...]:
    """The positions as facts of an event; what is not set is left out."""
    return tuple(fact_of(position) for position in positions)


def fact_of(position: Position) -> dict[str, str]:
    fact = {
        "token": position.token_id,
        "instance": position.instance_id,
        "process": position.process_id,
        "element": position.element_id,
    }
    if position.loop is not None:
        fact["loop"] = str(position.loop)
    if position.attached_to is not None:
        fact["attached_to"] = position.attached_to
    if position.flow is not None:
        fact["flow"] = position.flow
    if position.watching:
        fact["watching"] = "yes"
    return fact


def place_of(token: Token) -> dict[str, str]:
    """The fields of an event that say where it happened."""
    return {
        "element": token.element.id,
        "token": token.id,
        "process": token.element.process_id,
        "instance": token.instance_id,
    }


def moved_fact(position: Position, before: Mapping[str, Position]) -> dict[str, str]:
    """Where a token stands, and where it was."""
    return {**fact_of(position), "was": before[position.token_id].element_id}
