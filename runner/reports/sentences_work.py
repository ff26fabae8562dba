"""Sentences of the work itself: steps, tasks, decisions, data, automatic work and incidents."""

from __future__ import annotations

from collections.abc import Mapping

from runner.definitions.findings import half
from runner.reports.label_words import INCIDENTS
from runner.reports.narrator import Narrator, Told, facts_of, rule_reason, tells
from runner.store.event_log import Recorded


@tells("element_activated")
def _activated(n: Narrator, event: Recorded) -> Told:
    if "attached_to" in facts_of(event):
        watched = n.step(event, str(facts_of(event)["attached_to"]))
        text = n.say(f"{n.step(event)}开始留意{watched}", f"{n.step(event)} watches {watched}")
        return "call", text, "", ""
    return "call", n.say(f"到达{n.step(event)}", f"Reached {n.step(event)}"), "", ""


@tells("element_completed")
def _completed(n: Narrator, event: Recorded) -> Told:
    ways = n.flows(event, [str(flow) for flow in facts_of(event).get("flows", ())])
    detail = n.say(f"继续：{ways}", f"on: {ways}") if ways else ""
    return "call", n.say(f"经过{n.step(event)}", f"Passed {n.step(event)}"), detail, ""


@tells("element_cancelled")
def _withdrawn(n: Narrator, event: Recorded) -> Told:
    text = n.say(f"{n.step(event)}中止，不再需要", f"Left {n.step(event)}: no longer needed")
    return "call", text, "", ""


@tells("conditions_evaluated")
def _conditions(n: Narrator, event: Recorded) -> Told:
    chosen = n.flows(event, [str(flow) for flow in facts_of(event)["chosen"]])
    warned = n.warnings(event)
    if chosen:
        text = n.say(f"{n.step(event)}：选择{chosen}", f"{n.step(event)}: {chosen} was chosen")
    else:
        text = n.say(f"{n.step(event)}：没有可走的路", f"{n.step(event)}: no way was found")
    tone = "warning" if warned or not chosen else ""
    return "decision", text, n.join([warned, n.pairs(event, "reads")]), tone


@tells("decision_evaluated")
def _decided(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    decision = n.definitions.decisions.get(str(facts["decision"]))
    unnamed = n.say("没有名字的决策", "a decision without a name")
    name = n.quoted(n.half(decision.name)) if decision and decision.name else unnamed
    rules = [rule for rule in facts["matched_rules"] if isinstance(rule, Mapping)]
    why = n.join(dict.fromkeys(rule_reason(str(r["description"]), n.language) for r in rules))
    detail = n.join(
        [n.warnings(event), " → ".join(t for t in (why, _shown(n, event, "outputs")) if t)]
    )
    if decision is not None and decision.logic is not None and decision.table is None:
        return "decision", n.say(f"决策{name}", f"Decision {name}"), detail, ""
    if not rules:
        text = n.say(f"决策表{name}：没有适用的规则", f"Decision table {name}: no rule applied")
        return "decision", text, detail, ""
    numbers = n.listed(str(rule["number"]) for rule in rules)
    rule = f"rule {numbers}" if len(rules) == 1 else f"rules {numbers}"
    text = n.say(f"决策表{name}：适用规则 {numbers}", f"Decision table {name}: {rule} applied")
    return "decision", text, detail, ""


def _shown(n: Narrator, event: Recorded, prefix: str) -> str:
    """The values alone, where the sentence says what they are."""
    if event.values is None:
        return n.erased()
    return n.join(n.show(content, f"answer.{k}") for k, content in n.given(event, prefix).items())


@tells("expression_warned")
def _warned(n: Narrator, event: Recorded) -> Told:
    text = n.say(
        f"{n.step(event)}：有一处算不出来，按空值继续",
        f"{n.step(event)}: something could not be worked out and counted as empty",
    )
    return "incident", text, n.warnings(event), "warning"


@tells("variables_written")
def _written(n: Narrator, event: Recorded) -> Told:
    count = len(facts_of(event)["names"])
    where = n.step(event) if event.header.get("element") else n.who(event)
    text = n.say(
        f"{where}写入 {count} 项数据", f"{where} wrote {count} value{'s' if count > 1 else ''}"
    )
    return "data", text, n.pairs(event, "new"), ""


@tells("user_task_created")
def _task_created(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    groups = n.join([n.groups(facts.get("groups", ())), n.people(facts.get("users", ()))])
    due = n.when(facts["due_at"]) if facts.get("due_at") else ""
    detail = n.join([groups, n.say(f"{due} 前", f"due {due}") if due else ""])
    return "task", n.say(f"待办：{n.step(event)}", f"To do: {n.step(event)}"), detail, ""


@tells("user_task_claimed")
def _task_claimed(n: Narrator, event: Recorded) -> Told:
    who = n.who(event)
    return "task", n.say(f"{who}认领{n.step(event)}", f"{who} claimed {n.step(event)}"), "", ""


@tells("user_task_unclaimed")
def _task_unclaimed(n: Narrator, event: Recorded) -> Told:
    who = n.who(event)
    return "task", n.say(f"{who}退回{n.step(event)}", f"{who} gave back {n.step(event)}"), "", ""


@tells("user_task_completed")
def _task_completed(n: Narrator, event: Recorded) -> Told:
    who, late = n.who(event), bool(facts_of(event).get("late"))
    text = n.say(f"{who}完成{n.step(event)}", f"{who} completed {n.step(event)}")
    if late:
        text += n.say("，已超时", ", late")
    return "task", text, n.entered(event, "submission"), "late" if late else "done"


@tells("user_task_cancelled")
def _task_cancelled(n: Narrator, event: Recorded) -> Told:
    text = n.say(f"不再需要{n.step(event)}", f"No longer needed: {n.step(event)}")
    return "task", text, "", ""


@tells("service_performed")
def _service(n: Narrator, event: Recorded) -> Told:
    text = n.say(f"系统自动完成{n.step(event)}", f"The system did {n.step(event)}")
    return "call", text, n.pairs(event, "outputs"), "done"


@tells("job_created")
def _job_created(n: Narrator, event: Recorded) -> Told:
    text = n.say(f"{n.step(event)}交给后台执行", f"{n.step(event)} was handed to a worker")
    return "call", text, n.pairs(event, "inputs"), ""


@tells("job_completed")
def _job_completed(n: Narrator, event: Recorded) -> Told:
    mails = [str(key) for key in facts_of(event).get("mails", ())]
    text = n.say(f"系统完成{n.step(event)}", f"The system did {n.step(event)}")
    if not mails:
        return "call", text, n.pairs(event, "outputs"), "done"
    states = {n.mails.get(key, "") for key in mails}
    state = next((s for s in ("waiting", "withdrawn", "sent") if s in states), "")
    words = {
        "sent": ("邮件：已发送", "mail: sent"),
        "withdrawn": ("邮件：已撤回", "mail: withdrawn"),
        "waiting": ("邮件：未发送", "mail: not sent"),
    }.get(state, ("邮件放入发件箱", "the mail went to the outbox"))
    return "mail", text, n.say(*words), "done" if state == "sent" else ""


@tells("job_attempt_failed")
def _job_failed(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    attempt = facts["attempt"]
    text = n.say(
        f"{n.step(event)}：第 {attempt} 次尝试失败", f"{n.step(event)}: attempt {attempt} failed"
    )
    again = n.when(facts["retry_at"]) if facts.get("retry_at") else ""
    next_ = (
        n.say(f"{again} 再试", f"tried again {again}")
        if again
        else n.say("不再重试", "no more tries")
    )
    return "incident", text, n.join([_error(n, event), next_]), "warning"


def _error(n: Narrator, event: Recorded) -> str:
    if event.values is None:
        return n.erased()
    given = n.given(event, "error")
    said = given.get("message") or given.get("text") or next(iter(given.values()), "")
    return " ".join(n.half(str(said or "")).split())


@tells("job_error_thrown")
def _job_error(n: Narrator, event: Recorded) -> Told:
    code = n.given(event, "error").get("code")
    named = n.word(code) if code else n.say("一个错误", "an error")
    caught = facts_of(event)["caught"]
    how = (
        n.say("流程图接住了它", "the diagram catches it")
        if caught
        else n.say("没有步骤接住它，需要人处理", "nothing catches it: a person is needed")
    )
    text = n.say(
        f"外部程序在{n.step(event)}报出{named}",
        f"A program outside reported {named} at {n.step(event)}",
    )
    return "incident", text, n.join([how, _error(n, event)]), "" if caught else "warning"


@tells("job_outcome_discarded")
def _job_discarded(n: Narrator, event: Recorded) -> Told:
    mails = len(facts_of(event).get("mails", ()))
    text = n.say(
        f"{n.step(event)}：这次的结果来得太晚，没有采用",
        f"{n.step(event)}: this result came too late and was not used",
    )
    detail = n.say(f"已发出 {mails} 封邮件", f"mails that had left: {mails}")
    return "incident", text, detail, "warning"


@tells("mail_sent")
def _mail_sent(n: Narrator, event: Recorded) -> Told:
    return "mail", n.say("发件箱中的邮件已发出", "A mail from the outbox was sent"), "", "done"


@tells("incident_raised")
def _incident(n: Narrator, event: Recorded) -> Told:
    kind = half(INCIDENTS.get(str(facts_of(event)["kind"]), INCIDENTS[""]), n.language)
    text = n.say(
        f"{n.step(event)}需要人处理：{kind}", f"{n.step(event)} needs a person: {kind.lower()}"
    )
    return "incident", text, n.message(event, "detail.message"), "warning"


@tells("incident_resolved")
def _resolved(n: Narrator, event: Recorded) -> Told:
    who = n.who(event)
    text = n.say(
        f"{who}处理了{n.step(event)}，这一步再试",
        f"{who} repaired {n.step(event)}: it is tried again",
    )
    return "incident", text, n.pairs(event, "answer"), "done"


@tells("policy_value_decided")
def _policy(n: Narrator, event: Recorded) -> Told:
    facts = facts_of(event)
    path, by = n.policy(facts["policy_path"]), n.actor(str(facts["decided_by"]))
    text = n.say(
        f"制度数值{path}沿用{by}在另一案中的决定",
        f"The policy value {path} is as {by} decided in another case",
    )
    return "decision", text, _shown(n, event, "answer"), ""
