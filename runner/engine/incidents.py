"""Resolving incidents: a person repairs the cause, says why, and the element is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from runner.definitions.policies import IMMEDIATE
from runner.encoding import NotStorable, dumps, encode
from runner.engine.access import Person, require_group
from runner.engine.case_change import CaseChange
from runner.engine.elements import decided, mappings, services
from runner.engine.elements.host import attempt, moving
from runner.engine.instances import end_if_completed, require_reason
from runner.engine.site import Site
from runner.engine.spiff.host import Token
from runner.engine.transaction import change_case
from runner.engine.variables import READ_ONLY, is_unset
from runner.errors import InvalidInput, InvalidState
from runner.events import IncidentResolved
from runner.feel import to_feel
from runner.store.halted import HALTED
from runner.store.incidents import Incident, case_of_incident
from runner.store.jobs import revive_job

MAY_RESOLVE = ("process_owner", "administrator", "complaint_management", "quality_manager")
UNITS = frozenset({"minute", "hour", "day", "working_day", "working_hour", "week", "month", "year"})


class _NotGiven:
    """Tells "no value given" from the value null, which means "decided: there is none"."""


NOT_GIVEN = _NotGiven()


def resolve_incident(
    site: Site,
    *,
    actor: Person,
    incident_id: str,
    variables: Mapping[str, object] | None = None,
    policy_value: object = NOT_GIVEN,
    reason: str,
) -> None:
    """Notes the repair and tries the element again in the same transaction; it may raise a new
    incident.

    ``variables`` are FEEL values to correct in the case. For ``policy_unset`` a ``policy_value`` is
    required: a FEEL value as a policy holds it, or the words ``none`` and ``immediate``; it holds
    for this case and is recorded for the next release. Only the policy's owner groups may decide
    it. Raises ``NotAllowed``, ``NotFound``, ``InvalidState``, ``InvalidInput``.
    """
    require_reason(reason)
    with change_case(
        site,
        actor=actor,
        case=lambda connection: case_of_incident(connection, incident_id),
        command="resolve_incident",
    ) as change:
        incident = next(
            (i for i in change.case.incidents.open.values() if i.id == incident_id), None
        )
        if incident is None:
            raise InvalidState(
                "应处理一个未解决的异常，但它已经解决或不再需要。 / "
                "Expected to resolve an open incident, but it is resolved or no longer needed."
            )
        change.element = incident.element_id
        answer: dict[str, object] = {"reason": reason.strip()}
        if incident.kind == "policy_unset":
            require_group(actor, *_owners(change))
            answer["value"] = _decide(change, incident, policy_value)
        else:
            require_group(actor, *MAY_RESOLVE)
        assert change.case.execution is not None
        token = change.case.execution.token(incident.token_id)
        change.record(
            IncidentResolved(
                element=token.element.id,
                token=token.id,
                process=token.element.process_id,
                instance=token.instance_id,
                incident=incident.id,
                kind=incident.kind,
                answer={**answer, **_corrected(variables)},
            )
        )
        if variables:
            change.write(token, token.scope_id, variables)
        change.case.incidents.end(token.id, "resolved", actor.id)
        _try_again(change, token, incident)
        end_if_completed(change)


def _try_again(change: CaseChange, token: Token, incident: Incident) -> None:
    if token.id in change.case.jobs.open:
        attempt(change, token, lambda: _revive(change, token))
    elif incident.kind == HALTED:
        return  # the timer or the signal is due, and comes again
    elif incident.kind == "error_uncaught":
        moving(change).complete(token.id)
    else:
        moving(change, retried=token.id).retry(token.id)


def _revive(change: CaseChange, token: Token) -> None:
    """The job gets new attempts, with its inputs mapped afresh from the repaired variables."""
    job = change.case.jobs.open[token.id]
    if mappings.has_scope(token):
        mappings.open_scope(change, token)
    handler = change.site.handlers.get(job.job_type)
    inputs = dumps(services.mapped_inputs(change, token))
    revive_job(
        change.connection,
        job.id,
        attempts_left=services.attempts_of(change, token, handler),
        due_at=change.at,
        inputs=change.site.vault.encrypt(change.connection, change.case.row.subject_id, inputs),
    )


def _owners(change: CaseChange) -> list[str]:
    owners = change.policy.get("owner")
    named = [o for o in owners if isinstance(o, str)] if isinstance(owners, list) else []
    return named or ["process_owner"]


def _decide(change: CaseChange, incident: Incident, given: object) -> object:
    path = incident.policy_path or ""
    if given is NOT_GIVEN:
        raise InvalidInput(
            f"请决定“{path}”的值；没有就写 none。 / "
            f"Decide the value of '{path}'; write none where there is none.",
            {"policy_value": ["请填写。 / Fill this in."]},
        )
    value = _policy_value(given)
    if is_unset(change.policy, path):
        decided.decide(change, path, value)
    return value


def _policy_value(given: object) -> object:
    if given in ("none", "unset", "immediate"):
        if given == "unset":
            raise _unusable("unset")
        return None if given == "none" else dict(IMMEDIATE)
    try:
        value = to_feel(given)
        encode(value)
    except (NotStorable, TypeError) as error:
        raise _unusable(str(error)) from error
    if isinstance(value, Mapping) and ("amount" in value or "unit" in value):
        amount, unit = value.get("amount"), value.get("unit")
        if not isinstance(amount, Decimal) or amount < 0 or unit not in UNITS:
            raise _unusable(f"{amount} {unit}")
        return {"from": "now", "certainty": "owner", **value}
    return value


def _corrected(variables: Mapping[str, object] | None) -> dict[str, object]:
    """The corrections as they are recorded with the answer. Raises ``InvalidInput``."""
    corrected: dict[str, object] = {}
    for name, value in (variables or {}).items():
        if name in READ_ONLY or name.startswith("#"):
            raise InvalidInput(
                f"“{name}”不能更改。 / '{name}' cannot be changed.", {name: ["只读。 / Read-only."]}
            )
        try:
            corrected[f"variable.{name}"] = to_feel(value)
            encode(corrected[f"variable.{name}"])
        except (NotStorable, TypeError) as error:
            raise InvalidInput(
                f"“{name}”的值无法保存。 / The value of '{name}' cannot be kept.",
                {name: [f"无法保存：{error} / Cannot be kept: {error}"]},
            ) from error
    return corrected


def _unusable(found: str) -> InvalidInput:
    return InvalidInput(
        f"这个值不能用：{found}。 / This value cannot be used: {found}.",
        {"policy_value": [f"不能用：{found} / Cannot be used: {found}"]},
    )
