"""Opens the ledger row and records the assignment (LG-01, LG-09, IN-60)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter


def run(call: Call) -> Outcome:
    """Writes every mapped input as a column of the case's ledger row; sets ``assigned_at``."""
    if call.registers is None:
        raise Impossible("这一步需要台账。 / This step needs the ledger.")
    call.registers.ledger_row({**call.inputs, "assigned_at": call.now})
    return Outcome(variables={"assigned_at": call.now})


HANDLER = Handler(
    job_type="open_assignment",
    kind="pure",
    title="登台账并派单 / Ledger row and assignment",
    description="登台账，记分派时间。 / Opens the ledger row, notes the assignment.",
    run=run,
    inputs=(
        Parameter("responsible_group", "责任部门 / Responsible group", kind="list"),
        Parameter("case_owner", "负责人 / Case owner", kind="text"),
        Parameter("case_class", "分类 / Class", kind="text"),
        Parameter("public_ledger", "列入公共台账 / In the public ledger", kind="boolean"),
        Parameter("reasons", "列入原因 / Reasons", kind="list"),
    ),
    outputs=(Parameter("assigned_at", "分派时间 / Assigned at", kind="date_time"),),
)
