"""Answers of those who find out: investigation, causes, liability, recall."""

from __future__ import annotations

from runner.demo.answers import Answer, Answering, Asked, Values, answers_form, plain_name
from runner.demo.pictures import photo, record

_TEAM = (
    ("quality_control", "质检", "Quality", "testing"), ("production", "生产", "Process", "process"),
    ("rnd", "研发", "Design", "design"), ("customer_service", "客服", "Service", "customer"),
)  # fmt: skip


@answers_form("team")
def team(asked: Asked) -> Answer:
    return Answer({
        "team_members": [
            {"name": asked.name(group), "department": asked.say(zh, en), "function": function,
             "qualification": asked.say(f"{zh}工程师", f"{en} engineer")}
            for group, zh, en, function in _TEAM
        ],
        "team_leader": plain_name(asked.person),
    })  # fmt: skip


@answers_form("department_request")
def department_request(asked: Asked) -> Answer:
    """The items the table proposes, taken as they are."""
    found = asked.variables.get("inquiry_items")
    return Answer({"inquiry_items": found if isinstance(found, list) else []})


@answers_form("evidence")
def evidence(asked: Asked) -> Answer:
    if asked.element == "examine_goods":
        section = "laboratory"
    else:
        section = str(asked.variables.get("section") or "facts")
    answer = _SECTIONS.get(section, _facts)(asked)
    answer.values.setdefault("source_of_evidence", "first_hand")
    answer.values.setdefault("item_state", "settled")
    answer.values.setdefault("evidence_result", asked.cause.findings)
    return answer


def _facts(asked: Asked) -> Answer:
    return Answer({
        "interviews": asked.cause.survey,
        "observation": asked.say("实物和照片与客户所说一致", "The object is as told"),
        "records_checked": asked.cause.records,
        "facts_match": "yes",
        "evidence_result": asked.say("客户反映的情况属实。", "What the customer says is true."),
    })  # fmt: skip


def _product(asked: Asked) -> Answer:
    story = asked.story
    name = asked.say("产品照片.jpg", "product.jpg")
    return Answer(
        {
            "product_received": ["product", "packaging"],
            "product_condition": asked.cause.laboratory[0],
            "evidence_result": asked.say("实物已收到并拍照。", "Object received and photographed."),
        },
        [photo(story.photo or "product", story.id + " object", "product_photos", name)],
    )


def _production(asked: Asked) -> Answer:
    cause = asked.cause
    return Answer({
        "production_unit": cause.unit,
        "operators": cause.operators,
        "production_date": asked.ago(cause.made),
        "retained_sample": f"LY-{asked.now:%m%d}",
        "lot_traced": cause.lot,
        "source_of_evidence": "document",
        "evidence_result": asked.say(
            f"追溯到 {cause.unit}，批次 {cause.lot}。", f"Traced to {cause.unit}, lot {cause.lot}."
        ),
    })  # fmt: skip


def _records(asked: Asked) -> Answer:
    files = (
        ("purchase_records", "采购记录.pdf", "purchase.pdf"),
        ("process_records", "工艺记录.pdf", "process.pdf"),
        ("inspection_records", "检验记录.pdf", "inspection.pdf"),
    )
    return Answer(
        {
            "records_missing": False,
            "records_result": asked.cause.records,
            "source_of_evidence": "document",
            "evidence_result": asked.cause.records,
        },
        [record(asked.story.id, field, asked.say(zh, en)) for field, zh, en in files],
    )


def _laboratory(asked: Asked) -> Answer:
    names = ("appearance", "dimensions", "performance", "chemistry")
    values: Values = dict(zip(names, asked.cause.laboratory, strict=True))
    if asked.element == "examine_goods":
        values["evidence_result"] = asked.say("返品与判断一致。", "The goods confirm the finding.")
    report = asked.say("检测报告.pdf", "test-report.pdf")
    return Answer(
        {**values, "source_of_evidence": "measured"},
        [record(asked.story.id, "test_report", report)],
    )


def _site(asked: Asked) -> Answer:
    return Answer({
        "site": asked.cause.link,
        "status": asked.cause.records,
        "object": asked.cause.laboratory[0],
    })  # fmt: skip


def _design(asked: Asked) -> Answer:
    return Answer({
        "design_review": asked.say("设计图纸与规格一致", "The design meets its specification"),
        "technical_parameters": asked.cause.laboratory[2],
        "source_of_evidence": "document",
    })  # fmt: skip


def _use(asked: Asked) -> Answer:
    return Answer({
        "manifestation": asked.cause.survey,
        "use_environment": asked.say("室内，正常使用", "Indoors, ordinary use"),
        "use_frequency": asked.say("每天", "Every day"),
    })  # fmt: skip


def _reproduction(asked: Asked) -> Answer:
    return Answer({
        "trials": 2,
        "reproduced": 2,
        "trial_conditions": asked.say("按客户条件复现两次", "Reproduced twice as used"),
        "source_of_evidence": "measured",
    })  # fmt: skip


def _changes(asked: Asked) -> Answer:
    rows = [
        {"category": aspect, "change": text, "effect": asked.cause.occurrence_cause}
        for aspect, text, main in asked.cause.possible
        if main
    ]
    return Answer({"change_points": rows, "source_of_evidence": "document"})


_SECTIONS: dict[str, Answering] = {
    "facts": _facts, "product": _product, "production": _production, "records": _records,
    "laboratory": _laboratory, "site": _site, "reproduction": _reproduction,
    "change_points": _changes, "design": _design, "use": _use,
}  # fmt: skip


@answers_form("meeting")
def meeting(asked: Asked) -> Answer:
    cause = asked.cause
    return Answer({
        "attendance": [
            {"person": plain_name(asked.person), "function": "department_leader"},
            {"person": asked.name("production"), "function": "operation_owner"},
            {"person": asked.name("quality_control"), "function": "inspection_leader"},
        ],
        "reported": cause.survey,
        "meeting_measures": [
            {"action": asked.say("完成检测并出报告", "Finish the tests and report"),
             "owner": asked.name("quality_control"), "due": asked.day(1)},
            {"action": asked.say("查生产和检验记录", "Look up production and inspection records"),
             "owner": asked.name("production"), "due": asked.day(1)},
        ],
        "meeting_outcome": "concluded",
        "conclusion": asked.say(f"重点查：{cause.link}。", f"To look at first: {cause.link}."),
        "whole_course": cause.survey,
        "lessons": cause.occurrence_cause,
        "weaknesses": cause.escape_cause,
        "system_changes": cause.document[0],
    })  # fmt: skip


@answers_form("signature")
def signature(asked: Asked) -> Answer:
    return Answer({"signed": plain_name(asked.person)})


@answers_form("findings")
def findings(asked: Asked) -> Answer:
    lot = asked.cause.lot
    return Answer({
        "findings_summary": asked.cause.findings,
        "affected_range": asked.say(f"批次：{lot}", f"Lot: {lot}"),
        "liability_hint": asked.story.liability,
    })  # fmt: skip


@answers_form("liability")
def liability(asked: Asked) -> Answer:
    return Answer({"liability": asked.story.liability, "liability_basis": asked.cause.basis})


@answers_form("cause_analysis")
def cause_analysis(asked: Asked) -> Answer:
    cause, story = asked.cause, asked.story
    values: Values = {
        "causes": [
            {"category": aspect, "text": text, "main": main}
            for aspect, text, main in cause.possible
        ],
        "analysts": asked.say("、", ", ").join(
            asked.name(group) for group in ("quality_control", "production", "rnd")
        ),
        "why_occurrence": [{"why": why, "evidence": basis} for why, basis in cause.occurrence],
        "why_escape": [{"why": why, "evidence": basis} for why, basis in cause.escape],
        "why_occurrence_stop": cause.stop,
        "why_escape_stop": cause.stop,
        "occurrence_cause": cause.occurrence_cause,
        "escape_cause": cause.escape_cause,
        "cause_category": cause.category,
        "liability": story.liability,
        "similar_items": [
            {"item": item, "group": group, "due": asked.day(days)}
            for item, group, days in cause.similar
        ],
        "recall_requested": False,
        "process_link": cause.link,
        "responsible_person": cause.operators,
    }
    if story.said.get("unfinished_cause") and asked.visit == 0:
        half = [{"why": why, "evidence": basis} for why, basis in cause.escape[:2]]
        values |= {
            "why_escape": half,
            "why_escape_stop": "第三个为什么要等供方回复，先交，补齐后再提交一次",
            "escape_cause": None,
        }
    return Answer(values)


@answers_form("loss_assessment")
def loss_assessment(asked: Asked) -> Answer:
    found = asked.story.said.get("loss") or [[asked.say("维修和误工", "Repair and time"), 200]]
    return Answer({
        "loss_items": [{"item": item, "amount": amount} for item, amount in found],
        "loss_amount": sum(amount for _, amount in found),
    })  # fmt: skip


@answers_form("appraisal")
def appraisal(asked: Asked) -> Answer:
    return Answer(
        {
            "appraisal_result": asked.cause.findings,
            "possible_causes": asked.cause.occurrence_cause,
            "follow_up_agreement": asked.say(
                "按成本价维修，客户同意", "Repair at cost price; the customer agrees"
            ),
        },
        [record(asked.story.id, "appraisal_basis", asked.say("鉴定依据.pdf", "basis.pdf"))],
    )


@answers_form("recall_plan")
def recall_plan(asked: Asked) -> Answer:
    recall = asked.said("recall")
    lot = asked.cause.lot
    return Answer({
        "recall_scope": recall.get("scope", lot),
        "planned_quantity": recall.get("quantity", 200),
        "recall_method": recall.get(
            "method", asked.say("短信、官网、媒体通知，免费更换", "Notices; free exchange")
        ),
        "recall_complete_by": asked.later(12),
        "recall_milestones": [
            {"name": asked.say("通知全部送达", "All notices delivered"), "due": asked.later(2)},
            {"name": asked.say("收回或更换九成", "Nine in ten taken back"), "due": asked.later(8)},
        ],
    })  # fmt: skip


@answers_form("recall_notice")
def recall_notice(asked: Asked) -> Answer:
    channel = str(asked.variables.get("recall_channel", "website"))
    return Answer(
        {
            "published_at": asked.now,
            "people_reached": {"sms": 1840, "website": 620, "media": 5200}.get(channel, 300),
        },
        [record(asked.story.id, "proof", f"{channel}.pdf")],
    )


@answers_form("recall_recovery")
def recall_recovery(asked: Asked) -> Answer:
    recall = asked.said("recall")
    taken = recall.get("recovered", recall.get("quantity", 200))
    return Answer({
        "recovered_now": taken,
        "recovered_on": asked.now.date(),
        "recovered_lots": [{"lot": asked.cause.lot, "quantity": taken}],
        "not_recovered_reason": recall.get("rest", asked.say("个别客户未联系上", "Not reached")),
    })  # fmt: skip


@answers_form("rework_order")
def rework_order(asked: Asked) -> Answer:
    taken = asked.said("recall").get("recovered", 200)
    return Answer({
        "rework_plan": asked.say("更换不合格部件，逐台复测", "Change the part, test every piece"),
        "rework_quantity": taken,
        "stock_in": taken,
        "stock_out": taken,
        "rework_result": asked.say("复测全部合格", "All pieces pass"),
    })  # fmt: skip


@answers_form("recall_closing")
def recall_closing(asked: Asked) -> Answer:
    recall = asked.said("recall")
    return Answer({
        "remainder_handling": recall.get("rest", asked.say("登记跟踪", "Kept on the list")),
        "recall_conclusion": recall.get(
            "conclusion", asked.say("召回有效，可以关闭", "The recall worked; close it")
        ),
    })  # fmt: skip
