"""The names a scenario may use, as one page: diagrams, elements, forms, fields, messages, policy
keys. Generated from the procedure's own files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.definitions.findings import half
from runner.definitions.forms import FieldInfo, Form
from runner.definitions.forms_model import ChoiceField, DateField, Field, walk
from runner.definitions.model import Element, Process
from runner.definitions.release import Definitions
from runner.definitions.schemas import POLICY_SCHEMA, read_schema
from runner.engine.handlers import load_handlers

TITLE = "# Names of the procedure"
INTRODUCTION = (
    "Generated from `processes/` and `forms/` by `ombud try --names`; never edited by hand. "
    "These are the names scenarios use ([scenarios.md](scenarios.md)), messages and answers over "
    "the API, and FEEL in diagrams and tables.\n\n"
    "The columns of a form: the field's key, which is the variable it writes; its type; "
    "`!` where it is mandatory whenever it is shown; its values, each with what it means. "
    "`list[].key` is a field of the rows of a list."
)
_KINDS: Mapping[str, str] = {
    "startEvent": "start", "endEvent": "end", "userTask": "task", "serviceTask": "automatic",
    "businessRuleTask": "decision", "callActivity": "call", "boundaryEvent": "event at",
    "intermediateCatchEvent": "wait", "intermediateThrowEvent": "event", "subProcess": "part",
    "exclusiveGateway": "choice", "parallelGateway": "side by side",
    "inclusiveGateway": "one or more", "eventBasedGateway": "what comes first",
    "receiveTask": "wait", "sendTask": "automatic", "scriptTask": "automatic", "task": "step",
    "manualTask": "step", "transaction": "part", "adHocSubProcess": "part",
}  # fmt: skip


def names_page(definitions: Definitions) -> str:
    """The whole page, Markdown."""
    parts = [TITLE, INTRODUCTION, *_contents(definitions)]
    parts += ["## Starts", *_starts(definitions)]
    parts += ["## Messages", *_messages(definitions)]
    parts += ["## Diagrams"]
    for process in definitions.processes.values():
        parts += _process(process)
    parts += ["## Forms"]
    for form in sorted(definitions.forms.values(), key=lambda form: form.id):
        parts += _form(form)
    parts += ["## Decisions", *_decisions(definitions)]
    parts += ["## Variables", *_variables(definitions)]
    parts += ["## Mails and documents", *_templates(definitions)]
    parts += ["## Groups", *_groups(definitions)]
    parts += ["## Policies", *_policies(definitions)]
    return "\n\n".join(parts) + "\n"


def _contents(definitions: Definitions) -> Iterator[str]:
    yield "\n".join(
        f"- [{title}](#{title.lower().replace(' ', '-')})"
        for title in (
            "Starts",
            "Messages",
            "Diagrams",
            "Forms",
            "Decisions",
            "Variables",
            "Mails and documents",
            "Groups",
            "Policies",
        )
    )


def _starts(definitions: Definitions) -> Iterator[str]:
    rows = []
    called = {e.called_process for p in definitions.processes.values()
              for e in p.elements.values()}  # fmt: skip
    for process in definitions.processes.values():
        for element in process.elements.values():
            if element.kind == "startEvent" and element.parent == process.id:
                if process.id in called and element.event.kind == "none":
                    continue
                form = element.form_id or element.properties.get("form", "")
                message = element.event.message_name
                timer = "timer" if element.event.kind == "timer" else ""
                rows.append((_code(element.id), process.id, _name(element.name),
                             _code(form), _code(message) or timer))  # fmt: skip
    yield _table(("event", "process", "name", "form", "message"), rows)


def _messages(definitions: Definitions) -> Iterator[str]:
    rows: dict[str, list[str]] = {}
    for process in definitions.processes.values():
        for element in process.elements.values():
            if element.event.message_name:
                rows.setdefault(element.event.message_name, []).append(
                    f"`{element.id}` of {process.id}"
                )
    yield _table(
        ("message", "taken by"), [(_code(name), ", ".join(at)) for name, at in sorted(rows.items())]
    )


def _process(process: Process) -> Iterator[str]:
    yield f"### {process.id}: {_name(process.name)}"
    yield f"`{process.file}`"
    rows = []
    for element in process.elements.values():
        if element.kind.endswith("Gateway") and not element.name:
            continue
        who = _cell((element.candidate_groups or "").lstrip("="))
        rows.append((_code(element.id), _kind(element), _name(element.name), _does(element),
                     _code(who)))  # fmt: skip
    yield _table(("element", "what it is", "name", "form, table, handler", "who"), rows)


def _kind(element: Element) -> str:
    kind = _KINDS.get(element.kind, element.kind)
    if element.event.kind != "none":
        kind = f"{element.event.kind} {kind}"
    if element.attached_to:
        kind = f"{kind} `{element.attached_to}`"
    if element.multi_instance is not None:
        collection = _cell(element.multi_instance.input_collection.lstrip("="))
        kind += f", one for each of `{collection}`"
    return kind


def _does(element: Element) -> str:
    found = element.form_id or element.called_decision or element.called_process
    if found:
        return _code(found)
    if element.job_type:
        shown = [element.job_type]
        shown += [m.source.strip('="') for m in element.inputs if m.target == "template"]
        return ", ".join(_code(one) for one in shown if one)
    return _code(element.properties.get("form", "") or element.event.message_name)


def _form(form: Form) -> Iterator[str]:
    yield f"### Form {form.id}"
    components = {c.key: c for c in walk(form.components) if isinstance(c, Field)}
    rows = []
    for info in form.fields():
        if info.type == "expression":
            rows.append((_code(_key(info)), "computed", "", _name(info.label), ""))
            continue
        kind = info.type
        component = components.get(info.key.rsplit(".", 1)[-1])
        if isinstance(component, DateField):
            kind = component.subtype
        values = ", ".join(f"`{o.value}` {_name(o.label)}" for o in info.options)
        if isinstance(component, ChoiceField) and not info.options:
            source = component.options
            text = source.variable or (source.expression.text if source.expression else "")
            values = f"those of `{_cell(text.lstrip('='))}`"
        rows.append((_code(_key(info)), kind, "!" if info.required else "", _name(info.label),
                     values))  # fmt: skip
    yield _table(("field", "type", "", "label", "values"), rows)


def _key(info: FieldInfo) -> str:
    if not info.in_list:
        return info.key + ("[]" if info.type == "dynamiclist" else "")
    return f"{info.in_list}[].{info.key.removeprefix(info.in_list + '.')}"


def _decisions(definitions: Definitions) -> Iterator[str]:
    rows = [
        (_code(decision.id), _name(getattr(decision, "name", "")))
        for decision in sorted(definitions.decisions.values(), key=lambda one: one.id)
    ]
    yield _table(("decision", "name"), rows)


def _variables(definitions: Definitions) -> Iterator[str]:
    """Everything a case may know, and what writes it: forms, tables, handlers, mappings."""
    written: dict[str, list[str]] = {}

    def note(name: str, by: str) -> None:
        if by not in written.setdefault(name, []):
            written[name].append(by)

    handlers = load_handlers()
    for form in sorted(definitions.forms.values(), key=lambda form: form.id):
        for key in form.keys():  # noqa: SIM118 - no mapping
            note(key, f"form `{form.id}`")
    for process in definitions.processes.values():
        for element in process.elements.values():
            place = f"`{element.id}` of {process.id}"
            for mapping in element.outputs:
                note(mapping.target.split(".")[0], place)
            if element.result_variable:
                note(element.result_variable, place)
            many = element.multi_instance
            if many is not None and many.output_collection:
                note(many.output_collection, place)
            handler = handlers.get(element.job_type or "")
            if handler is not None and not element.outputs:
                for output in handler.outputs:
                    note(output.name, place)
    for name in ("channel", "received_at", "language"):
        note(name, "the start of the case")
    yield (
        "Those that forms write are explained there. A name that ends in `_at` is a time; "
        "deadlines may count from it (`from: received` is `received_at`)."
    )
    yield _table(
        ("variable", "written by"),
        [(_code(name), ", ".join(by)) for name, by in sorted(written.items())],
    )


def _templates(definitions: Definitions) -> Iterator[str]:
    names = sorted({name for name, _ in definitions.templates})
    yield "Mails and letters, by template: " + ", ".join(_code(name) for name in names) + "."
    kinds = sorted(
        path.rsplit("/", 1)[-1].removesuffix(".yaml")
        for path in definitions.files
        if "/templates/documents/" in path and path.endswith(".yaml")
    )
    if kinds:
        yield "Documents, by kind: " + ", ".join(_code(kind) for kind in kinds) + "."


def _groups(definitions: Definitions) -> Iterator[str]:
    rows = [(_code(group.id), _name(group.name)) for group in definitions.groups.values()]
    yield _table(("group", "name"), rows)


def _policies(definitions: Definitions) -> Iterator[str]:
    rows = [
        (_code(policy.id), _name(policy.name), str(len(policy.unset)))
        for policy in sorted(definitions.policies.values(), key=lambda one: one.id)
    ]
    yield _table(("policy", "name", "values left open"), rows)
    yield "### Policy keys"
    schema, _ = read_schema(definitions.files, POLICY_SCHEMA)
    keys = [
        (_code(path), _cell(_meaning(schema, node)), _cell(_values(schema, node)))
        for path, node in _keys(schema, schema, "")
    ]
    yield _table(("key", "meaning", "values"), keys)


def _keys(
    schema: Mapping[str, Any], node: Mapping[str, Any], base: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, below in node.get("properties", {}).items():
        path = f"{base}.{name}" if base else name
        found = _followed(schema, below)
        if found.get("properties"):
            yield from _keys(schema, found, path)
        else:
            yield path, below


def _followed(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = node.get("$ref", "")
    target: Any = schema
    for part in str(reference).removeprefix("#/").split("/") if reference else ():
        target = target.get(part, {}) if isinstance(target, Mapping) else {}
    return target if reference else node


def _meaning(schema: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    found = node.get("title") or node.get("description") or _followed(schema, node).get("title")
    return half(str(found or ""), "en")


def _values(schema: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    followed = _followed(schema, node)
    if node.get("$ref", "").endswith("/time"):
        return "{amount, unit, from}, immediate, none, unset"
    if node.get("$ref", "").endswith("/groups"):
        return "list of groups"
    text = json.dumps(followed, ensure_ascii=False)
    options = followed.get("enum") or followed.get("items", {}).get("enum")
    for option in followed.get("anyOf", ()):
        found = _followed(schema, option)
        if "amount" in found.get("properties", {}):
            return "{amount, unit, from}, immediate, none, unset"
        options = options or found.get("enum") or found.get("items", {}).get("enum")
    if options:
        listed = ", ".join(str(option) for option in options)
        return f"list of: {listed}" if '"array"' in text else listed
    return {"boolean": "true, false", "integer": "number", "number": "number",
            "array": "list", "string": "text"}.get(str(followed.get("type")), "")  # fmt: skip


def _name(text: str) -> str:
    return _cell(" ".join(text.split()))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)
