"""Jobs: leases, fencing, back-off, incidents, mails; pure services inside the command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from runner.engine.access import SYSTEM, WORKER
from runner.engine.attachments import read_attachment
from runner.engine.erasure import erase_person
from runner.engine.incidents import resolve_incident
from runner.engine.instances import cancel_case
from runner.engine.jobs import (
    claim_jobs,
    complete_job,
    extend_lease,
    fail_job,
    pause_after,
    release_expired_leases,
)
from runner.engine.mails import note_mail_sent, outbox
from runner.errors import InvalidState, NotAllowed, NotFound
from runner.store.incidents import open_incidents
from runner.store.jobs import expired_jobs
from service_tasks.contract import (
    Attachment,
    Call,
    Delivery,
    Handler,
    Impossible,
    Message,
    Outcome,
    Parameter,
)
from tests.definitions.diagrams import extended, node, simple
from tests.engine.conftest import House
from tests.invariants import check_case

MINUTE = timedelta(minutes=1)


def external(job_type: str = "send", **options: object) -> Handler:
    return Handler(
        job_type, "external", "发 / Send", "发 / Send", lambda call: Outcome(), **options
    )


def service(job_type: str = "send", *mappings: str, retries: str = "2") -> bytes:
    task = node(
        "serviceTask",
        "t",
        extended(
            f'<zeebe:taskDefinition type="{job_type}" retries="{retries}" />',
            f"<zeebe:ioMapping>{''.join(mappings)}</zeebe:ioMapping>" if mappings else "",
        ),
    )
    return simple(task, middle="t")


@pytest.fixture
def sender(make_house: Callable[..., House]) -> House:
    return make_house({"send": external()})


def one_job(house: House, *mappings: str) -> tuple[str, object]:
    house.release(service("send", *mappings))
    case = house.start({"customer_name": "王芳"}).case_id
    job = claim_jobs(house.site, "w1", 10, MINUTE)[0]
    return case, job


def test_completed_job_moves_the_case_and_repeating_is_harmless(sender: House) -> None:
    case, job = one_job(
        sender,
        '<zeebe:input source="=customer_name" target="name" />',
        '<zeebe:output source="=sent_to" target="told" />',
    )
    assert job.inputs == {"name": "王芳"}
    assert (job.attempt, job.case_id, job.language) == (1, case, "zh")
    outcome = Outcome(variables={"sent_to": "a@example.org"})
    assert complete_job(sender.site, job.id, 1, outcome)
    assert not complete_job(sender.site, job.id, 1, outcome)
    assert sender.variables(case)["told"] == "a@example.org"
    assert "name" not in sender.variables(case)
    assert sender.types(case)[-1] == "case_completed"
    assert len(sender.events(case, "job_completed")) == 1


def test_nobody_else_gets_a_leased_job(sender: House) -> None:
    one_job(sender)
    assert claim_jobs(sender.site, "w2", 10, MINUTE) == []


def test_an_expired_lease_fences_the_old_attempt(sender: House) -> None:
    case, job = one_job(sender)
    sender.clock.advance(2 * MINUTE)
    assert release_expired_leases(sender.site) == 1
    assert not extend_lease(sender.site, job.id, 1, MINUTE)
    sender.clock.advance(MINUTE)
    again = claim_jobs(sender.site, "w2", 10, MINUTE)[0]
    assert again.attempt == 2
    assert not complete_job(sender.site, job.id, 1, Outcome())
    assert not fail_job(sender.site, job.id, 1, "late")
    assert complete_job(sender.site, job.id, 2, Outcome())
    assert sender.types(case)[-1] == "case_completed"


def test_a_handler_says_how_long_its_lease_is(make_house: Callable[..., House]) -> None:
    house = make_house({"send": external(timeout_seconds=600)})
    house.release(service("send"))
    house.start()
    (job,) = claim_jobs(house.site, "w1", 10)
    assert job.leased_until == house.clock.now() + 10 * MINUTE
    assert job.lease == 10 * MINUTE
    house.clock.advance(9 * MINUTE)
    assert release_expired_leases(house.site) == 0
    house.clock.advance(2 * MINUTE)
    assert release_expired_leases(house.site) == 1


def test_heartbeat_keeps_the_lease(sender: House) -> None:
    _, job = one_job(sender)
    sender.clock.advance(MINUTE / 2)
    assert extend_lease(sender.site, job.id, 1, MINUTE)
    sender.clock.advance(MINUTE * 0.75)
    assert release_expired_leases(sender.site) == 0


def test_a_lease_extended_at_the_last_moment_is_not_taken_away(
    sender: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, job = one_job(sender)
    sender.clock.advance(2 * MINUTE)

    def slow(*arguments: object) -> object:
        found = expired_jobs(*arguments)  # type: ignore[arg-type]
        monkeypatch.undo()
        assert extend_lease(sender.site, job.id, 1, MINUTE)
        return found

    monkeypatch.setattr("runner.engine.jobs.expired_jobs", slow)
    assert release_expired_leases(sender.site) == 0
    assert complete_job(sender.site, job.id, 1, Outcome())


def test_exhausted_retries_raise_an_incident_that_a_person_repairs(sender: House) -> None:
    case, job = one_job(sender, '<zeebe:input source="=customer_name" target="name" />')
    assert fail_job(sender.site, job.id, 1, "no answer")
    assert claim_jobs(sender.site, "w1", 10, MINUTE) == []
    sender.clock.advance(pause_after(job.id, 1))
    second = claim_jobs(sender.site, "w1", 10, MINUTE)[0]
    assert fail_job(sender.site, job.id, second.attempt, "no answer")
    with sender.site.database.read() as connection:
        incident = open_incidents(connection, case)[0]
    assert (incident.kind, incident.job_id) == ("job_failed", job.id)
    with pytest.raises(NotAllowed):
        resolve_incident(sender.site, actor=sender.ann, incident_id=incident.id, reason="x")
    resolve_incident(
        sender.site,
        actor=sender.owner,
        incident_id=incident.id,
        variables={"customer_name": "王方"},
        reason="name mended",
    )
    third = claim_jobs(sender.site, "w1", 10, MINUTE)[0]
    assert (third.inputs, third.attempt) == ({"name": "王方"}, 3)
    assert complete_job(sender.site, job.id, 3, Outcome())
    failed = sender.events(case, "job_attempt_failed")
    assert [("retry_at" in e.header["facts"]) for e in failed] == [True, False]
    assert failed[0].values == {"error.text": "no answer"}
    assert sender.types(case)[-1] == "case_completed"


def test_final_failure_does_not_wait_for_retries(sender: House) -> None:
    case, job = one_job(sender)
    assert fail_job(sender.site, job.id, 1, "impossible", final=True)
    assert "incident_raised" in sender.types(case)


def test_back_off_grows_and_is_the_same_each_time() -> None:
    pauses = [pause_after("job", attempt).total_seconds() for attempt in range(1, 7)]
    bases = [30, 120, 600, 3600, 3600, 3600]
    assert all(base <= pause <= base * 1.1 for base, pause in zip(bases, pauses, strict=True))
    assert pause_after("job", 1) == pause_after("job", 1)
    assert pause_after("job", 1) != pause_after("other", 1)


def test_mails_and_documents_are_kept(sender: House) -> None:
    case, job = one_job(sender)
    message = Message("key 1:a@example.org", "a@example.org", "受理 / Received", "…")
    outcome = Outcome(
        attachments=[Attachment("letter.txt", "text/plain", b"dear")],
        deliveries=[Delivery(message, "not_sent", "no server"), Delivery(message, "not_sent")],
    )
    assert complete_job(sender.site, job.id, 1, outcome)
    with sender.site.database.read() as connection:
        rows = connection.execute(text("SELECT key, state, recipient FROM mails")).all()
        kept = connection.execute(text("SELECT id, data FROM attachments")).one()
    assert [tuple(row)[1:] for row in rows] == [("waiting", "a@example.org")]
    assert b"dear" not in kept.data
    _, data = read_attachment(sender.site, actor=SYSTEM, attachment_id=kept.id)
    assert data == b"dear"
    completed = sender.events(case, "job_completed")[0]
    assert completed.header["facts"]["attachments"] == [kept.id]
    assert completed.header["facts"]["mails"] == [rows[0].key] * 2
    assert b"example.org" not in completed.header_bytes


@pytest.mark.parametrize("lost", ["cancelled", "fenced"])
def test_a_mail_of_an_attempt_that_lost_its_job_is_seen(sender: House, lost: str) -> None:
    case, job = one_job(sender)
    if lost == "cancelled":
        cancel_case(sender.site, actor=SYSTEM, case_id=case, reason="double")
    else:
        sender.clock.advance(2 * MINUTE)
        assert release_expired_leases(sender.site) == 1
    outcome = Outcome(
        deliveries=[
            Delivery(Message("k1", "a@example.org", "受理 / Received", "…"), "sent"),
            Delivery(Message("k2", "b@example.org", "受理 / Received", "…"), "not_sent"),
        ]
    )
    assert not complete_job(sender.site, job.id, 1, outcome)
    with sender.site.database.read() as connection:
        (mail,) = connection.execute(text("SELECT key, state, recipient FROM mails")).all()
        check_case(connection, sender.site, case)
    assert (mail.state, mail.recipient) == ("sent", "a@example.org")
    (event,) = sender.events(case, "job_outcome_discarded")
    facts = event.header["facts"]
    assert (facts["job"], facts["attempt"], facts["mails"]) == (job.id, "1", [mail.key])
    if lost == "fenced":
        sender.clock.advance(MINUTE)
        (again,) = claim_jobs(sender.site, "w2", 10, MINUTE)
        assert complete_job(sender.site, job.id, again.attempt, outcome)
        assert not complete_job(sender.site, job.id, again.attempt, outcome)  # nothing new to say
        assert len(sender.events(case, "job_outcome_discarded")) == 1


def test_an_erased_person_is_not_named_again_by_a_late_mail(sender: House) -> None:
    case, job = one_job(sender)
    cancel_case(sender.site, actor=SYSTEM, case_id=case, reason="double")
    erase_person(sender.site, actor=sender.person("aud", "compliance"), case_id=case)
    mail = Message("k1", "a@example.org", "受理 / Received", "…")
    assert not complete_job(sender.site, job.id, 1, Outcome(deliveries=[Delivery(mail, "sent")]))
    with sender.site.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM mails")).scalar_one() == 0


def number(call: Call) -> Outcome:
    assert call.registers is not None
    given = call.registers.next_number("complaint", call.now.year)
    if call.inputs.get("fail"):
        raise Impossible("不行 / No")
    call.registers.ledger_row({"number": given})
    return Outcome(variables={"complaint_number": f"C-{given}"})


def numbering() -> Handler:
    return Handler(
        "number", "pure", "编号 / Number", "编号 / Number", number,
        inputs=[Parameter("fail", "失败 / Fail")],
    )  # fmt: skip


def test_pure_service_runs_inside_the_command_without_gaps(
    make_house: Callable[..., House],
) -> None:
    house = make_house({"number": numbering()})
    house.release(service("number", '<zeebe:input source="=wrong" target="fail" />'))
    assert house.start().complaint_number == "C-1"
    failed = house.start({"wrong": True})
    assert failed.complaint_number is None
    facts = house.events(failed.case_id, "incident_raised")[0].header["facts"]
    assert facts["kind"] == "service_failed"
    assert house.start().complaint_number == "C-2"
    with house.site.database.read() as connection:
        incident = open_incidents(connection, failed.case_id)[0]
    resolve_incident(
        house.site,
        actor=house.owner,
        incident_id=incident.id,
        variables={"wrong": False},
        reason="mended",
    )
    assert house.variables(failed.case_id)["complaint_number"] == "C-3"
    assert house.types(failed.case_id)[-1] == "case_completed"


def test_a_waiting_mail_is_noted_as_sent_once(sender: House) -> None:
    case, job = one_job(sender)
    delivery = Delivery(Message("key 2", "a@example.org", "s", "b"), "not_sent")
    complete_job(sender.site, job.id, 1, Outcome(deliveries=[delivery]))
    (key,) = (mail.key for mail in outbox(sender.site))
    with pytest.raises(NotAllowed):
        note_mail_sent(sender.site, actor=sender.ann, key=key)
    note_mail_sent(sender.site, actor=WORKER, key=key)
    assert outbox(sender.site) == []
    with pytest.raises(InvalidState):
        note_mail_sent(sender.site, actor=WORKER, key=key)
    with pytest.raises(NotFound):
        note_mail_sent(sender.site, actor=WORKER, key="other")
    assert sender.events(case, "mail_sent")[0].header["facts"] == {"mail": key}


def test_an_error_no_database_can_hold_is_told_without_what_it_cannot(
    make_house: Callable[..., House],
) -> None:
    house = make_house({"send": external()})
    house.release(service(retries="1"))
    case = house.start().case_id
    (job,) = claim_jobs(house.site, "w", 1)
    assert fail_job(house.site, job.id, job.attempt, "no\x00 file \udcff here")
    (failed,) = house.events(case, "job_attempt_failed")
    assert failed.values == {"error.text": "no file here"}
