"""Sentences of what befalls a case as a whole, and of what people change in a running case."""

from __future__ import annotations

from runner.clock import from_text
from runner.reports.narrator import Narrator, Told, facts_of, tells
from runner.reports.presenting import duration
from runner.store.event_log import Recorded

_REPAIRS = {
    "move_token": ("移动进度", "moving the progress"),
    "edit_variable": ("更正数据", "correcting data"),
}


@tells("case_started")
def _started(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    simulated = n.say("（模拟数据）", " (simulated)") if facts.get("simulated") else ""
    number = facts["release_number"]
    text = n.say(f"{n.who(event)}提出投诉，开始处理", f"{n.who(event)} opened the complaint")
    release = n.say(f"按程序第 {number} 版处理", f"handled by release {number} of the procedure")
    return "case", text + simulated, release, ""


@tells("case_completed")
def _completed(n: Narrator, event: Recorded) -> Told:
    return "case", n.say("案件办结，没有剩下的步骤", "The case ended: no step is left"), "", "done"


@tells("case_cancelled")
def _cancelled(n: Narrator, event: Recorded) -> Told:
    who = n.who(event)
    text = n.say(f"{who}撤销了案件", f"The case was cancelled by {who}")
    return "case", text, n.reason(event), "warning"


@tells("case_suspended")
def _suspended(n: Narrator, event: Recorded) -> Told:
    who = n.who(event)
    text = n.say(f"{who}暂停了案件：恢复之前什么都不进行", f"{who} suspended the case: all waits")
    return "change", text, n.reason(event), "warning"


@tells("case_resumed")
def _resumed(n: Narrator, event: Recorded) -> Told:
    facts, who = facts_of(event), n.who(event)
    moved = len(facts.get("moved", ()))
    if facts["deadlines"] == "given_back":
        how = n.say(
            f"停下的时间已补回（{moved} 个期限顺延）", f"time given back to {moved} deadlines"
        )
    else:
        how = n.say("期限照常计时，没有顺延", "deadlines ran on meanwhile")
    text = n.say(f"{who}恢复了案件", f"{who} resumed the case")
    return "change", text, n.join([how, n.reason(event)]), "done"


@tells("message_held")
def _held(n: Narrator, event: Recorded) -> Told:
    name = n.word(facts_of(event)["message"])
    text = n.say(
        f"案件暂停中，消息{name}先保留", f"The message {name} is held: the case is suspended"
    )
    return "message", text, n.entered(event, "payload", 1), ""


@tells("token_moved")
def _moved(n: Narrator, event: Recorded) -> Told:
    who, target = n.who(event), n.step(event, str(facts_of(event)["target"]))
    text = n.say(
        f"{who}把进度从{n.step(event)}移到{target}",
        f"{who} moved the work: {n.step(event)} → {target}",
    )
    return "change", text, n.reason(event), "warning"


@tells("positions_noted")
def _positions(n: Narrator, event: Recorded) -> Told:
    places = facts_of(event)["positions"]
    named = dict.fromkeys(n.step(event, str(place["element"])) for place in places)
    text = n.say("移动之后案件停在这里", "After the move the case stands here")
    return "change", text, n.listed(named), ""


@tells("variable_edited")
def _edited(n: Narrator, event: Recorded) -> Told:
    who = n.who(event)
    name = n.quoted(n.labels.name(str(facts_of(event)["name"]), n.language))
    return (
        "data",
        n.say(f"{who}更正了{name}", f"{who} corrected {name}"),
        n.reason(event),
        "warning",
    )


@tells("repair_requested")
def _requested(n: Narrator, event: Recorded) -> Told:
    who, what = n.who(event), n.say(*_REPAIRS[str(facts_of(event)["kind"])])
    text = n.say(f"{who}请同事复核：{what}", f"{who} asks a colleague to confirm {what}")
    return "change", text, n.reason(event), ""


@tells("repair_declined")
def _declined(n: Narrator, event: Recorded) -> Told:
    who, what = n.who(event), n.say(*_REPAIRS[str(facts_of(event)["kind"])])
    text = n.say(
        f"{who}没有同意{what}，什么都没有改", f"{who} did not confirm {what}: nothing changed"
    )
    return "change", text, n.reason(event), "warning"


@tells("case_migrated")
def _migrated(n: Narrator, event: Recorded) -> Told:
    facts, who = facts_of(event), n.who(event)
    before, after = n.release(facts["before"]), n.release(facts["after"])
    text = n.say(
        f"{who}把案件从{before}转到{after}", f"{who} moved the case from {before} to {after}"
    )
    return "change", text, n.reason(event), ""


@tells("migration_reverted")
def _reverted(n: Narrator, event: Recorded) -> Told:
    after, who = n.release(facts_of(event)["after"]), n.who(event)
    text = n.say(
        f"{who}撤回迁移：案件回到{after}原来的位置",
        f"{who} reverted the migration: the case is back on {after}, where it was",
    )
    return "change", text, n.reason(event), ""


@tells("deadline_renewed")
def _renewed(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    none = n.say("没有期限", "no deadline")
    old, new = (n.when(facts[k]) if facts.get(k) else none for k in ("due_before", "due_after"))
    text = n.say(
        f"{n.step(event)}的期限重新计算", f"The deadline of {n.step(event)} was computed anew"
    )
    return "clock", text, n.say(f"新期限 {new}，原 {old}", f"now {new}, before {old}"), ""


@tells("deadline_paused")
def _paused(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    due, why = n.when(facts["due_at"]), waiting_for(n, str(facts["reason"]))
    text = n.say(f"{n.step(event)}的期限暂停：{why}", f"The clock of {n.step(event)} stops: {why}")
    return "clock", text, n.say(f"原期限 {due}", f"it was due {due}"), ""


@tells("deadline_resumed")
def _went_on(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    old, new, since = (n.when(facts[k]) for k in ("due_at", "new_due_at", "paused_at"))
    stood = duration(event.at - from_text(str(facts["paused_at"])), n.language)
    text = n.say(f"{n.step(event)}的期限继续计时", f"The clock of {n.step(event)} goes on")
    detail = n.say(
        f"{since} 起停了 {stood}；新期限 {new}，原 {old}",
        f"it stood still for {stood} since {since}; now due {new}, before {old}",
    )
    return "clock", text, detail, ""


def waiting_for(n: Narrator, reason: str) -> str:
    """For whom the case waits, of a property of the diagram."""
    if reason == "customer":
        return n.say("等待客户", "waiting for the customer")
    return n.say(f"等待{n.word(reason)}", f"waiting for {n.word(reason)}")


@tells("person_erased")
def _erased(n: Narrator, event: Recorded) -> Told:
    who = n.who(event)
    text = n.say(f"{who}删除了本案的个人信息", f"{who} erased the personal data of the case")
    return "case", text, n.say("发生过什么仍可证明", "what happened stays provable"), ""


@tells("attachment_added")
def _attachment(n: Narrator, event: Recorded) -> Told:
    size, who = int(facts_of(event)["size"]), n.who(event)
    shown = f"{size / 1_048_576:.1f} MB" if size >= 100_000 else f"{max(1, size // 1024)} KB"
    erased = n.say("已删除", "erased")
    name = n.half(str(erased if event.values is None else event.values.get("content.name", "")))
    return "file", n.say(f"{who}添加附件 {name}", f"{who} added the file {name}"), shown, ""


@tells("document_produced")
def _document(n: Narrator, event: Recorded) -> Told:
    erased = n.say("已删除", "erased")
    name = n.half(str(erased if event.values is None else event.values.get("content.name", "")))
    revision = facts_of(event)["revision"]
    if event.header.get("element"):
        text = n.say(f"{n.step(event)}生成了文件 {name}", f"{n.step(event)} produced {name}")
    else:
        text = n.say(f"{n.who(event)}生成了文件 {name}", f"{n.who(event)} produced {name}")
    return "file", text, n.say(f"第 {revision} 版", f"revision {revision}"), ""


@tells("command_refused")
def _refused(n: Narrator, event: Recorded) -> Told:
    facts, who = facts_of(event), n.who(event)
    why = {
        "four_eyes": ("同一个人不能又做又批", "four eyes: not the same person twice"),
        "group": ("不属于可以这样做的小组", "not in a group that may do this"),
        "not_a_candidate": ("任务属于其他小组", "the task belongs to another group"),
        "not_assignee": ("任务由别人认领", "somebody else holds the task"),
        "job_type": ("令牌不允许做这类工作", "the token does not allow this kind of work"),
    }.get(str(facts["reason"]), ("没有权限", "not allowed"))
    place = f"{n.step(event)}" if event.header.get("element") else n.say("本案", "this case")
    text = n.say(f"{who}对{place}的操作被拒绝", f"What {who} tried at {place} was refused")
    return "incident", text, n.say(*why), "warning"
