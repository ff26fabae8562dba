"""Conditional events: asked when they begin to wait, and after a variable they read has changed."""

from __future__ import annotations

from collections.abc import Collection

from runner.engine.case_change import CaseChange
from runner.engine.elements.expressions import condition_failure, worth_telling
from runner.engine.elements.gateways import storable
from runner.engine.spiff.host import Token
from runner.events import ConditionMet
from runner.feel import compile_expression


def begin(change: CaseChange, token: Token) -> None:
    """From now on the event hears of variables that change."""
    change.considered[token.id] = len(change.written)


def holds(change: CaseChange, token: Token, *, fresh: bool) -> bool:
    """Whether the event happens now. Several variables that changed in one step count once. A
    condition about variables that nobody wrote yet does not hold. Raises ``Failure`` where it
    gives anything but true or false."""
    text = token.element.event.condition
    since = change.considered.get(token.id, 0)
    change.considered[token.id] = len(change.written)
    if not fresh and (since == len(change.written) or not _concerned(change, token, since)):
        return False
    result = change.evaluate(text, change.visible_from(_scope(change, token), token.instance_id))
    if result.value is None and not worth_telling(result.warnings):
        return False
    if not isinstance(result.value, bool):
        raise condition_failure(token, text, token.element.name or token.element.id, result)
    if not result.value:
        return False
    change.case.incidents.end(token.id, "cancelled")
    change.record(
        ConditionMet(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            reads=storable(result.reads),
        )
    )
    return True


def _concerned(change: CaseChange, token: Token, since: int) -> bool:
    event = token.element.event
    names: Collection[str] = event.variables or {
        name.partition(".")[0] for name in compile_expression(event.condition[1:]).names
    }
    for scope_id, name, created in change.written[since:]:
        kind = "create" if created else "update"
        if name in names and (not event.changes or kind in event.changes):
            seen = change.case.scopes.outwards(_scope(change, token))
            nearest = next((scope.id for scope in seen if name in scope.values), None)
            if nearest == scope_id:
                return True
    return False


def _scope(change: CaseChange, token: Token) -> str:
    """A boundary event sees what its activity sees."""
    watched = token.attached_to
    return watched if watched and change.case.scopes.get(watched) else token.scope_id
