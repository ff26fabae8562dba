"""Answers at the window: the public form, the register, first assessment, first contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from runner.demo.answers import Answer, Asked, Values, answers_form, plain_name
from runner.demo.pictures import photo
from runner.demo.stories import Story
from runner.engine.attachments import Upload


def photos(story: Story) -> list[Upload]:
    """What the customer sends along."""
    if not story.photo:
        return []
    name = "photo-1.jpg" if story.english else "照片1.jpg"
    return [photo(story.photo, story.id, "evidence_files", name)]


def web_complaint(story: Story) -> Values:
    """The public form as the customer fills it."""
    subject = {"product": "product", "delivery": "delivery", "attitude": "attitude"}
    product = story.product
    name = " ".join(str(product[key]) for key in ("name", "model") if key in product)
    return {
        "subject": subject.get(story.subject, "other"),
        "product_name": product.get("order", name),
        "phenomenon": story.what,
        "desired_solution": story.wants,
        "contact": story.customer["contact"],
    }


@answers_form("complaint_intake")
def complaint_intake(asked: Asked) -> Answer:
    story, product, customer = asked.story, asked.story.product, asked.story.customer
    channel = asked.variables.get("channel", story.channel)
    received_at = asked.variables.get("received_at", asked.now)
    values: Values = {
        "channel": channel,
        "request_kind": story.kind,
        "received_at": received_at,
        "submitted_at": received_at,
        "anomaly_type": "occurred",
        "use_phase": "during",
        "customer_name": customer["name"],
        "contact": customer["contact"],
        "address": customer.get("address"),
        "customer_status": "existing",
        "preferred_channel": _preferred(story),
        "subject": story.subject,
        "phenomenon": story.what,
        "desired_solution": story.wants,
        "demands": list(story.demands) or [asked.say("explanation", "explanation")],
        "product_name": product.get("name"),
        "model": product.get("model"),
        "serial_no": product.get("serial"),
        "order_no": product.get("order"),
        "purchased_at": asked.ago(float(product.get("bought", 30))),
        "goods_received_at": asked.ago(product["received"]) if "received" in product else None,
        "purchase_place": product.get("place", asked.say("青禾官方商城", "Online shop")),
        "customer_line_status": product.get("line"),
        "problem_details": ["functional_failure"],
        "readback_confirmed": True,
        "consent_to_disclose": True,
        "facts_source": "window",
    }
    if "company" in customer:
        values |= _business(asked, customer, product)
    known = asked.variables.get("evidence_files")
    files = [] if known else photos(story)
    if known:
        values["evidence_files"] = known
    elif not files:
        values["evidence_waived"] = asked.say("客户暂时没有照片", "The customer has no photo yet")
    return Answer(values, files)


def _business(asked: Asked, customer: Mapping[str, Any], product: Mapping[str, Any]) -> Values:
    return {
        "business_customer": True,
        "company": customer["company"],
        "base": customer.get("base"),
        "department_section": customer.get("section"),
        "customer_work": customer.get("work"),
        "lot": product.get("lot"),
        "product_no": product.get("no"),
        "part_no": product.get("part"),
        "delivered_quantity": product.get("delivered"),
        "defective_quantity": product.get("defective"),
        "defective_ratio": product.get("ratio"),
        "ratio_base": product.get("base"),
        "daily_usage": product.get("daily"),
        "delivered_at": asked.ago(float(product.get("bought", 14))),
        "development_state": "series",
        "reported_by_other": False,
    }


def _preferred(story: Story) -> str:
    if "@" in str(story.customer["contact"]):
        return "email"
    return "letter" if story.channel == "letter" else "phone"


@answers_form("first_contact")
def first_contact(asked: Asked) -> Answer:
    story = asked.story
    if asked.element == "call_back":
        return Answer({
            "reached": True,
            "first_response_at": asked.now,
            "contact_medium": "phone",
            "request_kind": story.kind,
            "customer_need": asked.say("拨错了号码，没有诉求", "Dialled a wrong number"),
        })  # fmt: skip
    talk = [*story.talk, *[""] * 4]
    return Answer({
        "reached": True,
        "first_response_at": asked.now,
        "contact_medium": "message" if "@" in story.customer["contact"] else "phone",
        "manifestation": talk[0] or story.what,
        "use_environment": talk[1],
        "use_frequency": talk[2],
        "customer_need": talk[3] or story.wants,
    })  # fmt: skip


@answers_form("reopening_review")
def reopening_review(asked: Asked) -> Answer:
    return Answer({
        "cause_or_verification": "verification_insufficient",
        "why_it_came_back": asked.say(
            "上次的措施只落实在 B-7，使用同一回料的其他产品没有检查；验证只看了一个型号。",
            "The measure was applied to one product only; others with the same material were not "
            "checked.",
        ),
    })  # fmt: skip


@answers_form("handover")
def handover(asked: Asked) -> Answer:
    return Answer({"handover_accepted": True, "filed_no": f"LA-{asked.now:%m%d}"})


@answers_form("request_answer")
def request_answer(asked: Asked) -> Answer:
    return Answer({"request_verified": True, "answer": _request_done(asked)})


def _request_done(asked: Asked) -> str:
    if asked.story.kind != "complaint":
        return asked.say("已核实并答复客户。", "Checked and answered.")
    steps = asked.said("solution").get("steps", "")
    return str(asked.say(f"已按方案办理：{steps}", f"Done as agreed: {steps}"))


@answers_form("assessment")
def assessment(asked: Asked) -> Answer:
    story = asked.story
    quality = story.subject in ("product", "damaged", "technical")
    values: Values = {
        "severity_level": "ordinary",
        "urgency_level": "normal",
        "primary_or_secondary": "primary",
        "is_product_quality": quality,
        "true_reason": story.reason or story.what,
        "reason_confirmed": True,
        "function_affected_answer": "yes" if quality else "no",
        "may_have_left_answer": "no",
        "disputed": bool(story.facts.get("customer_insists")),
    }
    return Answer({**values, **story.facts})


@answers_form("verification")
def verification(asked: Asked) -> Answer:
    return Answer({
        "facts_answer": "yes",
        "reason_confirmed": True,
        "verification_sources": asked.say("与客户通话核实", "By telephone with the customer"),
    })  # fmt: skip


@answers_form("classification")
def classification(asked: Asked) -> Answer:
    groups = list(asked.story.group) or ["after_sales"]
    return Answer({
        "class_changed": False,
        "responsible_group": groups,
        "case_owner": asked.name("after_sales"),
    })  # fmt: skip


@answers_form("chase")
def chase(asked: Asked) -> Answer:
    return Answer({
        "chase_action": asked.say(
            "已电话催办，要求今天下班前办结，并说明迟的原因。",
            "Called the colleague; to be done before the end of the day, with the reason for the "
            "delay.",
        ),
        "chase_new_time": asked.later(0.4),
    })  # fmt: skip


@answers_form("escalation")
def escalation(asked: Asked) -> Answer:
    urgent = asked.story.facts.get("urgency_level") == "immediate"
    return Answer({
        "escalation_decision": "take_over" if urgent else "advise",
        "follow_personally": urgent,
        "escalation_note": asked.say(
            "先保证客户安全和正常使用，再查原因；每天下班前报一次进展。",
            "Safety and use of the customer first, then the cause; report every evening.",
        ),
    })  # fmt: skip


@answers_form("first_measure")
def first_measure(asked: Asked) -> Answer:
    story = asked.story
    lots = str(story.facts.get("affected_lots", "") or story.product.get("lot", ""))
    values: Values = {
        "first_measure": story.said.get(
            "measure",
            asked.say("通知客户停用，先提供备用产品", "Customer told to stop using it; spare sent"),
        ),
        "first_measure_range": asked.say(
            f"{asked.product}，批次 {lots or '待查'}", f"{asked.product}, lot {lots or 'open'}"
        ),
        "first_measure_at": asked.now,
        "lots": [{"lot": lots}] if lots and " " not in lots else [],
        "quiet_place": True,
        "relatives_told": True,
        "treatment_consent": bool(story.said.get("treatment", False)),
        "measure_no_admission": True,
    }
    return Answer(values)


@answers_form("interim_measure")
def interim_measure(asked: Asked) -> Answer:
    measure = asked.variables.get("measure")
    kind = measure.get("measure") if isinstance(measure, Mapping) else "hospital"
    done = {
        "spare_product": ("已把备用产品送到客户手中", "Spare handed to the customer"),
        "onsite_repair": ("技师已上门，先断电并检查", "Technician on site; switched off"),
        "quarantine": ("成品仓同批产品已隔离并挂红牌", "Stock of the lot set aside and marked"),
        "stop_sale": ("门店和网店已下架", "Taken off the shelves and the online shop"),
        "hospital": ("陪同客户到医院检查并处理伤口", "Went to hospital with the customer"),
    }
    stock = kind in ("quarantine", "stop_sale")
    return Answer({
        "place": asked.variables.get("place"),
        "action": asked.say(*done.get(str(kind), ("已按要求处理", "Done as asked"))),
        "checked": 120 if stock else 1,
        "defective": 4 if kind == "quarantine" else 0,
        "done_by": plain_name(asked.person),
        "done_at": asked.now,
        "customer_took": "replacement",
    })  # fmt: skip


@answers_form("progress_report")
def progress_report(asked: Asked) -> Answer:
    return Answer({
        "report_progress_text": asked.say(
            "原因基本查清，客户侧方案已定，整改按计划进行。",
            "The cause is mostly clear, the solution is agreed, correction goes as planned.",
        ),
        "report_obstacles": asked.say("备件紧张，请协调", "Spare parts are short"),
        "leader_instruction": asked.say("优先保证客户用上", "The customer’s use comes first"),
    })  # fmt: skip


@answers_form("adhoc_review")
def adhoc_review(asked: Asked) -> Answer:
    return Answer({
        "adhoc_participants": asked.say("质量、生产、售后负责人", "Quality, production, service"),
        "adhoc_conclusion": asked.say(
            "先换合格品保证客户生产，今天下班前给出首个遏制结果。",
            "Good product first so that the customer can go on; first result this evening.",
        ),
        "adhoc_held_at": asked.now,
    })  # fmt: skip


@answers_form("product_details")
def product_details(asked: Asked) -> Answer:
    product = asked.story.product
    return Answer({
        "order_no": product.get("order", "PO-2026-0711"),
        "part_no": product.get("part"),
        "lot": product.get("lot"),
        "delivered_quantity": product.get("delivered"),
        "shipping_date": asked.ago(float(product.get("bought", 30))),
        "customer_requirement": asked.story.wants,
        "cross_checked_with": asked.say("与生产、物流核对一致", "Agrees with production"),
    })  # fmt: skip


@answers_form("outside_inquiry")
def outside_inquiry(asked: Asked) -> Answer:
    return Answer({
        "outside_body_name": asked.say("市消费者协会 陈老师", "Consumer association, Ms Chen"),
        "outside_question": asked.say("询问处理进展", "Asked how the case stands"),
        "outside_answer": asked.say("已书面说明进展和时间", "Answered in writing with dates"),
        "outside_answered_at": asked.now,
    })  # fmt: skip


@answers_form("progress_notice")
def progress_notice(asked: Asked) -> Answer:
    received = asked.variables.get("received_at")
    late = isinstance(received, datetime) and asked.now - received >= timedelta(days=9)
    return Answer({
        "progress_state": asked.say(
            "已查明大部分情况，正在落实处理，预计三个工作日内给您结果。",
            "Most is clear; we are carrying it out and expect to be done in three working days.",
        ),
        "progress_late": late,
        "delay_reason": asked.story.said.get(
            "late_reason",
            asked.say("检测和配件到货比计划晚", "Tests and parts took longer than planned"),
        ),
        "delay_remedy": asked.say("免费延长质保三个月", "Three more months of warranty"),
        "new_promised_at": asked.later(3),
    })  # fmt: skip
