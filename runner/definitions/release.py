"""Everything a release defines, read once and immutable: what engine, pages and checker share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from runner.calendars import Calendar, load_calendar
from runner.definitions.bpmn import load_diagram
from runner.definitions.dmn import Decision, DecisionFiles
from runner.definitions.documents import DOCUMENT_SCHEMA, DocumentKind
from runner.definitions.documents import FOLDER as DOCUMENTS
from runner.definitions.documents_reading import load_document
from runner.definitions.files import ReleaseFiles, digest, manifest, read_folder, skipped_files
from runner.definitions.findings import Finding
from runner.definitions.forms import Form, load_form
from runner.definitions.model import Diagram, Process
from runner.definitions.owners_yaml import read_yaml
from runner.definitions.policies import FOLDER as POLICIES
from runner.definitions.policies import Policy, load_policies
from runner.definitions.roles import ROLES, Group, load_groups
from runner.definitions.schemas import (
    CALENDAR_SCHEMA,
    POLICY_SCHEMA,
    ROLES_SCHEMA,
    read_schema,
    validate,
)
from runner.definitions.templates import FOLDER as TEMPLATES
from runner.definitions.templates import Template, load_template
from runner.definitions.xml import UnreadableFile

__all__ = [
    "Definitions",
    "ReleaseFiles",
    "digest",
    "load_definitions",
    "manifest",
    "read_folder",
    "skipped_files",
]

CALENDARS = "processes/calendars/"


@dataclass(frozen=True)
class Definitions:
    """What one set of files defines. Mappings are by id and read-only.

    ``templates`` are by ``(name, language)``. ``findings`` tell what reading alone found; a file
    with an error that kept it from being read is in none of the mappings.
    """

    files: ReleaseFiles
    digest: str
    diagrams: Mapping[str, Diagram] = field(default_factory=dict)
    processes: Mapping[str, Process] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    templates: Mapping[tuple[str, str], Template] = field(default_factory=dict)
    documents: Mapping[str, DocumentKind] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def policy(self, policy_id: str) -> Mapping[str, object]:
        """FEEL's ``policy`` context. Raises ``KeyError`` for an id that is not there."""
        return self.policies[policy_id].values

    def diagram_of(self, process_id: str) -> Diagram:
        """The diagram a process is drawn in. Raises ``KeyError``."""
        return self.diagrams[self.processes[process_id].file]


def load_definitions(files: ReleaseFiles) -> Definitions:
    """Reads every file. Never raises for what a file holds; ``findings`` says what is wrong."""
    findings: list[Finding] = []
    diagrams: dict[str, Diagram] = {}
    for path in _ending(files, ".bpmn"):
        diagram, found = load_diagram(files[path], path)
        findings.extend(found)
        if diagram is not None:
            diagrams[path] = diagram
    policies, found = _policies(files)
    findings.extend(found)
    groups, found = _groups(files)
    findings.extend(found)
    return Definitions(
        files=MappingProxyType(dict(files)),
        digest=digest(files),
        diagrams=MappingProxyType(diagrams),
        processes=MappingProxyType(_processes(diagrams, findings)),
        decisions=MappingProxyType(_decisions(files, findings)),
        forms=MappingProxyType(_forms(files, findings)),
        policies=MappingProxyType(dict(policies)),
        groups=MappingProxyType(dict(groups)),
        calendars=MappingProxyType(_calendars(files, findings)),
        templates=MappingProxyType(_templates(files, findings)),
        documents=MappingProxyType(_documents(files, findings)),
        findings=tuple(findings),
    )


def _ending(files: ReleaseFiles, *endings: str, under: str = "") -> list[str]:
    return sorted(path for path in files if path.endswith(endings) and path.startswith(under))


def _processes(diagrams: Mapping[str, Diagram], findings: list[Finding]) -> dict[str, Process]:
    found: dict[str, Process] = {}
    for diagram in diagrams.values():
        for process in diagram.processes.values():
            if not process.executable and diagram.platform == "camunda-8":
                continue  # a picture, for instance of a customer's side
            if process.id in found:
                findings.append(
                    _doubled("流程", "process", process.id, diagram.file, found[process.id].file)
                )
            else:
                found[process.id] = process
    return found


def _decisions(files: ReleaseFiles, findings: list[Finding]) -> dict[str, Decision]:
    """All decisions; each file may import every other one."""
    found: dict[str, Decision] = {}
    paths = _ending(files, ".dmn")
    models = DecisionFiles({path: files[path] for path in paths})
    for path in paths:
        decisions, wrong = models.load(path)
        findings.extend(wrong)
        for decision in decisions:
            if decision.id in found:
                findings.append(
                    _doubled("决策", "decision", decision.id, path, found[decision.id].file)
                )
            else:
                found[decision.id] = decision
    return found


def _forms(files: ReleaseFiles, findings: list[Finding]) -> dict[str, Form]:
    found: dict[str, Form] = {}
    where: dict[str, str] = {}
    for path in _ending(files, ".form"):
        form, wrong = load_form(files[path], path)
        findings.extend(wrong)
        if form is None:
            continue
        if form.id in found:
            findings.append(_doubled("表单", "form", form.id, path, where[form.id]))
        else:
            found[form.id], where[form.id] = form, path
    return found


def _policies(files: ReleaseFiles) -> tuple[Mapping[str, Policy], list[Finding]]:
    schema, findings = read_schema(files, POLICY_SCHEMA)
    chosen = {path: files[path] for path in _ending(files, ".yaml", ".yml", under=POLICIES)}
    policies, found = load_policies(chosen, schema)
    return policies, [*findings, *found]


def _groups(files: ReleaseFiles) -> tuple[Mapping[str, Group], list[Finding]]:
    schema, findings = read_schema(files, ROLES_SCHEMA)
    if ROLES not in files:
        return {}, findings
    groups, found = load_groups(files[ROLES], schema)
    return groups, [*findings, *found]


def _calendars(files: ReleaseFiles, findings: list[Finding]) -> dict[str, Calendar]:
    schema, wrong = read_schema(files, CALENDAR_SCHEMA)
    findings.extend(wrong)
    found: dict[str, Calendar] = {}
    for path in _ending(files, ".yaml", ".yml", under=CALENDARS):
        try:
            document = read_yaml(files[path], path)
        except UnreadableFile as unreadable:
            findings.append(unreadable.finding)
            continue
        wrong = validate(document, schema, path, "calendar_invalid")
        findings.extend(wrong)
        if wrong or not isinstance(document.data, dict):
            continue
        try:
            calendar = load_calendar(document.data)
        except ValueError as error:
            findings.append(_bad_calendar(path, str(error)))
        else:
            if calendar.id in found:
                findings.append(_doubled("工作日历", "calendar", calendar.id, path, CALENDARS))
            found[calendar.id] = calendar
    return found


def _bad_calendar(path: str, problem: str) -> Finding:
    return Finding(
        file=path,
        rule="calendar_invalid",
        severity="error",
        zh=f"工作日历无法使用：{problem}",
        en=f"The working calendar cannot be used: {problem}",
    )


def _templates(files: ReleaseFiles, findings: list[Finding]) -> dict[tuple[str, str], Template]:
    found: dict[tuple[str, str], Template] = {}
    for path in _ending(files, ".txt", under=TEMPLATES):
        template, wrong = load_template(files[path], path)
        findings.extend(wrong)
        if template is not None:
            found[template.name, template.language] = template
    return found


def _documents(files: ReleaseFiles, findings: list[Finding]) -> dict[str, DocumentKind]:
    paths = _ending(files, ".yaml", under=DOCUMENTS)
    if not paths:
        return {}
    schema, wrong = read_schema(files, DOCUMENT_SCHEMA)
    findings.extend(wrong)
    found: dict[str, DocumentKind] = {}
    for path in paths:
        kind, wrong = load_document(files[path], path, schema)
        findings.extend(wrong)
        if kind is not None:
            found[kind.id] = kind
    return found


def _doubled(zh_kind: str, en_kind: str, name: str, file: str, other: str) -> Finding:
    return Finding(
        file=file,
        rule="duplicate_id",
        severity="error",
        zh=f"{zh_kind}标识“{name}”在 {other} 里已经用过。请换一个。",
        en=f'The {en_kind} id "{name}" is used in {other} already. Choose another.',
        element_id=name,
    )
