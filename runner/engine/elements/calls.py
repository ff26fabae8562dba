"""Call activities and embedded sub-processes: their scope, and the called instance's row."""

from __future__ import annotations

from runner.engine.case_change import CaseChange
from runner.engine.elements import mappings
from runner.engine.scopes import CLOSED, LOCAL, PASSING
from runner.engine.spiff.host import Token
from runner.store.cases import Instance


def open_scope(change: CaseChange, token: Token) -> None:
    """The scope its inside lives in; a second call for the same token changes nothing."""
    if change.case.scopes.get(token.id) is not None:
        return
    element = token.element
    kind = PASSING
    if element.kind == "callActivity":
        if not element.propagate_all_parent_variables:
            kind = CLOSED
        elif not element.propagate_all_child_variables or element.outputs:
            kind = LOCAL
    change.case.scopes.open(
        token.id,
        parent_id=token.scope_id,
        instance_id=token.instance_id,
        element_id=element.id,
        kind=PASSING if kind == CLOSED else kind,
    )


def enter(change: CaseChange, token: Token) -> bool:
    """Inputs are mapped: from here on a closed call sees nothing of its caller."""
    element = token.element
    if element.kind == "callActivity":
        if not element.propagate_all_parent_variables:
            scope = change.case.scopes.get(token.id)
            assert scope is not None
            scope.kind = CLOSED
        change.case.instances.add(
            Instance(
                id=token.id,
                root_id=change.case.id,
                parent_id=token.instance_id,
                process_id=element.called_process or "",
                call_element_id=element.id,
                started_at=change.at,
            )
        )
    return True


def leave(change: CaseChange, token: Token) -> None:
    """The called instance is over. A closed call that passes its variables on does so now, but for
    those that are its own; where it has output mappings, they alone carry results out."""
    element = token.element
    scope = change.case.scopes.get(token.id)
    passes = element.propagate_all_child_variables and not element.outputs
    if scope is not None and scope.kind == CLOSED and passes:
        own = mappings.declared(token)
        found = {name: value for name, value in scope.values.items() if name not in own}
        change.write(token, token.scope_id, found)
    change.case.instances.end(token.id, "completed")
