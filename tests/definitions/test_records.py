"""Every form and record that the sources name is kept, under the name the source gives it."""

from __future__ import annotations

import pytest

from runner.definitions.files import read_folder
from runner.definitions.release import load_definitions
from runner.definitions.shipped import shipped_folder
from runner.manual.forms_told import Forms
from runner.manual.wording import Reader

SHIPPED = load_definitions(read_folder(shipped_folder()))
NAMES = {
    "F-01": "投诉登记表", "F-02": "投诉反馈表", "F-03": "在线投诉表格", "F-06": "客户投诉登记表",
    "F-07": "客户投诉处理表", "F-08": "客户抱怨处理单", "F-09": "外部信息接收单",
    "F-10": "质量问题传递/处置单", "F-11": "顾客抱怨登记跟踪表", "F-12": "抱怨登记表",
    "F-13": "抱怨报告", "F-14": "售后服务申请", "F-16": "重大质量事故处理申请表",
    "F-17": "赔偿申请",
    "F-18": "维修记录", "F-19": "书面通报", "F-20": "鉴定结果及依据", "F-21": "客户投诉改善案",
    "F-22": "客诉台账", "F-23": "客户投诉清单", "F-25": "返工单", "F-26": "会议通知",
    "F-27": "会议纪要", "F-28": "品质例会", "F-29": "驻线的工作周报", "F-30": "固化文件",
    "F-31": "召回计划", "F-32": "召回通知", "F-36": "整改方案", "F-38": "复盘会议",
    "F-40": "客户抱怨书面报告", "F-44": "签字确认", "F-45": "客户投诉档案", "F-46": "投诉处理记录",
    "F-47": "售后服务顾客档案信息", "F-49": "退换货的评审意见", "F-51": "损失评估",
    "F-53": "持续改进计划", "F-54": "培训计划", "F-55": "合格供应商名录", "F-56": "契约规定",
    "F-58": "服务计划", "F-62": "原因分析及改善报告",
}  # fmt: skip
"""Where the source gives the record a name of its own (in simplified characters)."""


def kept() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    forms = Forms(SHIPPED, Reader("zh"))
    for form_id in SHIPPED.forms:
        for number, name in forms.records(form_id):
            found.setdefault(number, []).append(name)
    for kind in SHIPPED.documents.values():
        for number in kind.record.split():
            found.setdefault(number, []).append(kind.title)
    return found


@pytest.mark.parametrize("number", [f"F-{number:02}" for number in range(1, 63)])
def test_every_record_is_a_form_or_a_document_under_its_name(number: str) -> None:
    names = kept().get(number, [])
    assert names, f"{number} is neither a form nor a document"
    assert any(NAMES.get(number, "") in name for name in names), names
    assert any(" / " in name for name in names), f"{number} has no English name: {names}"
