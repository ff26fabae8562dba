"""Service tasks: a pure handler runs here and now, every other job type leaves a job, for a handler
in our worker or, where there is none, for an external worker (docs/workers.md)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy.exc import SQLAlchemyError

from runner.encoding import canonical, dumps
from runner.engine.case_change import CaseChange
from runner.engine.elements.expressions import evaluate, seen
from runner.engine.elements.mappings import take_result
from runner.engine.outcomes import problem_with
from runner.engine.registers import CaseRegisters
from runner.engine.spiff.host import Token
from runner.errors import Failure
from runner.events import JobCreated, ServicePerformed
from runner.feel import Unset, UnsetValue, to_feel
from runner.store.jobs import Job
from service_tasks.contract import Call, Handler, Impossible, Outcome, Retry

ATTEMPTS = 3
MOST_ATTEMPTS = 1_000
LONGEST_TYPE = 100


def enter(change: CaseChange, token: Token) -> bool:
    """True when a pure handler did its work; an element without a job type does nothing."""
    element = token.element
    if element.job_type is None:
        return True
    job_type = _job_type(change, token, element.job_type)
    handler = change.site.handlers.get(job_type)
    inputs = mapped_inputs(change, token)
    if handler is None:
        _leave_job(change, token, job_type, None, inputs)
        return False
    missing = [p.name for p in handler.inputs if p.required and inputs.get(p.name) is None]
    if missing:
        names = ", ".join(missing)
        raise _failed(token, f"缺少必填的输入：{names}。 / Required inputs are missing: {names}.")
    if handler.kind == "pure":
        _perform(change, token, handler, inputs)
        return True
    _leave_job(change, token, job_type, handler, inputs)
    return False


def mapped_inputs(change: CaseChange, token: Token) -> dict[str, object]:
    """The values of the element's input mappings, as they are now in its own scope."""
    variables = change.variables(token)
    names = dict.fromkeys(m.target.partition(".")[0] for m in token.element.inputs)
    inputs = {name: variables[name] for name in names if name in variables}
    for value in inputs.values():
        if isinstance(value, Unset):
            raise UnsetValue(value.path)
    return inputs


def attempts_of(change: CaseChange, token: Token, handler: Handler | None) -> int:
    """How often a job is tried: the diagram's ``retries`` counts all attempts; else the handler's
    own count of retries after the first; of an external worker 3, as the modeler writes."""
    written = token.element.retries
    if written is None:
        return ATTEMPTS if handler is None else handler.retries + 1
    found = evaluate(change, token, written.strip())
    text = format(found, "f") if isinstance(found, Decimal) else str(found)
    if not text.isdigit() or not 0 < int(text) <= MOST_ATTEMPTS:
        raise _failed(
            token,
            f"重试次数“{written}”应给出 1 到 {MOST_ATTEMPTS} 的整数，得到的是“{text}”。 / "
            f"The retries '{written}' should give 1 to {MOST_ATTEMPTS}, but are '{text}'.",
        )
    return int(text)


def _job_type(change: CaseChange, token: Token, written: str) -> str:
    found = evaluate(change, token, written)
    if isinstance(found, Unset):
        raise UnsetValue(found.path)
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_TYPE:
        raise _failed(
            token,
            f"任务类型“{written}”应给出 1 到 {LONGEST_TYPE} 个字的文本，得到的是 {seen(found)}。 / "
            f"The job type '{written}' should give a text of 1 to {LONGEST_TYPE} characters, but "
            f"gives {seen(found)}.",
        )
    return found


def _perform(
    change: CaseChange, token: Token, handler: Handler, inputs: Mapping[str, object]
) -> None:
    call = Call(
        case_id=change.case.id,
        element_id=token.element.id,
        idempotency_key=token.id,
        attempt=1,
        now=change.at.astimezone(change.site.zone),
        language=change.case.language,
        inputs=inputs,
        headers=token.element.headers,
        public_url=change.site.public_url,
        registers=CaseRegisters(change, token),
    )
    try:
        with change.connection.begin_nested():  # numbers given to a failing handler come back
            outcome = handler.run(call)
    except (SQLAlchemyError, KeyboardInterrupt):
        raise
    except (Retry, Impossible) as refused:
        raise _failed(token, str(refused)) from refused
    except BaseException as error:  # a handler's own mistake must not lose the case
        raise _failed(
            token,
            f"自动步骤出错：{type(error).__name__}。 / "
            f"The automatic step failed: {type(error).__name__}.",
        ) from error
    _check(token, handler, outcome)
    outputs = {name: to_feel(value) for name, value in outcome.variables.items()}
    change.record(
        ServicePerformed(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            job_type=handler.job_type,
            inputs=inputs,
            outputs=outputs,
        )
    )
    take_result(change, token, outputs)


def _check(token: Token, handler: Handler, outcome: Outcome) -> None:
    wrong = problem_with(handler, outcome)
    if wrong is not None:
        raise _failed(token, wrong)
    if outcome.attachments or outcome.deliveries:
        raise _failed(
            token,
            "纯步骤不能发送邮件或生成文件。 / A pure step can neither send mail nor make files.",
        )


def _leave_job(
    change: CaseChange,
    token: Token,
    job_type: str,
    handler: Handler | None,
    inputs: Mapping[str, object],
) -> None:
    case = change.case
    attempts = attempts_of(change, token, handler)
    data = change.site.vault.encrypt(change.connection, case.row.subject_id, dumps(inputs))
    case.jobs.add(
        Job(
            id=token.id,
            root_id=case.id,
            token_id=token.id,
            element_id=token.element.id,
            scope_id=token.scope_id if case.scopes.get(token.id) is None else token.id,
            job_type=job_type,
            state="created",
            attempts=0,
            attempts_left=attempts,
            due_at=change.at,
            leased_until=None,
            worker=None,
            inputs=data,
            headers=canonical(dict(token.element.headers)),
            last_error=None,
            created_at=change.at,
        )
    )
    change.record(
        JobCreated(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            job=token.id,
            job_type=job_type,
            inputs=inputs,
        )
    )


def _failed(token: Token, message: str) -> Failure:
    return Failure("service_failed", token.element.id, message)
