"""User tasks begin and are withdrawn: candidate groups, assignee, due time, priority."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal

from runner.clock import to_text
from runner.engine.case_change import CaseChange
from runner.engine.elements.expressions import deadline, evaluate
from runner.engine.pausing import require_decided
from runner.engine.spiff.host import Token
from runner.engine.variables import Variables
from runner.errors import Failure
from runner.events import UserTaskCancelled, UserTaskCreated
from runner.feel import Unset, UnsetValue, parse_temporal
from runner.store.people import find_username
from runner.store.user_tasks import UserTask

DEFAULT_PRIORITY = 50


def enter(change: CaseChange, token: Token) -> bool:
    """Makes the task; its id is the token's."""
    element = token.element
    require_decided(change, element)
    variables = change.variables(token)
    groups = _groups(change, token, variables)
    assignee = _assignee(change, token, variables)
    if not groups and assignee is None:
        raise Failure(
            "no_candidates",
            element.id,
            "这个任务没有候选小组。 / This task has no candidate group.",
        )
    due_at = _instant(change, token, element.due_date, variables)
    calendar = change.calendar if due_at is not None else None
    task = UserTask(
        id=token.id,
        root_id=change.case.id,
        instance_id=token.instance_id,
        process_id=element.process_id,
        element_id=element.id,
        scope_id=token.scope_id,
        form_id=element.form_id,
        name=" ".join(element.name.split()) or element.id,
        state="created",
        assignee=assignee,
        claimed_at=None if assignee is None else change.at,
        priority=_priority(change, token, element.priority, variables),
        due_at=due_at,
        follow_up_at=_instant(change, token, element.follow_up_date, variables),
        escalated_at=None,
        created_at=change.at,
        groups=groups,
    )
    change.case.tasks.add(task)
    change.record(
        UserTaskCreated(
            element=element.id,
            token=token.id,
            process=element.process_id,
            instance=token.instance_id,
            form=element.form_id,
            groups=tuple(sorted(groups)),
            due_at=None if due_at is None else to_text(due_at),
            calendar=None if calendar is None else calendar.reference,
            provisional=(
                True
                if due_at is not None
                and calendar is not None
                and calendar.is_provisional(due_at.astimezone(calendar.zone).date())
                else None
            ),
        )
    )
    return False


def due_times(change: CaseChange, token: Token) -> tuple[datetime | None, datetime | None]:
    """When the task of a token would be due and followed up, computed now."""
    element, variables = token.element, change.variables(token)
    return (
        _instant(change, token, element.due_date, variables),
        _instant(change, token, element.follow_up_date, variables),
    )


def withdraw(change: CaseChange, token: Token) -> None:
    """The element was interrupted: its task, where it has one, is no longer needed."""
    if change.case.tasks.end(token.id, "cancelled") is not None:
        change.record(
            UserTaskCancelled(
                element=token.element.id,
                token=token.id,
                process=token.element.process_id,
                instance=token.instance_id,
            )
        )


def _groups(change: CaseChange, token: Token, variables: Variables) -> frozenset[str]:
    text = token.element.candidate_groups
    if text is None:
        return frozenset()
    found = evaluate(change, token, text, variables)
    if isinstance(found, Unset):
        raise UnsetValue(found.path)
    if isinstance(found, str):
        found = [part.strip() for part in found.split(",") if part.strip()]
    names = found if isinstance(found, list) else []
    known = change.definitions.groups
    for name in names:
        if isinstance(name, Unset):
            raise UnsetValue(name.path)
        if not isinstance(name, str) or name not in known:
            raise Failure(
                "no_candidates",
                token.element.id,
                f"没有名为“{name}”的小组。 / There is no group '{name}'.",
            )
    return frozenset(names)


def _assignee(change: CaseChange, token: Token, variables: Variables) -> str | None:
    text = token.element.assignee
    found = None if text is None else evaluate(change, token, text, variables)
    if found is None:
        return None
    person = find_username(change.connection, str(found))
    if person is None or not person.active:
        raise Failure(
            "no_candidates",
            token.element.id,
            f"没有名为“{found}”的在职人员。 / There is no active person '{found}'.",
        )
    return person.id


def _priority(change: CaseChange, token: Token, text: str | None, variables: Variables) -> int:
    found = None if text is None else evaluate(change, token, text, variables)
    if isinstance(found, str) and found.strip().isdigit():
        found = Decimal(found.strip())
    if not isinstance(found, Decimal):
        return DEFAULT_PRIORITY
    return max(0, min(100, int(found)))


def _instant(
    change: CaseChange, token: Token, text: str | None, variables: Variables
) -> datetime | None:
    """A due or follow-up time in UTC; a date means the end of that day. Null means none."""
    found = None if text is None else deadline(change, token, text, variables)
    if isinstance(found, str):
        found = parse_temporal(found)
    if isinstance(found, Unset):
        raise UnsetValue(found.path)
    if isinstance(found, date) and not isinstance(found, datetime):
        found = datetime.combine(found, time(23, 59, 59), change.site.zone)
    if found is None:
        return None
    if isinstance(found, datetime) and found.tzinfo is not None:
        with suppress(OverflowError):  # before the year 1 or after the year 9999 in UTC
            return found.astimezone(UTC)
    raise Failure(
        "expression_failed",
        token.element.id,
        f"“{text}”应给出日期时间。 / '{text}' should give a date and time.",
    )
