"""Business rule tasks: a decision's answer, with the record of which rules fired and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from runner.definitions.dmn import Decision, DecisionError, DecisionRecord, DecisionViolation
from runner.definitions.findings import half
from runner.definitions.warning_words import warning_words
from runner.engine.case_change import CaseChange
from runner.engine.elements import services
from runner.engine.elements.expressions import evaluate, noticed
from runner.engine.elements.gateways import storable
from runner.engine.elements.mappings import take_result
from runner.engine.spiff.host import Token
from runner.errors import Failure
from runner.events import DecisionEvaluated


def enter(change: CaseChange, token: Token) -> bool:
    """Evaluates the decision and keeps its value in the result variable.

    Raises ``Failure`` where rules contradict each other, and where a value does not fit the type or
    the allowed values that the file declares for it.
    """
    element = token.element
    if element.called_decision is None:
        return services.enter(change, token)
    variables = change.variables(token)
    decision_id = evaluate(change, token, element.called_decision, variables)
    decision = change.definitions.decisions.get(str(decision_id))
    if decision is None:
        raise Failure(
            "decision_failed",
            element.id,
            f"没有决策“{decision_id}”。 / There is no decision '{decision_id}'.",
        )
    try:
        decided = decision.evaluate(variables, now=change.at, calendar=change.calendar)
    except DecisionError as error:
        records = error.records if isinstance(error, DecisionViolation) else ()
        _record(change, token, decision, records)
        raise Failure("decision_failed", element.id, f"{error.zh}。 / {error.en}.") from error
    _record(change, token, decision, decided.records)
    for warning in decided.warnings:
        if warning.kind == "not_allowed":  # null by the standard; a case does not go on with it
            words = warning_words(warning)
            raise Failure(
                "decision_failed",
                element.id,
                f"决策“{decision.id}”：{half(words, 'zh')}。 / "
                f"Decision '{decision.id}': {half(words, 'en')}.",
            )
    if element.result_variable:
        take_result(change, token, {element.result_variable: decided.value})
    return True


def _record(
    change: CaseChange, token: Token, decision: Decision, records: Iterable[DecisionRecord]
) -> None:
    file_digest = hashlib.sha256(change.definitions.files[decision.file]).hexdigest()
    for record in records:
        change.record(_evaluated(record, token, file_digest))


def _evaluated(record: DecisionRecord, token: Token, file_digest: str) -> DecisionEvaluated:
    rules = record.rules
    several = {rule.id: dict(rule.outputs) for rule in rules} if len(rules) > 1 else {}
    return DecisionEvaluated(
        element=token.element.id,
        token=token.id,
        process=token.element.process_id,
        instance=token.instance_id,
        decision=record.decision_id,
        file_digest=file_digest,
        matched_rules=tuple(
            {"id": rule.id, "number": f"{rule.number}", "description": rule.description}
            for rule in rules
        ),
        inputs=storable(dict(record.inputs)),
        outputs=storable({"value": record.outputs}),
        rule_outputs=storable(several),
        warnings=noticed(record.warnings),
    )
