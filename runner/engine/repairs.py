"""Repairs of a running case by hand: moving a token, editing a variable; four eyes where the policy
says so (``changes.four_eyes``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection

from runner.encoding import NotStorable, dumps, encode, loads
from runner.engine.access import Person, require_group
from runner.engine.case_change import CaseChange
from runner.engine.elements.host import moving
from runner.engine.instances import end_if_completed, require_reason
from runner.engine.pictures import facts_of, place_of
from runner.engine.repair_words import already, not_movable, stale
from runner.engine.site import Site
from runner.engine.spiff.execution import Execution, NoSuchToken
from runner.engine.spiff.moving import NotMovable, Position, Way, withdrawn_with
from runner.engine.transaction import change_case
from runner.engine.variables import READ_ONLY
from runner.errors import InvalidInput, InvalidState, NotAllowed, NotFound
from runner.events_changes import (
    PositionsNoted,
    RepairDeclined,
    RepairRequested,
    TokenMoved,
    VariableEdited,
)
from runner.feel import to_feel
from runner.store.cases import find_case, read_execution
from runner.store.repair_requests import (
    RepairRequest,
    decide_repair_request,
    find_repair_request,
    insert_repair_request,
)

MAY_REPAIR = ("process_owner", "administrator", "complaint_management", "quality_manager")
MOVE, EDIT = "move_token", "edit_variable"


@dataclass(frozen=True)
class MovePreview:
    """What moving a token would cancel (token ids, the moved one first) and open. ``revision`` is
    the case's at this moment: hand it to ``move_token`` so that nothing comes between."""

    revision: int
    cancelled: tuple[str, ...]
    opened: tuple[str, ...]
    left: tuple[str, ...]
    positions: tuple[Position, ...]


def preview_move(
    site: Site, connection: Connection, *, case_id: str, token_id: str, target: str
) -> MovePreview:
    """Reads only. Raises ``NotFound`` and ``InvalidInput`` with the sentence why it cannot be."""
    row = find_case(connection, case_id)
    if row is None:
        raise NotFound("没有这起投诉。 / There is no such case.")
    execution = read_tokens(site, connection, case_id)
    way = _way(execution, token_id, target)
    return MovePreview(
        revision=row.revision,
        cancelled=tuple(task.id for task in withdrawn_with(way)),
        opened=tuple(spec.element.id for spec in way.opens),
        left=way.left,
        positions=tuple(execution.positions()),
    )


def read_tokens(site: Site, connection: Connection, case_id: str) -> Execution:
    """The tokens of a case as last committed, to look at only. Raises ``NotFound``."""
    row = find_case(connection, case_id)
    if row is None:
        raise NotFound("没有这起投诉。 / There is no such case.")
    procedure = site.procedure(connection, row.release_digest)
    return Execution.look(procedure, read_execution(connection, case_id))


def move_token(
    site: Site,
    *,
    actor: Person,
    case_id: str,
    token_id: str,
    target: str,
    reason: str,
    revision: int | None = None,
) -> str | None:
    """Cancels the work at a token and starts it at ``target``, an activity or event of the same
    process instance; where every token stood before and stands after is recorded.

    ``revision`` (of the preview) refuses when the case changed since. None when done; the id of a
    request for a colleague to confirm where the policy asks for four eyes.
    """
    data = {"token": token_id, "target": target}
    return _repair(site, actor, case_id, MOVE, data, reason, revision)


def edit_variable(
    site: Site,
    *,
    actor: Person,
    case_id: str,
    scope_id: str,
    name: str,
    value: object,
    reason: str,
    revision: int | None = None,
) -> str | None:
    """Sets one variable in exactly one scope; the value before stays in the log. ``value`` is a
    FEEL value. Returns and refuses as ``move_token``."""
    if name in READ_ONLY or name.startswith("#") or not name:
        raise InvalidInput(
            f"“{name}”不能更改。 / '{name}' cannot be changed.", {"name": ["只读。 / Read-only."]}
        )
    try:
        kept = to_feel(value)
        encode(kept)
    except (NotStorable, TypeError) as error:
        text = f"无法保存：{error} / Cannot be kept: {error}"
        raise InvalidInput(text, {"value": [text]}) from error
    data = {"scope": scope_id, "name": name, "value": kept}
    return _repair(site, actor, case_id, EDIT, data, reason, revision)


def decide_repair(
    site: Site, *, actor: Person, request_id: str, confirm: bool, reason: str = ""
) -> None:
    """A colleague of the one who asked confirms a repair, which is then done in the colleague's
    name, or declines it with a reason. Only one's own request can be declined by oneself."""
    with site.database.read() as connection:
        found = find_repair_request(connection, request_id)
    if found is None:
        raise NotFound("没有这个请求。 / There is no such request.")
    with change_case(site, actor=actor, case=found.root_id, command="decide_repair") as change:
        require_group(actor, *MAY_REPAIR)
        request = find_repair_request(change.connection, request_id)
        if request is None or request.state != "open":
            raise already()
        if confirm and actor.id == request.requested_by:
            raise NotAllowed(
                "四眼原则：提出更改的人不能自己确认。 / "
                "Four eyes: who asked for a change cannot confirm it.",
                reason="four_eyes",
            )
        state = "done" if confirm else "declined"
        decide_repair_request(change.connection, request_id, state, actor.id, change.at)
        data = _opened(change, request)
        why = str(data.pop("reason"))
        if confirm:
            _perform(change, request.kind, data, why)
            return
        require_reason(reason)
        change.record(
            RepairDeclined(
                instance=change.case.id,
                request=request_id,
                kind=request.kind,
                reason={"text": reason.strip()},
            )
        )


def _repair(
    site: Site,
    actor: Person,
    case_id: str,
    kind: str,
    data: Mapping[str, object],
    reason: str,
    revision: int | None,
) -> str | None:
    require_reason(reason)
    with change_case(site, actor=actor, case=case_id, command=kind) as change:
        require_group(actor, *MAY_REPAIR)
        if revision is not None and revision != change.case.revision:
            raise stale()
        if not needs_four_eyes(change.policy, kind):
            _perform(change, kind, data, reason.strip())
            return None
        _check(change, kind, data)
        request = RepairRequest(
            id=uuid4().hex,
            root_id=case_id,
            kind=kind,
            data=site.vault.encrypt(
                change.connection,
                change.case.row.subject_id,
                dumps({**data, "reason": reason.strip()}),
            ),
            state="open",
            requested_by=actor.id,
            requested_at=change.at,
        )
        insert_repair_request(change.connection, request)
        change.record(
            RepairRequested(
                instance=case_id, request=request.id, kind=kind, reason={"text": reason.strip()}
            )
        )
        return request.id


def needs_four_eyes(policy: Mapping[str, object], kind: str) -> bool:
    """Whether ``policy.changes.four_eyes`` names this kind of repair."""
    changes = policy.get("changes")
    named = changes.get("four_eyes") if isinstance(changes, Mapping) else None
    return isinstance(named, list) and kind in named


def _check(change: CaseChange, kind: str, data: Mapping[str, object]) -> None:
    """Refuses at once what could not be done once it is confirmed."""
    assert change.case.execution is not None
    if kind == MOVE:
        _way(change.case.execution, str(data["token"]), str(data["target"]))
    else:
        _scope_values(change, str(data["scope"]))


def _perform(change: CaseChange, kind: str, data: Mapping[str, object], reason: str) -> None:
    if kind == MOVE:
        _move(change, str(data["token"]), str(data["target"]), reason)
    else:
        _edit(change, str(data["scope"]), str(data["name"]), data["value"], reason)


def _move(change: CaseChange, token_id: str, target: str, reason: str) -> None:
    assert change.case.execution is not None
    way = _way(change.case.execution, token_id, target)
    token = change.case.execution.token(token_id)
    change.element = token.element.id
    change.record(
        TokenMoved(
            **place_of(token),
            target=target,
            positions=facts_of(change.case.execution.positions()),
            entered=tuple(spec.element.id for spec in way.opens),
            left=way.left,
            reason={"text": reason},
        )
    )
    execution = moving(change)
    try:
        execution.move(way)
    except NotMovable as refused:
        raise not_movable(refused) from refused
    positions = execution.positions()
    change.record(PositionsNoted(instance=change.case.id, positions=facts_of(positions)))
    end_if_completed(change)


def _edit(change: CaseChange, scope_id: str, name: str, value: object, reason: str) -> None:
    values = _scope_values(change, scope_id)
    if name in values and encode(values[name]) == encode(value):
        raise InvalidInput(
            f"“{name}”已经是这个值。 / '{name}' has this value already.",
            {"value": ["没有变化。 / Nothing changes."]},
        )
    change.record(
        VariableEdited(instance=change.case.id, scope=scope_id, name=name, reason={"text": reason})
    )
    change.record_written(change.case.scopes.declare(scope_id, {name: value}), None)
    moving(change)  # so that lists of cases show the new value


def _scope_values(change: CaseChange, scope_id: str) -> Mapping[str, object]:
    scope = change.case.scopes.get(scope_id)
    if scope is None or scope_id == change.case.decisions_id:
        raise InvalidState(
            "这些数据所在的步骤已经结束。 / The step these values belong to has ended."
        )
    return scope.values


def _way(execution: Execution, token_id: str, target: str) -> Way:
    try:
        return execution.way_to(token_id, target)
    except NoSuchToken as gone:
        raise InvalidState(
            "应移动一个进行中的步骤，但它已经结束。 / "
            "Expected to move a step that is open, but it has ended."
        ) from gone
    except NotMovable as refused:
        raise not_movable(refused) from refused


def _opened(change: CaseChange, request: RepairRequest) -> dict[str, object]:
    row = change.case.row
    found = loads(change.site.vault.decrypt(change.connection, row.subject_id, request.data))
    assert isinstance(found, dict)
    return found
