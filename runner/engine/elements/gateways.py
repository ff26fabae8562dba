"""Splitting gateways: which flows to take, and the record of why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runner.definitions.model import Flow
from runner.encoding import NotStorable, encode
from runner.engine.case_change import CaseChange
from runner.engine.elements.expressions import condition_failure, noticed
from runner.engine.spiff.host import Token
from runner.errors import Failure
from runner.events import ConditionsEvaluated


def choose(change: CaseChange, token: Token, flows: Sequence[Flow]) -> Sequence[str]:
    """Exclusive: the first flow, in file order, whose condition is true, else the default flow.
    Inclusive: all whose condition is true, else the default flow. An activity the same, where a
    flow without a condition is always open. Raises ``Failure`` where a condition is neither true
    nor false: no way is taken by default then."""
    element = token.element
    if len(flows) == 1 and flows[0].condition is None:
        return (flows[0].id,)
    variables = change.variables(token)
    outcomes: list[dict[str, str]] = []
    chosen: list[str] = []
    reads: dict[str, object] = {}
    warnings: dict[str, object] = {}
    failure: Failure | None = None
    for flow in flows:
        if flow.id == element.default or flow.condition is None:
            continue
        result = change.evaluate(flow.condition, variables)
        outcomes.append({"flow": flow.id, "outcome": _outcome(result.value)})
        reads.update(result.reads)
        warnings.update(noticed(result.warnings, f"{flow.id}."))
        if not isinstance(result.value, bool):
            failure = condition_failure(token, flow.condition, flow.name or flow.id, result)
            break
        if result.value:
            chosen.append(flow.id)
            if element.kind == "exclusiveGateway":
                break
    chosen += [f.id for f in flows if f.condition is None and f.id != element.default]
    if not chosen and failure is None and element.default is not None:
        chosen.append(element.default)
    change.record(
        ConditionsEvaluated(
            element=element.id,
            token=token.id,
            process=element.process_id,
            instance=token.instance_id,
            outcomes=outcomes,
            chosen=() if failure else tuple(chosen),
            reads=storable(reads),
            warnings=warnings,
        )
    )
    if failure is not None:
        raise failure
    if not chosen:
        raise Failure(
            "no_flow",
            element.id,
            "没有一个条件成立，也没有默认出口。 / "
            "No condition is true and there is no default flow.",
        )
    return chosen


def _outcome(value: object) -> str:
    return "null" if not isinstance(value, bool) else "true" if value else "false"


def storable(values: Mapping[str, object]) -> dict[str, object]:
    """Those that have a written form: functions and undecided values are left out."""
    kept: dict[str, object] = {}
    for name, value in values.items():
        try:
            encode(value)
        except NotStorable:
            continue
        kept[name] = value
    return kept
