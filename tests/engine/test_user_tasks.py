"""Claim, give back, complete: who may, what is recorded, what a second person reads."""

from __future__ import annotations

import json
import threading

import pytest
from sqlalchemy import text

from runner.engine import transaction
from runner.engine.user_tasks import (
    claim_user_task,
    complete_user_task,
    form_context,
    save_draft,
    unclaim_user_task,
)
from runner.errors import InvalidInput, InvalidState, NotAllowed, NotFound
from tests.definitions.diagrams import (
    diagram,
    extended,
    flow,
    line,
    node,
    simple,
    user_task,
)
from tests.engine.conftest import House

FORM = json.dumps(
    {
        "type": "default",
        "id": "f",
        "schemaVersion": 19,
        "components": [
            {
                "type": "textfield",
                "id": "Field_a",
                "key": "answer",
                "label": "回答 / Answer",
                "validate": {"required": True},
            }
        ],
    }
).encode()


def one_task(house: House) -> tuple[str, str]:
    house.release(simple(user_task("t"), middle="t"), f__form=FORM)
    case = house.start().case_id
    return case, house.tasks(case)["t"]


def test_completion_writes_what_was_submitted_and_ends_the_case(house: House) -> None:
    case, task = one_task(house)
    done = complete_user_task(
        house.site, actor=house.ann, task_id=task, submission={"answer": "yes", "other": "x"}
    )
    assert done.case_id == case
    assert house.variables(case)["answer"] == "yes"
    assert "other" not in house.variables(case)
    assert house.types(case) == [
        "case_started",
        "variables_written",
        "element_completed",
        "element_activated",
        "user_task_created",
        "user_task_completed",
        "variables_written",
        "element_completed",
        "element_completed",
        "case_completed",
    ]
    event = house.events(case, "user_task_completed")[0]
    assert event.header["actor"] == house.ann.id
    assert event.values == {"submission.answer": "yes"}


def test_errors_are_by_field_and_change_nothing(house: House) -> None:
    case, task = one_task(house)
    before = house.types(case)
    with pytest.raises(InvalidInput) as refused:
        complete_user_task(house.site, actor=house.ann, task_id=task, submission={})
    assert list(refused.value.errors) == ["answer"]
    assert house.types(case) == before


def test_second_completion_reads_who_was_first_and_when(house: House) -> None:
    _, task = one_task(house)
    complete_user_task(house.site, actor=house.ann, task_id=task, submission={"answer": "1"})
    with pytest.raises(InvalidState) as refused:
        complete_user_task(house.site, actor=house.bob, task_id=task, submission={"answer": "2"})
    assert "Ann" in refused.value.message
    assert "2026-11-20 09:00" in refused.value.message


def test_one_of_eight_wins(house: House) -> None:
    case, task = one_task(house)
    people = [house.person(f"p{number}", "office") for number in range(8)]
    barrier, results = threading.Barrier(8), []

    def complete(number: int) -> None:
        barrier.wait()
        try:
            complete_user_task(
                house.site, actor=people[number], task_id=task, submission={"answer": str(number)}
            )
            results.append("won")
        except InvalidState as refused:
            results.append(refused.message)

    threads = [threading.Thread(target=complete, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("won") == 1
    winner = house.variables(case)["answer"]
    assert all(f"P{winner}" in text for text in results if text != "won")
    assert len(house.events(case, "user_task_completed")) == 1


def test_another_group_is_refused_and_the_refusal_is_logged(house: House) -> None:
    case, task = one_task(house)
    with pytest.raises(NotAllowed) as refused:
        complete_user_task(house.site, actor=house.lea, task_id=task, submission={"answer": "1"})
    assert "办公室" in str(refused.value)  # a name, not an id
    event = house.events(case, "command_refused")[0]
    assert event.header["actor"] == house.lea.id
    assert event.header["facts"] == {"command": "complete_user_task", "reason": "not_a_candidate"}
    complete_user_task(house.site, actor=house.ann, task_id=task, submission={"answer": "1"})


def test_a_refusal_that_cannot_be_noted_is_still_a_refusal(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case, task = one_task(house)

    def gone(*of: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(transaction, "_log_refusal", gone)
    with pytest.raises(NotAllowed):
        complete_user_task(house.site, actor=house.lea, task_id=task, submission={"answer": "1"})
    assert "could not be noted" in caplog.text
    assert house.events(case, "command_refused") == []


def test_a_task_somebody_took_is_theirs(house: House) -> None:
    case, task = one_task(house)
    claim_user_task(house.site, actor=house.ann, task_id=task)
    claim_user_task(house.site, actor=house.ann, task_id=task)
    for command in (claim_user_task,):
        with pytest.raises(InvalidState, match="Ann"):
            command(house.site, actor=house.bob, task_id=task)
    with pytest.raises(InvalidState, match="Ann"):
        complete_user_task(house.site, actor=house.bob, task_id=task, submission={"answer": "1"})
    with pytest.raises(NotAllowed):
        unclaim_user_task(house.site, actor=house.bob, task_id=task)
    unclaim_user_task(house.site, actor=house.ann, task_id=task)
    claim_user_task(house.site, actor=house.bob, task_id=task)
    assert [t for t in house.types(case) if "claimed" in t] == [
        "user_task_claimed",
        "user_task_unclaimed",
        "user_task_claimed",
    ]


def test_unknown_task_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        claim_user_task(house.site, actor=house.ann, task_id="0" * 32)


def test_draft_is_kept_for_the_person_and_goes_with_the_task(house: House) -> None:
    _, task = one_task(house)
    save_draft(house.site, actor=house.ann, task_id=task, data={"answer": "ha"})
    save_draft(house.site, actor=house.ann, task_id=task, data={"answer": "half"})
    assert form_context(house.site, actor=house.ann, task_id=task).draft == {"answer": "half"}
    assert form_context(house.site, actor=house.bob, task_id=task).draft is None
    with pytest.raises(NotFound):
        save_draft(house.site, actor=house.lea, task_id=task, data={})
    complete_user_task(house.site, actor=house.ann, task_id=task, submission={"answer": "1"})
    assert form_context(house.site, actor=house.ann, task_id=task).draft is None


def test_drafts_saved_at_once_and_with_the_end_of_the_task_leave_nothing(house: House) -> None:
    failed: list[Exception] = []
    for _ in range(5):
        _, task = one_task(house)
        barrier = threading.Barrier(4)

        def act(number: int, task: str = task, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            try:
                if number == 3:
                    complete_user_task(
                        house.site, actor=house.ann, task_id=task, submission={"answer": "1"}
                    )
                else:
                    save_draft(house.site, actor=house.ann, task_id=task, data={"answer": "h"})
            except InvalidState:  # the task was over before
                pass
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=act, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        with house.site.database.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM drafts")).scalar_one() == 0


FOUR_EYES = diagram(
    node("startEvent", "s")
    + user_task("apply", form="", groups="office")
    + user_task(
        "approve",
        '<zeebe:properties><zeebe:property name="four_eyes" value="apply" /></zeebe:properties>',
        form="",
        groups="office",
    )
    + node("endEvent", "e")
    + line("s", "apply", "approve", "e")
)


def test_four_eyes_keep_the_applicant_from_approving(house: House) -> None:
    house.release(FOUR_EYES)
    case = house.start().case_id
    done = complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(case)["apply"], submission={}
    )
    approve = house.tasks(case)["approve"]
    assert done.next_tasks == ()
    with pytest.raises(NotAllowed, match="Four eyes"):
        claim_user_task(house.site, actor=house.ann, task_id=approve)
    with pytest.raises(NotAllowed, match="Four eyes"):
        complete_user_task(house.site, actor=house.ann, task_id=approve, submission={})
    refused = house.events(case, "command_refused")[0]
    assert refused.header["facts"]["reason"] == "four_eyes"
    assert refused.header["element"] == "approve"
    complete_user_task(house.site, actor=house.bob, task_id=approve, submission={})
    assert house.types(case)[-1] == "case_completed"


def test_output_mappings_keep_the_form_fields_local(house: House) -> None:
    mapped = user_task(
        "t", '<zeebe:ioMapping><zeebe:output source="=answer" target="kept" /></zeebe:ioMapping>'
    )
    house.release(simple(mapped, middle="t"), f__form=FORM)
    case = house.start().case_id
    complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={"answer": "yes"}
    )
    assert house.variables(case)["kept"] == "yes"
    assert "answer" not in house.variables(case)


def test_due_time_priority_and_lateness(house: House) -> None:
    task = node(
        "userTask",
        "t",
        extended(
            "<zeebe:userTask />",
            '<zeebe:assignmentDefinition candidateGroups="=policy.roles.window" />',
            '<zeebe:taskSchedule dueDate="=due at(policy.resolution.due.quick, clock)" />',
            '<zeebe:priorityDefinition priority="80" />',
        ),
    )
    house.release(simple(task, middle="t"))
    case = house.start().case_id
    task_id = house.tasks(case)["t"]
    row = form_context(house.site, actor=house.ann, task_id=task_id).task
    assert row.priority == 80
    assert row.groups == {"office"}
    assert row.due_at is not None
    house.clock.set(row.due_at.replace(year=2027))
    complete_user_task(house.site, actor=house.ann, task_id=task_id, submission={})
    assert house.events(case, "user_task_completed")[0].header["facts"]["late"] is True


def test_unknown_group_is_an_incident_and_not_a_lost_task(house: House) -> None:
    house.release(simple(user_task("t", form="", groups="nobody"), middle="t"))
    case = house.start().case_id
    assert house.tasks(case) == {}
    assert house.events(case, "incident_raised")[0].header["facts"]["kind"] == "no_candidates"


def test_gateway_records_conditions_and_what_they_read(house: House) -> None:
    house.release(
        diagram(
            node("startEvent", "s")
            + user_task("t")
            + node("exclusiveGateway", "g", default="g_to_no")
            + node("endEvent", "yes")
            + node("endEvent", "no")
            + line("s", "t", "g")
            + flow("g", "yes", '=answer = "yes"')
            + flow("g", "no")
        ),
        f__form=FORM,
    )
    case = house.start().case_id
    complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={"answer": "yes"}
    )
    event = house.events(case, "conditions_evaluated")[0]
    assert event.header["facts"]["outcomes"] == [{"flow": "g_to_yes", "outcome": "true"}]
    assert event.header["facts"]["chosen"] == ["g_to_yes"]
    assert event.values == {"reads.answer": "yes"}
