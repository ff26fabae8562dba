"""Sentences of what cases wait for: timers, messages, signals, conditions, starts."""

from __future__ import annotations

from runner.reports.narrator import Narrator, Told, facts_of, tells
from runner.store.event_log import Recorded

_NOT_ARMED = {
    "null": ("没有给出时间", "no time is given"),
    "fired_before": ("这个时间已经启动过一次", "it has fired for this date before"),
    "expression_failed": ("时间的表达式出错", "the expression of its time failed"),
    "unusable": ("算出的时间不能用", "its time cannot be used"),
}


@tells("timer_armed")
def _armed(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    due = n.when(facts["due_at"])
    text = n.say(f"{n.step(event)}开始计时，{due} 到时", f"{n.step(event)} is set for {due}")
    return "clock", text, n.say("重复", "repeating") if facts.get("repeats") else "", ""


@tells("timer_not_armed")
def _not_armed(n: Narrator, event: Recorded) -> Told:
    text = n.say(f"{n.step(event)}没有期限，不计时", f"{n.step(event)} has no limit: no clock runs")
    return "clock", text, "", ""


@tells("timer_fired")
def _fired(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    due, missed = n.when(facts["due_at"]), int(facts.get("missed", "0"))
    limit = n.say(f"期限 {due}", f"limit {due}")
    told = (
        n.say(f"只触发一次，其间错过 {missed} 次", f"fired once, {missed} missed") if missed else ""
    )
    text = n.say(f"{n.step(event)}：时间到了", f"{n.step(event)}: the time is up")
    return "clock", text, n.join([limit, told]), "late"


@tells("timer_cancelled")
def _cancelled(n: Narrator, event: Recorded) -> Told:
    text = n.say(
        f"{n.step(event)}停止计时，不再需要", f"The clock of {n.step(event)} is not needed now"
    )
    return "clock", text, "", ""


@tells("start_timer_armed")
def _start_armed(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    due, process = n.when(facts["due_at"]), n.process(event.header.get("process"))
    text = n.say(f"{process}将在 {due} 自动开始一案", f"{process} will begin a case at {due}")
    return "clock", text, n.say("重复", "repeating") if facts.get("repeats") else "", ""


@tells("start_timer_not_armed")
def _start_not_armed(n: Narrator, event: Recorded) -> Told:
    process = n.process(event.header.get("process"))
    why = _NOT_ARMED.get(str(facts_of(event)["reason"]), _NOT_ARMED["unusable"])
    text = n.say(f"{process}不会自动开始", f"{process} does not begin by itself")
    return "clock", text, n.say(*why), ""


@tells("start_refused")
def _start_refused(n: Narrator, event: Recorded) -> Told:
    text = n.say(
        f"{n.step(event)}本应开始一案，但没有成功",
        f"{n.step(event)} should have begun a case but could not",
    )
    why = n.half(str(facts_of(event)["message"]))
    wait = n.say("等人决定再试或放弃", "a person decides whether to try again")
    return "incident", text, n.join([why, wait]), "warning"


@tells("start_decided")
def _start_decided(n: Narrator, event: Recorded) -> Told:
    who = n.who(event)
    if facts_of(event)["decision"] == "retried":
        text = n.say(f"{who}让{n.step(event)}再试一次", f"{who} has {n.step(event)} tried again")
    else:
        text = n.say(
            f"{who}放弃了{n.step(event)}的这次开始", f"{who} dropped this start of {n.step(event)}"
        )
    return "incident", text, n.reason_of(facts_of(event)["reason"]), ""


@tells("message_awaited")
def _awaited(n: Narrator, event: Recorded) -> Told:
    name = n.word(facts_of(event)["message"])
    text = n.say(f"{n.step(event)}等待消息{name}", f"{n.step(event)} waits for the message {name}")
    return "message", text, "", ""


@tells("message_received")
def _message(n: Narrator, event: Recorded) -> Told:
    facts, who = facts_of(event), n.who(event)
    name = n.word(facts["message"])
    text = n.say(f"{who}发来消息：{name}", f"Message from {who}: {name}")
    how = ""
    if facts.get("kept"):
        how = n.say("先前保留，现在送达", "kept before, delivered now")
    elif not facts["correlated"]:
        how = n.say("没有步骤在等它，已记入案件", "no step waited for it; noted in the case")
    return "message", text, n.join([how, n.entered(event, "payload", 1)]), ""


@tells("mail_received")
def _mail(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    if facts["answered"]:
        text = n.say(
            "客户发来邮件，已存入案件", "The customer wrote a mail; it is kept with the case"
        )
    else:
        text = n.say("一封邮件开始了这起投诉", "A mail began this complaint")
    return "message", text, "", ""


@tells("message_kept")
def _kept(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    name, until = n.word(facts["message"]), n.when(facts["expires_at"])
    text = n.say(
        f"消息{name}暂时没有人等，先保留", f"Nobody waits for the message {name} yet: it is kept"
    )
    return "message", text, n.say(f"保留到 {until}", f"until {until}"), ""


@tells("message_expired")
def _expired(n: Narrator, event: Recorded) -> Told:
    name = n.word(facts_of(event)["message"])
    text = n.say(
        f"保留的消息{name}过期，已删除",
        f"The kept message {name} was awaited by nobody in time: removed",
    )
    return "message", text, "", "warning"


@tells("signal_awaited")
def _signal_awaited(n: Narrator, event: Recorded) -> Told:
    name = n.word(facts_of(event)["signal"])
    text = n.say(f"{n.step(event)}等待信号{name}", f"{n.step(event)} waits for the signal {name}")
    return "message", text, "", ""


@tells("signal_thrown")
def _signal_thrown(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    name = n.word(facts["signal"])
    from_ = n.step(event) if event.header.get("element") else n.who(event)
    text = n.say(f"{from_}发出信号{name}", f"{from_} sent out the signal {name}")
    reach = n.say(
        f"{facts['waiting']} 个步骤在等它，{facts['starts']} 个流程由它开始",
        f"steps that waited: {facts['waiting']}, processes it begins: {facts['starts']}",
    )
    return "message", text, n.join([reach, n.entered(event, "payload", 1)]), ""


@tells("signal_received")
def _signal_received(n: Narrator, event: Recorded) -> Told:
    name = n.word(facts_of(event)["signal"])
    text = n.say(f"{n.step(event)}收到信号{name}", f"The signal {name} reached {n.step(event)}")
    return "message", text, n.entered(event, "payload", 1), ""


@tells("condition_met")
def _condition(n: Narrator, event: Recorded) -> Told:
    text = n.say(f"{n.step(event)}的条件成立", f"The condition of {n.step(event)} is met")
    return "decision", text, n.pairs(event, "reads"), ""
