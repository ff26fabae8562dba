"""Orders a refund or compensation from finance, after its approval (MJ-05, MJ-06)."""

from __future__ import annotations

from decimal import Decimal

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter
from service_tasks.mail_text import text_input
from service_tasks.outside import posted


def run(call: Call) -> Outcome:
    """One payment order per job: a repeated call carries the same key, which finance knows.
    Raises ``Impossible`` for an amount that is none."""
    amount = call.inputs.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, Decimal) or amount <= 0:
        raise Impossible(
            f"输入“amount”应为大于零的数，得到的是 {amount}。 / "
            f"The input 'amount' should be a number above zero, found {amount}."
        )
    content = {
        "complaint_number": call.inputs.get("complaint_number"),
        "amount": amount,
        "currency": text_input(call, "currency", "CNY"),
        "payee": text_input(call, "payee"),
        "purpose": text_input(call, "purpose", "refund"),
    }
    state, reference, deliveries = posted(call, "finance", content, "post_refund")
    return Outcome(
        variables={"refund_posting": state, "refund_reference": reference}, deliveries=deliveries
    )


HANDLER = Handler(
    job_type="post_refund",
    kind="external",
    title="退款过账 / Post refund",
    description="在财务系统登记已批准的退款或赔偿；没有连接时请有关小组人工办理。 / "
    "Orders an approved refund or compensation from finance, or asks the groups to pay by "
    "hand where no system is connected.",
    run=run,
    inputs=(
        Parameter("amount", "金额 / Amount", required=True, kind="number"),
        Parameter("payee", "收款人 / Payee", required=True, kind="text"),
        Parameter("currency", "币种，默认 CNY / Currency, CNY unless told", kind="text"),
        Parameter("purpose", "用途 / Purpose", kind="text"),
        Parameter("complaint_number", "受理号 / Complaint number", kind="text"),
        Parameter("groups", "人工办理的组 / Groups that pay by hand", required=True, kind="list"),
        Parameter("template", "模板 / Template", kind="text", default="post_refund"),
    ),
    outputs=(
        Parameter("refund_posting", "posted 或 by_hand / posted or by_hand", True, "text"),
        Parameter("refund_reference", "对方凭证号 / The other system's reference", kind="text"),
    ),
)
