"""Answers of those who meet, and of those who carry measures out and check them."""

from __future__ import annotations

from runner.demo.answers import Answer, Asked, answers_form, plain_name
from runner.demo.pictures import record


@answers_form("meeting_call")
def meeting_call(asked: Asked) -> Answer:
    return Answer({
        "meeting_at": asked.later(0.4),
        "meeting_place": asked.say("二楼会议室", "Meeting room, second floor"),
        "agenda": asked.say("汇报调查情况，定对策和时间", "Findings; countermeasures and times"),
        "material_to_bring": [
            {"material": asked.say("实物和检测数据", "The object and test data"),
             "group": "examiner"},
            {"material": asked.say("工艺和点检记录", "Process and maintenance records"),
             "group": "production"},
        ],
    })  # fmt: skip


@answers_form("meeting_material")
def meeting_material(asked: Asked) -> Answer:
    paper = asked.variables.get("paper")
    name = str(paper.get("material", "")) if isinstance(paper, dict) else ""
    return Answer({"material_summary": asked.say(f"已备好：{name}", f"Ready: {name}")})


@answers_form("objection_answer")
def objection_answer(asked: Asked) -> Answer:
    return Answer({"objection_handling": "kept", "objection_reason": asked.cause.basis})


@answers_form("conclusion_decision")
def conclusion_decision(asked: Asked) -> Answer:
    return Answer({"conclusion": asked.cause.findings, "conclusion_basis": asked.cause.basis})


@answers_form("roll_over")
def roll_over(asked: Asked) -> Answer:
    """What is open is dropped: the stories settle every item at once."""
    return Answer({"rolled_items": []})


@answers_form("visit_appointment")
def visit_appointment(asked: Asked) -> Answer:
    customer = asked.story.customer
    return Answer({
        "visit_at": asked.later(1),
        "visit_address": str(customer.get("address") or asked.say("客户处", "At the customer’s")),
        "visit_contact": str(customer["name"]),
        "visit_people": plain_name(asked.person),
    })  # fmt: skip


@answers_form("not_ours_explanation")
def not_ours_explanation(asked: Asked) -> Answer:
    return Answer({
        "not_ours_explanation": asked.cause.findings,
        "possible_causes": asked.cause.occurrence_cause,
    })  # fmt: skip


@answers_form("action_plan")
def action_plan(asked: Asked) -> Answer:
    """One lasting measure against the occurrence, one against the escape."""
    cause = asked.cause
    no = asked.say("本案不需要，临时措施已在应急处置中完成", "Not needed in this case")
    return Answer({
        "measures": [
            {"kind": "long_term", "addresses": "occurrence", "type": "process",
             "text": asked.say(f"消除根因：{cause.occurrence_cause}",
                               f"Remove the cause: {cause.occurrence_cause}"),
             "group": "production", "person": asked.name("production"), "due": asked.later(5)},
            {"kind": "corrective_preventive", "addresses": "escape", "type": "instruction",
             "text": asked.say(f"堵住流出：{cause.escape_cause}",
                               f"Close the gap: {cause.escape_cause}"),
             "group": "examiner", "person": asked.name("quality_control"), "due": asked.later(4)},
        ],
        "no_interim_reason": no,
        "no_poka_yoke_reason": asked.say("目前没有可行的防呆方案", "No device is feasible yet"),
        "no_horizontal_reason": asked.say("水平展开另行逐项进行", "Done item by item afterwards"),
        "no_rectification_reason": no,
        "no_full_check_reason": no,
    })  # fmt: skip


@answers_form("measure_review")
def measure_review(asked: Asked) -> Answer:
    return Answer({
        "measures_targeted": "yes",
        "measures_lasting": "yes",
        "measures_feasible": "yes",
        "decision": "approved",
    })  # fmt: skip


@answers_form("measure_organisation")
def measure_organisation(asked: Asked) -> Answer:
    return Answer({"organisation_note": asked.say("按计划协调各部门", "As planned, all told")})


@answers_form("measure_record")
def measure_record(asked: Asked) -> Answer:
    item = asked.variables.get("action_item")
    text = str(item.get("text", "")) if isinstance(item, dict) else ""
    name = asked.say("整改记录.pdf", "record.pdf")
    return Answer(
        {
            "measure_state": "done",
            "measure_done": asked.say(f"已完成：{text}", f"Done: {text}"),
            "measure_done_at": asked.now,
        },
        [record(asked.story.id + text[:40], "measure_proof", name)],
    )


@answers_form("measure_check")
def measure_check(asked: Asked) -> Answer:
    return Answer({"decision": "approved"})


@answers_form("supplier_request")
def supplier_request(asked: Asked) -> Answer:
    return Answer({
        "supplier_name": asked.say("海川配件厂", "Haichuan Parts"),
        "supplier_requirement": asked.cause.occurrence_cause,
        "supplier_due": asked.later(5),
    })  # fmt: skip


@answers_form("supplier_answer")
def supplier_answer(asked: Asked) -> Answer:
    return Answer({
        "supplier_measures": asked.say("换料并加严出厂检验", "Other material, tighter inspection"),
        "measure_state": "done",
    })  # fmt: skip


@answers_form("penalty_decision")
def penalty_decision(asked: Asked) -> Answer:
    return Answer({
        "penalty_decision": "none",
        "penalty_reason": asked.say("已说明原因并约定新时间", "Reason given, new time agreed"),
        "penalty_new_time": asked.later(2),
    })  # fmt: skip


@answers_form("use_contact")
def use_contact(asked: Asked) -> Answer:
    return Answer({
        "contacted": str(asked.story.customer["name"]),
        "contacted_on": asked.now.date(),
        "contact_said": asked.say("使用正常，没有再出现", "Works well, not seen again"),
        "seen_again": "no",
    })  # fmt: skip


@answers_form("deployment_record")
def deployment_record(asked: Asked) -> Answer:
    return Answer({
        "same_problem": "yes",
        "deployed": asked.say("采用同样的措施", "The same measure is applied"),
        "deployment_basis": asked.cause.records,
        "deployed_on": asked.now.date(),
    })  # fmt: skip
