"""The words of the procedure that an auditor or a new colleague may not know: our own wording."""

from __future__ import annotations

from runner.manual.content import Term
from runner.manual.wording import Reader

_TERMS = (
    ("投诉", "complaint", "客户对产品、服务或处理过程表示不满意，并明示或暗示期待回应或解决。",
     "A customer's expression of dissatisfaction with a product, a service or the handling itself, "
     "where an answer or a solution is expected, said or not."),
    ("受理号", "acceptance number", "每件投诉唯一的编号，一年内连续，不跳号。",
     "The number of one complaint, without gaps within a year."),
    ("初评", "assessment", "受理后判断严重程度、紧急程度、类别和责任部门。",
     "Judging severity, urgency, class and responsible department after receipt."),
    ("属实", "substantiated", "经核实，投诉所说的事实成立。",
     "Found true: the facts a complaint states did happen."),
    ("围堵", "containment", "在原因查明之前，先防止更多不良品到达客户的临时措施。",
     "Interim measures that keep further defective goods from the customer before the cause is "
     "known."),
    ("升级", "escalation", "把事情交给更高一级的人决定或督促。",
     "Handing a matter to a higher level to decide or to press on."),
    ("根本原因", "root cause", "消除它之后，同样的问题不再发生的原因；分发生原因和流出原因。",
     "The cause whose removal keeps the problem from coming back; of occurrence and of escape."),
    ("流出原因", "cause of escape", "不良为什么没有被检查发现而到达客户。",
     "Why inspection did not find a defect before it reached the customer."),
    ("纠正措施", "corrective action", "消除已发生问题的原因、防止再发的措施。",
     "Action against the cause of a problem, so that it does not happen again."),
    ("横向展开", "horizontal deployment", "把措施用到有同样风险的其他产品、生产线或部门。",
     "Carrying a measure over to other products, lines or departments with the same risk."),
    ("防错", "poka-yoke", "使错误不可能发生或一发生就被发现的设计。",
     "A design that makes a mistake impossible, or shows it at once."),
    ("8D 报告", "8D report", "按八个步骤记录问题、围堵、原因、措施和验证的报告。",
     "A report in eight steps: team, problem, containment, cause, actions, proof, prevention, "
     "closing."),
    ("召回", "recall", "把已经交付、可能有缺陷的产品收回或就地处理。",
     "Taking back, or dealing with on the spot, delivered products that may be defective."),
    ("回访", "follow-up", "答复之后询问客户是否满意、问题是否解决。",
     "Asking the customer after the answer whether they are satisfied and the matter is solved."),
    ("台账", "ledger", "按标准登记投诉及其进展的总表。",
     "The register of complaints and how they stand, kept by fixed criteria."),
    ("制度", "policy", "一个公司的时限、分工、分类方法和开关；同一套流程图按它运行。",
     "One company's deadlines, roles, schemes and switches; the same diagrams run by it."),
    ("版本", "release", "一次发布的全部流程图、决策表、表单和制度，不可更改，有一个摘要值。",
     "All diagrams, tables, forms and policies published together; unchangeable, with one digest."),
    ("决策表", "decision table", "一组“如果……则……”的规则，系统按它判定。",
     "A set of if-then rules by which the system decides."),
    ("R / A / C / I", "R / A / C / I", "负责做 / 对结果负责 / 事先征求意见 / 事后告知。",
     "Responsible for doing / accountable for the result / consulted before / informed after."),
)  # fmt: skip


def glossary(reader: Reader) -> tuple[Term, ...]:
    """The terms, the reader's language first, in that language's order where it is English."""
    told = [
        Term(reader.say(zh, en), reader.say(en, zh), reader.say(means_zh, means_en))
        for zh, en, means_zh, means_en in _TERMS
    ]
    return tuple(told if reader.chinese else sorted(told, key=lambda term: term.term.lower()))
