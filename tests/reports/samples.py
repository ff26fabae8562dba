"""One event of every type of the catalogue, as a real case would have it, with what it is about."""

from __future__ import annotations

from decimal import Decimal

from runner import events, events_changes, events_waiting
from runner.event_base import Event

ID, DIGEST = "0123456789abcdef" * 2, "0123456789abcdef" * 4
AT, LATER = "2026-11-20T09:00:00.000000Z", "2026-11-20T12:00:00.000000Z"
TASK = {"element": "check_facts", "token": ID, "process": "p", "instance": ID}
GATE = {**TASK, "element": "gate"}
WAIT = {**TASK, "element": "wait"}
WHY = {"text": "2026-11-20"}
PLACES = ({"token": ID, "instance": ID, "process": "p", "element": "check_facts"},)
WARNING = {"kind": "no_entry", "message": "no entry 'x'", "name": "x"}
PINS = {
    "before": DIGEST, "after": DIGEST[::-1], "plan": DIGEST, "batch": ID, "policy_before": DIGEST,
    "policy_after": DIGEST, "positions": PLACES, "reason": WHY,
}  # fmt: skip
JOB = {**TASK, "job": ID, "job_type": "send_reply"}
BOTH = "发不出去 / It cannot be sent"

SAMPLES: tuple[Event, ...] = (
    events.CaseStarted(
        process="p", instance=ID, policy_id="plain", policy_digest=DIGEST, release_number="3",
        start_element="s", simulated=True, idempotency_key=DIGEST,
    ),
    events.CaseCompleted(),
    events.CaseCancelled(reason=WHY),
    events.ElementActivated(**WAIT, attached_to="check_facts"),
    events.ElementCompleted(**GATE, flows=("yes",)),
    events.ElementCancelled(**TASK),
    events.ConditionsEvaluated(
        **GATE, outcomes=({"flow": "yes", "outcome": "true"},), chosen=("yes",),
        reads={"severity": "serious"}, warnings={"1": WARNING},
    ),
    events.DecisionEvaluated(
        **TASK, decision="triage", file_digest=DIGEST,
        matched_rules=({"id": "r1", "number": "1", "description": "先办 / Serious first QA-01"},),
        inputs={"severity": "serious"}, outputs={"value": {"severity": "critical"}},
    ),
    events.ExpressionWarned(**TASK, expression="=x.y", warnings={"1": WARNING}),
    events.VariablesWritten(
        **TASK, scope=ID, names=("severity", "amount"),
        new={"severity": "serious", "amount": Decimal(12)}, old={"severity": "minor"},
    ),
    events.UserTaskCreated(**TASK, form="f", groups=("office",), due_at=AT, calendar="office/1"),
    events.UserTaskClaimed(**TASK),
    events.UserTaskUnclaimed(**TASK),
    events.UserTaskCompleted(
        **TASK, form="f", form_digest=DIGEST, late=True,
        submission={"severity": "serious", "admissible": True},
    ),
    events.UserTaskCancelled(**TASK),
    events.CommandRefused(element="check_facts", command="complete_user_task", reason="four_eyes"),
    events.TimerArmed(**WAIT, timer=ID, due_at=AT, calendar="office/1", repeats="R/PT1H"),
    events.TimerNotArmed(**WAIT),
    events.TimerFired(**WAIT, timer=ID, due_at=AT, missed="3"),
    events.TimerCancelled(**WAIT, timer=ID),
    events.MessageAwaited(**WAIT, message="appeal_received"),
    events.MessageReceived(**WAIT, message="appeal_received", correlated=True, kept=ID),
    events.ServicePerformed(**TASK, job_type="number", outputs={"amount": Decimal(7)}),
    events.JobCreated(**JOB, inputs={"amount": Decimal(7)}),
    events.JobCompleted(**JOB, attempt="1", mails=(f"{ID}:1",)),
    events.JobAttemptFailed(**JOB, attempt="2", retry_at=LATER, error={"message": BOTH}),
    events.JobOutcomeDiscarded(**JOB, attempt="2", mails=(f"{ID}:1",)),
    events.MailSent(mail=f"{ID}:1"),
    events.IncidentRaised(
        **TASK, incident=ID, kind="policy_unset", policy_path="ack.first_response_due",
        detail={"message": BOTH},
    ),
    events.IncidentResolved(**TASK, incident=ID, kind="job_failed", answer={"reason": BOTH}),
    events.PolicyValueDecided(
        **TASK, policy_path="ack.first_response_due", decided_by="ann", decided_in=ID,
        answer={"value": {"amount": Decimal(2)}},
    ),
    events.AttachmentAdded(
        attachment=ID, media_type="image/png", size="120000",
        content={"name": "照片 / picture", "sha256": DIGEST},
    ),
    events.DocumentProduced(
        element="closing", kind="eight_d_report", revision="2", language="zh", attachment=ID,
        content={"name": "报告 / report", "sha256": DIGEST},
    ),
    events.ReleaseMade(release=DIGEST, number="3", state="draft", reason=WHY),
    events.ReleaseStateChanged(release=DIGEST, number="3", before="approved", after="effective"),
    events.PersonChanged(person="bob", change="groups", groups=("office",)),
    events.SignedIn(),
    events.SignInRefused(person="bob"),
    events.EvidenceExported(case=ID, tree_size="120"),
    events.PersonErased(case=ID),
    events.ConditionMet(**WAIT, reads={"severity": "serious"}),
    events.SignalAwaited(**WAIT, signal="stop_sale"),
    events.SignalThrown(**WAIT, signal="stop_sale", waiting="2", starts="1"),
    events.SignalReceived(**WAIT, signal="stop_sale", delivery=ID),
    events_changes.CaseSuspended(instance=ID, reason=WHY),
    events_changes.CaseResumed(
        instance=ID, deadlines="given_back", seconds="3600", moved=({"timer": ID},), reason=WHY
    ),
    events_changes.MessageHeld(message="appeal_received", payload={"reason": "吵 / Noise"}),
    events_changes.TokenMoved(**TASK, target="wait", positions=PLACES, reason=WHY),
    events_changes.PositionsNoted(instance=ID, positions=PLACES),
    events_changes.VariableEdited(instance=ID, scope=ID, name="severity", reason=WHY),
    events_changes.RepairRequested(instance=ID, request=ID, kind="move_token", reason=WHY),
    events_changes.RepairDeclined(instance=ID, request=ID, kind="edit_variable", reason=WHY),
    events_changes.CaseMigrated(**PINS),  # type: ignore[arg-type]
    events_changes.MigrationReverted(**PINS, migration="12"),  # type: ignore[arg-type]
    events_changes.DeadlineRenewed(**TASK, task=ID, due_before=AT),
    events_changes.MigrationStarted(
        batch=ID, plan=DIGEST, before=DIGEST, after=DIGEST[::-1], cases="40"
    ),
    events_changes.MigrationRequested(batch=ID, plan=DIGEST, what="migration", cases="40"),
    events_changes.MigrationDeclined(batch=ID, plan=DIGEST, what="revert"),
    events_changes.MigrationRevertStarted(batch=ID, plan=DIGEST),
    events_waiting.JobErrorThrown(
        **JOB, attempt="1", caught=False, error={"code": "not_received", "text": BOTH}
    ),
    events_waiting.WorkerTokenChanged(worker="line", change="added", job_types=("examiner",)),
    events_waiting.MailReceived(
        mail=ID, answered=True, attachments=[ID], content={"from": "a@b.org", "subject": "x"}
    ),
    events_waiting.MessageKept(message="appeal_received", kept=ID, expires_at=LATER),
    events_waiting.MessageExpired(message="appeal_received", kept=ID),
    events_waiting.StartTimerArmed(**WAIT, timer=ID, due_at=AT, repeats="R/P1D"),
    events_waiting.StartTimerNotArmed(**WAIT, reason="unusable"),
    events_waiting.DeadlinePaused(**WAIT, deadline="timer", due_at=AT, reason="customer"),
    events_waiting.DeadlineResumed(
        **WAIT, deadline="timer", due_at=AT, new_due_at=LATER, paused_at=AT, reason="customer"
    ),
    events_waiting.StartRefused(element="wait", source="timer", start=ID, message=BOTH),
    events_waiting.StartDecided(
        element="wait", source="timer", start=ID, decision="retried", reason="2026-11-20"
    ),
)  # fmt: skip
