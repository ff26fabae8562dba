"""Sentences of what happens outside cases: releases, accounts, tokens, packs, migrations."""

from __future__ import annotations

from runner.reports.narrator import Narrator, Told, facts_of, tells
from runner.store.event_log import Recorded

_STATES = {
    "draft": ("草稿", "draft"),
    "checked": ("已检查", "checked"),
    "approved": ("已批准", "approved"),
    "effective": ("生效", "effective"),
    "superseded": ("被取代", "superseded"),
}
_CHANGES = {
    "added": ("新建了{0}的账号", "added the account of {0}"),
    "groups": ("更改了{0}的小组", "changed the groups of {0}"),
    "password": ("更改了{0}的密码", "changed the password of {0}"),
    "activated": ("启用了{0}的账号", "activated the account of {0}"),
    "deactivated": ("停用了{0}的账号", "deactivated the account of {0}"),
}


@tells("release_made")
def _made(n: Narrator, event: Recorded) -> Told:
    who, number = n.who(event), facts_of(event)["number"]
    text = n.say(f"{who}制作了程序第 {number} 版", f"{who} made release {number}")
    return "case", text, n.reason(event), ""


@tells("release_state_changed")
def _state(n: Narrator, event: Recorded) -> Told:
    facts, who = facts_of(event), n.who(event)
    number = facts["number"]
    old, new = (n.say(*_STATES[str(facts[k])]) for k in ("before", "after"))
    text = n.say(f"{who}：程序第 {number} 版现在{new}", f"{who}: release {number} is now {new}")
    return "case", text, n.say(f"此前{old}", f"before: {old}"), ""


@tells("person_changed")
def _person(n: Narrator, event: Recorded) -> Told:
    facts, who = facts_of(event), n.who(event)
    done = n.say(*_CHANGES[str(facts["change"])]).format(n.actor(str(facts["person"])))
    return "case", n.say(f"{who}{done}", f"{who} {done}"), n.groups(facts.get("groups", ())), ""


@tells("signed_in")
def _signed_in(n: Narrator, event: Recorded) -> Told:
    return "case", n.say(f"{n.who(event)}登录", f"{n.who(event)} signed in"), "", ""


@tells("sign_in_refused")
def _sign_in_refused(n: Narrator, event: Recorded) -> Told:
    person = facts_of(event).get("person")
    text = n.say("登录被拒绝", "A sign-in was refused")
    if person:
        return "case", text, n.say("密码不对", "the password was wrong"), "warning"
    return "case", text, n.say("没有这个用户名", "there is no such name"), "warning"


@tells("evidence_exported")
def _exported(n: Narrator, event: Recorded) -> Told:
    who, size = n.who(event), facts_of(event)["tree_size"]
    text = n.say(f"{who}导出了一案的证据包", f"{who} exported the evidence pack of a case")
    return "file", text, n.say(f"当时共有 {size} 条事件", f"events then: {size}"), ""


@tells("worker_token_changed")
def _token(n: Narrator, event: Recorded) -> Told:
    facts, who = facts_of(event), n.who(event)
    worker = n.word(facts["worker"])
    if facts["change"] == "revoked":
        text = n.say(f"{who}收回了外部程序{worker}的令牌", f"{who} revoked the token of {worker}")
        return "case", text, "", ""
    text = n.say(f"{who}给外部程序{worker}发了令牌", f"{who} made a token for {worker}")
    allowed = [
        (n.say("工作", "work"), facts.get("job_types", ())),
        (n.say("消息", "messages"), facts.get("messages", ())),
        (n.say("信号", "signals"), facts.get("signals", ())),
    ]
    colon = n.say("：", ": ")
    told = [f"{what}{colon}{n.listed(n.word(i) for i in ids)}" for what, ids in allowed if ids]
    return "case", text, n.join(told), ""


@tells("migration_started")
def _migration(n: Narrator, event: Recorded) -> Told:
    facts, who = facts_of(event), n.who(event)
    before, after = n.release(facts["before"]), n.release(facts["after"])
    cases = facts["cases"]
    text = n.say(
        f"{who}开始把 {cases} 起案件从{before}转到{after}",
        f"{who} began to move cases from {before} to {after}: {cases}",
    )
    return "change", text, "", ""


@tells("migration_revert_started")
def _revert(n: Narrator, event: Recorded) -> Told:
    who = n.who(event)
    text = n.say(f"{who}开始撤回一批迁移", f"{who} began to revert a batch of migrations")
    return "change", text, n.say("其间有变化的案件不动", "cases that changed since stay"), ""


_ASKED = {
    "migration": ("迁移案件", "moving cases"),
    "revert": ("撤回迁移", "reverting a migration"),
}


@tells("migration_requested")
def _migration_requested(n: Narrator, event: Recorded) -> Told:
    facts, who = facts_of(event), n.who(event)
    what, cases = n.say(*_ASKED[str(facts["what"])]), facts["cases"]
    text = n.say(f"{who}请同事复核：{what}", f"{who} asks a colleague to confirm {what}")
    return "change", text, n.say(f"共 {cases} 起", f"cases: {cases}"), ""


@tells("migration_declined")
def _migration_declined(n: Narrator, event: Recorded) -> Told:
    who, what = n.who(event), n.say(*_ASKED[str(facts_of(event)["what"])])
    text = n.say(
        f"{who}没有同意{what}，案件都没有变", f"{who} did not confirm {what}: no case changed"
    )
    return "change", text, "", "warning"
