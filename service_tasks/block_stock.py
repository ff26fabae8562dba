"""Asks the warehouse to block the named lots (CT-07)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Outcome, Parameter
from service_tasks.mail_text import group_input, text_input, to_groups

TEMPLATE = "block_stock"


def run(call: Call) -> Outcome:
    """Nothing for an empty list of lots; otherwise one message per address of the groups."""
    lots = call.inputs.get("lots")
    if not lots:
        return Outcome(variables={"blocked_lots": []})
    template = text_input(call, "template", TEMPLATE)
    deliveries = to_groups(call, template, group_input(call), {})
    return Outcome(variables={"blocked_lots": lots}, deliveries=deliveries)


HANDLER = Handler(
    job_type="block_stock",
    kind="external",
    title="冻结库存 / Block stock",
    description="通知仓库冻结这些批次。 / Tells the warehouse to block these lots.",
    run=run,
    inputs=(
        Parameter("lots", "批次 / Lots", kind="list"),
        Parameter("groups", "仓库组 / Warehouse groups", required=True, kind="list"),
        Parameter("template", "模板 / Template", kind="text", default=TEMPLATE),
    ),
    outputs=(Parameter("blocked_lots", "已冻结批次 / Blocked lots", kind="list"),),
)
