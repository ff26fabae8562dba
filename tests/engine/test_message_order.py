"""Messages beside each other: none overtakes, stands in another's way, or goes where it cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from runner.engine import kept_messages
from runner.engine.access import SYSTEM
from runner.engine.erasure import erase_person
from runner.engine.instances import cancel_case, start_complaint
from runner.engine.kept_messages import deliver_kept_messages
from runner.engine.suspension import resume_case, suspend_case
from runner.engine.user_tasks import complete_user_task
from runner.errors import AlreadyExists, InvalidInput, NotFound
from runner.store.complaints import find_complaint
from tests.definitions.diagrams import diagram, line, node, user_task
from tests.engine.conftest import House
from tests.engine.test_kept_messages import begins, kept, publish, sound
from tests.engine.test_messages import MESSAGE, REF, receiving

NOW = timedelta()
EARLY = diagram(
    node("startEvent", "s")
    + user_task("first", form="")
    + node("intermediateCatchEvent", "wait", REF)
    + node("endEvent", "e")
    + line("s", "first", "wait", "e"),
    outside=MESSAGE,
)


@pytest.fixture
def numbered(house: House) -> str:
    """A case that knows its number and does not wait yet."""
    house.release(EARLY)
    return house.start({"complaint_number": "TS-1", "reference": "TS-1"}).case_id


def hidden(house: House, column: str, before: str, after: str) -> None:
    """As if kept messages were not to be seen, because another process keeps them just now."""
    with house.site.database.write() as connection:
        connection.execute(
            text(f"UPDATE kept_messages SET {column} = :after WHERE {column} = :before"),
            {"before": before, "after": after},
        )


def test_those_whose_case_still_runs_do_not_stand_before_the_others(house: House) -> None:
    house.site.default_policy = "plain"
    house.release(begins())
    running = [publish(house, f"a{n}", key=f"K{n}", life=NOW) for n in range(3)]
    for n in range(3):
        assert publish(house, f"b{n}", key=f"K{n}").kept
    cancel_case(house.site, actor=SYSTEM, case_id=running[2].case_id, reason="double")
    assert deliver_kept_messages(house.site, limit=2) == 1
    assert kept(house) == 2


def test_a_message_that_begins_a_case_does_not_overtake_a_kept_one(house: House) -> None:
    house.site.default_policy = "plain"
    house.release(begins())
    first = publish(house, "a", life=NOW)
    assert publish(house, "b", subject="earlier").kept
    cancel_case(house.site, actor=SYSTEM, case_id=first.case_id, reason="double")
    assert publish(house, "c", subject="later").kept
    with house.site.database.read() as connection:
        second = connection.execute(text("SELECT root_id FROM message_starts")).scalar_one()
    assert house.variables(second)["subject"] == "earlier"
    assert kept(house) == 1
    sound(house)


def test_one_that_cannot_be_delivered_keeps_no_other_from_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.release(receiving())
    for n in range(2):
        publish(house, str(n), key=f"K{n}")
    hidden(house, "name", "reply", "hidden")
    cases = [house.start({"reference": f"K{n}"}).case_id for n in range(2)]
    hidden(house, "name", "hidden", "reply")
    lock = kept_messages.change_case

    def broken(*arguments: Any, case: str, **options: Any) -> object:
        if case == cases[0]:
            raise RuntimeError("broken")
        return lock(*arguments, case=case, **options)

    monkeypatch.setattr(kept_messages, "change_case", broken)
    with pytest.raises(ExceptionGroup, match="could not be delivered"):
        deliver_kept_messages(house.site)
    assert house.types(cases[1])[-1] == "case_completed"


def test_a_message_for_a_number_is_noted_beside_a_kept_one(house: House, numbered: str) -> None:
    assert publish(house, "1", key="TS-1", answer="kept").kept
    noted = publish(house, "2", key="TS-1", life=NOW, product_name="Drill")
    assert (noted.case_id, noted.element_id, kept(house)) == (numbered, "", 1)
    with house.site.database.read() as connection:  # and lists of cases show it
        assert find_complaint(connection, numbered)["product"] == "Drill"


def test_a_suspended_case_keeps_only_what_it_could_take(house: House, numbered: str) -> None:
    suspend_case(house.site, actor=house.owner, case_id=numbered, reason="wait")
    with pytest.raises(NotFound):
        publish(house, "1", key="TS-1", life=NOW, name="unknown")
    assert publish(house, "2", key="TS-1", life=NOW).case_id == numbered
    cancel_case(house.site, actor=SYSTEM, case_id=numbered, reason="double")
    with pytest.raises(NotFound):
        publish(house, "3", key="TS-1", life=NOW)


def test_after_a_suspension_what_was_kept_comes_first(house: House) -> None:
    house.release(receiving())
    publish(house, "1", answer="first")
    hidden(house, "correlation_key", "K1", "hidden")
    case = house.start({"reference": "K1"}).case_id
    hidden(house, "correlation_key", "hidden", "K1")
    suspend_case(house.site, actor=house.owner, case_id=case, reason="wait")
    assert publish(house, "2", life=NOW, answer="second").case_id == case
    resume_case(house.site, actor=house.owner, case_id=case, reason="go", give_back=False)
    assert house.variables(case)["answer"] == "first"


def test_an_erased_case_keeps_no_correlation_key(house: House) -> None:
    house.release(EARLY)
    case = house.start({"reference": "li@example.org"}).case_id
    task = house.tasks(case)["first"]
    complete_user_task(house.site, actor=house.ann, task_id=task, submission={})
    cancel_case(house.site, actor=SYSTEM, case_id=case, reason="double")
    erase_person(house.site, actor=SYSTEM, case_id=case)
    with house.site.database.read() as connection:
        rows = connection.execute(text("SELECT * FROM message_subscriptions")).all()
    assert len(rows) == 1
    assert "li@example.org" not in str(rows)


@pytest.mark.parametrize("text", ["", "x" * 65, "a\x00b", "a\ud800"])
def test_what_no_database_can_hold_is_refused(house: House, numbered: str, text: str) -> None:
    with pytest.raises(InvalidInput):
        publish(house, text, key="TS-1")
    if "a" in text:
        with pytest.raises(InvalidInput):
            publish(house, "1", key=text)
        with pytest.raises(InvalidInput):
            publish(house, "1", key="TS-1", answer=text)
        with pytest.raises(InvalidInput):
            house.start({"product_name": text})


def test_a_key_used_with_another_policy_or_file_name_was_used(house: House) -> None:
    house.release(EARLY)

    def start(policy: str, key: str) -> object:
        return start_complaint(
            house.site, actor=house.ann, variables={"reference": "K"}, channel="phone",
            start_element="s", policy_id=policy, idempotency_key=key,
        )  # fmt: skip

    assert start("plain", "k") == start("plain", "k")
    house.site.default_policy = "plain"
    with pytest.raises(AlreadyExists):
        start("", "k")
