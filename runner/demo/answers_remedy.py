"""Answers on the customer's side: solution, approval, remedy, reply, follow-up, closing."""

from __future__ import annotations

from datetime import timedelta

from runner.demo.answers import Answer, Asked, Values, answers_form, plain_name
from runner.demo.pictures import record


@answers_form("solution")
def solution(asked: Asked) -> Answer:
    plan = asked.said("solution")
    return Answer({
        "solution_kind": plan.get("kind", "explain"),
        "exchange_product": "brand_new",
        "repair_place": "on_site",
        "voucher_kind": "other",
        "eta": asked.later(3),
        "steps": plan.get("steps", asked.say("向客户说明并道歉", "Explain and apologise")),
        "solution_reason": asked.story.reason,
        "demand_reasonable": asked.story.liability == "company",
        "lawful_and_fair": True,
        "stock_checked": True,
        "cost": plan.get("cost", 0),
    })  # fmt: skip


@answers_form("decision")
def decision(asked: Asked) -> Answer:
    plan = asked.said("leader") if asked.element == "decide_application" else {}
    decided = plan.get("decision", "approved")
    notes = {
        "decide_by_person": ("有流出风险，同意召回。", "Others may have it: recall."),
        "approve_plan": ("计划可行，按节点汇报。", "Feasible; report at each milestone."),
        "approve_solution": ("同意，尽快落实。", "Agreed; carry it out soon."),
        "approve_reply": ("用语恰当，可以发出。", "Well worded; send it."),
    }
    if decided != "approved":
        return Answer({"decision": decided, "reason": plan.get("reason", "")})
    note = asked.say(*notes.get(asked.element, ("同意。", "Agreed.")))
    return Answer({"decision": decided, "note": note})


@answers_form("customer_consent")
def customer_consent(asked: Asked) -> Answer:
    """``consent`` lists the customer's words by round; empty words mean agreement."""
    words = asked.story.said.get("consent") or [""]
    said = words[min(asked.visit, len(words) - 1)]
    return Answer({
        "told_cause": True,
        "apologised": True,
        "told_steps": True,
        "told_time": True,
        "customer_answer": "refused" if said else "agreed",
        "customer_words": said or None,
    })  # fmt: skip


@answers_form("dissatisfaction_review")
def dissatisfaction_review(asked: Asked) -> Answer:
    redo = asked.said("redo")
    return Answer({
        "why_dissatisfied": redo.get(
            "why", asked.say("方案没有满足客户真正的要求", "It missed what the customer wanted")
        ),
        "what_to_change": redo.get(
            "change", asked.say("按客户要求调整方案并先确认", "Change it, and confirm it first")
        ),
    })  # fmt: skip


@answers_form("execution")
def execution(asked: Asked) -> Answer:
    if asked.element == "confirm_execution":
        plan = asked.said("execution")
        return _done(
            asked,
            plan.get("what", asked.say("已向客户核实，处理到位", "The customer confirms it")),
            plan.get("state", "done"),
        )
    if asked.element == "settle_cost":
        quantity = asked.said("recall").get("quantity", 100)
        values = _done(asked, asked.say("物流、配件、人工费用", "Transport, parts and labour"))
        return Answer({**values.values, "amount": quantity * 12}, [
            record(asked.story.id, "proof", asked.say("结算单.pdf", "settlement.pdf"))
        ])  # fmt: skip
    if asked.element == "reach_milestone":
        return _done(asked, asked.say("节点按计划达成", "Milestone reached as planned"))
    steps = asked.said("solution").get("steps", "")
    return _done(asked, steps or asked.say("已按方案执行", "Carried out as planned"))


def _done(asked: Asked, what: str, state: str = "done") -> Answer:
    return Answer({
        "execution_state": state,
        "what": what,
        "done_at": asked.now,
        "signature": plain_name(asked.person),
    })  # fmt: skip


@answers_form("remedy_record")
def remedy_record(asked: Asked) -> Answer:
    remedy = asked.variables.get("remedy")
    kind = str(remedy.get("kind", "")) if isinstance(remedy, dict) else ""
    done = asked.story.said.get("done", {})
    what = done.get(kind, asked.say("已办理，双方签字", "Done and signed by both sides"))
    found = _done(asked, what)
    pays = kind in ("refund", "compensation")
    return Answer(
        {
            **found.values,
            "amount": asked.said("application").get("amount", 0) if pays else None,
            "stock_in": 0 if pays else 1,
            "stock_out": 0 if pays or kind == "return" else 1,
        },
        [record(asked.story.id, "proof", asked.say("签收凭证.pdf", "receipt.pdf"))],
    )


@answers_form("major_facts")
def major_facts(asked: Asked) -> Answer:
    """As assessed; the fault that came back began weeks before the complaint."""
    facts = ("recurring_fault", "unusable_after_repair", "customer_insists", "hard_to_repair",
             "psychological_burden", "injury_or_damage")  # fmt: skip
    known = {fact: asked.variables.get(fact) is True for fact in facts}
    return Answer({
        **known,
        "first_fault_at": asked.ago(30) if known["recurring_fault"] else None,
        "purchased_at": asked.variables.get("purchased_at"),
    })  # fmt: skip


@answers_form("major_application")
def major_application(asked: Asked) -> Answer:
    plan = asked.said("application")
    first = asked.said("first_application") if asked.visit == 0 else {}
    kinds = list(plan.get("kinds", ["exchange"]))
    values: Values = {
        "kinds": kinds,
        "defect_history": plan.get("history", asked.story.what),
        "application_reason": first.get("why", plan.get("why", asked.story.reason)),
        "faulty_parts": list(plan.get("parts", ["other"])),
        "loss": plan.get("loss", asked.say("见附件票据", "See the receipts")),
        "amount": plan.get("amount", 0),
    }
    if asked.visit > 0 and asked.story.said.get("first_application"):
        values["defect_history"] += asked.say(
            "（补：两次维修日期和检测记录已附）", " (dates and records of both repairs added)"
        )
    files = []
    if "compensation" in kinds:
        name = asked.say("赔偿申请.pdf", "claim.pdf")
        files = [record(asked.story.id, "compensation_claim", name)]
    return Answer(values, files)


@answers_form("effect_check")
def effect_check(asked: Asked) -> Answer:
    recall = asked.said("recall") if asked.element == "confirm_recall" else {}
    return Answer({
        "effect_indicator": asked.say("同类投诉件数（每月）", "Complaints of this kind a month"),
        "before": recall.get("before", 5),
        "after": recall.get("after", 0),
        "effect": "shown",
        "contact_log": [{
            "contacted_on": asked.now.date(),
            "contacted": str(asked.story.customer["name"]),
            "said": asked.say("使用正常", "Works well"),
        }],
        "standardised": True,
        "recurrence_prevented": True,
    })  # fmt: skip


@answers_form("outcome_check")
def outcome_check(asked: Asked) -> Answer:
    return Answer({
        "remedy_effect": "shown",
        "remedy_effect_reason": asked.say("电话回访，客户使用正常。", "By phone: it works well."),
    })  # fmt: skip


@answers_form("reply")
def reply(asked: Asked) -> Answer:
    own, cause = asked.said("reply"), asked.story.cause
    steps = asked.said("solution").get("steps", "")
    written = asked.story.channel in ("letter", "web_form", "email") or "@" in str(
        asked.story.customer["contact"]
    )
    values = {
        "reply_cause": own.get("cause", cause.plain if cause else asked.story.reason),
        "reply_measures": own.get("measures", steps)
        or asked.say("已处理并道歉", "Dealt with; we apologise"),
        "reply_product_condition": own.get("condition")
        or asked.say("已检查，可以放心使用", "Checked; it can be used safely"),
        "reply_basis": own.get("basis", cause.basis if cause else "")
        or asked.say("维修和检查记录", "Workshop record"),
        "demand_explained": asked.say("已向客户说明", "Explained to the customer"),
        "not_pursued_reason": own.get("cause", asked.story.reason)
        or asked.say("经核实，不属于本公司的产品问题", "It is no problem of our product"),
        "other_ways": asked.say(
            "可向消费者协会咨询，也可补充材料请我们复核。",
            "The consumer association advises; with more material we look again.",
        ),
        "reply_medium": "written" if written else "oral",
        "no_admission": True,
        "no_promise": True,
        "tone": ["apology", "sincere"],
    }
    return Answer(values)


@answers_form("oral_reply")
def oral_reply(asked: Asked) -> Answer:
    return Answer({
        "told_at": asked.now,
        "thanked": True,
        "reaction": asked.say("客户表示理解", "The customer understands"),
        "result_confirmed": "yes",
    })  # fmt: skip


@answers_form("satisfaction")
def satisfaction(asked: Asked) -> Answer:
    told = asked.said("satisfaction")
    answer = told.get("answer", "satisfied")
    call_again = asked.calendar.add_working_hours(asked.now + timedelta(days=1), 1)
    return Answer({
        "prepared_questions": asked.say(
            "处理结果是否满意？使用正常吗？还有什么建议？",
            "Satisfied with the result? Does it work? Any suggestion?",
        ),
        "satisfaction": answer,
        "convenient_time": call_again,
        "further_problems": told.get("words") if "dissatisfied" in answer else None,
        "opinions": told.get("words") if "dissatisfied" not in answer else None,
        "market_information": told.get("market"),
    })  # fmt: skip


@answers_form("mediation_offer")
def mediation_offer(asked: Asked) -> Answer:
    plan = asked.said("mediation")
    return Answer({
        "bodies": list(plan.get("bodies", ["consumer_association"])),
        "mediation_answer": plan.get("answer", "accepted"),
        "consent_to_disclose": True,
    })  # fmt: skip


@answers_form("dispute_result")
def dispute_result(asked: Asked) -> Answer:
    plan = asked.said("leaders" if asked.element == "decide_with_leaders" else "mediation")
    return Answer({
        "dispute_result": plan.get("result", "settled"),
        "terms": plan.get("terms", asked.say("双方达成一致", "Both sides agree")),
    })  # fmt: skip


@answers_form("document_update")
def document_update(asked: Asked) -> Answer:
    name, version = asked.cause.document
    return Answer({
        "documents_unaffected": False,
        "documents": [{"name": name, "version": version}],
    })  # fmt: skip


@answers_form("closing_gaps")
def closing_gaps(asked: Asked) -> Answer:
    gaps = asked.variables.get("closing_gaps")
    names = {gap.get("gap") for gap in gaps} if isinstance(gaps, list) else set()
    if names - {"no_open_tasks"}:
        return Answer({
            "gap_action": "waived",
            "waiver_reason": asked.said("mediation").get("waiver")
            or asked.said("leaders").get("waiver")
            or asked.say("客户已书面同意结束，无法再补", "Closed as agreed in writing"),
            "waived_by": asked.name(
                "quality_manager" if asked.story.policy == "demo-consumer" else "after_sales_head"
            ),
        })  # fmt: skip
    return Answer({
        "gap_action": "completed",
        "gap_note": asked.say("未完成的任务已办结", "The open tasks are done"),
    })  # fmt: skip


@answers_form("closing")
def closing(asked: Asked) -> Answer:
    return Answer({"closing_decision": "close", "recurrence_prevented": True})


@answers_form("linked_case")
def linked_case(asked: Asked) -> Answer:
    return Answer({
        "recurrence_note": asked.say("复查时再次发生", "Happened again at the re-check"),
    })  # fmt: skip


@answers_form("withdrawal")
def withdrawal(asked: Asked) -> Answer:
    return Answer({
        "withdrawn_at": asked.now,
        "withdrawal_reason": asked.story.withdraw.get("reason", ""),
        "confirmed_by_customer": str(asked.story.customer["name"]),
    })  # fmt: skip
