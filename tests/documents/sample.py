"""A case that knows nearly everything a document can ask for, in words of our own."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

from PIL import Image, ImageDraw

JUNE = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


def day(number: int) -> datetime:
    return JUNE.replace(day=number)


def photo(text: str = "photo", size: tuple[int, int] = (900, 600)) -> bytes:
    image = Image.new("RGB", size, "#b9c4cf")
    draw = ImageDraw.Draw(image)
    draw.rectangle((120, 120, size[0] - 120, size[1] - 120), fill="#53606e")
    draw.ellipse((300, 220, 520, 420), fill="#a3261b")
    draw.text((40, 40), text, fill="black")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


VARIABLES: dict[str, object] = {
    "customer_name": "李静",
    "company": "江南电动车销售有限公司",
    "contact": "li.jing@example.com",
    "address": "苏州市工业园区星湖街 1 号",
    "product_name": "城市通勤电动车 A3",
    "product_line": "ebike",
    "model": "A3-48V",
    "serial_no": "SN-77120",
    "order_no": "SO-2026-118",
    "part_no": "BAT-48-20",
    "lot": "L2605-17",
    "phenomenon": "充满电后行驶约三公里电机断电，仪表显示欠压，重新上电后又能行驶几百米。",
    "demands": ["repair", "refund"],
    "desired_solution": "希望更换电池，如果再次发生则退车。",
    "channel": "phone",
    "received_at": day(1),
    "purchased_at": day(1).replace(year=2025),
    "occurred_at": day(1),
    "occurred_place": "苏州",
    "delivered_quantity": Decimal(240),
    "defective_quantity": Decimal(6),
    "defective_ratio": Decimal("2.5"),
    "daily_usage": Decimal(40),
    "triage": {"severity": "serious", "urgency": "high", "case_class": "important"},
    "responsible_group": ["quality"],
    "severity_level": "serious",
    "affected_range": "批次 L2605-17 共 240 组，其中 180 组已售出。",
    "affected_lots": "L2605-17, L2605-18",
    "affected_regions": "江苏、浙江",
    "true_reason": "客服没有回电，客户等了三天。",
    "team_leader": "王伟",
    "team_members": [
        {"name": "王伟", "department": "品质部", "function": "quality", "qualification": "黑带"},
        {"name": "陈芳", "department": "生产部", "function": "production", "qualification": ""},
    ],
    "first_measure": "停止发货，封存同批次电池。",
    "first_measure_at": day(1),
    "interim_results": [
        {"place": "finished_store", "action": "全数复检", "checked": Decimal(60),
         "defective": Decimal(2), "done_by": "周强", "done_at": day(2)},
        {"place": "in_transit", "action": "通知物流拦截", "checked": Decimal(20),
         "defective": Decimal(0), "done_by": "物流", "done_at": day(2)},
    ],
    "causes": [
        {"category": "man", "text": "新员工未经培训上岗", "main": True},
        {"category": "machine", "text": "点焊机电极磨损", "main": False},
        {"category": "material", "text": "镍片厚度偏差", "main": False},
        {"category": "method", "text": "作业指导书没有规定更换电极的次数", "main": True},
        {"category": "measurement", "text": "拉力抽检频次不足", "main": False},
    ],
    "analysts": "王伟、陈芳",
    "cause_category": "method",
    "why_occurrence": [
        {"why": "为什么断电？因为焊点脱开，电池内阻升高。", "evidence": "拆解照片"},
        {"why": "为什么焊点脱开？因为焊接拉力不足。", "evidence": "拉力记录 6 月 3 日"},
        {"why": "为什么拉力不足？因为电极磨损后没有更换。", "evidence": "设备点检表"},
        {"why": "为什么没有更换？因为作业指导书没有规定次数。", "evidence": "WI-031"},
        {"why": "为什么没有规定？因为工艺评审没有包含电极寿命。", "evidence": "评审记录"},
    ],
    "why_escape": [
        {"why": "为什么没有检出？因为每班只抽检一件。", "evidence": "检验计划"},
        {"why": "为什么只抽一件？因为控制计划按旧设备制定。", "evidence": "CP-12"},
    ],
    "occurrence_cause": "作业指导书没有规定点焊电极的更换次数。",
    "escape_cause": "控制计划的拉力抽检频次低于设备更换后的需要。",
    "liability": "company",
    "liability_basis": "拆解和拉力试验表明焊接不良，与使用无关。",
    "appraisal_result": "电池组第 4、9 串焊点脱开，属制造缺陷。",
    "possible_causes": "点焊电极磨损。",
    "follow_up_agreement": "免费更换电池，三个月后回访。",
    "measures": [
        {"kind": "corrective_preventive", "addresses": "occurrence", "type": "instruction",
         "text": "作业指导书规定每 2000 点更换电极，设备计数到数停机。", "group": "production",
         "person": "陈芳", "due": day(12), "effort": "2 人日", "cost": Decimal(3000)},
        {"kind": "poka_yoke", "addresses": "escape", "type": "process",
         "text": "在线监测焊接电流，超差自动剔除。", "group": "quality", "person": "王伟",
         "due": day(25), "effort": "", "cost": Decimal("45000.5")},
    ],
    "similar_items": [{"item": "B2 系列电池组", "group": "production", "due": day(20)}],
    "remedy_records": [
        {"kind": "refund", "state": "done", "what": "更换整组电池", "done_at": day(8),
         "amount": Decimal("1299.00"), "proof": [], "signature": "李静"}
    ],
    "documents": [{"name": "WI-031 点焊作业指导书", "version": "C"}],
    "lessons": "设备更换后应重新评审控制计划。",
    "weaknesses": "工艺变更没有触发控制计划复审。",
    "system_changes": "变更流程增加控制计划复审节点。",
    "satisfaction": "satisfied",
    "opinions": "处理及时，希望以后先提供备用车。",
    "conclusion": "原因明确，措施有效，同意结案。",
    "reply_cause": "电池焊接不良，属于我们的制造问题，我们为此道歉。",
    "reply_measures": "已为您更换电池组，并对同批次产品全数复检。",
    "reply_product_condition": "更换后行驶 50 公里试验正常。",
    "reply_basis": "保修条款第三条。",
    "not_pursued_reason": "too_late",
    "kinds": ["exchange", "compensation"],
    "defect_history": "2026-03 更换控制器；2026-05 更换电池；2026-06 再次断电。",
    "application_reason": "同一故障三次维修未解决。",
    "faulty_parts": ["battery"],
    "loss": "误工三天。",
    "amount": Decimal("2600"),
    "leader_decision": "approved",
    "leader_reason": "符合重大质量事故条件。",
    "major_result": "done",
    "recall_reason": "同批次存在断电风险。",
    "recall_scope": "批次 L2605-17、L2605-18，共 480 组。",
    "recall_method": "经销商上门更换电池，网站、短信、媒体同时公告。",
    "planned_quantity": Decimal(480),
    "recovered_quantity": Decimal(455),
    "recall_complete_by": day(30),
    "recall_milestones": [
        {"name": "发布通知", "due": day(5)},
        {"name": "收回一半", "due": day(15)},
        {"name": "全部收回", "due": day(30)},
    ],
    "milestones_reached": [
        {"name": "发布通知", "state": "done", "what": "三个渠道已发布", "done_at": day(5)}
    ],
    "meeting_no": Decimal(2),
    "meeting_at": day(3),
    "meeting_place": "二楼会议室",
    "agenda": "确认原因，制定永久措施。",
    "meeting_participants": ["quality", "production", "rnd"],
    "material_to_bring": [{"material": "拉力试验记录", "group": "quality"}],
    "minutes": {
        "attendance": [{"person": "王伟", "function": "quality"}],
        "reported": "生产部汇报：电极更换没有记录。",
        "material": [
            {"material": "拉力试验记录", "group": "quality", "summary": "6 件中 3 件不合格"}
        ],
    },
    "meeting_measures": [{"action": "修订作业指导书", "owner": "陈芳", "due": day(12)}],
    "minutes_signatures": [
        {"group": "quality", "signed": "王伟", "objection": None},
        {"group": "production", "signed": "陈芳", "objection": "费用需另行审批"},
    ],
    "rework_plan": "拆解、重新点焊、拉力全检。",
    "rework_quantity": Decimal(60),
    "rework_result": "60 组合格 58 组。",
    "stock_in": Decimal(60),
    "stock_out": Decimal(58),
    "what": "对责任人批评教育并重新培训。",
    "improvements": [
        {"goal": "满意度达到 95%", "measure": "回访在三天内完成", "group": "customer_service",
         "due": day(30)}
    ],
}  # fmt: skip

HOSTILE = (
    '#panic("x") #read("/etc/passwd") $x^2$ *b* _i_ `c` @ref <label> \\ // /* "quoted" \x07\x1b'
    "\u202eevil\u202c مرحبا بالعالم 😀 =1+1 =cmd|'/c calc'!A0 <script>alert(1)</script> "
    + "A" * 400
    + " "
    + "长" * 400
)


def hostile(value: object) -> object:
    """The same shape with hostile texts everywhere a person types."""
    if isinstance(value, str):
        return value if value.islower() and value.isascii() else HOSTILE
    if isinstance(value, list):
        return [hostile(item) for item in value]
    if isinstance(value, dict):
        return {key: hostile(item) for key, item in value.items()}
    return value
