"""The manual of a release under one policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from runner.definitions.policies import Policy
from runner.definitions.release import Definitions
from runner.errors import NotFound
from runner.manual.applying import Applying
from runner.manual.chapters import Chapters
from runner.manual.content import (
    Chapter,
    Facts,
    GroupRow,
    Manual,
    Reference,
    RoleRow,
    SettingRow,
)
from runner.manual.forms_told import Forms
from runner.manual.glossary import glossary
from runner.manual.indexes import clause_index, record_list, requirement_index
from runner.manual.ordering import ROOT, diagrams_in_order
from runner.manual.settings_told import Settings
from runner.manual.tables_told import Tables
from runner.manual.wording import Reader, read_documentation


def make_manual(definitions: Definitions, policy_id: str, *, language: str, facts: Facts) -> Manual:
    """Everything the diagrams, forms, tables and the policy say, in one language.

    Raises ``NotFound`` for a policy that is not there.
    """
    policy = definitions.policies.get(policy_id)
    if policy is None:
        known = ", ".join(sorted(definitions.policies))
        raise NotFound(
            f"没有制度“{policy_id}”。现有：{known}。 / "
            f'There is no policy "{policy_id}". There are: {known}.'
        )
    reader = Reader(language)
    settings = Settings(definitions, policy, reader)
    forms, tables = Forms(definitions, reader), Tables(definitions, settings, reader)
    order = diagrams_in_order(definitions.processes)
    chapters = Chapters(
        definitions,
        settings,
        reader,
        forms=forms,
        tables=tables,
        order=order,
        applying=Applying(definitions.processes, policy),
    ).all()
    all_forms, all_tables = forms.all(), tables.all()
    rows, groups = _settings(definitions, settings, chapters), _groups(definitions, reader)
    return Manual(
        language="zh" if reader.chinese else "en",
        title=reader.say("投诉处理程序手册", "Complaint-handling procedure manual"),
        number=f"PM-{policy_id.upper()}",
        policy=reader.half(policy.name),
        source=_stated(policy, "source", reader),
        sector=_stated(policy, "sector", reader),
        facts=facts,
        purpose=_purpose(definitions, reader, facts),
        scope=_scope(settings, policy, reader),
        reading=_reading(reader),
        chapters=chapters,
        forms=all_forms,
        tables=all_tables,
        settings=rows,
        roles=_roles(settings, policy),
        groups=groups,
        records=record_list(definitions, chapters, forms, reader),
        clauses=clause_index(chapters, _documents(definitions, reader)),
        requirements=requirement_index(
            chapters,
            (*all_forms, *all_tables),
            _others(definitions, reader, rows, groups),
        ),
        glossary=glossary(reader),
    )


def _stated(policy: Policy, key: str, reader: Reader) -> str:
    value = policy.values.get(key)
    return reader.half(value) if isinstance(value, str) else ""


def _purpose(definitions: Definitions, reader: Reader, facts: Facts) -> tuple[str, ...]:
    root = definitions.processes.get(ROOT)
    whole = reader.half(read_documentation(root.documentation).text) if root else ""
    return (
        reader.say(
            f"本手册规定{facts.site}怎样处理客户投诉：谁在什么时候做什么、为什么做、留下什么记录，"
            "使每件投诉得到公正、及时、有据可查的处理。",
            f"This manual lays down how {facts.site} handles customers' complaints: who does what, "
            "when and why, and which records are kept, so that every complaint is handled fairly, "
            "in time and with evidence.",
        ),
        *((whole,) if whole else ()),
        reader.say(
            "手册由实际运行的流程图、决策表、表单和制度直接生成，系统照同一版本执行；"
            "两者不一致是不可能的。",
            "The manual is made from the very diagrams, decision tables, forms and policy that "
            "run; the system carries out the same release, so the two cannot differ.",
        ),
    )


def _scope(settings: Settings, policy: Policy, reader: Reader) -> tuple[str, ...]:
    told = [
        reader.say(
            f"适用于按制度“{reader.half(policy.name)}”处理的全部投诉。",
            f'It applies to all complaints handled by the policy "{reader.half(policy.name)}".',
        )
    ]
    for key in ("sector", "source", "scope", "effective_from", "parties.model", "legal_basis",
                "linked_procedures"):  # fmt: skip
        value = settings.value(key)
        if not isinstance(value, str | list | tuple) or not value:
            continue
        words = settings.words(key, value)
        told.append(f"{settings.title(key)}{reader.say('：', ': ')}{words.text}")
    channels = settings.value("intake.channels")
    if isinstance(channels, list | tuple) and channels:
        names = [_channel(settings, channel) for channel in channels]
        told.append(f"{settings.title('intake.channels')}{reader.say('：', ': ')}"
                    f"{reader.joined(names)}")  # fmt: skip
    return tuple(told)


def _channel(settings: Settings, channel: object) -> str:
    name = channel.get("name") or channel.get("id") if isinstance(channel, Mapping) else channel
    return settings.words("intake.channel", str(name)).text


def _reading(reader: Reader) -> tuple[str, ...]:
    return (
        reader.say(
            "第二部分每章一张流程图（A3 折页）和它的步骤，编号沿流程从前到后。"
            "每个步骤写明做什么、为什么，谁负责（R）、谁对结果负责（A）、征求谁的意见（C）、"
            "告知谁（I），"
            "时限、表单、决策表、下一步，以及它满足的要求和标准条款。",
            "Each chapter of part two is one diagram (an A3 foldout) with its steps, numbered "
            "along the flow. A step says what to do and why, who is responsible (R), accountable "
            "(A), consulted (C) and informed (I), the deadline, form, decision table and what "
            "comes next, and the requirements and clauses it serves.",
        ),
        reader.say(
            "“尚未决定”表示来源没有规定、贵公司还须决定的值；系统在第一次用到时会要求决定。"
            "表单中“建议”表示来源没有规定而建议填写的必填项。",
            '"Not decided" marks a value that the source leaves open and the owner must decide; '
            'the system asks for it when it is first needed. "Proposed" marks a field of a form '
            "that the source does not name but that we propose.",
        ),
    )


def _settings(
    definitions: Definitions, settings: Settings, chapters: Sequence[Chapter]
) -> tuple[SettingRow, ...]:
    places = _users(definitions, settings, chapters)
    return tuple(
        SettingRow(
            section=setting.section,
            title=setting.title,
            value=setting.value,
            certainty=setting.certainty,
            requirements=setting.requirements,
            time=setting.time,
            places=_used(places, setting.path),
        )
        for setting in settings.all()
        if not setting.path.startswith("roles.")
    )


def _documents(
    definitions: Definitions, reader: Reader
) -> Iterator[tuple[Sequence[str], Reference]]:
    for kind in definitions.documents.values():
        yield kind.clauses, Reference("records", "D", reader.half(kind.title))


def _others(
    definitions: Definitions,
    reader: Reader,
    rows: Sequence[SettingRow],
    groups: Sequence[GroupRow],
) -> Iterator[tuple[Sequence[str], Reference]]:
    """What serves requirements beside steps, forms and tables."""
    for row in rows:
        yield row.requirements, Reference("settings", "A", row.title)
    for kind in definitions.documents.values():
        yield kind.requirements, Reference("records", "D", reader.half(kind.title))
    for group in groups:
        yield group.requirements, Reference("groups", "", group.name)


def _users(
    definitions: Definitions, settings: Settings, chapters: Iterable[Chapter]
) -> dict[str, dict[str, Reference]]:
    """The steps that read each key in a due date, timer, mapping or assignment."""
    found: dict[str, dict[str, Reference]] = {}
    for chapter in chapters:
        process = definitions.processes[chapter.id]
        for step in chapter.steps:
            element = process.elements[step.id]
            texts = [element.due_date, element.event.timer, element.candidate_groups]
            texts += [m.source for m in (*element.inputs, *element.outputs)]
            where = Reference(step.anchor, step.number, step.name)
            for path in settings.paths_in(" ".join(text for text in texts if text)):
                found.setdefault(path, {})[step.anchor] = where
    return found


def _used(places: Mapping[str, Mapping[str, Reference]], path: str) -> tuple[Reference, ...]:
    """Where a key, or the section it stands in, is read."""
    found: dict[str, Reference] = {}
    while path:
        found.update(places.get(path, {}))
        path = path.rpartition(".")[0]
    return tuple(found.values())


def _roles(settings: Settings, policy: Policy) -> tuple[RoleRow, ...]:
    roles = policy.values.get("roles")
    if not isinstance(roles, Mapping):
        return ()
    return tuple(
        RoleRow(settings.title(f"roles.{key}"), settings.words(f"roles.{key}", value))
        for key, value in roles.items()
    )


def _groups(definitions: Definitions, reader: Reader) -> tuple[GroupRow, ...]:
    return tuple(
        GroupRow(reader.half(group.name), reader.half(group.duties), group.requirements)
        for group in definitions.groups.values()
    )
