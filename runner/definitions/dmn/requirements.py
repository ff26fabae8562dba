"""Walking the requirements of a decision: what it needs is decided first, each thing once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from runner.definitions.dmn.boxes import Parameter, arguments
from runner.definitions.dmn.logic import DecisionRecord, DecisionRun, Local, Logic, Notes, Typed
from runner.definitions.dmn.table import DecisionError, DecisionViolation, Table
from runner.definitions.dmn.types import ItemType, converted, result_type
from runner.feel import Evaluation, Function, Value, to_feel

if TYPE_CHECKING:
    from runner.definitions.dmn.model import (
        Decision,
        DecisionModel,
        DecisionService,
        InputData,
        Knowledge,
        Link,
    )

_MISSING = object()
_MAX_WAYS = 100


def asked(run: DecisionRun, model: DecisionModel, decision_id: str) -> Value:
    """The decision's value; `run.values` then has it and what it required."""
    waiting = [(model, decision_id)]
    while waiting:
        owner, name = waiting[-1]
        if (owner, name) in run.values:
            waiting.pop()
            continue
        if (owner, name) in run.given:
            run.values[owner, name] = run.given[owner, name]
            waiting.pop()
            continue
        decision = owner.decisions.get(name)
        if decision is None or decision.logic is None:
            zh, en = ("不存在", "is not there") if decision is None else ("有错误", "has errors")
            raise DecisionError(
                f"Expected to evaluate the decision '{name}', but it {en}",
                f"无法求值决策“{name}”：它{zh}",
            )
        missing = [
            key
            for key in ((owner.at(link), link.id) for link in decision.required)
            if key not in run.values
        ]
        if missing:
            waiting += reversed(missing)
        else:
            run.values[owner, name] = _decide(run, owner, decision, decision.logic)
            waiting.pop()
    return run.values[model, decision_id]


def _decide(run: DecisionRun, model: DecisionModel, decision: Decision, logic: Logic) -> Value:
    local: dict[str, Value] = {}
    _provide_functions(run, model, decision.knowledge, local)
    for link in decision.inputs:
        owner = model.at(link)
        item = owner.inputs[link.id]
        value = _input(run, owner, item)
        if value is not _MISSING:
            _put(local, model, link, (item.name,), value)
    for link in decision.required:
        owner = model.at(link)
        _put(local, model, link, owner.decisions[link.id].names, run.values[owner, link.id])
    label = decision.name or decision.id
    return _recorded(run, decision.id, logic, local, decision.type, label)


def _recorded(
    run: DecisionRun, name: str, logic: Logic, local: Local, type_: ItemType | None, label: str
) -> Value:
    notes = Notes()
    before = len(run.evaluation.warnings)
    try:
        value = logic.evaluate(run, local, notes)
    except DecisionViolation as violation:
        if not violation.records:  # else it comes from a function called here, and is recorded
            noticed = tuple(run.evaluation.warnings[before:])
            ids, rules = violation.rule_ids, violation.rules
            told = DecisionRecord(name, notes.inputs, ids, None, noticed, rules)
            violation.records = (*run.records, told)
        raise
    if type_ is not None:
        value = converted(run.evaluation, value, type_, label)
    warnings = tuple(run.evaluation.warnings[before:])
    matched = tuple(rule.id for rule in notes.rules)
    run.records.append(DecisionRecord(name, notes.inputs, matched, value, warnings, notes.rules))
    return value


def _put(
    local: dict[str, Value], model: DecisionModel, link: Link, names: tuple[str, ...], value: Value
) -> None:
    """Make a value known by its names, those of an imported model inside its import's name."""
    prefix = model.import_names.get(link.space, "") if link.space else ""
    target = local.setdefault(prefix, {}) if prefix else local
    target.update(dict.fromkeys(names, value))


def _input(run: DecisionRun, model: DecisionModel, item: InputData) -> Value:
    """The value of input data where its plain name would not do, else `_MISSING`.

    That is where it was given to a decision service, belongs to an imported model, or is not of
    its type.
    """
    key = (model, item.id)
    if key in run.given:
        return run.given[key]
    if key not in run.inputs:
        run.inputs[key] = _read_input(run, model, item)
    return run.inputs[key]


def _read_input(run: DecisionRun, model: DecisionModel, item: InputData) -> Value:
    own = model is run.model
    if own and item.type is None:
        return _MISSING
    evaluation = run.evaluation
    path, found = _find_input(run, model, item)
    if found is _MISSING:
        if own:
            return _MISSING
        evaluation.warn("unknown_name", f"There is no variable '{item.name}'", item.name)
        return None
    value = evaluation.local(to_feel(found))
    made = converted(evaluation, value, item.type, item.name)
    if own and made is value:
        return _MISSING
    evaluation.reads[path] = value
    return made


def _find_input(run: DecisionRun, model: DecisionModel, item: InputData) -> tuple[str, object]:
    """Where the scope has the input data: under `namespace#name`, inside the names of the imports
    that lead to its model (`lib.age` as one name or as an entry), or under its own name."""
    scope = run.evaluation.scope
    exact = f"{model.namespace}#{item.name}"
    if model is not run.model and exact in scope:
        return exact, scope[exact]
    waiting: list[tuple[DecisionModel, str, Mapping[str, object]]] = [(run.model, "", scope)]
    seen: set[tuple[int, str]] = set()
    while waiting:
        owner, path, values = waiting.pop()
        if owner is model:
            if item.name in values:
                return path + item.name, values[item.name]
            if path + item.name in scope:
                return path + item.name, scope[path + item.name]
        for space, other in owner.imports.items():
            name = owner.import_names[space]
            inner = values.get(name) if name else values
            further = f"{path}{name}." if name else path
            if (id(other), further) not in seen and len(seen) < _MAX_WAYS:
                seen.add((id(other), further))
                waiting.append((other, further, inner if isinstance(inner, Mapping) else {}))
    return item.name, scope.get(item.name, _MISSING)


def _provide_functions(
    run: DecisionRun, model: DecisionModel, links: tuple[Link, ...], local: dict[str, Value]
) -> None:
    for link in links:
        owner = model.at(link)
        item = model.callable_at(link)
        _put(local, model, link, (item.name,), _function(run, owner, item))


def _function(
    run: DecisionRun, model: DecisionModel, item: Knowledge | DecisionService
) -> Function:
    """The function, made once in a run; what it needs itself is looked up when it is called."""
    key = (model, item.id)
    made = run.functions.get(key)
    if made is None:
        parameters, call = _body(run, model, item)

        def guarded(_run: Evaluation, values: list[Value]) -> Value:
            named = arguments(run.evaluation, parameters, values)
            return None if named is None else call(list(named.values()))

        made = Function(item.name, tuple(one.name for one in parameters), guarded)
        run.functions[key] = made
    return made


def _body(
    run: DecisionRun, model: DecisionModel, item: Knowledge | DecisionService
) -> tuple[tuple[Parameter, ...], Callable[[list[Value]], Value]]:
    if item.id in model.knowledge:
        knowledge = model.knowledge[item.id]
        return knowledge.parameters, lambda values: _know(run, model, knowledge, values)
    service = model.services[item.id]
    return (
        tuple(parameter for _, parameter in _service_inputs(model, service)),
        lambda values: _serve(run, model, service, values),
    )


def _know(run: DecisionRun, model: DecisionModel, item: Knowledge, values: list[Value]) -> Value:
    local: dict[str, Value] = {}
    _provide_functions(run, model, item.knowledge, local)
    local.update(zip((one.name for one in item.parameters), values, strict=True))
    type_ = result_type(item.type)
    logic = item.logic
    if isinstance(logic.inner if isinstance(logic, Typed) else logic, Table):
        return _recorded(run, item.id, logic, local, type_, item.name)
    return converted(run.evaluation, logic.evaluate(run, local, Notes()), type_, item.name)


def _service_inputs(
    model: DecisionModel, service: DecisionService
) -> list[tuple[tuple[DecisionModel, str], Parameter]]:
    """What the parameters of a decision service stand for: its input data, then its input
    decisions."""
    found: list[tuple[tuple[DecisionModel, str], Parameter]] = []
    for link in service.inputs:
        item = model.at(link).inputs[link.id]
        found.append(((model.at(link), link.id), Parameter(item.name, item.type)))
    for link in service.input_decisions:
        decision = model.at(link).decisions[link.id]
        name = decision.names[0] if decision.names else decision.id
        found.append(((model.at(link), link.id), Parameter(name, decision.type)))
    return found


def _serve(
    run: DecisionRun, model: DecisionModel, service: DecisionService, values: list[Value]
) -> Value:
    keys = [key for key, _ in _service_inputs(model, service)]
    inner = DecisionRun(run.evaluation, run.model, records=run.records)
    inner.given = dict(zip(keys, values, strict=True))
    made: dict[str, Value] = {}
    for link in service.outputs:
        owner = model.at(link)
        decision = owner.decisions[link.id]
        name = decision.names[0] if decision.names else decision.id
        made[name] = asked(inner, owner, link.id)
    value: Value = next(iter(made.values())) if len(service.outputs) == 1 else made
    return converted(run.evaluation, value, result_type(service.type), service.name)


def called(run: DecisionRun, model: DecisionModel, callable_id: str) -> Value:
    """What a decision service or knowledge model gives for arguments found in the scope."""
    item = model.knowledge.get(callable_id) or model.services.get(callable_id)
    if item is None:
        raise DecisionError(
            f"Expected to call '{callable_id}', but it is not there",
            f"无法调用“{callable_id}”：它不存在",
        )
    parameters, call = _body(run, model, item)
    scope = run.evaluation.scope
    values: list[Value] = []
    for one in parameters:
        if one.name not in scope:
            run.evaluation.warn("unknown_name", f"There is no variable '{one.name}'", one.name)
        value = run.evaluation.local(to_feel(scope.get(one.name)))
        run.evaluation.reads[one.name] = value
        values.append(converted(run.evaluation, value, one.type, one.name))
    return call(values)
