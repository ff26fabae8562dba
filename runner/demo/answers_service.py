"""Answers of service, repair, return, service complaints and the marketplace."""

from __future__ import annotations

from datetime import timedelta

from runner.demo.answers import Answer, Asked, answers_form, plain_name
from runner.demo.pictures import record


@answers_form("service_job")
def service_job(asked: Asked) -> Answer:
    kind = asked.variables.get("solution_kind")
    chosen = kind if kind in ("exchange", "return") else "repair"
    return Answer({
        "fault_judged": asked.story.what,
        "service_type": "on_site" if chosen == "repair" else "carried_in",
        "service_kind_chosen": chosen,
        "conditions_met": True,
        "product_stage": "series",
        "human_damage": False,
        "purchased_at": asked.variables.get("purchased_at"),
        "appointment_at": asked.later(1),
        "stock_checked": True,
    })  # fmt: skip


@answers_form("quotation")
def quotation(asked: Asked) -> Answer:
    return Answer({
        "quoted_amount": asked.said("solution").get("cost", 60),
        "quote_basis": asked.say("配件按进价，工时费七折", "Parts at cost, labour reduced"),
        "quote_answer": "accepted",
    })  # fmt: skip


@answers_form("repair_record")
def repair_record(asked: Asked) -> Answer:
    steps = asked.said("solution").get("steps", "")
    return Answer({
        "fault_found": asked.story.what,
        "repair_done": steps or asked.say("更换损坏的部件并试用", "Replaced the part and tried it"),
        "repair_result": "repaired",
        "work_explained": True,
        "customer_satisfied": "yes",
        "service_signature": str(asked.story.customer["name"]),
    })  # fmt: skip


@answers_form("service_summary")
def service_summary(asked: Asked) -> Answer:
    return Answer({
        "service_rated": "rated",
        "quality_rating": 5,
        "speed_rating": 4,
        "expertise_rating": 5,
        "service_summary": asked.say("按约完成，客户满意。", "Done as agreed; satisfied."),
    })  # fmt: skip


@answers_form("return_opinion")
def return_opinion(asked: Asked) -> Answer:
    return Answer({
        "opinion": "agree",
        "opinion_reason": asked.say("检测确认质量问题。", "The test shows a quality problem."),
    })  # fmt: skip


@answers_form("return_decision")
def return_decision(asked: Asked) -> Answer:
    return Answer({
        "return_decision": "approved",
        "return_reason": asked.say("各部门意见一致，同意退换。", "All agree to it."),
        "refund_amount": asked.said("solution").get("cost", 0),
    })  # fmt: skip


@answers_form("return_record")
def return_record(asked: Asked) -> Answer:
    name = asked.say("签收单.pdf", "receipt.pdf")
    return Answer({
        "returned_goods": f"{asked.product} {asked.story.product.get('model', '')}".strip(),
        "stock_in": 1,
        "stock_out": 1,
        "brand_new_given": True,
        "returned_done_at": asked.now - timedelta(minutes=5),
    }, [record(asked.story.id, "return_proof", name)])  # fmt: skip


@answers_form("staff_measure")
def staff_measure(asked: Asked) -> Answer:
    steps = asked.said("solution").get("steps", "")
    return Answer({
        "staff_fault": "confirmed",
        "staff_cause": asked.story.reason,
        "person_concerned": asked.name("technician"),
        "staff_measures": ["apology", "talk", "training"],
        "explanation_given": asked.say("已当面道歉并说明处理。", "Apologised and explained."),
        "circular_text": steps or asked.say("请注意服务用语。", "Mind the words you use."),
    })  # fmt: skip


@answers_form("cost_settlement")
def cost_settlement(asked: Asked) -> Answer:
    cost = asked.variables.get("cost")
    return Answer({
        "cost_items": [{
            "item": asked.say("处理本投诉的费用", "Cost of handling this complaint"),
            "amount": cost if cost is not None else 0,
        }],
    })  # fmt: skip


@answers_form("product_measure")
def product_measure(asked: Asked) -> Answer:
    return Answer({
        "product_measure": asked.said("solution").get("steps")
        or asked.say("更换部件并全检同批", "Replace the part and check the lot"),
        "measure_basis": asked.say("检测报告", "Test report"),
    })  # fmt: skip


@answers_form("reward_decision")
def reward_decision(asked: Asked) -> Answer:
    return Answer({
        "reward_granted": "yes",
        "reward": asked.say("赠送保养一次", "One free maintenance"),
    })  # fmt: skip


@answers_form("delivery_record")
def delivery_record(asked: Asked) -> Answer:
    person = plain_name(asked.person)
    return Answer({
        "reception_service": asked.say(f"{person} 到场接待、讲解", f"{person} receives, explains"),
        "delivered_to_customer_at": asked.now - timedelta(minutes=5),
        "requirements_met": "yes",
    })  # fmt: skip
