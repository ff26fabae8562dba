"""Books goods in or out of stock in the company's own system (WR-10, AC-13, RC-06)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter
from service_tasks.outside import posted

DIRECTIONS = ("in", "out")


def run(call: Call) -> Outcome:
    """One posting per job: a repeated call carries the same key, which the other side knows."""
    movements = call.inputs.get("movements")
    if not isinstance(movements, list) or not movements:
        raise Impossible(
            "输入“movements”应为出入库清单，至少一行。 / "
            "The input 'movements' should be a list of stock movements, at least one."
        )
    for number, movement in enumerate(movements, 1):
        direction = movement.get("direction") if isinstance(movement, dict) else None
        if direction not in DIRECTIONS:
            raise Impossible(
                f"第 {number} 行的 direction 应为 in 或 out，得到的是 {direction!r}。 / "
                f"The direction of line {number} should be in or out, found {direction!r}."
            )
    content = {"complaint_number": call.inputs.get("complaint_number"), "movements": movements}
    state, reference, deliveries = posted(call, "stock", content, "post_stock")
    return Outcome(
        variables={"stock_posting": state, "stock_reference": reference}, deliveries=deliveries
    )


HANDLER = Handler(
    job_type="post_stock",
    kind="external",
    title="出入库过账 / Post stock",
    description="在库存系统登记出入库；没有连接时请有关小组人工登记。 / "
    "Books goods in or out in the stock system, or asks the groups to do it by hand where "
    "none is connected.",
    run=run,
    inputs=(
        Parameter(
            "movements",
            "出入库 {direction: in 或 out, product, lot, quantity} / "
            "Movements {direction: in or out, product, lot, quantity}",
            required=True,
            kind="list",
        ),
        Parameter("complaint_number", "受理号 / Complaint number", kind="text"),
        Parameter("groups", "人工登记的组 / Groups that book by hand", required=True, kind="list"),
        Parameter("template", "模板 / Template", kind="text", default="post_stock"),
    ),
    outputs=(
        Parameter("stock_posting", "posted 或 by_hand / posted or by_hand", True, "text"),
        Parameter("stock_reference", "对方凭证号 / The other system's reference", kind="text"),
    ),
)
