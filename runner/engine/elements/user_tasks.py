"""User tasks begin and are withdrawn: candidate groups, assignee, due time, priority."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal

from runner.clock import to_text
from runner.engine.case_change import CaseChange
from runner.engine.elements.expressions import deadline, evaluate, wrong_value
from runner.engine.pausing import require_decided
from runner.engine.spiff.host import Token
from runner.engine.variables import Variables
from runner.errors import Failure
from runner.events import UserTaskCancelled, UserTaskCreated
from runner.feel import Unset, UnsetValue, parse_temporal
from runner.store.people import find_username
from runner.store.user_tasks import UserTask, seat_of

DEFAULT_PRIORITY = 50
HIGHEST_PRIORITY = 100
_MOMENT = ("带时区的日期时间，或日期", "a date and time with its zone, or a date")


def enter(change: CaseChange, token: Token) -> bool:
    """Makes the task; its id is the token's."""
    element = token.element
    require_decided(change, element)
    variables = change.variables(token)
    groups = _groups(change, token, variables)
    users = _users(change, token, variables)
    assignee = _assignee(change, token, variables)
    if not groups and not users and assignee is None:
        raise Failure(
            "no_candidates",
            element.id,
            "这个任务没有候选小组或候选人。 / This task has no candidate group or user.",
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
        groups=groups | {seat_of(person) for person in users},
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
            users=tuple(sorted(users)) or None,
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
    names = _named(change, token, token.element.candidate_groups, variables, "小组", "groups")
    for name in names - change.definitions.groups.keys():
        raise Failure(
            "no_candidates",
            token.element.id,
            f"没有名为“{name}”的小组。 / There is no group '{name}'.",
        )
    return names


def _users(change: CaseChange, token: Token, variables: Variables) -> frozenset[str]:
    """The ids of the people who are candidates by their user names."""
    text = token.element.candidate_users
    names = _named(change, token, text, variables, "用户", "user names")
    return frozenset(_person(change, token, name) for name in sorted(names))


def _named(
    change: CaseChange, token: Token, text: str | None, variables: Variables, zh: str, en: str
) -> frozenset[str]:
    """The names an attribute lists: texts with commas, or a list. Null means none."""
    found = None if text is None else evaluate(change, token, text, variables)
    if isinstance(found, Unset):
        raise UnsetValue(found.path)
    if isinstance(found, str):
        found = [part.strip() for part in found.split(",") if part.strip()]
    if found is None:
        return frozenset()
    if not isinstance(found, list):
        raise wrong_value(token, text or "", found, f"{zh}名称的列表", f"a list of {en}")
    for name in found:
        if isinstance(name, Unset):
            raise UnsetValue(name.path)
        if not isinstance(name, str):
            raise wrong_value(token, text or "", found, f"{zh}名称的列表", f"a list of {en}")
    return frozenset(name for name in found if isinstance(name, str))


def _assignee(change: CaseChange, token: Token, variables: Variables) -> str | None:
    text = token.element.assignee
    found = None if text is None else evaluate(change, token, text, variables)
    return None if found is None else _person(change, token, str(found))


def _person(change: CaseChange, token: Token, username: str) -> str:
    person = find_username(change.connection, username)
    if person is None or not person.active:
        raise Failure(
            "no_candidates",
            token.element.id,
            f"没有名为“{username}”的在职人员。 / There is no active person '{username}'.",
        )
    return person.id


def _priority(change: CaseChange, token: Token, text: str | None, variables: Variables) -> int:
    """Null means the usual one."""
    value = None if text is None else evaluate(change, token, text, variables)
    if isinstance(value, Unset):
        raise UnsetValue(value.path)
    if value is None:
        return DEFAULT_PRIORITY
    found = Decimal(value) if isinstance(value, str) and value.strip().isdecimal() else value
    if not isinstance(found, Decimal) or found % 1 or not 0 <= found <= HIGHEST_PRIORITY:
        zh, en = f"0 到 {HIGHEST_PRIORITY} 的整数", f"a whole number from 0 to {HIGHEST_PRIORITY}"
        raise wrong_value(token, text or "", value, zh, en)
    return int(found)


def _instant(
    change: CaseChange, token: Token, text: str | None, variables: Variables
) -> datetime | None:
    """A due or follow-up time in UTC; a date means the end of that day. Null means none."""
    value = None if text is None else deadline(change, token, text, variables)
    found = parse_temporal(value) if isinstance(value, str) else value
    if found is None and value is not None and str(value).strip():
        raise wrong_value(token, text or "", value, *_MOMENT)
    if isinstance(found, Unset):
        raise UnsetValue(found.path)
    if isinstance(found, date) and not isinstance(found, datetime):
        found = datetime.combine(found, time(23, 59, 59), change.site.zone)
    if found is None:
        return None
    if isinstance(found, datetime) and found.tzinfo is not None:
        with suppress(OverflowError):  # before the year 1 or after the year 9999 in UTC
            return found.astimezone(UTC)
    raise wrong_value(token, text or "", value, *_MOMENT)
