"""What a plan changes, before it is run: what has no place, what would be lost, what stays as it
was stored although the other release says something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace

from runner.definitions.check.texts import texts_of
from runner.definitions.forms import Form
from runner.definitions.model import Element, EventDefinition, Process
from runner.definitions.release import Definitions
from runner.definitions.wording import element_words
from runner.engine.migration_plan import Plan
from runner.engine.migration_scopes import Level, Note, crossing, ending, may_end
from runner.feel import Expression

_GATEWAYS_AND_ENDS = frozenset({"exclusiveGateway", "startEvent"})
_DRAWN = ("line", "incoming", "outgoing", "documentation", "lane", "default", "id", "attached_to",
          "parent", "name")  # fmt: skip
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


def notes_of(
    plan: Plan, source: Definitions, target: Definitions, policy_ids: frozenset[str]
) -> list[Note]:
    """Everything worth knowing, the gravest first. ``policy_ids`` are those the cases follow."""
    found = [
        *_processes(plan, source, target),
        *_elements(plan, source, target),
        *_policies(source, target, policy_ids),
        *_variables(source, target),
    ]
    order = ("refuses", "loses", "changes", "kept")
    return sorted(found, key=lambda note: order.index(note.level))


def differs(element: Element, other: Element) -> bool:
    """Whether more than the drawing is different."""
    return replace(element, **_plain(other)) != other  # type: ignore[arg-type]


def _plain(other: Element) -> dict[str, object]:
    return {part.name: getattr(other, part.name) for part in fields(other) if part.name in _DRAWN}


def _processes(plan: Plan, source: Definitions, target: Definitions) -> Iterator[Note]:
    for process in source.processes.values():
        other = plan.processes.get(process.id)
        if process.executable and other is None:
            yield Note(
                "refuses",
                f"新版本没有流程“{process.id}”：正在其中的投诉不能迁移。",
                f"The other release has no process '{process.id}': cases in it stay.",
                process.id,
            )
        elif other is not None and other != process.id:
            yield Note(
                "changes",
                f"流程“{process.id}”变为“{other}”，正在其中的投诉继续办理。",
                f"The process '{process.id}' becomes '{other}'; cases in it go on there.",
                process.id,
            )


def _elements(plan: Plan, source: Definitions, target: Definitions) -> Iterator[Note]:
    for process_id, pairs in plan.elements.items():
        process = source.processes[process_id]
        other = target.processes[plan.processes[process_id]]
        taken = set(pairs.values())
        for element_id, target_id in pairs.items():
            element = process.elements[element_id]
            if target_id is None:
                yield from _unmapped(element, pairs, process)
                continue
            renewed = (other.id, target_id) in plan.renew
            there = other.elements[target_id]
            yield from crossing(element, process, there, other, plan)
            for level, zh, en in _pair(element, there, source, target, renewed=renewed):
                words = element_words(there)
                yield Note(level, f"{words.zh}：{zh}", f"{words.en}: {en}", process_id, element_id)
        for there in other.elements.values():
            if there.id not in taken and (there.attached_to or there.triggered_by_event):
                words = element_words(there)
                yield Note(
                    "changes",
                    f"{words.zh}：新版本才有，迁移后开始等待。",
                    f"{words.en}: only the other release has it; it begins to watch on migration.",
                    process_id,
                )


def _unmapped(
    element: Element, pairs: Mapping[str, str | None], process: Process
) -> Iterator[Note]:
    words = element_words(element)
    if may_end(element) and any(pairs.get(e.id) for e in process.children(element.id)):
        yield from ending(element)
        return
    if element.attached_to is not None:
        yield Note(
            "loses",
            f"{words.zh}：没有对应的事件，它的计时或等待会撤销。",
            f"{words.en}: has no counterpart; its clock or waiting is withdrawn.",
            element.process_id,
            element.id,
        )
    elif element.kind not in _GATEWAYS_AND_ENDS:
        yield Note(
            "refuses",
            f"{words.zh}：没有对应的元素，停在这里的投诉不能迁移。",
            f"{words.en}: nothing was chosen for it; cases that stand here stay.",
            element.process_id,
            element.id,
        )


def _pair(
    old: Element, new: Element, source: Definitions, target: Definitions, *, renewed: bool
) -> Iterator[tuple[Level, str, str]]:
    kept: Level = "changes" if renewed else "kept"
    stays_zh, stays_en = ("会重新计算", "is computed anew") if renewed else (
        "不同，但保留已有的", "differs, but what is stored stays"
    )  # fmt: skip
    if (old.due_date, old.follow_up_date) != (new.due_date, new.follow_up_date):
        yield kept, f"到期时间{stays_zh}。", f"the due time {stays_en}."
    if _clock(old.event) != _clock(new.event):
        yield kept, f"计时{stays_zh}。", f"the timer {stays_en}."
    if _message(old.event) != _message(new.event):
        yield kept, f"等待的消息{stays_zh}。", f"the awaited message {stays_en}."
    if _candidates(old) != _candidates(new):
        yield (
            "kept",
            "候选小组不同，进行中的任务保留原来的。",
            ("candidate groups differ; open tasks keep theirs."),
        )
    if old.job_type != new.job_type:
        yield (
            "kept",
            "自动步骤的类型不同，等待中的保留原来的。",
            ("the job type differs; waiting jobs keep theirs."),
        )
    if old.multi_instance != new.multi_instance:
        yield (
            "kept",
            "多实例的设置不同，已开始的保留原来的个数。",
            ("the multi-instance settings differ; what has begun keeps its number of items."),
        )
    if _signal(old.event) != _signal(new.event):
        yield "changes", "以后等待新的信号名。", "waits for the signal under its new name."
    yield from _forms(old, new, source, target)


def _forms(
    old: Element, new: Element, source: Definitions, target: Definitions
) -> Iterator[tuple[Level, str, str]]:
    before, after = source.forms.get(old.form_id or ""), target.forms.get(new.form_id or "")
    if before is None and after is None:
        return
    was, now = _kinds(before), _kinds(after)
    gone = sorted(name for name in was if name not in now)
    fresh = sorted(name for name in now if name not in was)
    other = sorted(name for name in was if name in now and was[name] != now[name])
    if gone:
        names = ", ".join(gone)
        yield (
            "loses",
            f"表单不再有：{names}；草稿里的这些内容不会提交。",
            (f"the form no longer has: {names}; a draft's entries there are not submitted."),
        )
    if fresh:
        names = ", ".join(fresh)
        yield "changes", f"表单新增：{names}。", f"the form also asks for: {names}."
    if other:
        names = ", ".join(other)
        yield "changes", f"表单的字段类型改变：{names}。", f"fields of another type: {names}."


def _kinds(form: Form | None) -> dict[str, str]:
    return {} if form is None else {info.key: info.type for info in form.fields()}


def _clock(event: EventDefinition) -> tuple[str, str]:
    return event.timer_kind, event.timer


def _signal(event: EventDefinition) -> str:
    return event.code if event.kind == "signal" else ""


def _message(event: EventDefinition) -> tuple[str, str]:
    return event.message_name, event.correlation_key


def _policies(
    source: Definitions, target: Definitions, policy_ids: frozenset[str]
) -> Iterator[Note]:
    for policy_id in sorted(policy_ids):
        old, new = source.policies.get(policy_id), target.policies.get(policy_id)
        if new is None:
            yield Note(
                "refuses",
                f"新版本没有制度“{policy_id}”：按它办理的投诉不能迁移。",
                f"The other release has no policy '{policy_id}': cases under it stay.",
            )
        elif old is not None and old.digest != new.digest:
            unset = sorted(set(new.unset) - set(old.unset))
            if unset:
                names = ", ".join(unset)
                yield Note(
                    "changes",
                    f"制度“{policy_id}”有新的未定项：{names}。",
                    f"The policy '{policy_id}' has new values nobody has decided: {names}.",
                )
            yield Note(
                "changes",
                f"制度“{policy_id}”的数值不同，以后的步骤按新的计算。",
                f"The values of the policy '{policy_id}' differ; later steps use the new ones.",
            )


def _variables(source: Definitions, target: Definitions) -> Iterator[Note]:
    gone = sorted(_read(source) - _read(target) - _mentioned(target.files))
    if gone:
        names = ", ".join(gone[:20]) + ("…" if len(gone) > 20 else "")
        yield Note(
            "loses",
            f"新版本不再读取这些数据（仍保留在案件里）：{names}。",
            f"The other release no longer reads (the case keeps them): {names}.",
        )


def _read(definitions: Definitions) -> set[str]:
    """The variables that expressions of the diagrams read."""
    names: set[str] = set()
    for process in definitions.processes.values():
        for text in texts_of(process):
            compiled = text.compiled()
            if isinstance(compiled, Expression):
                names |= {name.partition(".")[0] for name in compiled.names}
    return names


def _mentioned(files: Mapping[str, bytes]) -> set[str]:
    """Every word of tables, forms and templates: whatever is among them may be read there."""
    words: set[str] = set()
    for path, data in files.items():
        if path.endswith((".dmn", ".form", ".txt")):
            words |= {word.decode() for word in _WORD.findall(data)}
    return words


__all__ = ["Note", "differs", "notes_of"]


def _candidates(element: Element) -> tuple[str | None, str | None, str | None]:
    return element.candidate_groups, element.candidate_users, element.assignee
