"""The day's reminders: whom, once, and only with tasks that are late or due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from runner.engine.reminders import begin_reminder, postpone_reminder, reminders_due
from runner.engine.user_tasks import claim_user_task
from runner.settings import BadSetting, Settings
from runner.worker.reminding import Reminding
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import House
from tests.engine.test_user_tasks import FORM
from tests.worker.test_mail import Postbox, postbox

__all__ = ["postbox"]
TEXT = b"Subject: {{late}} late, {{today}} due\n\n{{name}}\n{{tasks}}\n{{link}}\n"
DUE = '<zeebe:taskSchedule dueDate="=clock.received + duration(due)" />'


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    house = make_house()
    texts = {f"templates/daily_reminder.{language}__txt": TEXT for language in ("zh", "en")}
    diagram = simple(user_task("t", DUE), middle="t")
    house.release(diagram, f__form=FORM, **texts)
    return house


def reachable(house: House, *names: str) -> None:
    from sqlalchemy import update

    from runner.store.tables import people

    with house.site.database.write() as connection:
        for name in names:
            connection.execute(
                update(people)
                .where(people.c.username == name)
                .values(email=f"{name}@example.org", language="en")
            )


def test_late_and_due_tasks_are_told_once(house: House, postbox: tuple[Postbox, Settings]) -> None:
    reachable(house, "ann", "lea")
    for due in ("PT1H", "PT5H", "P3D"):
        house.start({"due": due})
    house.clock.advance(timedelta(hours=2))
    box, settings = postbox
    reminding = Reminding(house.site, settings)
    assert reminding.send() == 1  # the leader has no task
    assert reminding.send() == 0
    (envelope,) = box.received
    assert envelope.rcpt_tos == ["ann@example.org"]
    assert b"Subject: 1 late, 1 due" in envelope.content
    house.clock.advance(timedelta(days=3))
    assert len(reminders_due(house.site)) == 1


def test_what_a_colleague_holds_is_nobody_elses_reminder(house: House) -> None:
    reachable(house, "ann", "bob")
    case_id = house.start({"due": "PT1H"}).case_id
    house.clock.advance(timedelta(hours=2))
    assert len(reminders_due(house.site)) == 2
    claim_user_task(house.site, actor=house.bob, task_id=house.tasks(case_id)["t"])
    assert [reminder.to for reminder in reminders_due(house.site)] == ["bob@example.org"]


def test_a_task_for_one_person_by_name_reminds_that_person(
    make_house: Callable[..., House],
) -> None:
    house = make_house()
    named = '<zeebe:assignmentDefinition candidateUsers="lea" />'
    texts = {f"templates/daily_reminder.{language}__txt": TEXT for language in ("zh", "en")}
    house.release(simple(user_task("t", DUE, named, groups=""), middle="t"), f__form=FORM, **texts)
    reachable(house, "ann", "lea")
    house.start({"due": "PT1H"})
    house.clock.advance(timedelta(hours=2))
    assert [reminder.to for reminder in reminders_due(house.site)] == ["lea@example.org"]


def test_only_one_worker_sends_a_reminder(house: House) -> None:
    reachable(house, "ann")
    house.start({"due": "PT1H"})
    house.clock.advance(timedelta(hours=2))
    (reminder,) = reminders_due(house.site)
    assert begin_reminder(house.site, reminder)
    assert not begin_reminder(house.site, reminder)
    assert reminders_due(house.site) == []
    postpone_reminder(house.site, reminder)
    assert len(reminders_due(house.site)) == 1


def test_a_server_that_is_away_leaves_it_due(house: House) -> None:
    reachable(house, "ann")
    house.start({"due": "PT1H"})
    house.clock.advance(timedelta(hours=2))
    assert Reminding(house.site, Settings(smtp_host="127.0.0.1", smtp_port=9)).send() == 0
    assert len(reminders_due(house.site)) == 1


def test_nothing_is_sent_before_the_hour(house: House, postbox: tuple[Postbox, Settings]) -> None:
    from dataclasses import replace

    reachable(house, "ann")
    house.start({"due": "PT1H"})
    house.clock.advance(timedelta(hours=2))  # 11:00 in Shanghai
    _, settings = postbox
    assert Reminding(house.site, settings).turn() == 0
    assert Reminding(house.site, replace(settings, remind_at="11:30")).turn() == 0
    assert Reminding(house.site, replace(settings, remind_at="08:30")).turn() == 1


def test_the_hour_is_a_time_of_day() -> None:
    with pytest.raises(BadSetting, match="a time like 08:30"):
        Settings.from_environment({"OMBUD_REMIND_AT": "8h"})
