"""The names a scenario may use, as one page: diagrams, elements, forms, fields, messages, policy
keys. Generated from the procedure's own files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.definitions.check.names import AT_START
from runner.definitions.findings import half
from runner.definitions.forms import FieldInfo, Form
from runner.definitions.forms_model import ChoiceField, DateField, Field, walk
from runner.definitions.model import Process
from runner.definitions.release import Definitions
from runner.definitions.schemas import POLICY_SCHEMA, read_schema
from runner.engine.handlers import load_handlers
from runner.trying.conditions import shown_when
from runner.trying.naming_elements import cell, code, does, kind_of, name_cell, ways_of
from runner.trying.scenarios import known_channels

TITLE = "# Names of the procedure"
INTRODUCTION = (
    "Generated from `processes/` and `forms/` by `ombud try --names`; never edited by hand. "
    "These are the names scenarios use ([scenarios.md](scenarios.md)), messages and answers over "
    "the API, and FEEL in diagrams and tables.\n\n"
    "The columns of a form: the field's key, which is the variable it writes; its type; "
    "`!` where it is mandatory whenever it is shown; its values, each with what it means. "
    "`list[].key` is a field of the rows of a list.\n\n"
    "A choice names its ways: the element each leads to, and when it is taken."
)


@dataclass(frozen=True)
class Part:
    """One table of names. ``section`` is what several belong to; cells and ``text`` hold names
    between backticks."""

    section: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    text: str = ""


SECTIONS = (
    "Starts", "Messages", "Diagrams", "Forms", "Decisions", "Variables", "Ledger",
    "Mails and documents", "Clauses", "Groups", "Policies",
)  # fmt: skip
_LEDGER: Mapping[str, str] = {"open_assignment": "assigned_at", "update_ledger": "closed_at"}
"""Handlers that write the ledger: their inputs are columns, and each adds a time."""


def name_parts(definitions: Definitions) -> Iterator[Part]:
    """Every name there is, by section and in the order of the page."""
    yield _starts(definitions)
    yield _messages(definitions)
    for process in definitions.processes.values():
        yield _process(process)
    for form in sorted(definitions.forms.values(), key=lambda form: form.id):
        yield _form(form)
    yield _decisions(definitions)
    yield _variables(definitions)
    yield _ledger(definitions)
    yield _templates(definitions)
    yield _clauses(definitions)
    yield _groups(definitions)
    yield _policies(definitions)
    yield _policy_keys(definitions)


def names_page(definitions: Definitions) -> str:
    """The whole page, Markdown."""
    contents = [f"- [{name}](#{name.lower().replace(' ', '-')})" for name in SECTIONS]
    lines = [TITLE, INTRODUCTION, "\n".join(contents)]
    section = ""
    for part in name_parts(definitions):
        if part.section != section:
            section = part.section
            lines.append(f"## {section}")
        if part.title:
            lines.append(f"### {part.title}")
        if part.text:
            lines.append(part.text)
        if part.rows:
            lines.append(_table(part))
    return "\n\n".join(lines) + "\n"


def _starts(definitions: Definitions) -> Part:
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
                rows.append((code(element.id), process.id, name_cell(element.name),
                             code(form), code(message) or timer))  # fmt: skip
    channels = ", ".join(code(one) for one in known_channels(definitions))
    text = f"Channels (`start.channel`): {channels}." if channels else ""
    return Part("Starts", "", ("event", "process", "name", "form", "message"), rows, text)


def _messages(definitions: Definitions) -> Part:
    rows: dict[str, list[str]] = {}
    for process in definitions.processes.values():
        for element in process.elements.values():
            if element.event.message_name:
                rows.setdefault(element.event.message_name, []).append(
                    f"`{element.id}` of {process.id}"
                )
    found = [(code(name), ", ".join(at)) for name, at in sorted(rows.items())]
    return Part("Messages", "", ("message", "taken by"), found)


def _process(process: Process) -> Part:
    rows = []
    for element in process.elements.values():
        ways = ways_of(process, element)
        if element.kind.endswith("Gateway") and not element.name and not ways:
            continue
        who = cell((element.candidate_groups or "").lstrip("="))
        rows.append((code(element.id), kind_of(element), name_cell(element.name),
                     ways or does(element), code(who)))  # fmt: skip
    columns = ("element", "what it is", "name", "form, table, handler, ways", "who")
    title = f"{process.id}: {name_cell(process.name)}"
    return Part("Diagrams", title, columns, rows, f"`{process.file}`")


def _form(form: Form) -> Part:
    components = {c.key: c for c in walk(form.components) if isinstance(c, Field)}
    conditions = shown_when(form)
    rows = []
    for info in form.fields():
        if info.type == "expression":
            rows.append((code(_key(info)), "computed", "", name_cell(info.label), "", ""))
            continue
        kind = info.type
        component = components.get(info.key.rsplit(".", 1)[-1])
        if isinstance(component, DateField):
            kind = component.subtype
        values = ", ".join(f"`{o.value}` {name_cell(o.label)}" for o in info.options)
        if isinstance(component, ChoiceField) and not info.options:
            source = component.options
            text = source.variable or (source.expression.text if source.expression else "")
            values = f"those of `{cell(text.lstrip('='))}`"
        when = code(cell(conditions.get(info.key, "")))
        rows.append((code(_key(info)), kind, "!" if info.required else "", name_cell(info.label),
                     values, when))  # fmt: skip
    columns = ("field", "type", "", "label", "values", "shown when")
    return Part("Forms", f"Form {form.id}", columns, rows)


def _key(info: FieldInfo) -> str:
    if not info.in_list:
        return info.key + ("[]" if info.type == "dynamiclist" else "")
    return f"{info.in_list}[].{info.key.removeprefix(info.in_list + '.')}"


def _decisions(definitions: Definitions) -> Part:
    rows = []
    for decision in sorted(definitions.decisions.values(), key=lambda one: one.id):
        table = decision.table
        inputs = [column.source.compiled.text for column in table.inputs] if table else []
        outputs = [column.name for column in table.outputs] if table else []
        rules = [rule.id for rule in table.rules] if table else []
        rows.append((
            code(decision.id), name_cell(decision.name),
            ", ".join(code(cell(text)) for text in inputs),
            ", ".join(code(name) for name in outputs if name),
            ", ".join(code(rule) for rule in rules),
        ))  # fmt: skip
    return Part("Decisions", "", ("decision", "name", "inputs", "outputs", "rules"), rows)


def _ledger(definitions: Definitions) -> Part:
    """The columns of a case's ledger row, and what writes them."""
    written: dict[str, list[str]] = {}
    for process in definitions.processes.values():
        for element in process.elements.values():
            stamp = _LEDGER.get(element.job_type or "")
            if stamp is not None:
                names = [mapping.target for mapping in element.inputs]
                for name in (*names, stamp):
                    written.setdefault(name, []).append(f"`{element.id}` of {process.id}")
    rows = [(code(name), ", ".join(by)) for name, by in sorted(written.items())]
    return Part("Ledger", "", ("column", "written by"), rows)


def _clauses(definitions: Definitions) -> Part:
    named = {
        clause.strip()
        for process in definitions.processes.values()
        for element in process.elements.values()
        for clause in element.properties.get("clauses", "").split(";")
        if clause.strip()
    }
    text = "Written like this: " + ", ".join(code(name) for name in sorted(named)) + "."
    return Part("Clauses", "", (), (), text if named else "")


def _variables(definitions: Definitions) -> Part:
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
    for name in ("channel", "received_at", "language", *sorted(AT_START)):
        note(name, "the start of the case")
    text = (
        "Those that forms write are explained there. A name that ends in `_at` is a time; "
        "deadlines may count from it (`from: received` is `received_at`)."
    )
    rows = [(code(name), ", ".join(by)) for name, by in sorted(written.items())]
    return Part("Variables", "", ("variable", "written by"), rows, text)


def _templates(definitions: Definitions) -> Part:
    rows = [(code(name), "mail or letter", cell(subject))
            for name, subject in sorted(_subjects(definitions).items())]  # fmt: skip
    for path in sorted(definitions.files):
        if "/templates/documents/" in path and path.endswith(".yaml"):
            title = re.search(rb"^title:\s*(.+)$", definitions.files[path], re.MULTILINE)
            name = path.rsplit("/", 1)[-1].removesuffix(".yaml")
            said = title[1].decode().strip().strip("\"'") if title else ""
            rows.append((code(name), "document", cell(said)))
    return Part("Mails and documents", "", ("template or kind", "what it is", "title"), rows)


def _subjects(definitions: Definitions) -> Mapping[str, str]:
    """The subjects of each mail, in both languages."""
    found: dict[str, list[str]] = {}
    for (name, _), template in sorted(definitions.templates.items(), reverse=True):
        found.setdefault(name, []).append(template.subject)
    return {name: " / ".join(subjects) for name, subjects in found.items()}


def _groups(definitions: Definitions) -> Part:
    rows = [(code(group.id), name_cell(group.name)) for group in definitions.groups.values()]
    return Part("Groups", "", ("group", "name"), rows)


def _policies(definitions: Definitions) -> Part:
    rows = [
        (code(policy.id), name_cell(policy.name), str(len(policy.unset)))
        for policy in sorted(definitions.policies.values(), key=lambda one: one.id)
    ]
    return Part("Policies", "", ("policy", "name", "values left open"), rows)


def _policy_keys(definitions: Definitions) -> Part:
    schema, _ = read_schema(definitions.files, POLICY_SCHEMA)
    rows = [
        (code(path), cell(_meaning(schema, node)), cell(_values(schema, node)))
        for path, node in _keys(schema, schema, "")
    ]
    return Part("Policies", "Policy keys", ("key", "meaning", "values"), rows)


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


def _table(part: Part) -> str:
    lines = [f"| {' | '.join(part.columns)} |", f"|{'---|' * len(part.columns)}"]
    lines += [f"| {' | '.join(row)} |" for row in part.rows]
    return "\n".join(lines)
