"""Scenarios as their owners wrote them: ``processes/scenarios/*.yaml``, read and judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.definitions.findings import Finding
from runner.definitions.owners_yaml import Document, Path, read_yaml
from runner.definitions.release import Definitions
from runner.definitions.schemas import read_schema, validate
from runner.definitions.xml import UnreadableFile
from runner.feel.spelling import closest

FOLDER = "processes/scenarios/"
SCHEMA = FOLDER + "scenario.schema.json"
USUAL = FOLDER + "usual_answers.yaml"
RULE = "scenario_invalid"
BY_THE_MACHINE = ("request", "message", "timer", "signal")
"""Channels of what no customer sent: duties asked for, other systems, what comes round."""
ACTIONS = ("task", "send", "signal", "wait", "wait_until", "decide", "cancel", "expect")


class UnusableScenario(Exception):
    """A scenario that cannot be run as it is written; ``findings`` name line, key and remedy."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(told(finding) for finding in findings))
        self.findings = tuple(findings)


def told(finding: Finding, language: str = "en") -> str:
    """``processes/scenarios/x.yaml:12: ...``"""
    return f"{finding.file}:{finding.line or 1}: {finding.message(language)}"


@dataclass(frozen=True)
class Usual:
    """``usual_answers.yaml``: answers by form field. ``decisions`` are given at every visit,
    ``facts`` only where the case knows nothing yet."""

    decisions: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """One named case. ``data`` is as the schema describes it; ``lines`` gives lines of keys."""

    id: str
    file: str
    data: Mapping[str, Any]
    lines: Mapping[Path, int]
    usual: Usual = field(default_factory=Usual)

    @property
    def title(self) -> str:
        return str(self.data["title"])

    @property
    def profile(self) -> str:
        return str(self.data["profile"])

    @property
    def requirements(self) -> tuple[str, ...]:
        return tuple(self.data.get("requirements", ()))

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        return self.data.get("steps") or ()

    @property
    def others(self) -> str:
        """What becomes of tasks nobody names: of a case that is not to end, nothing afterwards."""
        given = self.data.get("others")
        if given:
            return str(given)
        expected = self.data.get("expect", {})
        stays = expected.get("end") in ("running", ["running"])
        stays = stays or any(name in expected for name in ("waiting", "open", "not_open"))
        return "reach" if stays else "finish"

    def line(self, *path: str | int) -> int:
        """The line of the nearest key on the way to ``path``."""
        for size in range(len(path), -1, -1):
            if path[:size] in self.lines:
                return self.lines[path[:size]]
        return 1


def load_scenarios(files: Mapping[str, bytes], definitions: Definitions) -> list[Scenario]:
    """Every scenario of the files, by id. Raises ``UnusableScenario`` with all that is wrong."""
    schema, findings = read_schema(files, SCHEMA)
    usual, wrong = _usual(files, definitions)
    findings = [*findings, *wrong]
    found: dict[str, Scenario] = {}
    for path in sorted(files):
        if not path.startswith(FOLDER) or not path.endswith((".yaml", ".yml")) or path == USUAL:
            continue
        try:
            document = read_yaml(files[path], path)
        except UnreadableFile as unreadable:
            findings.append(unreadable.finding)
            continue
        wrong = validate(document, schema, path, RULE)
        if not wrong:
            scenario = _scenario(document, path, usual)
            wrong = list(_judged(scenario, definitions, files))
            found[scenario.id] = scenario
        findings.extend(wrong)
    for scenario in found.values():
        before = scenario.data.get("before")
        if before and before not in found:
            findings.append(finding(scenario, ("before",), "前面的场景", "scenario", before, found))
    if findings:
        raise UnusableScenario(findings)
    return [found[name] for name in sorted(found)]


def finding(
    scenario: Scenario, path: Path, zh: str, en: str, name: object, known: Iterable[str]
) -> Finding:
    """``There is no <en> "name". Did you mean …?``"""
    names = sorted(known)
    close = closest(str(name), names)
    more = "…" if len(names) > 40 else ""
    shown, listed = "、".join(names[:40]) + more, ", ".join(names[:40]) + more
    return Finding(
        file=scenario.file,
        rule=RULE,
        severity="error",
        zh=f"没有{zh}“{name}”。" + (f"是不是“{close}”？" if close else f"有：{shown}。"),
        en=f'There is no {en} "{name}". '
        + (f'Did you mean "{close}"?' if close else f"There are: {listed}."),
        line=scenario.line(*path),
    )


def _scenario(document: Document, path: str, usual: Usual) -> Scenario:
    data: Any = document.data
    return Scenario(str(data["id"]), path, data, document.lines, usual)


def _usual(files: Mapping[str, bytes], definitions: Definitions) -> tuple[Usual, list[Finding]]:
    if USUAL not in files:
        return Usual(), []
    try:
        document = read_yaml(files[USUAL], USUAL)
    except UnreadableFile as unreadable:
        return Usual(), [unreadable.finding]
    data: Any = document.data if isinstance(document.data, dict) else {}
    known = {info.key.rsplit(".", 1)[-1] for form in definitions.forms.values()
             for info in form.fields()}  # fmt: skip
    findings = []
    for part in ("decisions", "facts"):
        for name in data.get(part) or {}:
            if name not in known:
                close = closest(name, known)
                hint = f' Did you mean "{close}"?' if close else ""
                findings.append(
                    Finding(
                        file=USUAL, rule=RULE, severity="error",
                        zh=f"没有表单有字段“{name}”。" + (f"是不是“{close}”？" if close else ""),
                        en=f'No form has a field "{name}".{hint}',
                        line=document.lines.get((part, name), 1),
                    )
                )  # fmt: skip
    return Usual(data.get("decisions") or {}, data.get("facts") or {}), findings


def _judged(
    scenario: Scenario, definitions: Definitions, files: Mapping[str, bytes]
) -> Iterable[Finding]:
    """What the schema cannot know: whether the names are names of this procedure."""
    stem = scenario.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if stem != scenario.id:
        yield _plain(
            scenario, ("id",), f"编号是“{scenario.id}”，应与文件名“{stem}”相同。",
            f'The id is "{scenario.id}"; expected the file name "{stem}".',
        )  # fmt: skip
    if scenario.profile not in definitions.policies:
        known = definitions.policies
        yield finding(scenario, ("profile",), "制度", "policy", scenario.profile, known)
    elements = element_names(definitions)
    starts = {e.id for p in definitions.processes.values() for e in p.elements.values()
              if e.kind == "startEvent"}  # fmt: skip
    for key in ("event", "timer"):
        name = scenario.data["start"].get(key)
        if name and name not in starts:
            yield finding(scenario, ("start", key), "开始事件", "start event", name, starts)
    channel, channels = scenario.data["start"].get("channel"), known_channels(definitions)
    if channel and channels and channel not in channels:
        yield finding(scenario, ("start", "channel"), "渠道", "channel", channel, channels)
    yield from _groups(scenario, ("start", "by"), scenario.data["start"].get("by"), definitions)
    for number, step in enumerate(scenario.steps):
        yield from _step(scenario, ("steps", number), step, definitions, elements)
    yield from _expected(scenario, ("expect",), scenario.data.get("expect", {}), elements)


def _step(
    scenario: Scenario, path: Path, step: Mapping[str, Any], definitions: Definitions,
    elements: frozenset[str],
) -> Iterable[Finding]:  # fmt: skip
    does = [action for action in ACTIONS if action in step and action != "expect"]
    if len(does) > 1 or (not does and not step.get("expect") and not step.get("at")
                         and not step.get("after")):  # fmt: skip
        said = ", ".join(does) or "nothing"
        yield _plain(
            scenario, path, f"一步做一件事：{'、'.join(ACTIONS)}；写的是 {said}。",
            f"A step does one of {', '.join(ACTIONS)}; found {said}.",
        )  # fmt: skip
    task = step.get("task")
    if task and task not in elements:
        yield finding(scenario, (*path, "task"), "元素", "element", task, elements)
    yield from _groups(scenario, (*path, "by"), step.get("by"), definitions)
    message = step.get("send")
    names = {
        e.event.message_name
        for p in definitions.processes.values()
        for e in p.elements.values()
        if e.event.message_name
    }
    if message and message not in names:
        yield finding(scenario, (*path, "send"), "消息", "message", message, names)
    yield from _expected(scenario, (*path, "expect"), step.get("expect", {}), elements)


def _expected(
    scenario: Scenario, path: Path, expected: Mapping[str, Any], elements: frozenset[str]
) -> Iterable[Finding]:
    named: list[tuple[Path, object]] = []
    route = expected.get("path", [])
    if isinstance(route, Mapping):
        for key, names in route.items():
            named += [((*path, "path", key, n), name) for n, name in enumerate(names)]
    else:
        named += [((*path, "path", n), name) for n, name in enumerate(route)]
    for key in ("not", "waiting", "open", "not_open", "escalated", "late", "in_time", "end"):
        names = expected.get(key, [])
        for n, name in enumerate(names if isinstance(names, list) else [names]):
            if name not in ("none", "running", "cancelled"):
                named.append(((*path, key, n), name))
    for key in ("due", "roles", "times"):
        named += [((*path, key, name), name.split("#")[0]) for name in expected.get(key, {})]
    for where, name in named:
        if name not in elements:
            yield finding(scenario, where, "元素", "element", name, elements)


def _groups(
    scenario: Scenario, path: Path, group: str | None, definitions: Definitions
) -> Iterable[Finding]:
    if group and group != "customer" and group not in definitions.groups:
        yield finding(scenario, path, "组", "group", group, definitions.groups)


def _plain(scenario: Scenario, path: Path, zh: str, en: str) -> Finding:
    return Finding(
        file=scenario.file, rule=RULE, severity="error", zh=zh, en=en, line=scenario.line(*path)
    )


def known_channels(definitions: Definitions) -> tuple[str, ...]:
    """How a case may come: the values of the field ``channel`` in the order of the forms, then what
    the machine writes. Nothing where no form asks."""
    listed = dict.fromkeys(
        option.value
        for form in definitions.forms.values()
        for info in form.fields()
        if info.key == "channel"
        for option in info.options
    )
    return (*listed, *(one for one in BY_THE_MACHINE if one not in listed)) if listed else ()


def element_names(definitions: Definitions) -> frozenset[str]:
    """Every element as a scenario may name it: ``element`` and ``process.element``."""
    names: set[str] = set()
    for process in definitions.processes.values():
        for element in process.elements:
            names |= {element, f"{process.id}.{element}"}
    return frozenset(names)
